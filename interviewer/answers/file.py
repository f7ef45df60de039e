"""Files of answers: JSONL or CSV, read as a stream, each line with the question and rubric it belongs to."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from interviewer.answers.line import AnswerLine, GivenAnswer, given, inline_question, question_of
from interviewer.bank import Bank
from interviewer.errors import DataError
from interviewer.reading import (
    LONGEST_LINE,
    json_object,
    numbered_lines,
    require_file,
    require_whole_characters,
    strict_json,
    validate,
)

STDIN = Path("-")
"""Stands for the standard input wherever a file of answers is named."""

_KEYS = tuple(AnswerLine.model_fields)
_KNOWN = frozenset(_KEYS)


def read_answers(path: Path, bank: Bank) -> Iterator[GivenAnswer]:
    """The answers of a JSONL or CSV file (`-`: the standard input), in constant memory.

    Equal inline questions share one `Question`, so that what is computed for a question is computed once.

    Raises:
        DataError: the first line that breaks a rule, with file and line.
    """
    if path == STDIN:
        # A reader of its own: the interpreter closes its own one at the end, even while a thread reads on.
        with open(sys.stdin.fileno(), "rb", closefd=False) as stream:
            yield from _answers(stream, "standard input", bank, is_table=False)
        return
    require_file(path)
    with path.open("rb") as stream:
        yield from _answers(stream, str(path), bank, is_table=path.suffix.lower() in (".csv", ".tsv"))


def _answers(stream: BinaryIO, name: str, bank: Bank, *, is_table: bool) -> Iterator[GivenAnswer]:
    lines = numbered_lines(stream, name)
    first = next(((number, line) for number, line in lines if line.strip()), None)
    if first is None:
        raise DataError(f"{name}: the file is empty")
    delimiter = None if first[1].lstrip().startswith("{") else _delimiter_of(first[1], name)
    if is_table:
        delimiter = delimiter or ","
    if delimiter is None:
        records = _from_json(first, lines, name)
    else:
        records = _from_csv(first, lines, name, delimiter)
    inline = lru_cache(maxsize=4096)(lambda line: inline_question(line, bank))
    number = 0
    for number, (place, record) in enumerate(records, 1):
        where = f"{name}:{place}"
        line = validate(AnswerLine, record, where=where)
        try:
            yield given(line, number, place, bank, inline(question_of(line)) if line.question else None)
        except DataError as error:
            raise DataError(f"{where}: {error.message}", hint=error.hint) from None
    if not number:
        raise DataError(f"{name}: has no answers")


def _delimiter_of(header: str, name: str) -> str | None:
    """What stands between the columns, if this line is the header of a CSV file; None: read it as JSONL."""
    if header.lstrip().startswith("["):
        raise DataError(
            f"{name}: is a JSON array, not JSON lines", hint=f"jq -c '.[]' {name} makes lines of it"
        )
    for delimiter in (",", ";", "\t"):
        if "answer" in [cell.strip(' "\r\n').lower() for cell in header.split(delimiter)]:
            return delimiter
    return None


def _from_json(
    first: tuple[int, str], rest: Iterator[tuple[int, str]], name: str
) -> Iterator[tuple[int, object]]:
    yield first[0], _parse(first[1], f"{name}:{first[0]}")
    for number, line in rest:
        if line.strip():
            yield number, _parse(line, f"{name}:{number}")


def _parse(line: str, where: str) -> object:
    record = json_object(line, where, like='{"question_id": "…", "answer": "…"}')
    _require_known(record, where, "key")
    if "\\ud" in line.lower():
        require_whole_characters(record, where)
    return record


def _from_csv(
    first: tuple[int, str], rest: Iterator[tuple[int, str]], name: str, delimiter: str
) -> Iterator[tuple[int, object]]:
    csv.field_size_limit(LONGEST_LINE)
    start = first[0]

    def texts() -> Iterator[str]:
        yield first[1]
        for _, line in rest:
            yield line

    reader = csv.reader(texts(), delimiter=delimiter, strict=True)
    line = start
    columns: list[str] = []
    try:
        for cells in reader:
            if not columns:
                columns = _columns(cells, f"{name}:{line}")
            elif any(cell.strip() for cell in cells):
                yield line, _record(columns, cells, f"{name}:{line}")
            line = start + reader.line_num
    except csv.Error as error:
        raise DataError(
            f"{name}:{line}: not valid CSV: {error}", hint='write quotes in a cell as "so ""quoted"" there"'
        ) from None


def _columns(header: list[str], where: str) -> list[str]:
    columns = [cell.strip().lower() for cell in header]
    _require_known(columns, where, "column")
    twice = [column for at, column in enumerate(columns) if column in columns[:at]]
    if twice:
        raise DataError(f"{where}: the column {twice[0]!r} is there twice")
    if "answer" not in columns:
        raise DataError(f"{where}: there is no column 'answer'", hint=f"columns: {', '.join(_KEYS)}")
    return columns


def _require_known(keys: Iterable[str], where: str, what: str) -> None:
    """A misspelt key is named before the one that is missing because of it."""
    for key in keys:
        if key not in _KNOWN:
            near = get_close_matches(key, _KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known {what}s: {', '.join(_KEYS)}"
            raise DataError(f"{where}: unknown {what} {key!r}", hint=hint)


def _record(columns: list[str], cells: list[str], where: str) -> dict[str, object]:
    if len(cells) != len(columns):
        raise DataError(
            f"{where}: has {len(cells)} cells, but the header has {len(columns)}",
            hint="put a cell that holds the delimiter in double quotes",
        )
    record: dict[str, object] = {"answer": ""}
    for column, cell in zip(columns, cells, strict=True):
        if column == "criteria" and cell.strip():
            record[column] = _criteria_cell(cell, where)
        elif column == "answer" or cell.strip():
            record[column] = cell
    return record


def _criteria_cell(cell: str, where: str) -> object:
    if not cell.lstrip().startswith("["):
        return [part.strip() for part in cell.split(";") if part.strip()]
    try:
        value: object = strict_json(cell)
    except (ValueError, RecursionError):
        raise DataError(f"{where}: criteria: not a JSON list", hint='["one", "two"]') from None
    return value
