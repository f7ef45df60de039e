"""`interviewer verify`: names each ingredient that changed, and each record that was edited."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from interviewer.bank import shipped
from tests.cli.conftest import Ran, Run
from tests.receipts.conftest import JUDGE, generous, grade
from tests.receipts.test_replay_command import edit

Graded = Callable[..., Ran]


def verify(run: Run, *arguments: str, judge: str = JUDGE) -> Ran:
    return run("verify", "grades.jsonl", "--bank", "bank", "--judge", judge, *arguments)


def replace(path: str, old: str, new: str) -> None:
    file = Path(path)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_fresh_grades_are_as_they_were_made(graded: Graded, run: Run) -> None:
    graded()
    shown = verify(run)
    assert (shown.code, shown.out, shown.err) == (0, "24 of 24 grades are as they were made\n", "")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda: replace("bank/small.toml", "Names the first", "States the first"),
            "question: changed for 4 of",
        ),
        (lambda: replace("bank/small.toml", "about light", "about dark"), "question: changed for 4 of 24"),
        (lambda: replace("script.jsonl", '"so"', '"thus"'), "parameters: changed for 24 of 24"),
        (lambda: replace("bank/small.toml", '"short-answer"', '"list"'), "rubric: changed for 4 of 24"),
    ],
    ids=["a criterion", "a prompt", "the judge's script", "another rubric"],
)
def test_each_ingredient_is_named_with_its_records(
    change: Callable[[], None], says: str, graded: Graded, run: Run
) -> None:
    graded()
    change()
    shown = verify(run)
    assert (shown.code, says in shown.out) == (1, True)
    assert "answer 1 (1)" in shown.out


def test_a_rubric_that_was_edited_is_named(graded: Graded, run: Run) -> None:
    graded()
    text = (shipped("rubrics") / "short-answer.toml").read_text(encoding="utf-8")
    replace("bank/small.toml", '"short-answer"', '"own"')
    own = Path("rubrics/own.toml")
    own.parent.mkdir()
    own.write_text(text, encoding="utf-8")
    Path("interviewer.toml").write_text('[paths]\nrubrics = ["rubrics"]\n', encoding="utf-8")
    grade(run, "--force")
    assert verify(run).code == 0
    own.write_text(re.sub(r"(?m)^pass_mark = .*$", "pass_mark = 33", text), encoding="utf-8")
    shown = verify(run)
    assert (shown.code, "rubric: changed for 4 of 24" in shown.out) == (1, True)


def test_another_judge_is_named(graded: Graded, run: Run) -> None:
    graded()
    shown = verify(run, judge="embedded")
    assert shown.code == 1
    assert "judge: changed for 24 of 24" in shown.out
    assert f"was graded by {JUDGE}, and the judge is embedded now" in shown.out
    assert "and 14 more (--all)" in shown.out
    assert "more (--all)" not in verify(run, "--all", judge="embedded").out


def test_a_calibration_made_since_is_named(graded: Graded, run: Run) -> None:
    graded(generous)
    run("calibrate", "grades.jsonl")
    shown = verify(run)
    assert (shown.code, "calibration: changed for 24 of 24" in shown.out) == (1, True)


def test_examples_that_the_judge_is_shown_are_part_of_what_it_is_told(graded: Graded, run: Run) -> None:
    graded()
    replace(
        "bank/small.toml", 'reference = "It has',
        'examples = [{ label = "full", answer = "The first, and so on.", met = ["a"] }]\nreference = "It has',
    )  # fmt: skip
    shown = verify(run)
    assert (shown.code, "prompt: changed for 4 of 24" in shown.out) == (1, True)


@pytest.mark.parametrize(
    ("number", "change", "says"),
    [
        (0, {"answer": "Something else."}, "its answer is not the one that was graded"),
        (1, {"score": 51.0}, "score 51, its receipt gives 50"),
        (1, {"raw_score": 51.0}, "raw score 51, its receipt gives 50"),
        (1, {"grader": "openai/gpt-4.1"}, "its grader is openai/gpt-4.1, its receipt says scripted"),
        (1, {"criteria": []}, "it lacks 'a', which its receipt has"),
    ],
)
def test_a_record_that_was_edited_is_found_and_named(
    number: int, change: dict[str, Any], says: str, graded: Graded, run: Run
) -> None:
    graded()
    edit(number, lambda record: record.update(change))
    shown = verify(run)
    assert shown.code == 1
    assert f"edited: answer {number + 1} ({number + 1}): {says}" in shown.out


def test_a_quote_that_is_not_in_the_answer_is_found(graded: Graded, run: Run) -> None:
    graded()

    def forge(record: dict[str, Any]) -> None:
        record["criteria"][0]["quote"] = record["receipt"]["verdicts"][0]["quote"] = "never said"

    edit(1, forge)
    assert "edited: answer 2 (2): the quote of 'a' is not in the answer" in verify(run).out


def test_a_level_that_was_changed_in_the_receipt_too_does_not_give_the_score(
    graded: Graded, run: Run
) -> None:
    graded()

    def forge(record: dict[str, Any]) -> None:
        record["criteria"][3]["level"] = record["receipt"]["verdicts"][3]["level"] = "met"

    edit(1, forge)
    assert "edited: answer 2 (2): score 50, its receipt gives 75" in verify(run).out


def test_grades_of_another_version_of_the_program_are_named(graded: Graded, run: Run) -> None:
    graded()
    edit(2, lambda record: record["receipt"].update(version="0.0.1"))  # type: ignore[attr-defined]
    assert "program: changed for 1 of 24" in verify(run).out


def test_questions_of_the_answers_themselves_are_looked_at_with_the_answers(
    run: Run, write: Callable[[str, str], Path]
) -> None:
    line = (
        '{"question": "Why is the sky %s?", "reference": "Air scatters blue light.", "answer": "The air."}\n'
    )
    write("own.jsonl", line % "blue")
    run("grade", "own.jsonl", "-o", "grades.jsonl", "--judge", "embedded")
    shown = run("verify", "grades.jsonl", "--judge", "embedded")
    assert (shown.code, "1 only in part" in shown.err) == (0, True)
    again = run("verify", "grades.jsonl", "--judge", "embedded", "--answers", "own.jsonl")
    assert (again.code, again.err) == (0, "")
    write("own.jsonl", line % "red")
    changed = run("verify", "grades.jsonl", "--judge", "embedded", "--answers", "own.jsonl")
    assert (changed.code, "question: changed for 1 of 1" in changed.out) == (1, True)


def test_no_judge_is_called(graded: Graded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    graded()
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.getsockname()[1]}/v1")
        shown = verify(run, judge="openai/some-model")
        with pytest.raises(BlockingIOError):
            server.accept()
    assert (shown.code, "judge: changed for 24 of 24" in shown.out) == (1, True)
