"""What all full screens have in common: the top bar, and being told of grades and of the judge."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from textual import getters
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import MountError

from interviewer.models import Answer
from interviewer.tui.app import PracticeApp
from interviewer.tui.widgets.status import TopBar

P = ParamSpec("P")
S = TypeVar("S", bound=Screen[None])
D = TypeVar("D", bound="DeskScreen")


def is_left(screen: Screen[Any]) -> bool:
    """Whether a screen is gone, or on its way."""
    return not screen.is_attached or screen._pruning or screen._closing


def until_left(
    draw: Callable[Concatenate[S, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, None]]:
    """Lets a method end quietly whose screen was left while it waited, and that has nothing to draw on."""

    @wraps(draw)
    async def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            await draw(self, *args, **kwargs)
        except (NoMatches, MountError):
            if not is_left(self):
                raise

    return run


def one_at_a_time(
    action: Callable[Concatenate[D, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[D, P], Coroutine[Any, Any, None]]:
    """Lets a key do nothing while what another began on its screen goes on: it may come twice at once."""

    @wraps(action)
    async def run(self: D, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if self.is_acting:
            return
        self.is_acting = True
        try:
            await action(self, *args, **kwargs)
        finally:
            self.is_acting = False

    return run


class DeskScreen(Screen[None]):
    """A full screen of the practice app."""

    app = getters.app(PracticeApp)
    top = getters.query_one(TopBar)
    is_acting = False
    """Whether something is being asked or done that a key began."""

    async def on_mount(self) -> None:
        """Follows the judge and the grades from now on."""
        if is_left(self):
            # A screen's own `on_mount` comes first, and may have put another in its place.
            return
        self.app.judge_changed.subscribe(self, lambda _: self.judge_changed())
        self.app.answer_changed.subscribe(self, self.answer_changed)
        self.judge_changed()

    def on_unmount(self) -> None:
        """Follows nothing any more: a signal would keep the screen and all that is on it."""
        for signal in (self.app.judge_changed, self.app.answer_changed, self.app.theme_changed_signal):
            signal.unsubscribe(self)

    def on_screen_resume(self) -> None:
        """What happened while another screen was shown."""
        self.judge_changed()

    def judge_changed(self) -> None:
        """The judge's state, or the number of answers in work, is another."""
        desk = self.app.desk
        if is_left(self):
            return
        self.top.show(desk.status, len(desk.in_work), desk.history.problem)

    def answer_changed(self, answer: Answer) -> None:
        """The grading of an answer has begun or ended."""
        self.judge_changed()
