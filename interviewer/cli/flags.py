"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

JudgeFlag = Annotated[
    str | None,
    typer.Option(
        "--judge",
        metavar="JUDGE",
        help="Who grades: auto, embedded, or provider/model, for example openai/gpt-4o-mini.",
        show_default=False,
    ),
]
ConfigFlag = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="A config file to use.", show_default=False),
]
BankFlag = Annotated[
    list[Path] | None,
    typer.Option(
        "--bank",
        metavar="PATH",
        help="A folder or file of questions, in place of the usual ones; may be repeated,"
        " and `shipped` means those that come with the program.",
        show_default=False,
    ),
]
TopicFlag = Annotated[
    str | None,
    typer.Option("--topic", metavar="TOPIC", help="Only questions of this topic.", show_default=False),
]
DifficultyFlag = Annotated[
    int | None,
    typer.Option(
        "--difficulty", metavar="N", help="Only questions of this difficulty, 100 to 500.", show_default=False
    ),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
