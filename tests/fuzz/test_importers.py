"""Outside material: a file gives questions that the bank can keep, or one line that says why not."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.bank import read_questions
from interviewer.errors import DataError
from interviewer.importers import FORMATS, import_file
from interviewer.models import Question
from interviewer.writing import write_questions
from tests.fuzz.cases import damaged, given_or_refused, misfit, texts, tries
from tests.fuzz.test_bank_and_config import BANK

FILES = sorted((Path(__file__).parents[1] / "importers" / "files").iterdir())
SOURCES = [path.read_text(encoding="utf-8") for path in FILES]
MARKS = [
    "Q: ", "A: ", "**Q1:** ", "B: ", "## ", "# ", "**Answer**", "### Answer", "100100", "200200", "100",
    "```python\n", "• ", "[[question]]", "1. ", "Name two.", "What?", "False.", "True or False: ",
    "prompt", "answer", "tags", "prompt,reference\n", "prompt;hints\n", '{"prompt": "a?"}', '"prompt": ',
    '["a", "b"]', "def f(x):\n    return x", "The same with 3", "https://a.b/c", "Consider this:",
]  # fmt: skip
RECORD: dict[str, Any] = BANK["question"][0]
STORED = [name for name in FORMATS if name != "toml"]
HALF = st.sampled_from(["\ud83d", "a\udc80b"])


def kept(questions: tuple[Question, ...], folder: Path) -> None:
    """The bank gives back what was imported; what contradicts itself it refuses."""
    assert len({question.id for question in questions}) == len(questions) > 0
    paths = given_or_refused(lambda: write_questions(folder, questions, force=True))
    parts = [given_or_refused(partial(read_questions, path), naming=path) for path in paths or ()]
    if paths is None or None in parts:
        return
    found = [question for part in parts for question in part or ()]
    assert {question.id: question for question in found} == {question.id: question for question in questions}


@given(st.sampled_from(STORED), texts(*MARKS) | damaged(SOURCES, MARKS))
@tries(300)
def test_any_text_gives_questions_or_one_line_that_says_why_not(room: Path, format: str, text: str) -> None:
    questions = given_or_refused(lambda: FORMATS[format](text, Path("some.txt")), naming="some.txt")
    if questions is not None:
        kept(questions, room / "bank")


@given(misfit(RECORD) | misfit(RECORD, HALF))
@tries(150)
def test_any_record_gives_a_question_or_one_line_that_says_why_not(room: Path, record: Any) -> None:
    lines = [json.dumps(record), json.dumps({"prompt": "And?", "reference": "So."})]
    text = "\n".join(lines)
    questions = given_or_refused(lambda: FORMATS["jsonl"](text, Path("some.jsonl")), naming="some.jsonl")
    if questions is not None:
        kept(questions, room / "bank")


@given(st.sampled_from(FILES), st.binary(max_size=6), st.integers(0, 4000), st.integers(0, 40))
@tries(70)
def test_any_bytes_are_read_or_refused_in_a_line(
    room: Path, file: Path, put: bytes, at: int, length: int
) -> None:
    content = file.read_bytes()
    path = room / file.name
    path.write_bytes(content[:at] + put + content[at + length :])
    questions = given_or_refused(lambda: import_file(path), naming=path)
    assert questions is None or len(questions) > 0


@pytest.mark.parametrize("place", ["answer", "note"])
def test_half_a_character_in_an_example_is_refused_before_it_is_written(place: str) -> None:
    example = {"label": "full", "answer": "a", place: "\ud83d"}
    line = json.dumps({"prompt": "a?", "reference": "b", "example": [example]})
    with pytest.raises(DataError, match=r"a\.jsonl:1: not valid JSON: half of a surrogate pair"):
        FORMATS["jsonl"](line, Path("a.jsonl"))


def test_half_a_character_in_a_cell_is_refused_before_it_is_written() -> None:
    cell = json.dumps(json.dumps([{"label": "full", "answer": "\ud83d"}]))[1:-1].replace('\\"', '""')
    table = f'prompt,reference,example\na?,b,"{cell}"\n'.replace("\\\\", "\\")
    with pytest.raises(DataError, match=r"a\.csv:2: not valid JSON: half of a surrogate pair"):
        FORMATS["csv"](table, Path("a.csv"))
