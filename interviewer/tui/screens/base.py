"""What all full screens have in common: the top bar, and being told of grades and of the judge."""

from __future__ import annotations

from textual import getters
from textual.screen import Screen

from interviewer.models import Answer
from interviewer.tui.app import PracticeApp
from interviewer.tui.widgets.status import TopBar


class DeskScreen(Screen[None]):
    """A full screen of the practice app."""

    app = getters.app(PracticeApp)
    top = getters.query_one(TopBar)

    async def on_mount(self) -> None:
        """Follows the judge and the grades from now on."""
        self.app.judge_changed.subscribe(self, lambda _: self.judge_changed())
        self.app.answer_changed.subscribe(self, self.answer_changed)
        self.judge_changed()

    def on_screen_resume(self) -> None:
        """What happened while another screen was shown."""
        self.judge_changed()

    def judge_changed(self) -> None:
        """The judge's state, or the number of answers in work, is another."""
        desk = self.app.desk
        self.top.show(desk.status, len(desk.in_work), desk.history.problem)

    def answer_changed(self, answer: Answer) -> None:
        """The grading of an answer has begun or ended."""
        self.judge_changed()
