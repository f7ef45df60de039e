"""One whole session with the real program inside tmux: keys sent, and the pane read, as a person would."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.program import kept

pytestmark = pytest.mark.heavy


class Tmux:
    """One pane of 80 columns and 24 rows, on a server of its own.

    Args:
        socket: of the server, which is there for this pane only.
    """

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def run(self, *arguments: str) -> str:
        """One command to the server; gives what it says."""
        command = ["tmux", "-S", str(self._socket), "-f", "/dev/null", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def type(self, text: str) -> None:
        """Types a text, letter by letter."""
        self.run("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        """Presses keys by their names in tmux."""
        self.run("send-keys", *keys)

    def until(self, *words: str, seconds: float = 30) -> str:
        """Waits until the pane shows all of these words; gives what it shows."""
        deadline = time.monotonic() + seconds
        while not all(word in (text := self.run("capture-pane", "-p")) for word in words):
            if time.monotonic() > deadline:
                raise AssertionError(f"{words!r} did not come on the screen, but:\n{text}")
        return text


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """A server without a pane."""
    if shutil.which("tmux") is None:
        assert not os.environ.get("CI"), "tmux is missing; .ci/run installs it"
        pytest.skip("there is no tmux here")
    tmux = Tmux(tmp_path / "tmux")
    yield tmux
    subprocess.run(["tmux", "-S", str(tmp_path / "tmux"), "kill-server"], check=False, capture_output=True)


def test_a_whole_session_in_tmux(tmux: Tmux) -> None:
    program = shlex.join([sys.executable, "-m", "interviewer", "practice", "--judge", "embedded", "-n", "2"])
    tmux.run("new-session", "-d", "-x", "80", "-y", "24", f"{program}; echo it ended with $?; exec cat")
    tmux.until("interviewer · mock interviews", "Next, and why", "embedded: ready")
    tmux.press("Enter")
    tmux.until("Question 1 of 2", "Nothing typed yet")
    tmux.type("something about gradients")
    tmux.until("3 words, kept as you type")
    tmux.press("C-s")
    tmux.until("of 100 ·", "confidence", "Your answer")
    tmux.press("m")
    tmux.until("Model answer", "Question")
    tmux.press("n")
    tmux.until("Question 2 of 2", "Nothing typed yet")
    tmux.run("set-buffer", "pasted words\nin two lines")
    tmux.run("paste-buffer", "-p")
    tmux.until("pasted words", "in two lines", "5 words, kept as you type")
    tmux.press("Escape")
    tmux.until("Unfinished: session 1", "1 of 2 questions left")
    tmux.press("r")
    tmux.until("Question 2 of 2", "pasted words", "5 words, kept as you type")
    tmux.press("F5")
    tmux.until("of 100 ·", "confidence")
    tmux.press("n")
    tmux.until("Summary", "Graded 2 of 2 answers")
    tmux.press("Escape")
    tmux.until("answered so far: 2")
    tmux.press("q")
    text = tmux.until("it ended with 0")
    assert text.strip() == "it ended with 0"
    with kept() as history:
        texts = [answer.text for answer in history.all_answers()]
        assert texts == ["something about gradients", "pasted words\nin two lines"]
        assert all(answer.grade is not None for answer in history.all_answers())


def test_a_pane_that_is_killed_leaves_the_draft(tmux: Tmux) -> None:
    program = shlex.join([sys.executable, "-m", "interviewer", "practice", "--judge", "embedded", "-n", "2"])
    tmux.run("new-session", "-d", "-x", "80", "-y", "24", f"exec {program}")
    tmux.until("Next, and why")
    tmux.press("s")
    tmux.until("Question 1 of 2", "Nothing typed yet")
    tmux.type("half an answer")
    tmux.until("3 words, kept as you type")
    tmux.run("kill-server")
    with kept() as history:
        assert [draft.text for draft in history.drafts()] == ["half an answer"]
