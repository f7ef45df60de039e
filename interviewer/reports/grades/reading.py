"""A file of grades, read as a stream: of each record what figures need, and where the rest of it is."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

from pydantic import ValidationError

from interviewer.errors import DataError
from interviewer.grading.digests import text_digest
from interviewer.models import Gap, GradeRecord, Level, Scheme
from interviewer.reading import LONGEST_LINE, explain, strict_json

STDIN = Path("-")
"""Stands for the standard input."""
LONGEST_RECORD = 8 * LONGEST_LINE
"""Bytes. A record has an answer's line in it, and what was found there."""
_BOM = b"\xef\xbb\xbf"
_HINT = "`interviewer grade FILE -o grades.jsonl` makes such a file"
T = TypeVar("T")
_ANY_OF = re.compile(r"^any \d+ of: ")
_LABEL = 70
"""Characters of a prompt that stand for a question without an id."""


class Made(NamedTuple):
    """By whom, and how, a grade was made; the texts are empty where unknown."""

    grader: str
    version: str = ""
    """Of the program."""
    prompt_version: str = ""
    embedder: str = ""
    parameters: str = ""
    calibration: str = ""
    """Digest of the map that was applied."""


class Digests(NamedTuple):
    """Of what was asked, and by which rubric it was graded."""

    question: str
    rubric: str


@dataclass(frozen=True, slots=True)
class Row:
    """What figures need of one record."""

    offset: int
    """Where its line is in the file."""
    number: int
    id: str
    question_id: str | None
    question: str
    """Its id, else the beginning of its prompt."""
    candidate: str | None
    made: Made
    digests: Digests | None
    """None where ungraded."""
    answer: str
    """Digest of its text."""
    score: float | None
    """0–100; None is ungraded."""
    passed: bool | None
    needs_review: bool
    cached: bool
    confidence: str | None
    flags: tuple[str, ...]
    levels: tuple[tuple[str, Level], ...]
    human: float | None
    """As given, on whatever scale."""
    reason: str | None
    called: bool | None
    """Whether a model was called for it; None is unknown."""
    cost: float | None
    prompt_tokens: int | None
    completion_tokens: int | None


@dataclass
class Grades:
    """All records of a file, one row each."""

    name: str
    stream: BinaryIO
    rows: list[Row] = field(default_factory=list)
    """In the order of the input of the run."""
    cut: int | None = None
    """The number of a last line that is not whole; its record is not among the rows."""
    replaced: int = 0
    """Records that a later one of the same answer took the place of, for example at --retry-ungraded."""
    prompts: dict[str, str] = field(default_factory=dict)
    """By question."""
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    """What a criterion says, by question and criterion, where a record has told."""

    def record(self, row: Row) -> GradeRecord:
        """The whole record of a row.

        Raises:
            DataError: the file is another one by now.
        """
        self.stream.seek(row.offset)
        try:
            return GradeRecord.model_validate_json(self.stream.readline().removeprefix(_BOM))
        except ValidationError:
            raise DataError(f"{self.name}: was changed while it was read", hint="try again") from None


@contextmanager
def read_grades(path: Path) -> Iterator[Grades]:
    """The records of a file that `interviewer grade` wrote, or is writing; `-` is the standard input.

    Raises:
        DataError: there is no such file or no record in it; a line that breaks a rule, with its number. A
            last line that ends too early does not: a run that was stopped leaves one.
    """
    with _opened(path) as stream:
        grades = Grades("standard input" if path == STDIN else str(path), stream)
        _Reader(grades).read()
        grades.rows.sort(key=lambda row: row.number)
        yield grades


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file; what cannot be read twice (a pipe) is copied to a temporary file first."""
    if path.is_dir():
        raise DataError(f"{path}: is a folder, not a file", hint=_HINT)
    try:
        stream = sys.stdin.buffer if path == STDIN else path.open("rb")
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None
    if path != STDIN and stream.seekable():
        with stream:
            yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy


class _Reader:
    """Reads one file. Texts that many records share are kept once."""

    def __init__(self, grades: Grades) -> None:
        self._grades = grades
        self._shared: dict[object, object] = {}
        self._labels: dict[str, str] = {}
        self._at: dict[int, int] = {}

    def read(self) -> None:
        grades = self._grades
        broken: DataError | None = None
        for number, offset, raw in self._lines():
            if broken is not None:
                raise broken
            where = f"{grades.name}:{number}"
            try:
                record = GradeRecord.model_validate_json(raw)
            except ValidationError as error:
                if error.errors(include_url=False)[0]["type"] != "json_invalid":
                    raise _refused(error, raw, where) from None
                broken = DataError(f"{where}: not valid JSON", hint=_HINT)
                grades.cut = number
            else:
                self._add(record, offset)
        if not grades.rows:
            raise broken or DataError(f"{grades.name}: has no grades", hint=_HINT)

    def _lines(self) -> Iterator[tuple[int, int, bytes]]:
        """Number, offset and bytes of each line that is not blank."""
        stream, number, offset = self._grades.stream, 0, 0
        while raw := stream.readline(LONGEST_RECORD + 1):
            number += 1
            if len(raw) > LONGEST_RECORD:
                raise DataError(
                    f"{self._grades.name}:{number}: the line is longer than {LONGEST_RECORD // 2**20} MiB",
                    hint=_HINT,
                )
            if raw.strip():
                yield number, offset, raw.removeprefix(_BOM) if number == 1 else raw
            offset += len(raw)

    def _add(self, record: GradeRecord, offset: int) -> None:
        grades = self._grades
        row = self._row(record, offset)
        self._learn(record, row.question)
        # The hash alone: a million keys would take more room than all rows.
        same = hash((record.number, record.key, record.id))
        if (place := self._at.get(same)) is not None:
            grades.rows[place] = row
            grades.replaced += 1
        else:
            self._at[same] = len(grades.rows)
            grades.rows.append(row)

    def _row(self, record: GradeRecord, offset: int) -> Row:
        receipt, once = record.receipt, self._once
        usage = receipt.usage if receipt else None
        digests = Digests(receipt.question_digest, receipt.rubric_digest) if receipt else None
        return Row(
            offset=offset,
            number=record.number,
            id=record.id,
            question_id=once(record.question_id),
            question=once(self._label(record)),
            candidate=once(record.candidate),
            made=once(_made(record)),
            digests=once(digests),
            answer=receipt.answer_digest if receipt else text_digest(record.answer),
            score=record.score,
            passed=record.passed,
            needs_review=record.needs_review,
            cached=record.cached,
            confidence=once(record.confidence),
            flags=once(record.flags),
            levels=once(tuple((found.id, found.level) for found in record.criteria)),
            human=record.human_score,
            reason=once(record.reason),
            called=usage.calls > 0 if usage else None,
            cost=usage.cost_usd if usage else None,
            prompt_tokens=usage.prompt_tokens if usage else None,
            completion_tokens=usage.completion_tokens if usage else None,
        )

    def _once(self, value: T) -> T:
        """The first value that is equal to this one."""
        return self._shared.setdefault(value, value)  # type: ignore[return-value]

    def _label(self, record: GradeRecord) -> str:
        """The question in a line; two prompts that begin alike get different ones."""
        if record.question_id is not None:
            return record.question_id
        if (known := self._labels.get(record.question)) is not None:
            return known
        words = " ".join(record.question.split())
        short = words if len(words) <= _LABEL else f"{words[: _LABEL - 1]}…"
        label, again = f"“{short}”", 1
        while label in self._grades.prompts:
            again += 1
            label = f"“{short}” ({again})"
        self._labels[record.question] = label
        return label

    def _learn(self, record: GradeRecord, question: str) -> None:
        """What was asked, and what the criteria say."""
        self._grades.prompts.setdefault(question, record.question)
        if record.feedback is None or record.receipt is None:
            return
        told = [(strength.criterion, strength.text) for strength in record.feedback.strengths]
        for gap in record.feedback.gaps:
            told += _told(gap, record.receipt.scheme)
        for criterion, text in told:
            self._grades.texts.setdefault((question, criterion), text)


def _told(gap: Gap, scheme: Scheme) -> list[tuple[str, str]]:
    """Criteria and what they say. The gap of a group ("any two of: …; …") speaks of all its members."""
    group = next((c.group for c in scheme.criteria if c.id == gap.criterion), None)
    if group is None:
        return [(gap.criterion, gap.text)]
    members = [c.id for c in scheme.criteria if c.group == group and ".other-" not in c.id]
    texts = _ANY_OF.sub("", gap.text).split("; ")
    # Where a text has a semicolon of its own it is not certain which is whose.
    return list(zip(members, texts, strict=True)) if len(members) == len(texts) else []


def _made(record: GradeRecord) -> Made:
    receipt = record.receipt
    if receipt is None:
        return Made(record.grader)
    parameters = ", ".join(f"{key} {value}" for key, value in receipt.parameters.items() if value is not None)
    return Made(
        grader=record.grader,
        version=receipt.version,
        prompt_version=receipt.prompt_version or "",
        embedder=receipt.embedder or "",
        parameters=parameters,
        calibration=receipt.calibration.digest if receipt.calibration else "",
    )


def _refused(error: ValidationError, raw: bytes, where: str) -> DataError:
    try:
        data = strict_json(raw.decode())
    except (ValueError, RecursionError) as problem:
        return DataError(f"{where}: not valid JSON: {problem}", hint=_HINT)
    found = explain(error, GradeRecord, data, where=where)
    return DataError(found.message, hint=found.hint or _HINT)
