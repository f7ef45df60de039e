"""What is remembered of the records of a file of grades: where each stands, and what it was made from."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

MOST = 99_999_999
"""The highest number of an answer."""
_SIZE = 256
"""Answers on a page. A file may begin anywhere: one record with a high number takes no more than a page."""
_NOTHING, _UNGRADED = -2.0, -1.0
"""In place of a score."""


class _Page:
    __slots__ = ("keys", "labels", "offsets", "scores")

    def __init__(self) -> None:
        self.offsets = array("q", bytes(8 * _SIZE))
        self.keys = array("Q", bytes(8 * _SIZE))
        self.scores = array("f", [_NOTHING]) * _SIZE
        self.labels = array("I", bytes(4 * _SIZE))


class Places:
    """The records by the number of their answer, 24 bytes each."""

    def __init__(self) -> None:
        self._pages: dict[int, _Page] = {}
        self._count = 0

    def __len__(self) -> int:
        """Answers that have a record."""
        return self._count

    def __contains__(self, number: int) -> bool:
        """Whether this answer has a record."""
        page = self._pages.get(number // _SIZE)
        return page is not None and page.scores[number % _SIZE] != _NOTHING

    def __iter__(self) -> Iterator[int]:
        """The numbers of the answers that have one, in order."""
        for first, page in sorted(self._pages.items()):
            for at, score in enumerate(page.scores):
                if score != _NOTHING:
                    yield first * _SIZE + at

    @property
    def most(self) -> int:
        """The highest number of an answer with a record; 0 where there is none."""
        for first in sorted(self._pages, reverse=True):
            scores = self._pages[first].scores
            for at in range(_SIZE - 1, -1, -1):
                if scores[at] != _NOTHING:
                    return first * _SIZE + at
        return 0

    def note(self, number: int, offset: int, key: int, score: float | None, labels: int) -> None:
        """Remembers a record, in place of an earlier one of the same answer.

        Args:
            offset: where it begins in the file.
            key: the first 64 bits of its key.
            score: None where the answer is ungraded.
            labels: a checksum of its labels.
        """
        self._count += number not in self
        page, at = self._page(number), number % _SIZE
        page.offsets[at], page.keys[at], page.labels[at] = offset, key, labels
        page.scores[at] = _UNGRADED if score is None else score

    def _page(self, number: int) -> _Page:
        page = self._pages.get(number // _SIZE)
        if page is None:
            page = self._pages[number // _SIZE] = _Page()
        return page

    def forget(self, number: int) -> bool:
        """Drops the record of this answer; False where it has none."""
        if number not in self:
            return False
        self._pages[number // _SIZE].scores[number % _SIZE] = _NOTHING
        self._count -= 1
        return True

    def offset(self, number: int) -> int:
        """Where the record of this answer, which has to be there, begins in the file."""
        return self._pages[number // _SIZE].offsets[number % _SIZE]

    def score(self, number: int) -> float | None:
        """The score of this answer, whose record has to be there; None where it is ungraded."""
        score = self._pages[number // _SIZE].scores[number % _SIZE]
        return None if score == _UNGRADED else round(score, 1)

    def key(self, number: int) -> int | None:
        """The first 64 bits of the key of this answer's record; None where it has none."""
        page = self._pages.get(number // _SIZE)
        return None if page is None else page.keys[number % _SIZE]

    def labels(self, number: int) -> int | None:
        """The checksum of its labels; None where it has none."""
        page = self._pages.get(number // _SIZE)
        return None if page is None else page.labels[number % _SIZE]
