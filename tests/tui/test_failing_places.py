"""The real program where nothing can be written, where the disk fills up, and where it meets a bug."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.wiring import data_folder
from tests.screen_terminal import ScreenTerminal
from tests.tui.program import ESCAPE, HAND_IN, PASTE, counted, practice

TAKES_THE_SCREEN = b"\x1b[?1049h"
LEAVES_THE_SCREEN = b"\x1b[?1049l"


def no_home(file: Path) -> dict[str, str]:
    """A home below something that is no folder, which not even root can write to."""
    return {"HOME": str(file / "home")}


def no_data_folder(file: Path) -> dict[str, str]:
    """A data folder that is a file."""
    return {"XDG_DATA_HOME": str(file)}


def _ends_well(terminal: ScreenTerminal) -> None:
    """Leaves from the first screen; nothing of it is a failure."""
    terminal.type("q")
    assert terminal.wait() == 0
    assert LEAVES_THE_SCREEN in terminal.raw
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("place", [no_home, no_data_folder])
def test_where_nothing_can_be_written_a_session_is_played_to_its_end_in_memory(
    tmp_path: Path, place: Callable[[Path], dict[str, str]]
) -> None:
    (tmp_path / "file").write_text("")
    environment = place(tmp_path / "file")
    with practice("-n", "2", environment=environment, columns=200, rows=40) as terminal:
        terminal.until("Not kept:", "Not a directory", "everything stays in memory", "Next, and why")
        terminal.type("s")
        for number in (1, 2):
            terminal.until(f"Question {number} of 2", "Nothing typed yet", "Not kept:")
            terminal.type("some words")
            terminal.until("2 words, in memory only")
            terminal.type(HAND_IN)
            terminal.until("of 100 ·")
            terminal.type("n")
        terminal.until("Graded 2 of 2 answers", "Not kept:")
        terminal.type(ESCAPE)
        terminal.until("answered so far: 2", gone="Summary")
        _ends_well(terminal)


def test_a_disk_that_fills_up_in_a_session_takes_nothing_away() -> None:
    with practice("-n", "3") as terminal:
        terminal.until("Next, and why")
        terminal.type("s")
        terminal.until("Question 1 of 3", "Nothing typed yet")
        terminal.type("before")
        terminal.until(counted(1))
        terminal.type(HAND_IN)
        terminal.until("of 100 ·")
        terminal.type("n")
        terminal.until("Question 2 of 3", "Nothing typed yet")
        assert "Not kept" not in terminal.text
        largest = max(path.stat().st_size for path in data_folder().iterdir() if path.is_file())
        resource.prlimit(terminal.process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
        terminal.type(PASTE.format("word " * 800))
        terminal.until("Not kept:", "800 words, in memory only")
        terminal.type(HAND_IN)
        terminal.until("of 100 ·", "Not kept:")
        terminal.type("n")
        terminal.until("Question 3 of 3", "Nothing typed yet")
        terminal.type("after")
        terminal.until("1 word, in memory only")
        terminal.type(HAND_IN)
        terminal.until("of 100 ·")
        terminal.type("n")
        terminal.until("Graded 3 of 3 answers")
        terminal.type(ESCAPE)
        terminal.until("answered so far: 3", gone="Summary")
        _ends_well(terminal)


def test_a_damaged_history_is_set_aside_and_told_on_the_screen_and_after_it() -> None:
    content = b"SQLite format 3\0" + b"broken" * 2000
    data_folder().mkdir(parents=True)
    (data_folder() / "history.db").write_bytes(content)
    with practice() as terminal:
        terminal.until("is damaged", "Next, and why")
        _ends_well(terminal)
        after = terminal.raw.rpartition(LEAVES_THE_SCREEN)[2].decode()
    assert "history.db.damaged, and a new one is begun" in after
    assert (data_folder() / "history.db.damaged").read_bytes() == content


BUGS = {
    "in a handler": (
        "from interviewer.tui.screens.home import HomeScreen as S; S.action_due = lambda self: 1 / 0"
    ),
    "in a worker": (
        "from interviewer.tui.desk import Desk as D\n"
        "async def grade(self, answer, settings=None): 1 / 0\n"
        "D.grade = grade"
    ),
    "in what reads the keys": (
        "from textual.drivers.linux_driver import LinuxDriver as D; D.run_input_thread = lambda self: 1 / 0"
    ),
    "in what is written": (
        "from interviewer.history import History as H; H.last_reviews = lambda self: 1 / 0"
    ),
}


@pytest.mark.parametrize("where", BUGS)
def test_a_bug_ends_the_program_with_one_line(where: str) -> None:
    broken = f"{BUGS[where]}\nimport sys\nfrom interviewer.__main__ import main\nsys.exit(main())"
    command = (sys.executable, "-c", broken)
    with ScreenTerminal("practice", "--judge", "embedded", "-n", "1", command=command) as terminal:
        if where in ("in a handler", "in a worker"):
            terminal.until("Next, and why")
            terminal.type("d" if where == "in a handler" else "s")
        if where == "in a worker":
            terminal.until("Nothing typed yet")
            terminal.type("word" + HAND_IN)
        assert terminal.wait() == 1
        after = terminal.raw.rpartition(b"\x1b[?1006l")[2].decode()
    assert [line for line in after.splitlines() if line] == [
        "interviewer: a bug in interviewer: ZeroDivisionError: division by zero",
        "hint: please report it, with what INTERVIEWER_DEBUG=1 in the environment adds to this line",
    ]
