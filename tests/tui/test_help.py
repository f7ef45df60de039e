"""Help names every key that there is, and says where things go."""

from __future__ import annotations

from pathlib import Path

from textual.binding import Binding
from textual.containers import VerticalScroll

from interviewer.config import load_config
from interviewer.practice.credit import HINT_COST
from interviewer.tui.desk import JudgeStatus
from interviewer.tui.screens.feedback import FeedbackScreen
from interviewer.tui.screens.help import HelpScreen, _screens, judge_text, keys_of
from interviewer.tui.screens.home import HomeScreen
from tests.tui.conftest import SMALL, MakeApp, screen_text, sees, until


def test_every_key_of_every_screen_is_named() -> None:
    screens = dict(_screens())
    for keys in screens.values():
        assert keys
        assert all(key and text for key, text in keys)
    assert ("1-4", "Rate: 1 again … 4 easy") in screens["Feedback"]
    named = [binding for binding in HomeScreen.BINDINGS if isinstance(binding, Binding)]
    assert len(keys_of(HomeScreen.BINDINGS)) == len({binding.description for binding in named})
    assert len(keys_of(FeedbackScreen.BINDINGS)) == len(screens["Feedback"])


def test_what_leaves_the_machine_depends_on_the_judge(tmp_path: Path) -> None:
    settings = load_config({}, {}, tmp_path, tmp_path)
    near = judge_text(JudgeStatus("ready", "embedded", "no key is set"), settings)
    assert "Nothing leaves this machine" in near
    far = judge_text(JudgeStatus("ready", "openai/gpt-4.1-mini", "OPENAI_API_KEY is set"), settings)
    assert "go to its provider" in far
    assert "Nothing leaves" not in far.replace("Nothing else leaves", "")
    assert "leaves" not in judge_text(JudgeStatus(), settings)


async def test_help_scrolls_to_its_end_and_closes(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("f1")
        await sees(pilot, "How a grade is made", "embedded: ready")
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("end")
        scroll = app.screen.query_one("#help", VerticalScroll)
        await until(pilot, lambda: scroll.scroll_offset.y == scroll.max_scroll_y > 0)
        assert "Ctrl-T" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_costs_places_and_judge_are_all_there(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app()
    async with app.run_test(size=(200, 110)) as pilot:
        await pilot.press("f1")
        text = await sees(pilot, "Nothing leaves this machine", "Settings:")
        assert f"A hint costs {HINT_COST:g}" in text
        assert str(tmp_path / "data") in text
        assert "config.toml" in text
