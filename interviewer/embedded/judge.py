"""A local judge of criteria: does this answer state it? Word vectors, rules, and a few fitted weights."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.onnx import MiniLM
from interviewer.backends.protocols import Embedder, JudgeRequest, Vectors
from interviewer.embedded.contrast import contraries, names
from interviewer.embedded.cross_encoder import CrossEncoder
from interviewer.embedded.features import CONTEXT, NAMES, entailed, features, is_verbatim, strength
from interviewer.embedded.views import View, passages, read
from interviewer.language.abbreviations import expand
from interviewer.language.sentences import Span, sentences
from interviewer.language.words import content_stems
from interviewer.models import Criterion, Estimate, Judgement, Level, Mistake, Value, Verdict, VerdictCheck

LEAST_RECALL = 0.15
"""Share of a claim's words below which nothing is credited, whatever the rest of the answer says."""
VERBATIM = 4.0
"""Least log-odds of a claim whose own words stand in the answer: the network has not seen many copies."""
HEAP = 0.6
"""Of `dump`, from which words without any mark between them are no statement."""
_ONLY_WORDS = re.compile(r"[\w\s-]+")
_VERDICTS = frozenset({"true", "false", "yes", "no"})
RELATED = 0.2
"""Cosine with the question or a claim below which a sentence is not read: generalities and pleas."""
TRIED = 2
"""Wordings of a claim, the nearest, that are read together with the answer."""
REMEMBERED = 8192
"""Wordings of claims whose reading is kept."""
NEARLY = 0.1
"""Probability below which a claim counts as not stated at all; likewise at the other end."""
RARE = 0.8
"""Rarity (0..1) from which a word of the prompt is taken for the name of a thing."""
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

    version: str
    criterion: Fit
    """For criteria that people wrote, of a question with stated mistakes."""
    bare: Fit
    """For criteria taken from a reference: there are no mistakes to compare with."""
    mistake: Fit
    """For mistakes: `met` is that the answer makes it."""
    estimate: Estimate | None = None
    """Of the mark of a whole answer, from this judge's share and similarity."""
    fitted_on: str

    def estimate_for(self, judge: str) -> Estimate | None:
        """What is fitted for this judge, by its label; None: its share stands as it is."""
        return self.estimate if judge == EmbeddedJudge.label else None


def shipped_weights() -> Weights:
    """The weights that `scripts/fit_embedded.py` made."""
    return Weights.model_validate_json(WEIGHTS.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Finding:
    """One claim looked for in one answer."""

    values: Vectors
    """The features of the wording that the answer comes nearest to."""
    quote: str
    """The passage that does."""

    @property
    def is_turned(self) -> bool:
        """Whether the answer says it of another thing, or the wrong way round."""
        return bool(self.values[NAMES.index("turned")])


class EmbeddedJudge:
    """Judges criteria without an LLM.

    Args:
        model: the shipped embedder, for vectors of words.
        embedder: for vectors of sentences; the same model, perhaps with a memory shared with others.
        weights: what was fitted; None takes the shipped ones.
        reader: reads claim and answer together; None takes the shipped one.
    """

    label = "embedded"

    def __init__(
        self,
        model: MiniLM,
        embedder: Embedder | None = None,
        weights: Weights | None = None,
        reader: CrossEncoder | None = None,
    ) -> None:
        self._model = model
        self._reader = reader or CrossEncoder()
        self._weights = weights or shipped_weights()
        self._views: dict[str, View] = {}
        self._lock = Lock()
        self._embedder = embedder or RememberingEmbedder(model)

    @property
    def parameters(self) -> dict[str, str | int | float | bool | None]:
        """The fitted weights' version."""
        return {"weights": self._weights.version, "model": self._model.label}

    async def judge(self, request: JudgeRequest) -> Judgement:
        """A verdict on every criterion and mistake; it never fails.

        Where no mistakes are known to compare with, a criterion that no check is for earns its probability.

        What only a reader can judge (a rubric's shared criteria, an unlisted item of an open group) follows
        from the question's own criteria, or is not met.
        """
        # The model is processor work: in a thread it neither stops the screen nor other answers.
        return await asyncio.to_thread(self._judge, request)

    def _judge(self, request: JudgeRequest) -> Judgement:
        view = AnswerView(request, self)
        fit = self._weights.criterion if view.knows_mistakes else self._weights.bare
        chance = {
            c.id: 0.0 if view.denies(c) else self.chance(fit, view.criteria[c.id].values, view.context)
            for c in request.question.criteria
        }
        share = float(np.mean(list(chance.values()))) if chance else 0.0
        slots = {group.id for group in request.question.groups}
        verdicts = [
            self._verdict(c, fit, chance[c.id], view)
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

    def _verdict(self, criterion: Criterion, fit: Fit, probability: float, view: AnswerView) -> Verdict:
        level = _level(fit, probability)
        said = {"met": "is stated", "partial": "is partly stated", "not_met": "is not found"}[level]
        return Verdict(
            id=criterion.id,
            level=level,
            share=None if view.knows_mistakes or criterion.check else _share(probability),
            quote=view.criteria[criterion.id].quote if level != "not_met" else None,
            reason=f"{said} (probability {probability:.2f}, by word vectors)",
            decided_by=self.label,
            confidence=round(abs(2 * probability - 1), 3),
        )

    def _followed(self, criterion: Criterion, fit: Fit, share: float, is_slot: bool) -> Verdict:
        level: Level = "not_met" if is_slot else _level(fit, share)
        reason = "an unlisted item needs an LLM judge" if is_slot else "follows the question's own criteria"
        return Verdict(id=criterion.id, level=level, reason=reason, decided_by=self.label)

    def _mistake(self, mistake: Mistake, fit: Fit, probability: float, quote: str) -> Verdict:
        made = probability >= fit.met
        return Verdict(
            id=mistake.id,
            level="met" if made else "not_met",
            quote=quote if made else None,
            reason=f"probability {probability:.2f}, by word vectors",
            decided_by=self.label,
            confidence=round(abs(2 * probability - 1), 3),
        )

    def read(self, text: str) -> View:
        """An answer, as read by the model."""
        return read(text, self._model)

    def claims(self, texts: Sequence[str]) -> list[View]:
        """Wordings of claims as read by the model; they are remembered."""
        with self._lock:
            found = {text: self._views[text] for text in texts if text in self._views}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        found.update((text, read(text, self._model)) for text in new)
        with self._lock:
            if len(self._views) + len(new) > REMEMBERED:
                self._views.clear()
            self._views.update(found)
        return [found[text] for text in texts]

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of sentences, shape (len(texts), 384)."""
        return self._embedder.embed(texts)

    def logits(self, question: str, claims: list[str], answer: str) -> list[float]:
        """Log-odds that the answer states each claim, by reading both together."""
        return self._reader.logits(question, claims, answer)

    def is_rare(self, word: str) -> bool:
        """Whether a word is rare in general English."""
        return self._model.rarity(word) >= RARE

    @staticmethod
    def chance(fit: Fit, values: Vectors, context: Vectors) -> float:
        """The probability that a claim with these features is stated."""
        named = zip((*NAMES, *CONTEXT), (*values, *context), strict=True)
        logit = fit.weights["bias"] + sum(fit.weights.get(name, 0.0) * float(v) for name, v in named)
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def _share(probability: float) -> float:
    """The points that it is worth on average; what is nearly certain counts as certain."""
    if NEARLY <= probability <= 1 - NEARLY:
        return round(probability, 4)
    return float(probability > NEARLY)


def _level(fit: Fit, probability: float) -> Level:
    if probability >= fit.met:
        return "met"
    return "partial" if probability >= fit.partial else "not_met"


class AnswerView:
    """One answer, with every claim of its question looked for in it."""

    def __init__(self, request: JudgeRequest, judge: EmbeddedJudge) -> None:
        question = request.question
        self._judge = judge
        self._question = question
        self._answer = judge.read(request.answer)
        self._spans: list[Span] = passages(request.answer)
        self._vectors = judge.vectors([expand(span.text).text for span in self._spans])
        self._asked = content_stems(question.prompt)
        claims = [*(c.text for c in question.criteria), *(m.text for m in question.mistakes)]
        self._named = names(question.prompt, claims, judge.is_rare)
        self._related = self._related_text([question.prompt, *claims])
        self.criteria = {c.id: self._find(c) for c in question.criteria}
        self.mistakes = [self._find(m) for m in question.mistakes]
        self.knows_mistakes = bool(question.mistakes)
        self.context = self._context()

    def _find(self, claim: Criterion | Mistake) -> Finding:
        """The claim in the wording that the answer comes nearest to."""
        wordings = self._judge.claims((claim.text, *claim.alternatives))
        own, others = self._vocabulary(claim)
        margins = self._margins(wordings[0])
        found = [
            features(
                wording,
                self._answer,
                self._spans,
                cosines=self._vectors @ wording.vector,
                asked=self._asked,
                rivals=others - own,
                shared=others & own,
                margins=margins,
                named=self._named,
            )
            for wording in wordings
        ]
        if isinstance(claim, Mistake):
            # Reading both together tells a mistake from a right statement no better than its words do.
            values, best = max(found, key=lambda item: strength(item[0]))
            return Finding(values, self._spans[best].text)
        texts = (claim.text, *claim.alternatives)
        nearest = sorted(range(len(found)), key=lambda k: -strength(found[k][0]))[:TRIED]
        logits = self._judge.logits(self._question.prompt, [texts[k] for k in nearest], self._related)
        logits = [
            max(logit, VERBATIM) if is_verbatim(wordings[k], self._answer) else logit
            for k, logit in zip(nearest, logits, strict=True)
        ]
        read = [(entailed(found[k][0], logit), found[k][1]) for k, logit in zip(nearest, logits, strict=True)]
        values, best = max(read, key=lambda item: strength(item[0]))
        return Finding(values, self._spans[best].text)

    def _related_text(self, claims: list[str]) -> str:
        """The sentences that have to do with the question or a claim, or all where none has.

        Where a check is for the verdict, a bare "False." would only seem to deny what follows.
        """
        said = [span.text for span in sentences(self._answer.text)]
        if any(isinstance(c.check, VerdictCheck) for c in self._question.criteria):
            said = [text for text in said if text.strip(" .!,").lower() not in _VERDICTS] or said
        if len(said) < 2:
            return self._answer.text
        about = np.stack([view.vector for view in self._judge.claims(claims)])
        cosines = self._judge.vectors(said) @ about.T
        kept = [text for text, near in zip(said, cosines.max(axis=1), strict=True) if near >= RELATED]
        return "\n".join(kept) or self._answer.text

    def denies(self, criterion: Criterion) -> bool:
        """Whether it is certainly not stated, whatever the probability says.

        The answer is a heap of words; or hardly a word of it is said; or, without counter-claims to compare
        with, it is turned round.
        """
        finding = self.criteria[criterion.id]
        if finding.values[NAMES.index("dump")] >= HEAP and _ONLY_WORDS.fullmatch(self._answer.text):
            return True
        if finding.values[NAMES.index("recall")] < LEAST_RECALL:
            return True
        return finding.is_turned and not self.knows_mistakes

    def _context(self) -> Vectors:
        """What the answer as a whole says for and against each of its claims; the order is `CONTEXT`."""
        recall, cosine = NAMES.index("recall"), NAMES.index("cosine")
        rest = np.mean([f.values[recall] for f in self.criteria.values()]) if self.criteria else 0.0
        mistake = max((strength(f.values) for f in self.mistakes), default=0.0)
        closest = max((f.values[cosine] for f in self.mistakes), default=0.0)
        return np.array([rest, mistake, closest], np.float32)

    def _margins(self, claim: View) -> Vectors:
        """By how much each passage is nearer to the claim than to its nearest contrary."""
        others = self._judge.claims(contraries(claim.text, self._named))
        if not others:
            return np.zeros(len(self._spans), np.float32)
        nearest = np.max([self._vectors @ other.vector for other in others], axis=0)
        return np.asarray(self._vectors @ claim.vector - nearest, np.float32)

    def _vocabulary(self, claim: Criterion | Mistake) -> tuple[frozenset[str], frozenset[str]]:
        """The stems of this claim in all its wordings, and those of the question's other criteria."""
        own = content_stems(" ".join((claim.text, *claim.alternatives)))
        others = content_stems(" ".join(c.text for c in self._question.criteria if c.id != claim.id))
        return frozenset(own), frozenset(others)
