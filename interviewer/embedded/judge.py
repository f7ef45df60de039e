"""A local judge of criteria: does this answer state it? Token vectors, rules and eleven fitted weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from interviewer.backends.onnx import MiniLM
from interviewer.backends.protocols import JudgeRequest, Vectors
from interviewer.embedded.features import NAMES, features
from interviewer.embedded.views import View, passages, read
from interviewer.language.sentences import Span
from interviewer.language.words import content_stems
from interviewer.models import Criterion, Judgement, Level, Mistake, Value, Verdict

WEIGHTS = Path(__file__).parent / "weights.json"


class Weights(Value):
    """The fitted part: logistic weights and the cuts from probability to level."""

    version: str
    criterion: dict[str, float]
    """Log-odds by feature, and `bias`, that a criterion is met."""
    mistake: dict[str, float]
    met: float
    """Probability from which a criterion is met."""
    partial: float
    """Probability from which it is partial."""
    made: float
    """Probability from which a mistake counts as made."""
    fitted_on: str


class Finding(Value):
    """One claim looked for in one answer."""

    probability: float
    quote: str | None


class EmbeddedJudge:
    """Judges criteria without an LLM.

    Args:
        model: the shipped embedder.
    """

    label = "embedded"

    def __init__(self, model: MiniLM) -> None:
        self._model = model
        self._view = lru_cache(maxsize=4096)(lambda text: read(text, model))
        self._vector = lru_cache(maxsize=4096)(lambda text: model.embed([text])[0])

    @cached_property
    def _weights(self) -> Weights:
        return Weights.model_validate(json.loads(WEIGHTS.read_text(encoding="utf-8")))

    @property
    def parameters(self) -> dict[str, str | int | float | bool | None]:
        """The fitted weights' version."""
        return {"weights": self._weights.version, "model": self._model.label}

    async def judge(self, request: JudgeRequest) -> Judgement:
        """A verdict on every criterion and mistake; it never fails.

        What only a reader can judge (a rubric's shared criteria, an unlisted item of an open group) follows
        from the question's own criteria, or is not met.
        """
        own = {criterion.id for criterion in request.question.criteria}
        view = AnswerView(request, self)
        found = {c.id: view.find(c) for c in request.criteria if c.id in own}
        share = float(np.mean([f.probability for f in found.values()])) if found else 0.0
        verdicts = [
            self._verdict(c.id, found[c.id])
            if c.id in found
            else self._followed(c, share, any(group.id == c.group for group in request.question.groups))
            for c in request.criteria
        ]
        best = max((f.probability for f in found.values()), default=0.0)
        mistakes = [self._mistake(m, view.find(m, mistake=True), best) for m in request.mistakes]
        return Judgement(verdicts=tuple(verdicts), mistakes=tuple(mistakes))

    def _verdict(self, identifier: str, finding: Finding) -> Verdict:
        probability, weights = finding.probability, self._weights
        level: Level = "not_met"
        if probability >= weights.partial:
            level = "met" if probability >= weights.met else "partial"
        said = {"met": "is stated", "partial": "is partly stated", "not_met": "is not found"}[level]
        return Verdict(
            id=identifier,
            level=level,
            quote=finding.quote if level != "not_met" else None,
            reason=f"{said} (probability {probability:.2f}, by word vectors)",
            decided_by=self.label,
            confidence=round(abs(2 * probability - 1), 3),
        )

    def _followed(self, criterion: Criterion, share: float, is_slot: bool) -> Verdict:
        level: Level = "not_met"
        if not is_slot and share >= self._weights.partial:
            level = "met" if share >= self._weights.met else "partial"
        reason = "an unlisted item needs an LLM judge" if is_slot else "follows the question's own criteria"
        return Verdict(id=criterion.id, level=level, reason=reason, decided_by=self.label, confidence=None)

    def _mistake(self, mistake: Mistake, finding: Finding, best: float) -> Verdict:
        made = finding.probability >= self._weights.made and finding.probability > best
        return Verdict(
            id=mistake.id,
            level="met" if made else "not_met",
            quote=finding.quote if made else None,
            reason=f"probability {finding.probability:.2f}, by word vectors",
            decided_by=self.label,
            confidence=round(abs(2 * finding.probability - 1), 3),
        )

    def view(self, text: str) -> View:
        """The text as read by the model (cached)."""
        return self._view(text)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of claims (cached), shape (len(texts), 384)."""
        return np.stack([self._vector(text) for text in texts])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (len(texts), 384)."""
        return self._model.embed(texts)

    def probability(self, values: Vectors, *, mistake: bool) -> float:
        """The probability that a claim with these features is stated."""
        weights = self._weights.mistake if mistake else self._weights.criterion
        logit = weights["bias"] + sum(
            weights[name] * float(value) for name, value in zip(NAMES, values, strict=True)
        )
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


class AnswerView:
    """One answer, ready to have claims looked for in it."""

    def __init__(self, request: JudgeRequest, judge: EmbeddedJudge) -> None:
        self._judge = judge
        self._request = request
        self._answer = judge.view(request.answer)
        self._spans: list[Span] = passages(request.answer)
        self._vectors = judge.passages([span.text for span in self._spans])
        self._asked = content_stems(request.question.prompt)

    def find(self, claim: Criterion | Mistake, *, mistake: bool = False) -> Finding:
        """The claim in the wording that the answer comes nearest to."""
        findings = [
            Finding(
                probability=self._judge.probability(values, mistake=mistake), quote=self._spans[best].text
            )
            for values, best in self.features(claim)
        ]
        return max(findings, key=lambda finding: finding.probability)

    def features(self, claim: Criterion | Mistake) -> list[tuple[Vectors, int]]:
        """The features of every wording of the claim."""
        wordings = (claim.text, *claim.alternatives)
        rivals = self._rivals(claim)
        cosines = self._judge.vectors(wordings) @ self._vectors.T
        return [
            features(
                self._judge.view(wording),
                self._answer,
                self._spans,
                cosines=cosines[number],
                asked=self._asked,
                rivals=rivals,
            )
            for number, wording in enumerate(wordings)
        ]

    def _rivals(self, claim: Criterion | Mistake) -> frozenset[str]:
        """Words of the question's other criteria that no wording of this claim uses."""
        others = [c.text for c in self._request.question.criteria if c.id != claim.id]
        own = content_stems(" ".join((claim.text, *claim.alternatives)))
        return frozenset(content_stems(" ".join(others)) - own)
