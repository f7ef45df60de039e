"""`interviewer practice`: the interview in the terminal."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, DifficultyFlag, JudgeFlag, TopicFlag


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
    from interviewer.errors import ConfigError, DataError

    if not is_terminal():
        raise ConfigError(
            "practice needs a terminal",
            hint="interviewer ask works without one, interviewer serve in a browser",
        )
    from interviewer.config import Settings
    from interviewer.history import History
    from interviewer.practice.choice import eligible
    from interviewer.tui.app import PracticeApp, Wishes
    from interviewer.wiring import data_folder, open_bank, open_settings

    settings = open_settings(config, judge=judge)
    loaded = open_bank(settings, bank)
    wishes = Wishes(topic=topic, difficulty=difficulty, n=n, minutes=minutes, due=due, seed=seed)
    # What is wrong with the wishes is said before the screen is taken.
    eligible(loaded, topic, difficulty)
    history = History(data_folder())

    def reopen(other: str | None) -> Settings:
        return open_settings(config, judge=other or judge)

    app = PracticeApp(settings, loaded, history, wishes=wishes, reopen=reopen)
    try:
        app.run()
    finally:
        history.close()
    if history.problem is not None:
        # The line on top has gone with the screen.
        print(f"Answers could not be kept: {history.problem}", file=sys.stderr)
    if app.failure is not None:
        raise app.failure
    if app.desk.loss is not None:
        raise DataError(f"not everything was kept: {app.desk.loss}")
    if app.return_code:
        # A signal has ended it.
        raise typer.Exit(app.return_code)


def is_terminal() -> bool:
    """Whether there is a screen to draw on and keys to read, here or at the other end of `serve`."""
    import os

    served = os.environ.get("TEXTUAL_DRIVER", "") != ""
    return served or (sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb")
