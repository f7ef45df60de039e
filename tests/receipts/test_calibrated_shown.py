"""Raw and calibrated score stand beside each other wherever a grade is shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from interviewer.grading.calibration import score_map
from interviewer.grading.scoring import rescored
from interviewer.history import History
from interviewer.models import Grade
from interviewer.practice.credit import credit
from interviewer.reports import FORMATS, session_report
from interviewer.tui.widgets.findings import about, headline
from tests.cli.conftest import Run
from tests.practised import NOON, graded, make_answer, make_session
from tests.receipts.conftest import answer_of, bank_text, generous, script_text

BOTH = "raw 66.7 → 80 calibrated"


def calibrated_grade() -> Grade:
    grade = graded({"saturates": "met"})
    receipt = grade.receipt.model_copy(update={"calibration": score_map(((0, 40), (100, 100)))})
    return grade.model_copy(update={"score": rescored(receipt).score, "passed": True, "receipt": receipt})


def test_the_full_screen_shows_both() -> None:
    answer, grade = make_answer(make_session()), calibrated_grade()
    shown = headline(grade, credit(answer.model_copy(update={"outcome": grade})))
    assert shown.splitlines() == ["80 of 100 · passed (at 60) · confidence high", BOTH]
    assert "Judge's score 66.7 of 100" in about(answer, grade)
    assert f"Calibrated    {BOTH}" in about(answer, grade)
    plain = graded({"saturates": "met"})
    assert "calibrated" not in headline(plain, None) + about(answer, plain).lower()


def test_the_report_of_a_session_shows_both() -> None:
    with closing(History(None)) as history:
        session = history.begin(make_session())
        answer = history.keep_answer(make_answer(session))
        history.keep_outcome(answer.id, calibrated_grade(), NOON)
        report = session_report(history, session.id, {})
    for name in ("markdown", "html"):
        assert BOTH in FORMATS[name](report), name


def test_ask_shows_both(
    run: Run, spawn: Run, write: Callable[[str, str], Path], small: Callable[..., Path]
) -> None:
    small(generous)
    judge = ("--bank", "bank", "--judge", "scripted/script.jsonl")
    run("grade", "answers.jsonl", "-o", "grades.jsonl", "--no-cache", *judge)
    assert run("calibrate", "grades.jsonl").code == 0
    write("bank/small.toml", bank_text())
    write("script.jsonl", script_text())
    shown = spawn("ask", "q0", *judge, input=f"{answer_of(1)}\n.\n".encode())
    assert shown.code == 0, shown.err
    assert "raw 25 → " in shown.out
    assert "calibrated" in shown.out
