"""One answer with every claim of its question looked for in it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import TypeVar

import numpy as np

from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.onnx import DIMENSIONS, MiniLM
from interviewer.backends.protocols import Embedder, JudgeRequest, Vectors
from interviewer.embedded.contrast import contraries, names
from interviewer.embedded.cross_encoder import CrossEncoder
from interviewer.embedded.features import NAMES, entailed, features, is_verbatim, opposed, strength
from interviewer.embedded.subject import on_subject, related
from interviewer.embedded.views import View, passages, read
from interviewer.language.abbreviations import expand
from interviewer.language.polarity import says_the_opposite
from interviewer.language.sentences import sentences
from interviewer.language.words import content_stems
from interviewer.models import Criterion, Mistake, VerdictCheck

LEAST_RECALL, CLEARLY, RATHER = 0.15, 0.5, 0.0
"""Share of a claim's words below which nothing is credited unless `entailed` is at least the second; or the
third, for a whole statement taken from a reference, which was written for readers and not for marking."""
STATEMENT = 4
"""Content words from which a claim is a statement, and not only a name."""
PLAUSIBLE = 3.0
"""`strength` of a mistake, less the share of the criteria's words that is said, from which it is read whether
the answer makes it: one in five or six. Of the others hardly any would be found to be made."""
VERBATIM = 4.0
"""Log-odds of a claim whose own words stand in the answer: the network has not seen many copies."""
HEAP = 0.6
"""Of `dump`, from which words without any mark between them are no statement."""
_ONLY_WORDS = re.compile(r"[\w\s-]+")
_VERDICTS = frozenset({"true", "false", "yes", "no"})
AT_ONCE = 2
"""Claims that are looked for at the same time, however many answers there are: the models keep as many
processors busy."""
REMEMBERED = 2048
"""Wordings of claims whose reading is kept: about 40 MB."""
RARE = 0.8
"""Rarity (0..1) from which a word of the prompt is taken for the name of a thing."""


Claim = Criterion | Mistake
T = TypeVar("T")


class ClaimReader:
    """The shipped models, and what they made of the claims read last.

    Args:
        model: for vectors of words.
        embedder: for vectors of sentences; the same model, perhaps with a memory shared with others.
        cross_encoder: reads claim and answer together; None takes the shipped one.
    """

    def __init__(
        self, model: MiniLM, embedder: Embedder | None = None, cross_encoder: CrossEncoder | None = None
    ) -> None:
        self.model = model
        self.cross_encoder = cross_encoder or CrossEncoder()
        self._embedder = embedder or RememberingEmbedder(model)
        self._views: dict[str, View] = {}
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1), "claims")

    def each(self, look: Callable[[T], Finding], sought: Sequence[T]) -> list[Finding]:
        """What is found of each; the models run outside of Python's lock, so several at a time pay."""
        return list(self._threads.map(look, sought))

    def read(self, text: str) -> View:
        """An answer, as read by the model."""
        return read(text, self.model)

    def claims(self, texts: Sequence[str]) -> list[View]:
        """Wordings of claims as read by the model; they are remembered."""
        with self._lock:
            found = {text: self._views[text] for text in texts if text in self._views}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        found.update((text, read(text, self.model)) for text in new)
        with self._lock:
            if len(self._views) + len(new) > REMEMBERED:
                self._views.clear()
            self._views.update(found)
        return [found[text] for text in texts]

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of sentences, their abbreviations written out, shape (len(texts), 384)."""
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        return self._embedder.embed([expand(text).text for text in texts])

    def is_rare(self, word: str) -> bool:
        """Whether a word is rare in general English."""
        return self.model.rarity(word) >= RARE


@dataclass(frozen=True)
class Finding:
    """One claim looked for in one answer."""

    wording: str
    """The one that the answer comes nearest to."""
    values: Vectors
    """Its features."""
    quote: str
    """The passage that comes nearest."""

    def __getitem__(self, feature: str) -> float:
        return float(self.values[NAMES.index(feature)])

    def against(self, rivals: Iterable[Finding]) -> Finding:
        """The same, knowing what the answer says to the contrary."""
        return replace(self, values=opposed(self.values, (rival.values for rival in rivals)))


class AnswerView:
    """One answer, with every claim of its question looked for in it."""

    def __init__(self, request: JudgeRequest, reader: ClaimReader) -> None:
        question = request.question
        self._reader = reader
        self._question = question
        self._asked = content_stems(question.prompt)
        claims = [*(c.text for c in question.criteria), *(m.text for m in question.mistakes)]
        about = np.stack([view.vector for view in reader.claims([question.prompt, *claims])])
        own = content_stems(" ".join(claims)) - self._asked
        said = on_subject(question, request.answer, about, own, reader.vectors)
        self._answer = reader.read(said)
        self._is_taken_back = says_the_opposite(request.answer)
        self._spans = [span for span in passages(said) if span.text in request.answer]
        starts = np.array(self._answer.starts)
        self._inside = np.array([(span.start <= starts) & (starts < span.end) for span in self._spans])
        self._vectors = reader.vectors([span.text for span in self._spans])
        self._named = names(question.prompt, claims, reader.is_rare)
        self._told_apart = frozenset(self._named)
        kept = related(self._sentences(said), about, reader.vectors)
        self._related_vectors = reader.vectors(kept)
        self._related_passages = reader.cross_encoder.passages(kept)
        stated = reader.each(self._read, reader.each(self._find, question.criteria))
        self._recall = float(np.mean([finding["recall"] for finding in stated])) if stated else 0.0
        self._sought = reader.each(self._find, question.mistakes)
        made = reader.each(self._read_plausible, self._sought)
        self.criteria = {
            c.id: finding.against(
                wrong for m, wrong in zip(question.mistakes, made, strict=True) if c.id in m.contradicts
            )
            for c, finding in zip(question.criteria, stated, strict=True)
        }
        self.mistakes = self._against_criteria(made)
        self.knows_mistakes = bool(question.mistakes)
        self.context = self._context()

    def mistakes_read(self) -> list[Finding]:
        """The mistakes, each read whether it is plausible or not: what their weights are fitted on."""
        return self._against_criteria(self._reader.each(self._read, self._sought))

    def _against_criteria(self, made: Sequence[Finding]) -> list[Finding]:
        return [
            wrong.against(self.criteria[name] for name in mistake.contradicts if name in self.criteria)
            for mistake, wrong in zip(self._question.mistakes, made, strict=True)
        ]

    def denies(self, criterion: Criterion) -> bool:
        """Whether it is not stated, whatever the probability says.

        The answer is a heap of words, or takes back what it says; or hardly a word of the criterion is said
        and nothing clearly means it.
        """
        finding = self.criteria[criterion.id]
        if self._is_taken_back:
            return True
        if finding["dump"] >= HEAP and _ONLY_WORDS.fullmatch(self._answer.text):
            return True
        is_name = len(content_stems(criterion.text)) < STATEMENT
        least = CLEARLY if self.knows_mistakes or is_name else RATHER
        return bool(finding["recall"] < LEAST_RECALL and finding["entailed"] < least)

    def turns(self, criterion: Criterion) -> bool:
        """Whether it seems turned round: said of another thing, or changed the wrong way. Where mistakes are
        known, these tell it better."""
        return not self.knows_mistakes and bool(self.criteria[criterion.id]["turned"])

    def _find(self, claim: Claim) -> Finding:
        """The claim in the wording that the answer comes nearest to."""
        texts = (claim.text, *claim.alternatives)
        wordings = self._reader.claims(texts)
        own, others = self._vocabulary(claim)
        margins = self._margins(wordings[0])
        found = [
            features(
                wording,
                self._answer,
                inside=self._inside,
                cosines=self._vectors @ wording.vector,
                asked=self._asked,
                rivals=others - own,
                shared=others & own,
                margins=margins,
                named=self._told_apart,
            )
            for wording in wordings
        ]
        nearest = max(range(len(found)), key=lambda k: strength(found[k][0]))
        values, best = found[nearest]
        return Finding(texts[nearest], values, self._spans[best].text)

    def _read(self, finding: Finding) -> Finding:
        """The same, with what reading wording and answer together says; the wording's own words need none."""
        (wording,) = self._reader.claims([finding.wording])
        if is_verbatim(wording, self._answer):
            return replace(finding, values=entailed(finding.values, VERBATIM))
        near = self._related_vectors @ wording.vector
        logit = self._reader.cross_encoder.logit(
            self._question.prompt, finding.wording, self._related_passages, near
        )
        return replace(finding, values=entailed(finding.values, logit))

    def _read_plausible(self, mistake: Finding) -> Finding:
        """The same, read if it may well be made: an answer that says what is asked for seldom does."""
        return self._read(mistake) if strength(mistake.values) - self._recall >= PLAUSIBLE else mistake

    def _sentences(self, said: str) -> list[str]:
        """Without a bare "False." where a check is for it: it would only seem to deny what follows."""
        found = [span.text for span in sentences(said)]
        if any(isinstance(c.check, VerdictCheck) for c in self._question.criteria):
            return [text for text in found if text.strip(" .!,").lower() not in _VERDICTS] or found
        return found

    def _context(self) -> Vectors:
        """What the answer as a whole says for and against each of its claims; the order is `CONTEXT`."""
        mistake = max((strength(f.values) for f in self.mistakes), default=0.0)
        closest = max((f["cosine"] for f in self.mistakes), default=0.0)
        return np.array([self._recall, mistake, closest], np.float32)

    def _margins(self, claim: View) -> Vectors:
        """By how much each passage is nearer to the claim than to its nearest contrary."""
        others = contraries(claim.text, self._named)
        if not others:
            return np.zeros(len(self._spans), np.float32)
        nearest = (self._vectors @ self._reader.vectors(others).T).max(axis=1)
        return np.asarray(self._vectors @ claim.vector - nearest, np.float32)

    def _vocabulary(self, claim: Claim) -> tuple[frozenset[str], frozenset[str]]:
        """The stems of this claim in all its wordings, and those of the question's other criteria."""
        own = content_stems(" ".join((claim.text, *claim.alternatives)))
        others = content_stems(" ".join(c.text for c in self._question.criteria if c.id != claim.id))
        return frozenset(own), frozenset(others)
