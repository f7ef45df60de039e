"""JSON lines: one question a line, under the keys of the bank files."""

from __future__ import annotations

from pathlib import Path

from interviewer.importers import records
from interviewer.importers.drafts import Draft, finish
from interviewer.models import Question
from interviewer.reading import json_object


def parse(text: str, path: Path) -> tuple[Question, ...]:
    """The questions of a JSONL file; `question` and `answer` may stand for `prompt` and `reference`.

    Raises:
        DataError: a line that is not a JSON object, or breaks a rule of questions.
    """
    lines = enumerate(text.split("\n"), 1)
    return finish([_draft(line, f"{path}:{number}") for number, line in lines if line.strip()], path)


def _draft(line: str, where: str) -> Draft:
    return records.draft(json_object(line, where, like='{"prompt": "…", "reference": "…"}'), where)
