"""A text as the embedded judge sees it: words in context, clauses, polarity, numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from interviewer.backends.onnx import DIMENSIONS, MiniLM, Reading
from interviewer.backends.protocols import Vectors
from interviewer.language.abbreviations import Expanded, expand
from interviewer.language.numbers import numbers
from interviewer.language.polarity import is_negated, negated_spans
from interviewer.language.sentences import Span, clauses, sentences, windows
from interviewer.language.words import STOP_WORDS, stem, words

_ARTICLES = frozenset({"a", "an", "the"})
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
    def spoken(self) -> str:
        """All its words by their stems, articles apart, with a space on either side of each."""
        return f" {' '.join(word.stem for word in words(self.text) if word.text not in _ARTICLES)} "

    @cached_property
    def values(self) -> frozenset[float]:
        """The numbers in the text."""
        return frozenset(number.value for number in numbers(self.text) if number.text.lower() != "one")

    @cached_property
    def company(self) -> dict[int, frozenset[str]]:
        """The stems of each clause."""
        found: dict[int, set[str]] = {}
        for name, clause in zip(self.stems, self.clause, strict=True):
            found.setdefault(clause, set()).add(name)
        return {clause: frozenset(names) for clause, names in found.items()}

    def subjects(self, named: frozenset[str]) -> list[str | None]:
        """For each word, which of the named things it is said of; None where none is.

        The last name before it in its clause, or else the first after it there, or else the last name before.
        """
        if named not in self._subjects:
            self._subjects[named] = self._find_subjects(named)
        return self._subjects[named]

    @cached_property
    def _subjects(self) -> dict[frozenset[str], list[str | None]]:
        return {}

    def _find_subjects(self, named: frozenset[str]) -> list[str | None]:
        count = len(self.stems)
        after: list[int | None] = [None] * count
        following = None
        for at in reversed(range(count)):
            after[at] = following
            following = at if self.stems[at] in named else following
        found: list[str | None] = []
        before = None
        for at, follower in enumerate(after):
            here = [j for j in (before, follower) if j is not None and self.clause[j] == self.clause[at]]
            chosen = here[0] if here else before
            found.append(None if chosen is None else self.stems[chosen])
            before = at if self.stems[at] in named else before
        return found


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
    """Which of the spans, in order, holds this place; -1 where none does."""
    at = bisect_right(spans, position, key=lambda span: span.start) - 1
    return at if at >= 0 and position < spans[at].end else -1


def _chunks(text: str) -> list[Span]:
    """Runs of whole sentences of up to about `CHUNK` characters."""
    runs: list[Span] = []
    for part in sentences(text) or [Span(text, 0, len(text))]:
        if runs and part.end - runs[-1].start <= CHUNK:
            runs[-1] = Span(text[runs[-1].start : part.end], runs[-1].start, part.end)
        else:
            runs.append(part)
    return runs
