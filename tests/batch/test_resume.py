"""A run goes on from the file that an earlier one has left, or says why it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.batch.answers import (
    JUDGE,
    OUT,
    Asked,
    HandIn,
    Line,
    answer,
    answers,
    in_lines,
    records,
    settled,
    settled_file,
)
from tests.cli.conftest import Run

Write = Callable[[str, str | bytes], Path]


def state() -> tuple[bytes, int]:
    return OUT.read_bytes(), OUT.stat().st_mtime_ns


def test_a_finished_file_is_left_alone(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(30))
    first = grade()
    assert (first.code, server.requests) == (0, 30)
    before = state()
    again = grade()
    assert (again.code, again.out, server.requests) == (0, "", 0)
    assert state() == before
    assert again.err.splitlines()[0] == "30 answers are done, 0 are left"
    assert again.err.splitlines()[1] == first.err.splitlines()[1]


def test_answers_that_were_added_are_graded_and_the_others_kept(
    grade: Run, hand_in: HandIn, server: Asked
) -> None:
    hand_in(answers(10))
    grade()
    before = OUT.read_text()
    hand_in(answers(14))
    assert server.requests == 10
    shown = grade()
    assert (shown.code, server.requests) == (0, 4)
    assert "10 answers are done, 4 are left" in shown.err
    assert "graded 14/14" in shown.err
    assert OUT.read_text().startswith(before)
    assert [record.id for record in records(OUT)] == [f"a{n}" for n in range(14)]


def test_any_part_of_a_file_is_completed_to_the_whole(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(12))
    grade()
    whole = settled_file(OUT)
    lines = OUT.read_text().splitlines(keepends=True)
    OUT.write_text("".join([lines[7], lines[2], lines[11], lines[0][:500]]))
    _ = server.requests
    assert grade().code == 0
    assert server.requests == 9
    assert settled_file(OUT) == whole


Change = tuple[Line, dict[str, str], tuple[str, ...], str]
NO: dict[str, str] = {}
CHANGES: dict[str, Change] = {
    "answer": ({"answer": "Other molecules."}, NO, (), "answer 1 (a0) is not the answer that was graded"),
    "prompt": ({"question": "Why is it blue?"}, NO, (), "the question of answer 1 (a0) has changed"),
    "reference": ({"reference": "Air does it."}, NO, (), "the question of answer 1 (a0) has changed"),
    "criteria": ({"criteria": ["Air"]}, NO, (), "the question of answer 1 (a0) has changed"),
    "rubric": ({"rubric": "design"}, NO, (), "answer 1 (a0) has changed"),
    "judge": (
        {},
        NO,
        ("--judge", "openai/n"),
        "answer 1 (a0) was graded by openai/m, and the judge is openai/n now",
    ),
    "temperature": (
        {},
        {"INTERVIEWER_JUDGE_TEMPERATURE": "0.5"},
        (),
        "other parameters of the judge: temperature was 0.0, is 0.5",
    ),
    "repeats": (
        {},
        {"INTERVIEWER_JUDGE_REPEATS": "3", "INTERVIEWER_JUDGE_SEED": "5"},
        (),
        "repeats was 1, is 3, seed was 1, is 5",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_graded_from_something_else_is_refused_with_its_name(
    change: str, grade: Run, hand_in: HandIn, server: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, environment, flags, says = CHANGES[change]
    hand_in(answers(3))
    grade()
    before = state()
    _ = server.requests
    hand_in([answer(0, **line), *answers(2, first=1)])
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    shown = grade(*flags)
    assert (shown.code, server.requests) == (2, 0)
    assert says in shown.err.splitlines()[0]
    assert shown.err.startswith(f"interviewer: {OUT}: ")
    assert "--force" in shown.err
    assert state() == before


def test_a_rubric_that_was_edited_is_named(grade: Run, hand_in: HandIn, server: Asked, write: Write) -> None:
    from interviewer.bank import shipped

    text = (shipped("rubrics") / "short-answer.toml").read_text()
    text = text.replace('"short-answer"', '"own"')
    write("rubrics/own.toml", text)
    write("interviewer.toml", '[paths]\nrubrics = ["rubrics"]\n')
    hand_in([answer(0, rubric="own")])
    assert grade("--config", "interviewer.toml").code == 0
    write("rubrics/own.toml", re.sub(r"(?m)^pass_mark = .*$", "pass_mark = 33", text))
    shown = grade("--config", "interviewer.toml")
    assert shown.code == 2
    assert "the rubric of answer 1 (a0) has changed since it was graded" in shown.err


BANK = """
title = "Sky"
topic = "physics"

[[question]]
id = "sky"
prompt = "Why is the sky blue?"
reference = "Air scatters blue light more than red light."
rubric = "short-answer"
examples = [{ label = "partial", answer = "%s", met = ["air"] }]
[[question.criterion]]
id = "air"
text = "Air scatters light"
"""


def test_an_example_that_was_edited_is_named_and_nothing_is_taken_from_the_cache(
    run: Run, hand_in: HandIn, server: Asked, write: Write
) -> None:
    write("bank/sky.toml", BANK % "Because of the air.")
    hand_in([{"question_id": "sky", "answer": "Molecules of group 1 deflect short waves."}])
    command = ("grade", "a.jsonl", "-o", OUT, "--bank", "bank", *JUDGE)
    assert run(*command).code == 0
    write("bank/sky.toml", BANK % "Because of the air, which scatters.")
    _ = server.requests
    shown = run(*command)
    assert (shown.code, server.requests) == (2, 0)
    assert "what the judge is told about answer 1 (1) has changed" in shown.err
    assert (run(*command, "--force").code, server.requests) == (0, 1)


def test_answers_in_another_order_are_refused(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(4))
    grade()
    hand_in(answers(4)[::-1])
    assert grade().code == 2


def test_an_input_that_shrank_is_refused_or_forced(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(5))
    grade()
    before = state()
    hand_in(answers(3))
    shown = grade()
    assert shown.code == 2
    assert "has a grade of answer 5, but the input has 3 answers" in shown.err
    assert state() == before
    _ = server.requests
    assert grade("--force").code == 0
    assert server.requests == 0
    assert [record.number for record in records(OUT)] == [1, 2, 3]


def test_force_grades_again_just_what_is_different(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(6))
    grade()
    before = OUT.read_text().splitlines()
    changed = answers(6)
    changed[1] = answer(1, answer="The moon pulls, and so does the sun.")
    changed[4] = answer(4, reference="The moon.")
    hand_in(changed)
    _ = server.requests
    shown = grade("--force")
    assert (shown.code, server.requests) == (0, 2)
    assert "4 answers are done, 2 are left" in shown.err
    after = OUT.read_text().splitlines()
    assert [old == new for old, new in zip(before, after, strict=True)] == [
        True,
        False,
        True,
        True,
        False,
        True,
    ]
    assert grade().code == 0


def test_a_forced_run_with_nothing_to_do_changes_nothing(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(3))
    grade()
    before = state()
    assert grade("--force", "--retry-ungraded").code == 0
    assert state() == before


def test_a_forced_dry_run_changes_nothing(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(4))
    grade()
    before = state()
    hand_in([answer(0, answer="Other molecules."), *answers(2, first=1)])
    _ = server.requests
    shown = grade("--force", "--dry-run")
    assert (shown.code, server.requests) == (0, 0)
    assert "2 answers are done, 1 is left" in shown.err
    assert state() == before


def test_what_is_ungraded_stays_so_until_it_is_to_be_tried_again(
    run: Run, hand_in: HandIn, server: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_JUDGE_RETRIES", "0")
    hand_in([{"question_id": "deeper-always-preferable", "answer": ""}, *answers(4)])
    command = ("grade", "a.jsonl", "-o", OUT, *JUDGE)
    monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", "http://127.0.0.1:9/v1")
    assert run(*command).code == 1
    left = {record.id: record.reason for record in records(OUT)}
    assert left["1"] is None
    assert left["a3"] == "openai/m: cannot reach the server"
    before = state()
    again = run(*command)
    assert (again.code, state()) == (1, before)
    assert "graded 1/5, 4 ungraded" in again.err
    assert run(*command, "--retry-ungraded").code == 1
    assert [record.number for record in records(OUT)] == [1, 2, 3, 4, 5]


def test_retrying_grades_again_just_what_is_ungraded(
    run: Run, hand_in: HandIn, server: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(answers(6))
    run("grade", "a.jsonl", "-o", OUT, *JUDGE)
    whole = settled_file(OUT)
    lines = OUT.read_text().splitlines()
    for at in (1, 4):
        record = json.loads(lines[at])
        record |= {
            "outcome": "ungraded",
            "score": None,
            "passed": None,
            "reason": "HTTP 503",
            "receipt": None,
        }
        record |= {"criteria": [], "feedback": None, "confidence": None, "similarity": None}
        lines[at] = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
    OUT.write_text("\n".join(lines) + "\n")
    assert run("grade", "a.jsonl", "-o", OUT, "--no-cache", *JUDGE).code == 1
    _ = server.requests
    shown = run("grade", "a.jsonl", "-o", OUT, "--no-cache", "--retry-ungraded", *JUDGE)
    assert (shown.code, server.requests) == (0, 2)
    assert settled_file(OUT) == whole


def test_a_pipe_is_gone_on_with_as_well(spawn: Run, hand_in: HandIn, server: Asked) -> None:
    command = ("grade", "-", "-o", OUT, "--no-cache", *JUDGE)
    assert spawn(*command, input=in_lines(answers(4)).encode()).code == 0
    before = OUT.read_text()
    assert server.requests == 4
    shown = spawn(*command, input=in_lines(answers(7)).encode())
    assert (shown.code, server.requests) == (0, 3)
    assert OUT.read_text().startswith(before)
    assert "graded 7/7, 0 ungraded" in shown.err
    refused = spawn(*command, input=in_lines(answers(7)[::-1]).encode())
    assert refused.code == 2
    assert "is not the answer that was graded" in refused.err
    assert len(records(OUT)) == 7


def test_a_dry_run_grades_nothing_and_leaves_no_file(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(30))
    shown = grade("--dry-run")
    assert (shown.code, shown.out, server.requests) == (0, "", 0)
    assert shown.err.startswith("30 calls, about ")
    assert sorted(path.name for path in Path().iterdir()) == ["a.jsonl"]


def test_the_threshold_counts_what_earlier_runs_have_graded(run: Run, hand_in: HandIn, bank: Any) -> None:
    hand_in([{"question_id": "conv-parameter-count", "answer": text} for text in ("idk", "idk", "800")])
    command = ("grade", "a.jsonl", "-o", OUT, "--judge", "embedded")
    assert run(*command, "--limit", "2").code == 0
    mean = sum(record.score or 0 for record in records(OUT)) / 3
    assert run(*command).code == 0
    mean = sum(record.score or 0 for record in records(OUT)) / 3
    assert 0 < mean < 50
    assert run(*command, "--threshold", f"{mean + 1}").code == 100
    assert run(*command, "--threshold", f"{mean - 1}").code == 0


def test_another_file_of_mine_is_never_written_over(run: Run, hand_in: HandIn, write: Write) -> None:
    hand_in(answers(1))
    notes = write("notes.md", "# My notes\n")
    shown = run("grade", "a.jsonl", "-o", "notes.md", "--force", *JUDGE)
    assert shown.code == 2
    assert "notes.md:1: is not a record of this program's grades" in shown.err
    assert notes.read_text() == "# My notes\n"
    assert run("grade", "a.jsonl", "-o", "a.jsonl").err == (
        "interviewer: a.jsonl: is the file of answers itself\n\nhint: name another file\n"
    )


def test_the_output_is_what_the_standard_output_gets(
    grade: Run, run: Run, hand_in: HandIn, server: Asked
) -> None:
    hand_in(answers(20))
    grade()
    shown = run("grade", "a.jsonl", "--no-cache", *JUDGE)
    assert settled(shown.out.splitlines()) == settled_file(OUT)


def test_a_name_or_a_persons_score_that_is_added_later_is_in_the_records(
    run: Run, hand_in: HandIn, server: Asked
) -> None:
    hand_in(answers(6))
    assert run("grade", "a.jsonl", "-o", OUT, "--no-cache", *JUDGE).code == 0
    before = records(OUT)
    named = [answer(n, candidate=f'Zoë ","question":{n}', human_score=n) for n in range(6)]
    hand_in(named)
    assert run("grade", "a.jsonl", "-o", OUT, "--no-cache", *JUDGE).code == 0
    assert server.requests == 6
    after = records(OUT)
    assert [(r.candidate, r.human_score) for r in after] == [(f'Zoë ","question":{n}', n) for n in range(6)]
    same = [r.model_copy(update={"candidate": None, "human_score": None}) for r in after]
    assert same == before
