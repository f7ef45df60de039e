"""How near an answer is to the reference, by embedding: an alarm, and points only where a rubric says so.

It separates off topic from on topic. It cannot see a swapped or negated statement, and it punishes an honest
paraphrase; so a grade shows it beside the judge's finding and says when the two disagree.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

import numpy as np

from interviewer.backends.protocols import Embedder, Vectors
from interviewer.language.sentences import sentences
from interviewer.language.words import content_stems, words
from interviewer.models import Question, Similarity

TOGETHER = 6
"""Answers that are embedded together: about 32 texts."""
REMEMBERED = 4096
"""Questions whose references are kept as vectors."""


@dataclass(frozen=True)
class _Reference:
    """What answers to one question are compared with."""

    question: Question
    asked: set[str]
    """Stems of the words of the question."""
    whole: Vectors
    sentences: Vectors
    fresh: Vectors
    """Of the sentences without the words of the question."""


@dataclass(frozen=True)
class _Waiting:
    """An answer to be compared, and who waits for it."""

    question: Question
    answer: str
    loop: asyncio.AbstractEventLoop
    found: asyncio.Future[Similarity]


class Comparer:
    """Compares answers with references.

    Args:
        embedder: makes the vectors; called from several threads.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._references: dict[int, _Reference] = {}
        self._queue: deque[_Waiting] = deque()
        self._lock = Lock()
        self._working = 0
        # One core is left to whoever waits for the judge.
        self._most = max(1, (os.cpu_count() or 2) - 1)
        self._threads = ThreadPoolExecutor(self._most, "similarity")

    @property
    def label(self) -> str:
        """Which embedder, for the receipt."""
        return self._embedder.label

    def compare(self, question: Question, answer: str) -> Similarity:
        """The features of one answer, each 0..1."""
        return self._compare_all([(question, answer)])[0]

    async def compared(self, question: Question, answer: str) -> Similarity:
        """The same, in a thread and together with other answers that wait for it."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(question, answer, loop, loop.create_future())
        with self._lock:
            self._queue.append(waiting)
            starts = self._working < self._most
            self._working += starts
        if starts:
            self._threads.submit(self._work)
        return await waiting.found

    def _work(self) -> None:
        while batch := self._next():
            try:
                pairs = [(waiting.question, waiting.answer) for waiting in batch]
                results: list[Similarity | Exception] = [*self._compare_all(pairs)]
            except Exception as error:  # noqa: BLE001  (raised again where it is waited for)
                results = [error] * len(batch)
            for waiting, result in zip(batch, results, strict=True):
                # Where the loop has been closed meanwhile, nobody waits any more.
                with suppress(RuntimeError):
                    waiting.loop.call_soon_threadsafe(_settle, waiting.found, result)

    def _next(self) -> list[_Waiting]:
        """What is to be done next; nothing once nobody waits any more."""
        with self._lock:
            batch: list[_Waiting] = []
            while self._queue and len(batch) < TOGETHER:
                waiting = self._queue.popleft()
                if not waiting.found.done() and not waiting.loop.is_closed():
                    batch.append(waiting)
            self._working -= not batch
        return batch

    def _compare_all(self, pairs: Sequence[tuple[Question, str]]) -> list[Similarity]:
        references = [self._reference(question) for question, _ in pairs]
        pieces = []
        for (_, answer), reference in zip(pairs, references, strict=True):
            own = [span.text for span in sentences(answer)] or [answer]
            fresh = [text for text in (without(part, reference.asked) for part in own) if text]
            pieces.append(([answer], own, fresh))
        vectors = self._vectors([text for parts in pieces for part in parts for text in part])
        found = []
        for parts, reference in zip(pieces, references, strict=True):
            mine, own_vectors, fresh_vectors = (_stacked(part, vectors) for part in parts)
            found.append(
                Similarity(
                    cosine=_unit(float((reference.whole @ mine[0]).max())),
                    coverage=_coverage(reference.sentences, own_vectors),
                    without_question=_coverage(reference.fresh, fresh_vectors),
                )
            )
        return found

    def _vectors(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """The vector of each text, the shortest embedded first: a batch takes as long as its longest."""
        ordered = sorted(set(texts), key=lambda text: (len(text), text))
        return dict(zip(ordered, self._embedder.embed(ordered), strict=True))

    def _reference(self, question: Question) -> _Reference:
        with self._lock:
            known = self._references.get(id(question))
        # An id is given again once its question is gone, so the question is kept beside it.
        if known is not None and known.question is question:
            return known
        whole = [question.reference, *question.alternatives]
        parts = [span.text for text in whole for span in sentences(text)] or whole
        asked = content_stems(question.prompt)
        fresh = [text for text in (without(part, asked) for part in parts) if text]
        vectors = self._vectors([*whole, *parts, *fresh])
        known = _Reference(question, asked, *(_stacked(texts, vectors) for texts in (whole, parts, fresh)))
        with self._lock:
            if len(self._references) >= REMEMBERED:
                self._references.clear()
            self._references[id(question)] = known
        return known


def without(text: str, stems: set[str]) -> str:
    """The content words of the text that are not among the stems."""
    return " ".join(word.text for word in words(text) if word.is_content and word.stem not in stems)


def _settle(found: asyncio.Future[Similarity], result: Similarity | Exception) -> None:
    if found.done():
        return
    if isinstance(result, Exception):
        found.set_exception(result)
    else:
        found.set_result(result)


def _stacked(texts: Sequence[str], vectors: dict[str, Vectors]) -> Vectors:
    return np.stack([vectors[text] for text in texts]) if texts else np.zeros((0, 1), np.float32)


def _coverage(reference: Vectors, answer: Vectors) -> float:
    """Mean over reference sentences of the best matching answer sentence."""
    if not len(reference) or not len(answer):
        return 0.0
    return _unit(float((reference @ answer.T).max(axis=1).mean()))


def _unit(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
