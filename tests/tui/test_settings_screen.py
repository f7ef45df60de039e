"""Settings on the screen: a judge is tested before it is saved, and nothing is lost where that fails."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from textual.pilot import Pilot
from textual.widgets import Input, Select

from interviewer.backends.local import LocalModel
from interviewer.config import JudgeConfig
from interviewer.config.saving import user_file
from interviewer.errors import ConfigError
from interviewer.tui.app import PracticeApp
from interviewer.tui.judges import LOCAL, OTHER, judge_changes, judge_options, name_of, option_of
from interviewer.tui.screens.home import HomeScreen
from interviewer.tui.screens.settings import SettingsScreen
from tests.fault_server import Body, fault_server
from tests.tui.conftest import SMALL, MakeApp, screen_text, sees, text_of, until

SERVED = LocalModel(server="Ollama", base_url="http://127.0.0.1:11434/v1", model="qwen")


async def opened(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    await pilot.press("comma")
    await sees(pilot, "Save (^s)")


def choose(app: PracticeApp, name: str, value: str) -> None:
    app.screen.query_one(f"#{name}", Select).value = value


def fill_in(app: PracticeApp, name: str, value: str) -> None:
    app.screen.query_one(f"#{name}", Input).value = value


def saved() -> dict[str, Any]:
    return tomllib.loads(user_file().read_text()) if user_file().exists() else {}


def test_a_choice_names_one_judge_and_the_settings_name_it_back() -> None:
    for config in (
        JudgeConfig(),
        JudgeConfig(backend="embedded"),
        JudgeConfig(backend="openai", model="gpt-4.1-mini"),
        JudgeConfig(backend="litellm", model="anthropic/claude-haiku-4-5"),
        JudgeConfig(backend="litellm", model="groq/other"),
        JudgeConfig(backend="openai", model="qwen", base_url="http://127.0.0.1:1/v1"),
        JudgeConfig(backend="panel"),
    ):
        changes = judge_changes(option_of(config), name_of(config), config.base_url or "", None)
        again = config.model_copy(
            update={key.removeprefix("judge."): value for key, value in changes.items()}
        )
        assert again == config


def test_a_local_server_is_offered_with_its_address() -> None:
    options = dict(judge_options({"OPENAI_API_KEY": "x"}, SERVED))
    assert "qwen" in options[LOCAL]
    assert options["openai/gpt-4.1-mini"].endswith("is set")
    assert options["anthropic/claude-haiku-4-5"].endswith("is not set")
    assert LOCAL not in dict(judge_options({}, None))
    changes = judge_changes(LOCAL, "", "", SERVED)
    assert (changes["judge.model"], changes["judge.base_url"]) == ("qwen", SERVED.base_url)


def test_a_script_is_saved_with_its_full_path() -> None:
    path = judge_changes(OTHER, "scripted/replies.jsonl", "", None)["judge.script"]
    assert isinstance(path, str)
    assert path.startswith("/")
    with pytest.raises(ConfigError, match="no judge"):
        judge_changes(OTHER, "nonsense", "", None)


def test_a_script_in_the_home_of_nobody_is_a_path_that_is_not_there() -> None:
    path = judge_changes(OTHER, "scripted/~nobody-at-all/replies.jsonl", "", None)["judge.script"]
    assert path == str(Path.cwd() / "~nobody-at-all" / "replies.jsonl")


async def test_the_test_shows_what_doctor_says(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+t")
        await sees(pilot, "embedded: answers can be graded", "none is used", "free")
        assert saved() == {}


async def test_a_usable_judge_is_tested_and_then_saved_and_used(make_app: MakeApp) -> None:
    async with fault_server() as server:
        app = make_app()
        async with app.run_test(size=SMALL) as pilot:
            await opened(pilot)
            choose(app, "judge-option", OTHER)
            fill_in(app, "judge-name", "openai/served")
            fill_in(app, "base-url", server.base_url)
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(app.screen, HomeScreen))
            assert saved()["judge"] == {"backend": "openai", "model": "served", "base_url": server.base_url}
            assert len(server.bodies) == 1
            await sees(pilot, "openai/served: not asked yet")
            assert app.desk.settings.config.judge.model == "served"


async def test_a_judge_that_fails_is_saved_only_when_one_insists(make_app: MakeApp) -> None:
    async def refuse(request: web.Request, body: Body) -> web.Response:
        return web.json_response({"error": {"message": "[/b] no such key"}}, status=401)

    async with fault_server(refuse, refuse) as server:
        app = make_app()
        async with app.run_test(size=SMALL) as pilot:
            await opened(pilot)
            choose(app, "judge-option", OTHER)
            fill_in(app, "judge-name", "openai/served")
            fill_in(app, "base-url", server.base_url)
            await pilot.press("ctrl+s")
            await sees(pilot, "This judge cannot be used now", "Save anyway")
            await pilot.press("n")
            await sees(pilot, "answers cannot be graded", "FAIL")
            assert saved() == {}
            await pilot.press("ctrl+s")
            await sees(pilot, "Save anyway")
            await pilot.press("y")
            await until(pilot, lambda: isinstance(app.screen, HomeScreen))
            assert saved()["judge"]["model"] == "served"


async def test_while_a_slow_judge_is_tested_one_sees_it_and_can_leave(make_app: MakeApp) -> None:
    asked = asyncio.Event()

    async def never(request: web.Request, body: Body) -> web.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with fault_server(never) as server:
        app = make_app()
        async with app.run_test(size=SMALL) as pilot:
            await opened(pilot)
            choose(app, "judge-option", OTHER)
            fill_in(app, "judge-name", "openai/served")
            fill_in(app, "base-url", server.base_url)
            await pilot.press("ctrl+t")
            await asked.wait()
            assert "Testing the judge" in text_of(app, "#test-result")
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, HomeScreen))
            assert saved() == {}


async def test_what_needs_no_judge_is_saved_without_asking_one(make_app: MakeApp) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text("# mine\n[practice]\nquestions = 3 # three\n")
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        fill_in(app, "questions", "12")
        choose(app, "mode", "interview")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert saved() == {"practice": {"questions": 12, "mode": "interview"}}
        assert user_file().read_text().startswith("# mine\n")
        assert "# three" in user_file().read_text()
        # The first screen offers it at once.
        await until(pilot, lambda: app.screen.query_one("#count", Select).value == "12")
        assert app.screen.query_one("#mode", Select).value == "interview"


async def test_colours_are_shown_at_once_and_put_back(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        choose(app, "theme", "light")
        await until(pilot, lambda: app.theme == "light")
        await pilot.press("escape")
        await until(pilot, lambda: app.theme == "dark")
        await pilot.press("comma")
        await sees(pilot, "Save (^s)")
        choose(app, "theme", "high-contrast")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert app.theme == "high-contrast"
        assert saved() == {"practice": {"theme": "high-contrast"}}


async def test_what_wins_over_the_file_is_named_beside_the_field(make_app: MakeApp) -> None:
    app = make_app(environ={"INTERVIEWER_PRACTICE_QUESTIONS": "7"})
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        text = screen_text(app)
        assert "Set by INTERVIEWER_PRACTICE_QUESTIONS, which wins" in text
        assert "Set by --judge, which wins" in text


async def test_a_home_that_cannot_be_written_is_said_and_the_settings_hold(make_app: MakeApp) -> None:
    user_file().parent.parent.mkdir(parents=True, exist_ok=True)
    user_file().parent.write_text("a file where the folder should be")
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        fill_in(app, "questions", "9")
        await pilot.press("ctrl+s")
        await sees(pilot, "Not saved", "hold until you quit")
        assert isinstance(app.screen, SettingsScreen)
        assert app.desk.settings.config.practice.questions == 9


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("questions", "", "needs a number"),
        ("questions", "0", "questions"),
        ("judge-name", "[b]", "no judge"),
    ],
)
async def test_what_cannot_be_used_is_said_and_not_saved(
    make_app: MakeApp, field: str, typed: str, said: str
) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        choose(app, "judge-option", OTHER)
        fill_in(app, "judge-name", "embedded")
        fill_in(app, field, typed)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: said in text_of(app, "#test-result"))
        assert saved() == {}
