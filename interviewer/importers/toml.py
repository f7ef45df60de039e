"""A bank file, imported as it is: to merge someone else's bank, or to check one."""

from __future__ import annotations

from pathlib import Path

from interviewer.bank import read_questions
from interviewer.models import Question


def parse(text: str, path: Path) -> tuple[Question, ...]:
    """The questions of a bank file, read by the bank's own reader.

    Raises:
        DataError: as `interviewer.bank.read_questions`.
    """
    return read_questions(path)
