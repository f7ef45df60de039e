"""CSV: a header row with the keys of the bank files, then one question a row.

`tags`, `hints` and the other lists are separated by `;`, or written as JSON (`["one; two", "three"]`), as are
the tables (`criterion`, `mistake`, `group`, `example`). An empty cell is a key left out.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from interviewer.errors import DataError
from interviewer.importers import records
from interviewer.importers.drafts import Draft, finish
from interviewer.models import Question

_DELIMITERS = (",", ";", "\t")
_LISTS = frozenset({"tags", "hints", "alternatives"})
_TABLES = frozenset({"criterion", "mistake", "group", "example"})


def has_header(text: str) -> bool:
    """Whether the first line names the columns of questions."""
    return bool({"prompt", "question"} & set(_header(text, _delimiter(text))))


def parse(text: str, path: Path) -> tuple[Question, ...]:
    """The questions of a CSV file with `,`, `;` or tab between its cells.

    Raises:
        DataError: an unknown or repeated column, a row of another length, or a cell that breaks a rule.
    """
    rows = _rows(text, path)
    start, header = next(rows, (1, []))
    columns = [cell.strip().lower() for cell in header]
    for number, column in enumerate(columns):
        records.require_known(column, f"{path}:{start}", "column")
        if column in columns[:number]:
            raise DataError(f"{path}:{start}: the column {column!r} is there twice")
    return finish([_draft(columns, cells, f"{path}:{line}") for line, cells in rows], path)


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line, and cells, of each row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{path}:{line}: not valid CSV: {error}", hint='write quotes in a cell as "so ""quoted"" there"'
        ) from None


def _draft(columns: list[str], cells: list[str], where: str) -> Draft:
    if len(cells) != len(columns):
        raise DataError(
            f"{where}: has {len(cells)} cells, but the header has {len(columns)}",
            hint="put a cell that holds the delimiter in double quotes",
        )
    given = {
        column: _value(column, cell, where)
        for column, cell in zip(columns, cells, strict=True)
        if cell.strip()
    }
    return records.draft(given, where)


def _value(column: str, cell: str, where: str) -> object:
    if column not in _LISTS | _TABLES:
        return cell
    if column in _LISTS and not cell.lstrip().startswith("["):
        return [part.strip() for part in cell.split(";") if part.strip()]
    try:
        value: object = json.loads(cell)
    except (ValueError, RecursionError):
        raise DataError(f"{where}: {column}: not a JSON list", hint='["one", "two"]') from None
    return value


def _delimiter(text: str) -> str:
    """The delimiter that splits the first line into the most known columns."""
    known = {sign: len(records.KEYS & set(_header(text, sign))) for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: (known[sign], len(_header(text, sign))))


def _header(text: str, delimiter: str) -> list[str]:
    first = text.lstrip("\n").split("\n", 1)[0]
    try:
        cells = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [cell.strip().lower() for cell in cells]
