"""How much of a whole reference a whole answer says: the features of `Combine`'s estimate."""

from __future__ import annotations

import math
from collections import OrderedDict
from threading import Lock

import numpy as np

from interviewer.backends.onnx import MiniLM
from interviewer.embedded.cross_encoder import CrossEncoder
from interviewer.embedded.views import View, read
from interviewer.language.sentences import sentences
from interviewer.language.words import content_stems
from interviewer.models import Question

REMEMBERED = 512
"""References whose words are kept as vectors."""


class References:
    """Compares whole answers with whole references.

    Args:
        model: for vectors of words.
        cross_encoder: reads reference and answer together.
    """

    def __init__(self, model: MiniLM, cross_encoder: CrossEncoder) -> None:
        self._model = model
        self._cross_encoder = cross_encoder
        self._references: OrderedDict[str, View] = OrderedDict()
        self._lock = Lock()

    def of(self, question: Question, answer: str) -> tuple[float, float]:
        """`Similarity.stated` and `Similarity.recall`; of several references, of the best."""
        view = read(answer, self._model)
        asked = content_stems(question.prompt)
        references = (question.reference, *question.alternatives)
        recall = max(token_recall(self._reference(text), view, asked) for text in references)
        said = self._cross_encoder.passages([span.text for span in sentences(answer)])
        logit = max(self._cross_encoder.logit(question.prompt, text, said) for text in references)
        return round(1 / (1 + math.exp(-logit)), 4), round(recall, 4)

    def _reference(self, text: str) -> View:
        with self._lock:
            if text in self._references:
                self._references.move_to_end(text)
                return self._references[text]
        view = read(text, self._model)
        with self._lock:
            self._references[text] = view
            while len(self._references) > REMEMBERED:
                self._references.popitem(last=False)
        return view


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
