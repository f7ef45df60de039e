"""Calibration and replay from what was practised and disputed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from interviewer.errors import DataError
from interviewer.history import History
from interviewer.models import Answer, Dispute, Level
from interviewer.receipts.calibrating import calibrate
from interviewer.receipts.pairs import pairs_of_history
from interviewer.wiring import data_folder
from tests.cli.conftest import Run
from tests.practised import JUDGE, NOON, graded, hours, make_question, practised

LEVELS: list[dict[str, Level]] = [
    {},
    {"saturates": "met"},
    {"saturates": "met", "cheap": "partial"},
    {"saturates": "partial", "cheap": "met"},
    {"saturates": "met", "cheap": "met"},
]


@pytest.fixture
def history(home: Path) -> Iterator[History]:
    with closing(History(data_folder())) as kept:
        yield kept


def dispute(history: History, answer: Answer, criterion: str, given: Level, should_be: Level) -> None:
    history.dispute(
        Dispute(
            answer_id=answer.id, criterion=criterion, grader=JUDGE, given=given, should_be=should_be,
            why="I said so", time=NOON,
        )
    )  # fmt: skip


def practise(history: History, count: int = 20) -> list[Answer]:
    """Answers to six questions."""
    return [
        practised(history, LEVELS[number % 5], make_question(f"q{number % 6}"), when=hours(number))
        for number in range(count)
    ]


def test_disputes_and_what_was_agreed_to_beside_them_make_pairs(history: History) -> None:
    session = practised(history, {"saturates": "not_met", "cheap": "met"})
    again = history.keep_answer(session.model_copy(update={"part": "again", "of": session.id}))
    history.keep_outcome(again.id, graded({"saturates": "met", "cheap": "met"}), NOON)
    practised(history, {"saturates": "met"}, when=hours(5))
    dispute(history, session, "saturates", "not_met", "partial")
    dispute(history, session, "saturates", "not_met", "met")
    pairs = pairs_of_history(history, None)
    assert [(round(p.raw, 3), round(p.human, 3)) for p in pairs.found] == [(0.333, 1.0), (1.0, 1.0)]
    assert pairs.notes == ("1 corrected by disputes, 1 of the same sessions agreed to",)
    assert (pairs.judge, pairs.source) == (JUDGE, "history")


def test_disputes_that_always_go_one_way_make_a_calibration(history: History, run: Run) -> None:
    for answer in practise(history):
        grade = answer.grade
        assert grade is not None
        for found in grade.criteria:
            if found.level == "not_met":
                dispute(history, answer, found.id, "not_met", "partial")
            elif found.level == "partial":
                dispute(history, answer, found.id, "partial", "met")
    tried = calibrate(pairs_of_history(history, None), when=NOON)
    assert tried.refusal is None
    assert tried.calibration.after.rmse < tried.calibration.before.rmse
    history.close()
    shown = run("calibrate", "--history")
    assert shown.code == 0, shown.err
    assert "agreed to" in shown.err


def test_too_few_disputes_are_refused(history: History) -> None:
    answer = practised(history, {})
    dispute(history, answer, "cheap", "not_met", "met")
    with pytest.raises(DataError, match="1 pairs are too few"):
        calibrate(pairs_of_history(history, None), when=NOON)
    with pytest.raises(DataError, match="no grade is by somebody"):
        pairs_of_history(history, "somebody")


def test_the_history_is_replayed(history: History, run: Run, write: Callable[[str, str], Path]) -> None:
    practise(history, 6)
    history.close()
    shown = run("replay", "--history")
    assert (shown.code, shown.out) == (0, "6 of 6 grades are what their receipts give\n")
