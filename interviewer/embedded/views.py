"""A text as the embedded judge sees it: words in context, clauses, polarity, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from interviewer.backends.onnx import DIMENSIONS, MiniLM
from interviewer.backends.protocols import Vectors
from interviewer.language.numbers import numbers
from interviewer.language.polarity import is_negated, negated_spans
from interviewer.language.sentences import Span, clauses, sentences, windows
from interviewer.language.words import STOP_WORDS, stem

CHUNK = 900
"""Characters of one pass of the model; longer texts are read in runs of whole sentences."""


@dataclass(frozen=True)
class View:
    """The content words of a text and what surrounds them. Arrays are indexed by word."""

    text: str
    stems: tuple[str, ...]
    starts: tuple[int, ...]
    vectors: Vectors
    """Shape (words, 384)."""
    rarity: Vectors
    """Shape (words,), 0..1."""
    clause: tuple[int, ...]
    """Which clause each word stands in; -1 where none."""
    affirmed: tuple[bool, ...]
    """False inside a negation."""
    word_count: int
    """All words, stop words too."""

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each stem occurs."""
        found: dict[str, list[int]] = {}
        for at, name in enumerate(self.stems):
            found.setdefault(name, []).append(at)
        return found

    @cached_property
    def values(self) -> frozenset[float]:
        """The numbers in the text."""
        return frozenset(number.value for number in numbers(self.text) if number.text.lower() != "one")


def read(text: str, model: MiniLM) -> View:
    """The text, read once by the model."""
    stems, starts, vectors, rarity = [], [], [], []
    word_count = 0
    for chunk in _chunks(text):
        for word in model.words(chunk.text):
            if not any(c.isalnum() for c in word.text):
                continue
            word_count += 1
            if word.text.lower() in STOP_WORDS:
                continue
            stems.append(stem(word.text))
            starts.append(chunk.start + word.start)
            vectors.append(word.vector)
            rarity.append(0.25 + 0.75 * word.rarity)
    denied = negated_spans(text)
    parts = clauses(text)
    return View(
        text=text,
        stems=tuple(stems),
        starts=tuple(starts),
        vectors=np.array(vectors, np.float32).reshape(len(stems), DIMENSIONS),
        rarity=np.array(rarity, np.float32),
        clause=tuple(_holder(start, parts) for start in starts),
        affirmed=tuple(not is_negated(start, denied) for start in starts),
        word_count=word_count,
    )


def passages(text: str) -> list[Span]:
    """The pieces of an answer that a claim is looked for in: sentences, and pairs of them."""
    return windows(text, 2) or [Span(text, 0, len(text))]


def _holder(position: int, spans: list[Span]) -> int:
    return next((i for i, span in enumerate(spans) if span.start <= position < span.end), -1)


def _chunks(text: str) -> list[Span]:
    """Runs of whole sentences of up to about `CHUNK` characters."""
    runs: list[Span] = []
    for part in sentences(text) or [Span(text, 0, len(text))]:
        if runs and part.end - runs[-1].start <= CHUNK:
            runs[-1] = Span(text[runs[-1].start : part.end], runs[-1].start, part.end)
        else:
            runs.append(part)
    return runs
