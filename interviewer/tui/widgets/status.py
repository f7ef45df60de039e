"""The line on top of every screen: where one is, which judge grades, and what is wrong."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from interviewer.tui.desk import JudgeStatus
from interviewer.tui.widgets.plain import Plain

SIGNS = {"choosing": "…", "loading": "…", "unasked": "○", "answered": "●", "failed": "!"}


class TopBar(Vertical):
    """A title, the judge's state, and a line for what is wrong with the history."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self.problem: str | None = None
        """What is said to be wrong with the history."""

    def compose(self) -> ComposeResult:
        """A title on the left, the judge on the right; below, a problem if there is one."""
        with Horizontal(id="top-line"):
            yield Plain(self._title, id="top-title")
            yield Plain(id="top-judge")
        yield Plain(id="top-problem")

    def show_title(self, title: str) -> None:
        """Says where one is."""
        self.query_one("#top-title", Plain).say(title)

    def show(self, status: JudgeStatus, in_work: int, problem: str | None) -> None:
        """Says how it stands with the judge and the history."""
        self.problem = problem
        working = f"grading {in_work} · " if in_work else ""
        judge = self.query_one("#top-judge", Plain)
        state = status.heard if status.phase == "ready" else status.phase
        judge.say(f"{working}{SIGNS[state]} {status.text}")
        judge.set_class(state == "failed", "-failed")
        self.query_one("#top-problem", Plain).say(
            f"Not kept: {problem}. Until this is mended, everything stays in memory only." if problem else ""
        )
