"""The full screen as a person meets it: how soon it is drawn, and how soon a key shows."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from statistics import median

from tests.screen_terminal import ScreenTerminal

HELLO = """
from textual.app import App
from textual.widgets import Label

class Hello(App):
    def compose(self):
        yield Label("hello world")

Hello().run()
"""
"""Textual's least program: what no program of it can be drawn sooner than."""
KEYS = 60
ANSWER = (
    "Residual connections add the input of a block to its output, so that gradients reach early layers. " * 12
)


def run() -> None:
    """Print first paint and key-to-screen times."""
    paint()
    keys()


def paint() -> None:
    """From the start of the process to the first screen, beside Textual's hello world."""
    hello = _paints([sys.executable, "-c", HELLO], [], "hello world")
    ours = _paints([sys.executable, "-m", "interviewer"], ["practice", "--judge", "embedded"], "Start (s)")
    print(
        f"first paint {min(ours):.2f} s (median {median(ours):.2f}), {min(ours) / min(hello):.1f} × Textual's"
        f" hello world ({min(hello):.2f} s); target ≤ 0.6 s"
    )


def keys() -> None:
    """From a key to the screen: while models load, with nothing else to do, and while an answer is graded."""
    with tempfile.TemporaryDirectory() as home:
        options = ("practice", "--judge", "embedded", "--seed", "3", "--n", "3")
        environment = {"HOME": home, "INTERVIEWER_PRACTICE_MODE": "interview"}
        with ScreenTerminal(*options, environment=environment) as terminal:
            terminal.until("Start (s)")
            terminal.type("s")
            terminal.until("Nothing typed yet")
            _report("while the models load", _typed(terminal, 0))
            terminal.until("embedded: ready")
            _report("when nothing else happens", _typed(terminal, KEYS))
            terminal.type(f"\x1b[200~{ANSWER}\x1b[201~")
            terminal.until(f"{2 * KEYS + len(ANSWER.split())} words")
            terminal.type("\x13")
            terminal.until("Question 2 of 3")
            _report("while an answer is graded", _typed(terminal, 0))


def _typed(terminal: ScreenTerminal, before: int) -> list[float]:
    """Seconds for each of some words of one letter: the count of words shows that it has come."""
    return [terminal.answer_time("x ", f"{before + n} word") for n in range(1, KEYS + 1)]


def _report(when: str, seconds: Sequence[float]) -> None:
    ordered = sorted(1000 * s for s in seconds)
    most = ordered[int(0.95 * len(ordered))]
    print(
        f"key to screen {when}: median {median(ordered):.0f} ms, 95 % within {most:.0f} ms,"
        f" longest {ordered[-1]:.0f} ms; target ≤ 50 ms"
    )


def _paints(command: Sequence[str], arguments: Sequence[str], words: str, times: int = 7) -> list[float]:
    seconds = []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(times):
            began = time.perf_counter()
            with ScreenTerminal(*arguments, command=command, environment={"HOME": home}) as terminal:
                terminal.until(words)
                seconds.append(time.perf_counter() - began)
    return seconds
