"""Some of the answers: the first ones, or those that a filter lets through."""

from __future__ import annotations

import json

import pytest

from tests.batch.answers import (
    JUDGE,
    OUT,
    SKY,
    Asked,
    HandIn,
    Line,
    answers,
    records,
)
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("flags", "numbers"),
    [
        (("--limit", "2"), [1, 2]),
        (("--limit", "99"), [1, 2, 3, 4, 5, 6]),
        (("--filter", "id=b*"), [2, 5]),
        (("--filter", "question_id=vae-*"), [4]),
        (("--filter", "candidate=Ann"), [1, 3]),
        (("--filter", "candidate="), [2, 4, 5, 6]),
        (("--filter", "topic=generative"), [4]),
        (("--filter", "kind=open", "--filter", "id=[ab]?"), [1, 2, 3, 5]),
        (("--filter", "kind=open", "--filter", "id=[ab]?", "--limit", "2"), [1, 2]),
        (("--filter", "id=nobody"), []),
    ],
)
def test_a_part_of_the_answers_can_be_asked_for(
    flags: tuple[str, ...], numbers: list[int], run: Run, hand_in: HandIn
) -> None:
    sky: Line = {**SKY, "kind": "open", "answer": "Air scatters blue light most of all."}
    hand_in([
        {**sky, "id": "a1", "candidate": "Ann"},
        {**sky, "id": "b2"},
        {**sky, "id": "a3", "candidate": "Ann"},
        {"id": "v4", "question_id": "vae-elbo", "answer": "idk"},
        {**sky, "id": "b5"},
        {"id": "c6", "question_id": "conv-parameter-count", "answer": "800"},
    ])  # fmt: skip
    shown = run("grade", "a.jsonl", "--judge", "embedded", *flags)
    assert shown.code == 0
    assert [json.loads(line)["number"] for line in shown.out.splitlines()] == numbers


@pytest.mark.parametrize("text", ["name=x", "id", "=x", "score=3", "answer=x"])
def test_a_filter_for_no_field_is_refused_with_the_fields(text: str, run: Run, hand_in: HandIn) -> None:
    hand_in(answers(1))
    shown = run("grade", "a.jsonl", "--filter", text)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err == (
        f"interviewer: --filter: {text!r} is not field=pattern\n\n"
        "hint: fields: id, question_id, candidate, topic, kind\n"
    )


def test_a_mistake_after_the_limit_is_found_as_well(run: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in([*answers(3), {"question_id": "nowhere", "answer": "x"}])
    shown = run("grade", "a.jsonl", "-o", OUT, "--limit", "1", *JUDGE)
    assert (shown.code, server.requests) == (2, 0)
    assert "a.jsonl:4: no question 'nowhere'" in shown.err
    assert not OUT.exists()


def test_parts_add_up_in_one_file(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(6))
    grade("--filter", "id=a4")
    grade("--limit", "2")
    assert [record.number for record in records(OUT)] == [1, 2, 5]
    assert grade().code == 0
    assert [record.number for record in records(OUT)] == [1, 2, 3, 4, 5, 6]
    assert server.requests == 6
