"""A session written to a file from the screen: into the current folder, over nothing that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.history import History
from interviewer.tui.screens.export import write_new
from interviewer.tui.screens.summary import SummaryScreen
from tests.practised import practised
from tests.tui.conftest import MakeApp, sees


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    wanted = tmp_path / "interview-3.md"
    written = [write_new(wanted, text) for text in (b"one", b"two", b"three")]
    assert [path.name for path in written] == ["interview-3.md", "interview-3-2.md", "interview-3-3.md"]
    assert [path.read_bytes() for path in written] == [b"one", b"two", b"three"]


async def test_a_session_is_written_into_the_current_folder_and_the_screen_says_so(
    make_app: MakeApp, history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = practised(history, {"saturates": "met"})
    app = make_app()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        app.push_screen(SummaryScreen(answer.session_id))
        await sees(pilot, "why-relu")
        await pilot.press("e")
        await sees(pilot, "to this folder as")
        await pilot.press("down", "enter")
        # The rest of the path is broken to fit.
        await sees(pilot, "Wrote")
    report = tmp_path / f"interview-{answer.session_id}.html"
    assert "It does not saturate." in report.read_text(encoding="utf-8")


async def test_a_folder_that_cannot_be_written_to_is_said(
    make_app: MakeApp, history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    answer = practised(history, {"saturates": "met"})
    app = make_app()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        app.push_screen(SummaryScreen(answer.session_id))
        await sees(pilot, "why-relu")
        gone.rmdir()
        await pilot.press("e")
        await sees(pilot, "to this folder as")
        await pilot.press("enter")
        await sees(pilot, "Not written: No such file or directory")
