"""A local judge of criteria: does this answer state it? Two small models, rules, and a few fitted weights."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import numpy as np

from interviewer.backends.onnx import MiniLM
from interviewer.backends.protocols import Embedder, JudgeRequest, Vectors
from interviewer.embedded.answer import AnswerView, ClaimReader
from interviewer.embedded.cross_encoder import CrossEncoder
from interviewer.embedded.features import CONTEXT, NAMES
from interviewer.models import Criterion, Estimate, Judgement, Level, Mistake, Value, Verdict, VerdictCheck

EARNS_NOTHING, EARNS_ALL = 0.1, 0.9
"""Probability up to which a criterion earns nothing where probabilities count, and from which all its points;
in between a part. Chosen on what the weights are fitted on, by weights that never saw the question."""
TURNED = 0.5
"""What is left of the probability of a claim that seems turned round, where no counter-claim is known. Of
what the weights are fitted on, AUC stays as it is and the error of an answer's share falls; to credit nothing
costs 0.04 of AUC."""
WEIGHTS = Path(__file__).parent / "weights.json"


class Fit(Value):
    """Logistic weights for one kind of claim, and the cuts from probability to level."""

    weights: dict[str, float]
    """Log-odds by feature, and `bias`, that the answer states the claim."""
    met: float
    """Probability from which it is met."""
    partial: float
    """Probability from which it is partial."""


class Weights(Value):
    """The fitted part of the judge."""

    criterion: Fit
    """For criteria that people wrote, of a question with stated mistakes."""
    bare: Fit
    """For criteria taken from a reference: there are no mistakes to compare with."""
    mistake: Fit
    """For mistakes: `met` is that the answer makes it."""
    estimate: Estimate | None = None
    """Of the mark by a reference, from this judge's share and what the answer says of the reference."""
    yes_no: Estimate | None = None
    """The same from how likely a small LLM finds it that the answer is correct."""
    fitted_on: str


def shipped_weights() -> Weights:
    """The weights that `scripts/fit_embedded.py` made."""
    return Weights.model_validate_json(WEIGHTS.read_text(encoding="utf-8"))


class EmbeddedJudge:
    """Judges criteria without an LLM.

    Args:
        model: the shipped embedder, for vectors of words.
        embedder: for vectors of sentences; the same model, perhaps with a memory shared with others.
        weights: what was fitted; None takes the shipped ones.
        cross_encoder: reads claim and answer together; None takes the shipped one.
    """

    label = "embedded"

    def __init__(
        self,
        model: MiniLM,
        embedder: Embedder | None = None,
        weights: Weights | None = None,
        cross_encoder: CrossEncoder | None = None,
    ) -> None:
        self.reader = ClaimReader(model, embedder, cross_encoder)
        self._weights = weights or shipped_weights()
        judged_by = self._weights.model_dump_json(exclude={"estimate", "yes_no"})
        made_by = f"{judged_by}\n{self.reader.cross_encoder.digest}"
        self.parameters: dict[str, str | int | float | bool | None] = {
            "weights": hashlib.sha256(made_by.encode()).hexdigest()[:12],
            "model": model.label,
        }

    async def judge(self, request: JudgeRequest) -> Judgement:
        """A verdict on every criterion and mistake; it never fails.

        Where no mistakes are known to compare with, a criterion that no check is for earns a part of its
        points that grows with its probability.

        What only a reader can judge (a rubric's shared criteria, an unlisted item of an open group) follows
        from the question's own criteria, or is not met.
        """
        # The model is processor work: in a thread it neither stops the screen nor other answers.
        return await asyncio.to_thread(self._judge, request)

    def _judge(self, request: JudgeRequest) -> Judgement:
        view = AnswerView(request, self.reader)
        fit = self._weights.criterion if view.knows_mistakes else self._weights.bare
        chance = {
            c.id: self.chance(fit, view.criteria[c.id].values, view.context)
            * (TURNED if view.turns(c) else 1)
            for c in request.question.criteria
        }
        denied = {c.id for c in request.question.criteria if view.denies(c)}
        sides = {c.id for c in request.question.criteria if isinstance(c.check, VerdictCheck)}
        reasons = [0.0 if name in denied else p for name, p in chance.items() if name not in sides]
        if reasons:
            # No side is stated, or a check had decided: it can only follow from the reasons.
            chance |= dict.fromkeys(sides, float(np.mean(reasons)))
            denied -= sides
        credited = [0.0 if name in denied else p for name, p in chance.items()]
        share = float(np.mean(credited)) if credited else 0.0
        slots = {group.id for group in request.question.groups}
        verdicts = [
            self._verdict(c, fit, chance[c.id], view, is_denied=c.id in denied)
            if c.id in chance
            else self._followed(c, fit, share, c.group in slots)
            for c in request.criteria
        ]
        made = self._weights.mistake
        mistakes = [
            self._mistake(m, made, self.chance(made, f.values, view.context), f.quote)
            for m, f in zip(request.mistakes, view.mistakes, strict=True)
        ]
        return Judgement(verdicts=tuple(verdicts), mistakes=tuple(mistakes))

    def _verdict(
        self, criterion: Criterion, fit: Fit, probability: float, view: AnswerView, *, is_denied: bool
    ) -> Verdict:
        level: Level = "not_met" if is_denied else _level(fit, probability)
        said = {"met": "is stated", "partial": "is partly stated", "not_met": "is not found"}[level]
        share = 0.0 if is_denied else _share(probability)
        return Verdict(
            id=criterion.id,
            level=level,
            share=None if view.knows_mistakes or criterion.check else share,
            quote=view.criteria[criterion.id].quote if level != "not_met" else None,
            reason=f"{said}, by rule" if is_denied else f"{said} (probability {probability:.2f})",
            decided_by=self.label,
            confidence=round(max(0.0, 1 - 2 * probability) if is_denied else abs(2 * probability - 1), 3),
        )

    def _followed(self, criterion: Criterion, fit: Fit, share: float, is_slot: bool) -> Verdict:
        level: Level = "not_met" if is_slot else _level(fit, share)
        reason = "an unlisted item needs an LLM judge" if is_slot else "follows the question's own criteria"
        confidence = 0.0 if is_slot else None
        return Verdict(
            id=criterion.id, level=level, reason=reason, decided_by=self.label, confidence=confidence
        )

    def _mistake(self, mistake: Mistake, fit: Fit, probability: float, quote: str) -> Verdict:
        made = probability >= fit.met
        return Verdict(
            id=mistake.id,
            level="met" if made else "not_met",
            quote=quote if made else None,
            reason=f"probability {probability:.2f}",
            decided_by=self.label,
            confidence=round(abs(2 * probability - 1), 3),
        )

    @staticmethod
    def chance(fit: Fit, values: Vectors, context: Vectors) -> float:
        """The probability that a claim with these features is stated."""
        named = zip((*NAMES, *CONTEXT), (*values, *context), strict=True)
        logit = fit.weights["bias"] + sum(fit.weights.get(name, 0.0) * float(v) for name, v in named)
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def _share(probability: float) -> float:
    """The share of the points that it earns."""
    return round(min(max((probability - EARNS_NOTHING) / (EARNS_ALL - EARNS_NOTHING), 0.0), 1.0), 4)


def _level(fit: Fit, probability: float) -> Level:
    if probability >= fit.met:
        return "met"
    return "partial" if probability >= fit.partial else "not_met"
