"""`interviewer replay`: every score from its receipt, and what it would be with the points of now."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run
from tests.receipts.conftest import bank_text, generous, records

Graded = Callable[..., Ran]


def edit(number: int, change: Callable[[dict[str, object]], object]) -> None:
    """Changes one record of the file."""
    found = records()
    change(found[number])
    Path("grades.jsonl").write_text("".join(json.dumps(record) + "\n" for record in found), encoding="utf-8")


def test_a_file_replays_to_itself_without_any_judge(graded: Graded, run: Run) -> None:
    graded()
    for name in ("script.jsonl", "answers.jsonl", "bank/small.toml"):
        Path(name).unlink()
    shown = run("replay", "grades.jsonl")
    assert (shown.code, shown.out, shown.err) == (0, "24 of 24 grades are what their receipts give\n", "")


def test_a_score_that_was_changed_by_hand_is_found(graded: Graded, run: Run) -> None:
    graded()
    edit(1, lambda record: record.update(score=99.0, passed=True))
    shown = run("replay", "grades.jsonl")
    assert shown.code == 1
    assert "answer 2 (2): score 99, its receipt gives 50 (−49.0)" in shown.out
    assert "answer 2 (2): passed, its receipt gives not passed" in shown.out
    assert shown.out.endswith("23 of 24 grades are what their receipts give\n")


def test_a_file_of_before_there_were_calibrations_replays_as_well(graded: Graded, run: Run) -> None:
    graded()
    found = records()
    for record in found:
        del record["raw_score"]
        del record["receipt"]["calibration"]  # type: ignore[attr-defined]
    Path("grades.jsonl").write_text("".join(json.dumps(record) + "\n" for record in found), encoding="utf-8")
    assert run("replay", "grades.jsonl").code == 0


def test_with_the_bank_of_now_what_changes_is_listed_with_its_reason(graded: Graded, run: Run) -> None:
    graded()
    assert run("replay", "grades.jsonl", "--with-current", "--bank", "bank").code == 0
    Path("bank/small.toml").write_text(bank_text({"a": 3}), encoding="utf-8")
    shown = run("replay", "grades.jsonl", "--with-current", "--bank", "bank")
    assert shown.code == 1
    assert "answer 2 (2): q1 50 → 66.7, now passed (points of 'a' 1 → 3)" in shown.out
    assert shown.out.splitlines()[-1].endswith("of 24 scores change")
    assert records()[1]["score"] == 50, "nothing is written"


def test_a_criterion_that_has_no_verdict_is_said_to_have_none(graded: Graded, run: Run) -> None:
    graded()
    text = bank_text().replace('id = "d"', 'id = "new"')
    Path("bank/small.toml").write_text(text, encoding="utf-8")
    shown = run("replay", "grades.jsonl", "--with-current", "--bank", "bank")
    assert "criterion 'd' is gone; criterion 'new' is new and has no verdict" in shown.out


def test_a_new_calibration_is_one_of_the_reasons(graded: Graded, run: Run) -> None:
    graded(generous)
    run("calibrate", "grades.jsonl")
    shown = run("replay", "grades.jsonl", "--with-current", "--bank", "bank")
    assert shown.code == 1
    assert "(calibration none → " in shown.out


def test_questions_that_the_bank_does_not_have_are_left_out_and_counted(graded: Graded, run: Run) -> None:
    graded()
    shown = run("replay", "grades.jsonl", "--with-current")
    assert (shown.code, shown.out) == (0, "0 of 0 scores change\n")
    assert "24 left out" in shown.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "needs a file of grades, or --history"),
        (("grades.jsonl", "--history"), "needs a file of grades, or --history"),
        (("grades.jsonl", "--bank", "bank"), "for --with-current"),
        (("nowhere.jsonl",), "no such file"),
    ],
)
def test_what_cannot_be_is_refused(arguments: tuple[str, ...], says: str, run: Run) -> None:
    shown = run("replay", *arguments)
    assert (shown.code, says in shown.err) == (2, True)
