"""The practice app with the shipped bank and a history in a folder of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot, WaitForScreenTimeout
from textual.widget import Widget

from interviewer.bank import Bank
from interviewer.config import Settings, load_config
from interviewer.history import History
from interviewer.tui.app import PracticeApp, Wishes

SMALL = (80, 24)
WAITS, PATIENCE = 10, 3.0
"""How often a screen is waited for, and for how many seconds each time."""
MakeApp = Callable[..., PracticeApp]


@pytest.fixture(autouse=True)
def no_wait_for_what_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilot waits until each widget has read a message, also one that is removed before it reads it.

    Such a wait can only run out; begun anew, it leaves out what is gone. An app that hangs still fails.
    """
    once = Pilot._wait_for_screen

    async def again(pilot: Pilot[Any]) -> bool:
        for _ in range(WAITS - 1):
            with suppress(WaitForScreenTimeout):
                return await once(pilot, PATIENCE)
        return await once(pilot, PATIENCE)

    monkeypatch.setattr(Pilot, "_wait_for_screen", again)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty history on disk."""
    history = History(tmp_path / "data")
    yield history
    history.close()


@pytest.fixture
def make_app(tmp_path: Path, bank: Bank, history: History) -> MakeApp:
    """The app; settings are given by dotted key with `__` for the dot, the judge by its short name.

    A `script` of replies is a judge as well; `questions` leaves only these in the bank.
    """

    def make(
        *,
        judge: str = "embedded",
        wishes: Wishes | None = None,
        environ: dict[str, str] | None = None,
        script: Iterable[dict[str, Any]] | None = None,
        questions: Sequence[str] | None = None,
        kept: History | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] | None = None,
        **flags: object,
    ) -> PracticeApp:
        if script is not None:
            replies = tmp_path / "script.jsonl"
            replies.write_text("".join(f"{json.dumps(entry)}\n" for entry in script))
            judge = f"scripted/{replies}"
        given = {key.replace("__", "."): value for key, value in flags.items()}

        def settings(other: str | None = None) -> Settings:
            return load_config({"judge": other or judge, **given}, environ or {}, tmp_path, tmp_path / "user")

        asked = bank if questions is None else narrowed(bank, *questions)
        return PracticeApp(
            settings(), asked, kept or history, wishes=wishes, reopen=settings, clock=clock, now=now
        )

    return make


def narrowed(bank: Bank, *identifiers: str) -> Bank:
    """The bank with these questions only."""
    return Bank(
        questions={i: bank.questions[i] for i in identifiers},
        rubrics=bank.rubrics,
        files={i: bank.files[i] for i in identifiers},
    )


async def sees(pilot: Pilot[Any], *words: str, gone: str | None = None) -> str:
    """What the screen shows once it has all of these words, and not the one that has to go."""
    await until(
        pilot,
        lambda: (
            all(word in screen_text(pilot.app) for word in words)
            and (gone is None or gone not in screen_text(pilot.app))
        ),
    )
    return screen_text(pilot.app)


async def begins(pilot: Pilot[Any], *words: str) -> None:
    """Begins the session that the first screen offers."""
    await sees(pilot, "Next, and why")
    await pilot.press("s")
    await sees(pilot, *(words or ("Question 1 of 1",)))


async def type_text(pilot: Pilot[Any], text: str) -> None:
    """Types a text into the widget that has the focus, without the wait of `press` behind each key."""
    for char in text:
        pilot.app.post_message(Key("enter" if char == "\n" else _character_to_key(char), char))
    await pilot.pause()  # until the app has handed them on,
    await pilot.pause()  # and until the widget has read them


async def until(pilot: Pilot[Any], condition: Callable[[], object], *, tries: int = 400) -> None:
    """Lets the app work until the condition holds; fails where it does not in about 20 seconds."""
    for _ in range(tries):
        await pilot.pause()
        if condition():
            return
        # Work in threads needs time that no event of the app stands for.
        await asyncio.sleep(0.05)
    raise AssertionError(f"it never came to hold; on the screen:\n{screen_text(pilot.app)}")


def text_of(app: PracticeApp, selector: str) -> str:
    """What a widget of the screen shows, as plain text."""
    return _plain(app.screen.query_one(selector))


def screen_text(app: Any) -> str:
    """All that is drawn, line by line."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip)[:width] for strip in lines[:height])


def _plain(widget: Widget) -> str:
    content = getattr(widget, "content", None)
    return str(content) if content is not None else str(widget.render())
