"""How near an answer is to the reference, by embedding: a gate and an alarm, never plain points.

It separates off topic from on topic. It cannot see a swapped or negated statement, and it punishes an honest
paraphrase; so a grade shows it beside the judge's finding and says when the two disagree.
"""

from __future__ import annotations

import numpy as np

from interviewer.backends.protocols import Embedder, Vectors
from interviewer.language.sentences import sentences
from interviewer.language.words import content_stems, words
from interviewer.models import Question, Similarity


class Comparer:
    """Compares answers with references."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def label(self) -> str:
        """Which embedder, for the receipt."""
        return self._embedder.label

    def compare(self, question: Question, answer: str) -> Similarity:
        """The features of one answer, each 0..1."""
        references = [question.reference, *question.alternatives]
        parts = [span.text for reference in references for span in sentences(reference)] or references
        own = [span.text for span in sentences(answer)] or [answer]
        asked = content_stems(question.prompt)
        fresh_parts = [text for text in (without(part, asked) for part in parts) if text]
        fresh_own = [text for text in (without(part, asked) for part in own) if text]
        fixed = self._embedder.embed([*references, *parts, *fresh_parts])
        whole, sentence, fresh = np.split(fixed, [len(references), len(references) + len(parts)])
        live = self._embedder.embed([answer, *own, *fresh_own])
        mine, my_sentences, my_fresh = np.split(live, [1, 1 + len(own)])
        return Similarity(
            cosine=_unit(float((whole @ mine[0]).max())),
            coverage=_coverage(sentence, my_sentences),
            without_question=_coverage(fresh, my_fresh),
        )


def without(text: str, stems: set[str]) -> str:
    """The content words of the text that are not among the stems."""
    return " ".join(word.text for word in words(text) if word.is_content and word.stem not in stems)


def _coverage(reference: Vectors, answer: Vectors) -> float:
    """Mean over reference sentences of the best matching answer sentence."""
    if not len(reference) or not len(answer):
        return 0.0
    return _unit(float((reference @ answer.T).max(axis=1).mean()))


def _unit(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
