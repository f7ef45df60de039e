"""A text as the embedded judge sees it: words in context, clauses, polarity, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from interviewer.backends.onnx import DIMENSIONS, MiniLM, Reading
from interviewer.backends.protocols import Vectors
from interviewer.language.abbreviations import Expanded, expand
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
    """With abbreviations written out."""
    vector: Vectors
    """Of the whole text (of its first chunk, where it is long), shape (384,)."""
    stems: tuple[str, ...]
    starts: tuple[int, ...]
    """Offsets in the text as it was written."""
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

    def subject(self, at: int, named: AbstractSet[str]) -> str | None:
        """Which of the named things the word at this place is said of; None where none is.

        The last name before it in its clause, or else the first after it there, or else the last name before.
        """
        before = [j for j in range(at) if self.stems[j] in named]
        if before and self.clause[before[-1]] == self.clause[at]:
            return self.stems[before[-1]]
        after = next((j for j in range(at + 1, len(self.stems)) if self.stems[j] in named), None)
        if after is not None and self.clause[after] == self.clause[at]:
            return self.stems[after]
        return self.stems[before[-1]] if before else None


def read(text: str, model: MiniLM) -> View:
    """The text, with its abbreviations written out, read once by the model."""
    expanded = expand(text)
    return _view(expanded, [(chunk, model.read(chunk.text)) for chunk in _chunks(expanded.text)])


def _view(expanded: Expanded, readings: Sequence[tuple[Span, Reading]]) -> View:
    text = expanded.text
    kept, starts, word_count = [], [], 0
    for chunk, reading in readings:
        for word in reading.words:
            if not any(c.isalnum() for c in word.text):
                continue
            word_count += 1
            if word.text.lower() not in STOP_WORDS:
                kept.append(word)
                starts.append(chunk.start + word.start)
    denied = negated_spans(text)
    parts = clauses(text)
    return View(
        text=text,
        vector=readings[0][1].vector,
        stems=tuple(stem(word.text) for word in kept),
        starts=tuple(expanded.origins[start] for start in starts),
        vectors=np.array([word.vector for word in kept], np.float32).reshape(len(kept), DIMENSIONS),
        rarity=np.array([0.25 + 0.75 * word.rarity for word in kept], np.float32),
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
