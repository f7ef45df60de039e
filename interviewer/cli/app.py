"""The app: its commands, and what a bare `interviewer` starts."""

from __future__ import annotations

from typing import Annotated

import typer

from interviewer.cli import (
    ask,
    bank,
    bench,
    cache,
    calibrate,
    grade,
    history,
    replay,
    report,
    serve,
    settings,
    tui,
    verify,
)

app = typer.Typer(
    name="interviewer",
    help="Mock interviews in the terminal, with grades that can be checked.\n\nWithout a command: practice.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command()(tui.practice)
app.command()(serve.serve)
app.command()(ask.ask)
app.command()(grade.grade)
app.command()(report.report)
app.command()(bench.bench)
app.command()(calibrate.calibrate)
app.command()(replay.replay)
app.command()(verify.verify)
app.command(name="import")(bank.import_)
app.command()(bank.check)
app.add_typer(bank.questions, name="questions")
app.add_typer(cache.cache, name="cache")
app.add_typer(settings.config, name="config")
app.command()(settings.doctor)
app.command()(history.history)
app.command()(history.stats)
app.command()(history.due)
app.command()(history.export)


@app.callback(invoke_without_command=True)
def interviewer(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Starts practice where no command is given."""
    if version:
        from interviewer import __version__

        print(f"interviewer {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        # Piped, or where nothing can be drawn, the plain way works as well.
        tui.practice() if tui.is_terminal() else ask.ask()
