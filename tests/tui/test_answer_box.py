"""The box that answers are typed into, and the candidate's own editor beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.screen_terminal import ScreenTerminal
from tests.tui.conftest import MakeApp, begins, sees, type_text

CODE = "recover-linear-weights"


async def test_code_is_indented_as_the_line_before_and_deeper_after_a_colon(make_app: MakeApp) -> None:
    app = make_app(questions=[CODE])
    async with app.run_test(size=(100, 30)) as pilot:
        await begins(pilot)
        await type_text(pilot, "def f(x):\nfor y in x:\nprint(y)\npass")
        assert app.screen.box.text == "def f(x):\n    for y in x:\n        print(y)\n        pass"  # type: ignore[attr-defined]
        assert app.screen.box.language == "python"  # type: ignore[attr-defined]


async def test_escape_leaves_a_code_question_at_once(make_app: MakeApp) -> None:
    app = make_app(questions=[CODE])
    async with app.run_test(size=(100, 30)) as pilot:
        await begins(pilot)
        await pilot.press("escape")
        await sees(pilot, "Unfinished: session 1")


async def test_prose_is_not_indented_and_what_was_typed_can_be_undone(make_app: MakeApp) -> None:
    app = make_app(questions=["vae-elbo"])
    async with app.run_test(size=(100, 30)) as pilot:
        await begins(pilot)
        await type_text(pilot, " two terms:\nfirst")
        box = app.screen.box  # type: ignore[attr-defined]
        assert box.text == " two terms:\nfirst"
        await pilot.press("ctrl+u")
        assert box.text != " two terms:\nfirst"
        await pilot.press("ctrl+z")
        assert box.text == " two terms:\nfirst"


def test_the_candidates_own_editor_gets_the_text_and_gives_it_back(tmp_path: Path) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import sys, pathlib\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "path.write_text(path.read_text() + 'from the editor')\n"
    )
    environment = {"HOME": str(tmp_path), "EDITOR": f"{sys.executable} {editor}", "VISUAL": ""}
    with ScreenTerminal("practice", "--judge", "embedded", environment=environment) as screen:
        screen.until("Start (s)")
        screen.type("s")
        screen.until("Nothing typed yet")
        screen.type("typed ")
        screen.until("1 word,")
        screen.type("\x0f")
        screen.until("from the editor", "4 words, kept as you type")
        assert "typed" in screen.text


def test_an_editor_that_fails_leaves_the_text_as_it_was(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "EDITOR": "false", "VISUAL": ""}
    with ScreenTerminal("practice", "--judge", "embedded", environment=environment) as screen:
        screen.until("Start (s)")
        screen.type("s")
        screen.until("Nothing typed yet")
        screen.type("typed")
        screen.until("1 word,")
        screen.type("\x0f")
        screen.until("the editor ended with 1", "typed")
