"""The published JSON schemas: current, and true of what is shipped, read and written."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from interviewer.schemas import schema_text, schemas
from tests.cli.conftest import Run
from tests.cli.test_grade import LINES, jsonl

ROOT = Path(__file__).parents[2]
BANKS = sorted((ROOT / "questions").rglob("*.toml"))
RUBRICS = sorted((ROOT / "rubrics").glob("*.toml"))


def problems(name: str, value: Any) -> list[str]:
    schema = schemas()[name]
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("name", schemas())
def test_the_committed_schema_is_current(name: str) -> None:
    path = ROOT / "schemas" / f"{name}.schema.json"
    assert path.read_text(encoding="utf-8") == schema_text(schemas()[name]), "python -m interviewer.schemas"


@pytest.mark.parametrize("path", BANKS, ids=lambda path: path.stem)
def test_shipped_questions_keep_the_schema_that_they_name(path: Path) -> None:
    assert problems("questions", tomllib.loads(path.read_text(encoding="utf-8"))) == []
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("#:schema ")
    assert (
        path.parent / first.removeprefix("#:schema ")
    ).resolve() == ROOT / "schemas" / "questions.schema.json"


@pytest.mark.parametrize("path", RUBRICS, ids=lambda path: path.stem)
def test_shipped_rubrics_keep_the_schema(path: Path) -> None:
    assert problems("rubric", tomllib.loads(path.read_text(encoding="utf-8"))) == []


def test_what_grade_reads_and_writes_keeps_the_schemas(run: Run) -> None:
    assert [problems("answers", line) for line in LINES] == [[]] * len(LINES)
    Path("script.jsonl").write_text(json.dumps({"error": "HTTP 503", "repeat": True}))
    Path("a.jsonl").write_text(jsonl(LINES))
    for judge in ("embedded", "scripted/script.jsonl"):
        records = [json.loads(line) for line in run("grade", "a.jsonl", "--judge", judge).out.splitlines()]
        assert len(records) == len(LINES)
        assert [problems("grades", record) for record in records] == [[]] * len(LINES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("answers", {"question_id": "a"}),
        ("answers", {"answer": "x"}),
        ("answers", {"answer": "x", "question": "Q?"}),
        ("answers", {"answer": "x", "question_id": "a", "anwser": "y"}),
        ("questions", {"title": "T", "topic": "t"}),
        ("questions", {"title": "T", "topic": "t", "question": [{"id": "a", "prompt": "Q?"}]}),
        ("rubric", {"title": "T"}),
        ("config", {"judge": {"backend": "gpt"}}),
    ],
)
def test_what_the_program_refuses_the_schema_refuses(name: str, value: Any) -> None:
    assert problems(name, value) != []
