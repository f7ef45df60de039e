from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.errors import DataError
from interviewer.importers import csv

PATH = Path("t.csv")


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(sign: str) -> None:
    row = sign.join(["prompt", "reference", "tags"]) + "\n" + sign.join(["Why?", '"So, or; so"', '"a;b"'])
    (question,) = csv.parse(row, PATH)
    assert (question.prompt, question.reference, question.tags) == ("Why?", "So, or; so", ("a", "b"))


def test_a_list_may_be_written_as_json_to_hold_semicolons() -> None:
    (question,) = csv.parse('question,answer,hints\nWhy?,So.,"[""a; b"", ""c""]"', PATH)
    assert question.hints == ("a; b", "c")


def test_tables_are_written_as_json() -> None:
    (question,) = csv.parse(
        'prompt,reference,criterion\nWhy?,So.,"[{""id"": ""so"", ""text"": ""Says so""}]"', PATH
    )
    assert question.criteria[0].text == "Says so"


def test_an_empty_answer_is_kept_and_tagged() -> None:
    (question,) = csv.parse("prompt,reference,tags\nWhy?,,a", PATH)
    assert question.tags == ("a", "needs-reference")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("prompt,refrence\na?,b", "t.csv:1: unknown column 'refrence'", "did you mean 'reference'?"),
        ("prompt,prompt\na?,b", "t.csv:1: the column 'prompt' is there twice", None),
        ("prompt,question\na?,b", "t.csv:2: 'prompt' and 'question' are the same key", "keep 'prompt'"),
        ("prompt,reference\na?,b\n\nc?,d,e", "t.csv:4: has 3 cells, but the header has 2", "double quotes"),
        ('prompt,reference\n"a\n\n?",b\nc?', "t.csv:5: has 1 cells, but the header has 2", "double quotes"),
        ('prompt,reference\na?,"b"c', "t.csv:2: not valid CSV: ',' expected after '\"'", 'so ""quoted'),
        ('prompt,reference\na?,"b', "t.csv:2: not valid CSV: unexpected end of data", "quotes"),
        (
            "prompt,reference,difficulty\na?,b,hard",
            "t.csv:2: difficulty: should be a whole number",
            None,
        ),
        ("prompt,reference,criterion\na?,b,{", "t.csv:2: criterion: not a JSON list", '["one", "two"]'),
        ("prompt,reference\n,b", "t.csv:2: prompt: is missing", None),
        ("id,prompt\na,b?\na,c?", "t.csv:3: id 'a' is already taken by t.csv:2", None),
        ("prompt,reference\n", "t.csv: no question found", None),
    ],
)
def test_a_broken_table_is_refused_with_its_line(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(DataError) as caught:
        csv.parse(text, PATH)
    assert caught.value.message.startswith(message)
    assert hint is None or (caught.value.hint is not None and hint in caught.value.hint)
