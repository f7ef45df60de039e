"""Text of candidates, models and banks on every screen: never markup, never an escape, never a link."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from interviewer.bank import load_bank
from interviewer.config import load_config
from interviewer.history import History
from interviewer.tui.app import PracticeApp
from tests.screen_terminal import ScreenTerminal
from tests.tui.conftest import sees
from tests.tui.hostile import FORBIDDEN, HOSTILE, judgement, write_bank
from tests.tui.program import ESCAPE, HAND_IN, PASTE, kept, practice


def write_script(folder: Path, *replies: dict[str, object]) -> Path:
    """A script of replies for any call, the last of them for all that follow."""
    path = folder / "script.jsonl"
    spoken = {"reply": f"What else? {HOSTILE}", "spoken": True, "repeat": True}
    lines = [*replies[:-1], {**replies[-1], "repeat": True}, spoken]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def _keys(terminal: ScreenTerminal, *steps: tuple[str, tuple[str, ...]]) -> None:
    """Types keys, and waits for what the screen shows after each."""
    for keys, shown in steps:
        terminal.type(keys)
        terminal.until(*shown)


def _home_from(terminal: ScreenTerminal, gone: str) -> None:
    """Leaves a screen for the first one. A key right behind an Escape would be another key."""
    terminal.type(ESCAPE)
    terminal.until("Next, and why", gone=gone)


def test_nothing_of_a_text_drives_the_terminal_on_any_screen(tmp_path: Path) -> None:
    failed: dict[str, object] = {"error": f"HTTP 500: {HOSTILE}"}
    script = write_script(tmp_path, failed, {"reply": judgement("met", "evil")})
    bank = write_bank(tmp_path)
    arguments = ("-n", "2", "--bank", str(bank))
    with practice(*arguments, judge=f"scripted/{script}", columns=100, rows=40) as terminal:
        terminal.until("ready", "Next, and why", "hostile")
        _keys(
            terminal,
            ("s", ("Question 1 of 2", "What is it?", "[/b] [@click=app.quit]press[/]", "Nothing typed yet")),
            ("\x1bOQ", ("costs 10 of 100",)),
            ("y", ("A hint. [/b]", "−10 for hints")),
            (PASTE.format(f"evil {HOSTILE}"), ("evil [/b] [@click=app.quit]press[/]", "kept as you type")),
            (HAND_IN, ("Not graded: HTTP 500: [/b]",)),
            ("g", ("Grade this answer again with",)),
            ("\r", ("of 100 ·", "✓ met", "Says the first", "Interviewer: What else?")),
        )
        for _ in range(3):
            _keys(terminal, ("\x1b[B", ("of 100 ·",)))
        terminal.drain(0.3)
        _keys(
            terminal,
            ("m", ("The model answer. [/b]",)),
            ("\x1b[H", ("of 100 ·",)),
            ("d", ("You think that the judge is wrong",)),
        )
        # A paste goes to what has the focus, and the focus takes its time to move.
        terminal.drain(0.5)
        terminal.type("\t")
        terminal.drain(0.5)
        _keys(
            terminal,
            (PASTE.format(f"Because {HOSTILE}"), ("Because [/b]",)),
            ("\r", ("Kept.",)),
            ("a", ("The first answer stays the one that counts",)),
            (PASTE.format(f"evil {HOSTILE}"), ("evil [/b]",)),
            (HAND_IN, ("Feedback, again", "before: ")),
            ("f", ("Follow-up. ",)),
            (PASTE.format(f"evil {HOSTILE}"), ("evil [/b]",)),
            (HAND_IN, ("? follow-up  not graded:",)),
            ("n", ("Question 2 of 2", "Nothing typed yet")),
            ("\x1bOS", ("0 of 100",)),
            ("n", ("Summary", "To study next")),
        )
        _home_from(terminal, "To study next")
        _keys(
            terminal,
            ("b", ("What is it?", "of 2 questions")),
            ("\t", ("What is it?",)),
            ("v", ("The model answer",)),
        )
        _home_from(terminal, "The model answer")
        _keys(terminal, ("h", ("Sessions",)))
        _home_from(terminal, "Sessions")
        terminal.type("q")
        assert terminal.wait() == 0
        # The shape of the mouse pointer is the one such sequence that Textual itself sends.
        drawn = re.sub(r"\x1b\]22;\w+\x07", "", terminal.raw.decode())
    for sign in FORBIDDEN:
        assert sign not in drawn, f"{sign!r} reached the terminal: …{_around(drawn, sign)!r}…"
    with kept() as history:
        first = history.all_answers()[0]
        assert "[/b] [@click=app.quit]press[/]" in first.text
        assert first.grade is not None
        assert first.grade.criteria[0].quote == "evil"


def _around(text: str, sign: str) -> str:
    at = text.index(sign)
    return text[max(0, at - 80) : at + 40]


async def test_nothing_of_a_text_can_be_clicked(tmp_path: Path, history: History) -> None:
    script = write_script(tmp_path, {"reply": judgement("partial", "evil")})
    settings = load_config({"judge": f"scripted/{script}"}, {}, tmp_path, tmp_path / "user")
    app = PracticeApp(settings, load_bank([write_bank(tmp_path)]), history)
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await sees(pilot, "ready", "Next, and why")
        await pilot.press("s")
        await sees(pilot, "Question 1 of 2", "[@click=app.quit]press[/]", "Nothing typed yet")
        _has_no_links(pilot)
        app.screen.query_one("#answer").post_message(events.Paste(f"evil {HOSTILE}"))
        await sees(pilot, "evil [/b]", "kept as you type")
        _has_no_links(pilot)
        await pilot.press("ctrl+s")
        await sees(pilot, "of 100 ·", "~ partial")
        _has_no_links(pilot)
        await pilot.press("m")
        await sees(pilot, "Model answer", "[@click=app.quit]press[/]")
        _has_no_links(pilot)
        app.notify(HOSTILE, markup=False)
        await sees(pilot, "[@click=app.quit]press[/]")
        _has_no_links(pilot)


def _has_no_links(pilot: Pilot[Any]) -> None:
    """Nothing of the text on the screen does anything when it is clicked, and none of it is hidden."""
    _, height = pilot.app.size
    for strip in pilot.app.screen._compositor.render_strips()[:height]:
        for segment in strip:
            assert all(c.isprintable() or c in "\u200d" for c in segment.text), segment
            style = segment.style
            assert style is None or style.link is None, segment
            click = style.meta.get("@click", "") if style is not None else ""
            # A link of Markdown in the bank says that it was clicked, and nobody listens.
            assert str(click).startswith("link(") or "quit" not in str(click), segment


SIZE = 100_000
PASTES = {
    "one line of words": "word " * (SIZE // 5),
    "one line without a space": "x" * SIZE,
    "many lines": "\r".join(f"line {n} of the text" for n in range(SIZE // 20)),
    "code in many lines": "\r".join(f"    x{n} = [{n}, 'a', None]" for n in range(SIZE // 25)),
    "wide characters": "中文字" * (SIZE // 3),
}


@pytest.mark.alone
@pytest.mark.parametrize("name", PASTES)
def test_a_paste_of_100_kb_is_on_screen_in_two_seconds_and_typing_goes_on(tmp_path: Path, name: str) -> None:
    pasted = PASTES[name]
    expected = pasted.replace("\r", "\n")
    script = write_script(tmp_path, {"reply": judgement("met", pasted[:20].strip())})
    arguments = ("-n", "1", "--bank", str(write_bank(tmp_path)))
    with practice(*arguments, judge=f"scripted/{script}") as terminal:
        terminal.until("ready", "Next, and why")
        terminal.type("s")
        terminal.until("Question 1 of 1", "Nothing typed yet")
        began = time.perf_counter()
        terminal.type(PASTE.format(pasted))
        words = len(expected.split())
        terminal.until(f"{words} word{'s' if words > 1 else ''}, kept", seconds=10)
        took = time.perf_counter() - began
        times = []
        for number in range(1, 9):
            terminal.drain(0.05)
            times.append(terminal.answer_time(f" {'qzvjykwx'[number - 1]}", f"{words + number} words"))
        assert took < 2
        assert sorted(times)[len(times) // 2] < 1
        typed = expected + " q z v j y k w x"
        with kept() as history:
            assert [draft.text for draft in history.drafts()] == [typed]
        terminal.type(HAND_IN)
        # Many lines are many sentences, and these take their time to compare.
        terminal.until("of 100 ·" if "\n" not in expected else "Grading …", seconds=30)
    with kept() as history:
        (answer,) = history.all_answers()
        assert answer.text == typed
        assert answer.grade is not None or "\n" in expected
