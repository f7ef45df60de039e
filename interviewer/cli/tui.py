"""`interviewer practice`: the interview in the terminal."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, DifficultyFlag, JudgeFlag, TopicFlag

if TYPE_CHECKING:
    from interviewer.bank import Bank
    from interviewer.config import Settings
    from interviewer.tui.app import Wishes


def practice(
    topic: TopicFlag = None,
    difficulty: DifficultyFlag = None,
    n: Annotated[
        int | None,
        typer.Option(
            "-n", "--n", metavar="N", min=1, max=200, help="How many questions.", show_default=False
        ),
    ] = None,
    minutes: Annotated[
        int | None,
        typer.Option(metavar="M", min=1, help="As many as usually take so long.", show_default=False),
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Only questions that are due.")] = False,
    seed: Annotated[
        int | None, typer.Option(metavar="S", help="The same questions again.", show_default=False)
    ] = None,
    judge: JudgeFlag = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Practise in a full screen: questions, answers, grades, history.

    Every key you type is on disk at once; start it again after whatever happened, and go on.

    Exit codes: 0 done, 2 bad input or no terminal, 128 and its number where a signal ended it.
    """
    from interviewer.errors import ConfigError

    if not is_terminal():
        raise ConfigError(
            "practice needs a terminal",
            hint="interviewer ask works without one, interviewer serve in a browser",
        )
    # Until the screen is drawn hardly anything is thrown away; to look for it takes a tenth of that time.
    gc.disable()
    try:
        from interviewer.practice.choice import eligible
        from interviewer.tui.app import Wishes
        from interviewer.wiring import open_bank, open_settings

        questions = open_bank(open_settings(config, judge=judge), bank)
        wishes = Wishes(topic=topic, difficulty=difficulty, n=n, minutes=minutes, due=due, seed=seed)
        # What is wrong with the wishes is said before the screen is taken.
        eligible(questions, topic, difficulty)
        _play(questions, wishes, lambda other: open_settings(config, judge=other or judge))
    finally:
        gc.enable()


def _play(bank: Bank, wishes: Wishes, settings: Callable[[str | None], Settings]) -> None:
    """Runs the app, and says what the screen can no longer say once it has gone."""
    from interviewer.errors import DataError
    from interviewer.history import History
    from interviewer.tui.app import PracticeApp
    from interviewer.wiring import data_folder

    history = History(data_folder())
    app = PracticeApp(settings(None), bank, history, wishes=wishes, reopen=settings, on_drawn=_settle)
    try:
        app.run()
    finally:
        history.close()
    if history.notice is not None:
        print(history.notice, file=sys.stderr)
    if history.problem is not None:
        print(f"Answers could not be kept: {history.problem}", file=sys.stderr)
    if app.failure is not None:
        raise app.failure
    if app.desk.loss is not None:
        raise DataError(f"not everything was kept: {app.desk.loss}")
    if app.return_code:
        # A signal has ended it.
        raise typer.Exit(app.return_code)


def _settle() -> None:
    # What is loaded by now stays to the end: it is not looked through each time.
    gc.freeze()
    gc.enable()


def is_terminal() -> bool:
    """Whether there is a screen to draw on and keys to read, here or at the other end of `serve`."""
    import os

    served = os.environ.get("TEXTUAL_DRIVER", "") != ""
    return served or (sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb")
