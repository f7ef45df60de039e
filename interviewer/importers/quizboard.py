"""Quiz-board text: rows of tile values, then question and answer paragraphs, category by category.

    100100100          three categories, the first tile of each worth 100
    200200200          the second worth 200: 3 × 2 = 6 questions follow

The paragraphs carry no marks, and a question or an answer may span several; `pairing` finds the split that
gives the number of questions the header promises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from interviewer.errors import DataError
from interviewer.importers.drafts import Draft, finish
from interviewer.importers.fences import paragraphs
from interviewer.importers.pairing import Pair, asked, doubtful, pair, uncertain
from interviewer.importers.plain import as_markdown
from interviewer.models import Question

CHECK_SPLIT = "check-split"
"""The tag of a question whose first or last paragraph may belong to its neighbour."""
_TILES = re.compile(r"^[\s$€£|,;]*\d[\d\s$€£|,;]*$")
_EASIEST, _HARDEST = 100, 500
_MOST_TILES = 1000
_LONGEST_ITEM = 20
"""Paragraphs a question, on average over the board; more is not a quiz board, and would take long to pair."""


@dataclass(frozen=True)
class Header:
    """The tile values of one category, and how many categories there are."""

    values: tuple[int, ...]
    columns: int
    lines: int
    """How many lines of the file it takes."""

    @property
    def tiles(self) -> int:
        """How many questions the board has."""
        return len(self.values) * self.columns

    def difficulty(self, row: int) -> int:
        """The value of a row's tiles, spread over 100 to 500 where the board counts otherwise."""
        if min(self.values) >= _EASIEST and max(self.values) <= _HARDEST:
            return self.values[row]
        ranks = sorted(set(self.values))
        steps = max(1, len(ranks) - 1)
        return _EASIEST + (_HARDEST - _EASIEST) * ranks.index(self.values[row]) // steps


def parse(text: str, path: Path) -> tuple[Question, ...]:
    """The questions of a quiz board, with the tile's value as difficulty and a tag for the category.

    Raises:
        DataError: there is no header, or the text does not hold as many questions as it has tiles.
    """
    header = read_header(text)
    if header is None:
        raise DataError(
            f"{path}: has no header of tile values",
            hint="one line a row, the value once for each category: 100100100 for three",
        )
    blocks = list(paragraphs(as_markdown("\n".join(text.split("\n")[header.lines :]))))
    _refuse_size(header, len(blocks), path)
    pairs = pair(blocks, header.tiles)
    doubt = doubtful(pairs)
    if not pairs or doubt:
        raise _wrong_count(header, blocks, doubt, path)
    return finish([_draft(number, pairs, header, path) for number in range(len(pairs))], path)


def read_header(text: str) -> Header | None:
    """The tile values at the top of a text, or None if it does not begin with any that make a board."""
    rows: list[str] = []
    used = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if not _TILES.match(line):
            break
        rows.append(line)
        used = number
    columns = _columns(rows)
    if columns is None:
        return None
    values = tuple(_value(row, columns) for row in rows)
    return Header(values, columns, used) if all(values) and columns * len(values) > 1 else None


def _draft(number: int, pairs: tuple[Pair, ...], header: Header, path: Path) -> Draft:
    category, row = divmod(number, len(header.values))
    around = pairwise(pairs[max(0, number - 1) : number + 2])
    unsure = [CHECK_SPLIT] if any(uncertain(before, after) for before, after in around) else []
    record = {
        "prompt": "\n\n".join(pairs[number].question),
        "reference": "\n\n".join(pairs[number].answer),
        "difficulty": header.difficulty(row),
        "tags": [f"category-{category + 1}", *unsure],
    }
    return Draft(f"{path}: question {number + 1}", record)


def _columns(rows: list[str]) -> int | None:
    """How many times every row repeats its value: the largest number that fits all rows."""
    fitting = [_repeats(row) for row in rows]
    common = set.intersection(*fitting) if fitting else set()
    return max(common, default=None)


def _repeats(row: str) -> set[int]:
    numbers = re.findall(r"\d+", row)
    if len(numbers) > 1:
        return {len(numbers)} if len(set(numbers)) == 1 else set()
    digits = numbers[0]
    return {
        times
        for times in range(1, len(digits) + 1)
        if len(digits) % times == 0 and digits[: len(digits) // times] * times == digits
    }


def _value(row: str, columns: int) -> int:
    digits = "".join(re.findall(r"\d+", row))
    return int(digits[: min(9, len(digits) // columns)])


def _refuse_size(header: Header, found: int, path: Path) -> None:
    if header.tiles > _MOST_TILES:
        raise DataError(f"{path}: the header has {header.tiles} tiles, more than {_MOST_TILES}")
    if found > _LONGEST_ITEM * header.tiles:
        raise DataError(f"{path}: {found} paragraphs are too many for the header's {header.tiles} questions")


def _wrong_count(header: Header, blocks: list[str], doubt: str | None, path: Path) -> DataError:
    near = f"; look near {_opening(doubt)!r}" if doubt else ""
    board = f"{header.columns} categories × {len(header.values)} values"
    return DataError(
        f"{path}: the header has {header.tiles} questions ({board}), but the {len(blocks)} paragraphs"
        f" below it read as {asked(blocks)}",
        hint=f"each needs a question (with a '?' or a verb such as 'Name') and an answer paragraph{near}",
    )


def _opening(paragraph: str) -> str:
    line = " ".join(paragraph.split())
    return line if len(line) <= 50 else line[:49].rstrip() + "…"
