"""Sessions and scores on the screen; grades of different judges stay apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import DataTable, Select

from interviewer.history import History
from interviewer.models import Ungraded
from interviewer.tui.screens.history import HistoryScreen
from interviewer.tui.screens.summary import SummaryScreen
from tests.practised import NOON, hours, make_answer, make_question, make_session, practised
from tests.tui.conftest import SMALL, MakeApp, screen_text, sees, until

WIDE = (120, 40)


def cut_off(history: History) -> None:
    session = history.begin(make_session("losses-1", started=hours(90)))
    answer = history.keep_answer(make_answer(session, text="Cross entropy.", submitted=hours(90)))
    history.keep_outcome(answer.id, Ungraded(reason="HTTP 503", grader="openai/x"), NOON)


def fill(history: History) -> None:
    """Five good answers by one judge after a bad one, and two by another."""
    for number in range(6):
        levels = {"saturates": "met", "cheap": "met"} if number else {"cheap": "met"}
        practised(history, levels, make_question(f"q{number}"), grader="embedded/1", when=hours(24 * number))  # type: ignore[arg-type]
    for number in range(2):
        question = make_question(f"l{number}", topic="losses")
        practised(history, {"cheap": "met"}, question, grader="openai/x", when=hours(number))


async def test_an_empty_history_says_what_to_do(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("h")
        text = await sees(pilot, "Nothing was practised yet")
        assert "Export" not in text
        assert "Grade ungraded" not in text
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, HistoryScreen))


async def test_sessions_are_listed_newest_first_with_their_means(make_app: MakeApp, history: History) -> None:
    fill(history)
    cut_off(history)
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("h")
        await until(pilot, lambda: "…" not in _row(app.screen.query_one("#sessions", DataTable), 8))
        table = app.screen.query_one("#sessions", DataTable)
        newest = _row(table, 0)
        assert newest[0].strip() == "9"
        assert newest[4:] == ["    –", "! 1", "–"]
        assert _row(table, 1)[4:] == [" 33.3", "–", "openai/x"]
        assert "100.0" in _row(table, 3)[4]
        text = screen_text(app)
        assert "Grade ungraded" in text
        assert all(name in text for name in ("Topic", "Mean", "Last", "Scores", "all topics"))


async def test_enter_opens_a_session(make_app: MakeApp, history: History) -> None:
    fill(history)
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("h")
        await sees(pilot, "openai/x")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))


async def test_each_judge_has_a_series_of_its_own(make_app: MakeApp, history: History) -> None:
    fill(history)
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("h")
        # The judge that graded last is shown first; "losses" was graded by the other.
        await sees(pilot, "embedded/1 · level", "all topics: trend +22.2", "100", "01 Mar", "●")
        series = app.screen.query_one("#series", DataTable)
        assert [_row(series, i)[0] for i in range(series.row_count)] == ["all topics", "cnn"]
        assert _row(series, 1)[1].strip() == "6"
        await pilot.press("j", "down", "enter")
        await sees(pilot, "all topics: too few for a trend")
        assert app.screen.query_one("#grader", Select).value == "openai/x"
        assert [_row(series, i)[0] for i in range(series.row_count)] == ["all topics", "losses"]
        await pilot.press("tab", "down")
        await sees(pilot, "losses: too few")


async def test_without_any_grade_there_is_a_reason_in_place_of_the_plot(
    make_app: MakeApp, history: History
) -> None:
    cut_off(history)
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("h")
        await sees(pilot, "No judge has given a score")


async def test_one_key_grades_what_has_no_grade(make_app: MakeApp, history: History) -> None:
    cut_off(history)
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("h")
        await sees(pilot, "Grade ungraded")
        await pilot.press("g")
        await until(pilot, lambda: not history.ungraded())
        await sees(pilot, "embedded", gone="Grade ungraded")


async def test_a_session_is_written_to_a_file(
    make_app: MakeApp, history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(history)
    monkeypatch.chdir(tmp_path)
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("h")
        await sees(pilot, "openai/x")
        await pilot.press("e")
        await sees(pilot, "Write session 8")
        await pilot.press("enter")
        await until(pilot, lambda: any(name.startswith("interview-8") for name in os.listdir(tmp_path)))


def _row(table: DataTable[object], row: int) -> list[str]:
    return [str(cell) for cell in table.get_row_at(row)] if row < table.row_count else ["…"]
