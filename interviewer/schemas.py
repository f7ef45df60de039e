"""JSON schemas of the files that people and programs write, made from the models.

`python -m interviewer.schemas [FOLDER]` writes them; editors complete and check bank files with them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from interviewer.answers.line import AnswerLine
from interviewer.bank import PACKAGE
from interviewer.config import Config
from interviewer.models import GradeRecord, QuestionFile, Rubric

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """The schema of each format, by the name of its file."""
    return {
        "questions": _schema(QuestionFile, "One questions/<area>/<topic>.toml", _questions),
        "rubric": _schema(Rubric, "One rubrics/<name>.toml", _rubric),
        "answers": _schema(AnswerLine, "One line of the JSONL that `interviewer grade` reads", _answers),
        "grades": _schema(GradeRecord, "One line of the JSONL that `interviewer grade` writes", _grades),
        "config": _schema(Config, "config.toml", lambda schema: None),
    }


def schema_text(schema: Schema) -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> list[Path]:
    """Writes one `<name>.schema.json` for each format, and gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in schemas().items():
        path = folder / f"{name}.schema.json"
        path.write_text(schema_text(schema), encoding="utf-8")
        paths.append(path)
    return paths


def _schema(model: type[BaseModel], title: str, adapt: Callable[[Schema], None]) -> Schema:
    # What is written is complete; what is read may leave out whatever has a default.
    mode: Literal["serialization", "validation"] = "serialization" if model is GradeRecord else "validation"
    schema = model.model_json_schema(by_alias=True, mode=mode)
    adapt(schema)
    return {"$schema": DIALECT, **schema, "title": title}


def _questions(schema: Schema) -> None:
    # The model has a default so that a missing list gets the bank's own error; the file needs a question.
    schema["required"] = [*schema["required"], "question"]
    schema["properties"]["question"]["minItems"] = 1


def _rubric(schema: Schema) -> None:
    # The name of a rubric is that of its file.
    schema["required"].remove("name")


def _answers(schema: Schema) -> None:
    # Numbers are taken as text, a criterion may be a bare text, and `criterion` may stand for `text`.
    for name in ("answer", "id", "question_id", "candidate"):
        _also_number(schema["properties"][name])
    criterion = schema["$defs"]["AnswerCriterion"]
    criterion["properties"]["criterion"] = criterion["properties"]["text"]
    criterion["required"].remove("text")
    criterion["oneOf"] = [{"required": ["text"]}, {"required": ["criterion"]}]
    entry = schema["properties"]["criteria"]
    entry["items"] = {"anyOf": [{"type": "string", "minLength": 1}, entry["items"]]}
    schema["anyOf"] = [{"required": ["question_id"]}, {"required": ["question", "reference"]}]
    schema["dependentRequired"] = {
        "question": ["reference"],
        **{name: ["question"] for name in ("reference", "criteria", "kind", "rubric")},
    }


def _also_number(field: Schema) -> None:
    if "anyOf" in field:
        field["anyOf"].insert(1, {"type": "number"})
    else:
        field["type"] = ["string", "number"]


def _grades(schema: Schema) -> None:
    # A score exactly where the answer is graded: a failure is never a number.
    graded = {"properties": {"outcome": {"const": "graded"}}}
    schema["if"] = graded
    schema["then"] = {"properties": {"score": {"type": "number"}, "reason": {"type": "null"}}}
    schema["else"] = {"properties": {"score": {"type": "null"}, "reason": {"type": "string"}}}


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE.parent / "schemas")
