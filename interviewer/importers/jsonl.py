"""JSON lines: one question a line, under the keys of the bank files."""

from __future__ import annotations

import json
from pathlib import Path

from interviewer.errors import DataError
from interviewer.importers import records
from interviewer.importers.drafts import Draft, finish
from interviewer.models import Question
from interviewer.reading import strict_json


def parse(text: str, path: Path) -> tuple[Question, ...]:
    """The questions of a JSONL file; `question` and `answer` may stand for `prompt` and `reference`.

    Raises:
        DataError: a line that is not a JSON object, or breaks a rule of questions.
    """
    lines = enumerate(text.split("\n"), 1)
    return finish([_draft(line, f"{path}:{number}") for number, line in lines if line.strip()], path)


def _draft(line: str, where: str) -> Draft:
    try:
        record = strict_json(line)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{where}: not valid JSON: {error.msg} (column {error.colno})", hint="one JSON object a line"
        ) from None
    except ValueError as error:
        raise DataError(f"{where}: {error}") from None
    except RecursionError:
        raise DataError(f"{where}: nested too deeply") from None
    if not isinstance(record, dict):
        raise DataError(f"{where}: not a JSON object", hint='{"prompt": "…", "reference": "…"}')
    return records.draft(record, where)
