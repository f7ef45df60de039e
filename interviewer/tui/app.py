"""The app: it wires screens, themes and commands, and passes on what happens at the desk."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.driver import Driver
from textual.screen import Screen
from textual.signal import Signal
from textual.worker import WorkerFailed

from interviewer.bank import Bank
from interviewer.config import Settings
from interviewer.history import History
from interviewer.models import Answer
from interviewer.tui.desk import Desk
from interviewer.tui.themes import themes
from interviewer.wording import visible


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line; None is left to the settings."""

    topic: str | None = None
    difficulty: int | None = None
    n: int | None = None
    minutes: int | None = None
    due: bool = False
    seed: int | None = None


class PracticeApp(App[None]):
    """Practice in the terminal.

    Args:
        settings: in force at the start.
        bank: the questions.
        history: what was practised so far, and where this is kept.
        wishes: what to offer on the first screen.
        reopen: reads the settings anew, with another judge by its short name.
        clock: seconds, for how long things take.
        now: in UTC, for what is due.
        on_drawn: called once the first screen is drawn.
    """

    CSS_PATH = "app.tcss"
    TITLE = "interviewer"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (75, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    BINDINGS = [  # noqa: RUF012
        Binding("f1", "help", "Help", id="app.help"),
        Binding("ctrl+q", "quit", "Quit", show=False, id="app.quit"),
    ]

    def __init__(
        self,
        settings: Settings,
        bank: Bank,
        history: History,
        *,
        wishes: Wishes | None = None,
        reopen: Callable[[str | None], Settings] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] | None = None,
        on_drawn: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.wishes = wishes or Wishes()
        self._on_drawn = on_drawn
        self.clock, self.now = clock, now or partial(datetime.now, UTC)
        self.reopen = reopen or (lambda _: settings)
        self.judge_changed: Signal[None] = Signal(self, "judge-changed")
        self.answer_changed: Signal[Answer] = Signal(self, "answer-changed")
        self.desk = Desk(
            settings,
            bank,
            history,
            on_judge=lambda: self.judge_changed.publish(None),
            on_answer=self.answer_changed.publish,
            on_loss=self._lose,
        )
        for theme in themes():
            self.register_theme(theme)
        self.theme = settings.config.practice.theme

    def get_driver_class(self) -> type[Driver]:
        """What draws: here, at the other end of `serve`, or nowhere in tests."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver
        from interviewer.tui.terminal import TerminalDriver

        return TerminalDriver

    def get_default_screen(self) -> Screen[Any]:
        """The first screen."""
        from interviewer.tui.screens.home import HomeScreen

        return HomeScreen()

    def load_judge(self) -> None:
        """Begins to load the judge of the settings, now that the first screen is drawn."""
        self._on_drawn()
        if self.desk.history.notice is not None:
            self.notify(self.desk.history.notice, severity="warning", timeout=60, markup=False)
        self.desk.use(self.desk.settings)

    def grade(self, answer: Answer, settings: Settings | None = None) -> None:
        """Grades an answer in the background, whatever screen is shown meanwhile."""
        self.run_worker(self.desk.grade(answer, settings), group="grading", name=f"grade {answer.id}")

    def grade_all(self, answers: Iterable[Answer]) -> None:
        """Grades those of these answers that are not being graded yet, and says how many."""
        waiting = [answer for answer in answers if answer.id not in self.desk.in_work]
        for answer in waiting:
            self.grade(answer)
        if waiting:
            self.notify(f"Grading {len(waiting)} answer{'s' if len(waiting) > 1 else ''} in the background.")
        else:
            self.notify("Every answer has a grade, or is being graded.")

    def judges(self) -> list[tuple[str, str]]:
        """Judges to grade again with: the short name ("" is the one in use), and how it is said."""
        from interviewer.grading.judges import BY_KEY

        named = ["embedded", *(name for key, name in BY_KEY if os.environ.get(key))]
        own = self.desk.settings.config.judge.panel.members
        others = dict.fromkeys(name for name in [*named, *own] if name != self.desk.status.label)
        return [("", f"{self.desk.status.label or 'the usual judge'} (in use)"), *((n, n) for n in others)]

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers beside the keys of the screen."""
        for binding in screen.active_bindings.values():
            if binding.enabled and binding.binding.description and binding.binding.id:
                yield SystemCommand(
                    binding.binding.description,
                    binding.binding.tooltip or f"Key: {binding.binding.key}",
                    self._runs(binding.node, binding.binding.action),
                )
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        yield SystemCommand("Screenshot", "Save a picture of the screen as SVG", self.deliver_screenshot)

    def _fatal_error(self) -> None:
        """Ends after a bug. No traceback is printed: who started the app says it in a line."""
        self._close_messages_no_wait()

    @property
    def failure(self) -> Exception | None:
        """The bug that ended the app; None where it ended as it should."""
        error = self._exception
        return (
            error.error if isinstance(error, WorkerFailed) and isinstance(error.error, Exception) else error
        )

    def action_help(self) -> None:
        """Shows the keys and how a grade is made."""
        from interviewer.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    def on_unmount(self) -> None:
        """Stops what is being graded, and waits for what is being written."""
        self.desk.close()

    def notify(self, message: str, *, title: str = "", **options: Any) -> None:
        """Shows a message for a while; like all text on the screen it cannot drive the terminal."""
        super().notify(visible(message), title=visible(title), **options)

    def _lose(self, what: str) -> None:
        # It is called in the writer's thread.
        self.call_later(self.notify, f"Not kept: {what}", severity="error", timeout=30, markup=False)

    def _runs(self, node: Any, action: str) -> Callable[[], None]:
        def run() -> None:
            self.call_later(self.run_action, action, node)

        return run
