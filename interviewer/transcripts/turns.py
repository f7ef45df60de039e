"""JSON lines: one turn a line, `{"speaker": …, "text": …}`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from interviewer.answers.line import GivenCriteria
from interviewer.errors import DataError
from interviewer.models import Text, Value
from interviewer.reading import json_object, require_whole_characters, strict_json, validate
from interviewer.transcripts.transcript import Transcript, Turn


class TurnLine(Value):
    """One line of a transcript in JSONL."""

    speaker: Text
    text: str
    start: float | None = Field(default=None, ge=0)
    """Seconds from the beginning of the recording."""
    question_id: str | None = None
    """On a turn of the interviewer: the question it asks, so that nothing has to be found."""
    reference: Text | None = None
    """On a turn of the interviewer: the model answer to a question that the bank does not have."""
    criteria: GivenCriteria = ()
    """Beside `reference`. Default: taken from it."""


def parse(text: str, path: Path) -> Transcript:
    """The turns of a JSONL file; one without words is dropped.

    Raises:
        DataError: a line that is not a turn, or criteria without a reference.
    """
    turns = [
        _turn(line, number, f"{path}:{number}")
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    ]
    kept = tuple(turn for turn in turns if turn.text)
    if not kept:
        raise DataError(f"{path}: nobody says anything")
    return Transcript(path, kept)


def has_turns(line: str) -> bool:
    """Whether a line of a JSONL file is a turn, not an answer."""
    try:
        record = strict_json(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and "answer" not in record and ("speaker" in record or "text" in record)


def _turn(line: str, number: int, where: str) -> Turn:
    record = json_object(line, where, like='{"speaker": "…", "text": "…"}')
    given = validate(TurnLine, record, where=where)
    if given.criteria and given.reference is None:
        raise DataError(f"{where}: 'criteria' is there without 'reference'", hint="add the model answer")
    require_whole_characters(record, where)
    return Turn(
        given.speaker,
        given.text.strip(),
        number,
        given.start,
        asks=bool(given.question_id or given.reference),
        question_id=given.question_id,
        reference=given.reference,
        criteria=given.criteria,
    )
