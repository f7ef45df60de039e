"""How much of a whole reference a whole answer says: the features of `Combine`'s estimate."""

from __future__ import annotations

import math
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

import numpy as np

from interviewer.backends.protocols import Vectors
from interviewer.embedded.answer import ClaimReader
from interviewer.embedded.subject import on_subject, related
from interviewer.embedded.views import View
from interviewer.language.sentences import sentences
from interviewer.language.words import content_stems
from interviewer.models import Question

REMEMBERED = 512
"""References whose words are kept as vectors."""


class _Reference(NamedTuple):
    """One reference as it is looked for."""

    text: str
    view: View
    vectors: Vectors
    """Of its sentences, shape (sentences, 384)."""


class References:
    """Compares whole answers with whole references.

    Args:
        reader: the models, and what they remember.
    """

    def __init__(self, reader: ClaimReader) -> None:
        self._reader = reader
        self._known: OrderedDict[str, _Reference] = OrderedDict()
        self._lock = Lock()

    def of(self, question: Question, answer: str) -> tuple[float, float]:
        """`Similarity.stated` and `Similarity.recall`; of several references, of the best.

        As for claims, what has nothing to do with question and reference is not read.
        """
        reader, asked = self._reader, content_stems(question.prompt)
        references = [self._reference(text) for text in (question.reference, *question.alternatives)]
        about = np.concatenate([reader.vectors([question.prompt]), *(r.vectors for r in references)])
        own = {stem for reference in references for stem in reference.view.stems}
        answer = on_subject(question, answer, about, own - asked, reader.vectors)
        view = reader.read(answer)
        recall = max(token_recall(reference.view, view, asked) for reference in references)
        said = related([span.text for span in sentences(answer)], about, reader.vectors)
        passages = reader.cross_encoder.passages(said)
        logit = max(reader.cross_encoder.logit(question.prompt, r.text, passages) for r in references)
        return round(1 / (1 + math.exp(-logit)), 4), round(recall, 4)

    def _reference(self, text: str) -> _Reference:
        with self._lock:
            if text in self._known:
                self._known.move_to_end(text)
                return self._known[text]
        vectors = self._reader.vectors([span.text for span in sentences(text)])
        made = _Reference(text, self._reader.read(text), vectors)
        with self._lock:
            self._known[text] = made
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return made


def token_recall(reference: View, answer: View, asked: set[str]) -> float:
    """Mean over the reference's content words of the best match in the answer, 0..1.

    The cosine of the words' vectors in context, or 1 for the same stem (the recall of Zhang et al.,
    "BERTScore", arXiv 1904.09675), weighted by rarity; words of the question do not count, unless there are
    no others.
    """
    if not reference.stems or not answer.stems:
        return 0.0
    cosine = np.clip(reference.vectors @ answer.vectors.T, 0, 1)
    for at, stem in enumerate(reference.stems):
        cosine[at, answer.places.get(stem, [])] = 1.0
    fresh = np.array([stem not in asked for stem in reference.stems])
    weight = reference.rarity * fresh if fresh.any() else reference.rarity
    return float((cosine.max(axis=1) * weight).sum() / weight.sum())
