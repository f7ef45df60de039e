"""The real program in terminals of few colours or none, and with its error output elsewhere."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.screen_terminal import ScreenTerminal
from tests.tui.conftest import MakeApp, sees, type_text
from tests.tui.program import HAND_IN, practice

ONE = ("--judge", "embedded", "-n", "1", "--seed", "3")
COLOURS = re.compile(rb"\x1b\[[\d;]*?(?:38|48);(?:2|5)[\d;]*m")


def _plays(terminal: ScreenTerminal) -> None:
    """Starts, answers, is graded, and leaves."""
    terminal.until("Next, and why", "● embedded: ready")
    terminal.type("s")
    terminal.until("Question 1 of 1", "Nothing typed yet")
    terminal.type("something about gradients")
    terminal.until("3 words, kept as you type")
    terminal.type(HAND_IN)
    terminal.until("of 100 · not passed", "✗", "Comes again on")
    terminal.type("\x11")
    assert terminal.wait() == 0
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize(
    "environment",
    [{"NO_COLOR": "1"}, {"TERM": "xterm", "COLORTERM": ""}, {"TERM": "linux", "COLORTERM": ""}],
    ids=["no colour", "xterm", "linux"],
)
def test_a_session_can_be_played_without_many_colours(environment: dict[str, str]) -> None:
    with practice(*ONE, judge=None, environment=environment) as terminal:
        _plays(terminal)
        drawn = terminal.raw
    if "NO_COLOR" in environment:
        # Brightness is left, so that what has the focus can be told; hues are gone.
        for colour in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", drawn):
            assert len(set(colour)) == 1, colour
    else:
        assert not COLOURS.search(drawn)


def test_error_output_in_a_file_leaves_the_screen_where_it_is(tmp_path: Path) -> None:
    program = shlex.join([sys.executable, "-m", "interviewer", "practice", *ONE])
    errors = tmp_path / "errors"
    command = ("sh", "-c", f"exec {program} 2>{shlex.quote(str(errors))}")
    with ScreenTerminal(command=command) as terminal:
        _plays(terminal)
    assert errors.read_text() == ""


async def test_what_could_not_be_kept_in_the_background_is_told(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "Next, and why")
        await pilot.press("s")
        await sees(pilot, "Question 1 of 5", "Nothing typed yet")
        # As no disk fails, but a bug would.
        app.desk.history._store._connection.close()
        await type_text(pilot, "word")
        await sees(pilot, "Not kept:", "ProgrammingError")
    assert app.desk.loss is not None
