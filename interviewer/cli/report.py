"""`interviewer report`: what a file of grades comes to, or how two of them differ."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer


def report(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE [SECOND]",
            help="What `interviewer grade` wrote; - is stdin. A second file is compared with it.",
        ),
    ],
    html: Annotated[bool, typer.Option("--html", help="One page, for a browser or a printer.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="One row an answer, for a spreadsheet.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="A summary in text (the default).")] = False,
    junit: Annotated[bool, typer.Option("--junit", help="One test case an answer, for a CI server.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="Write to this file; its name can say the format.",
            show_default="stdout",
        ),
    ] = None,
    answers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Answers shown in full, ungraded and to review first; of two files the flipped ones.",
            show_default="100 in HTML; in Markdown none, 20 flipped",
        ),
    ] = None,
    human_max: Annotated[
        float | None,
        typer.Option(
            metavar="X", help="`human_score` is out of this.", show_default="guessed from the largest"
        ),
    ] = None,
) -> None:
    """Report on a file of grades, or compare two.

    One file: means and distribution, by question, candidate and criterion, what is ungraded or to be reviewed
    and why, agreement with `human_score`, and answers with their evidence. Two files (two judges, or before
    and after a change): differences, and what flipped. The page needs no network and has no script.

    Exit codes: 0 written, 2 bad input.
    """
    from interviewer.cli.output import check_output, lines_to
    from interviewer.errors import ConfigError
    from interviewer.reports.grades import STDIN, comparison_report, format_of, read_grades
    from interviewer.reports.grades import report as report_of

    flags = {"html": html, "csv": csv, "markdown": markdown, "junit": junit}
    name = format_of(output, [flag for flag, given in flags.items() if given])
    _check(files, name, answers, human_max)
    if len(files) == 2 and files[0] == files[1] == STDIN:
        raise ConfigError("- can stand for one file only")
    if output is not None:
        check_output(output)
        for file in files:
            _check_not_same(output, file)
    with ExitStack() as opened:
        grades = [opened.enter_context(read_grades(file)) for file in files]
        for each in grades:
            if each.cut is not None:
                print(f"{each.name}:{each.cut}: not whole, left out", file=sys.stderr)
        if len(grades) == 2:
            parts = comparison_report(grades[0], grades[1], name, answers=answers)
        else:
            parts = report_of(grades[0], name, answers=answers, human_max=human_max)
        with lines_to(output) as write:
            for part in parts:
                write(part)
    if output is not None:
        print(f"wrote {output}", file=sys.stderr)


def _check(files: list[Path], name: str, answers: int | None, human_max: float | None) -> None:
    """Refuse what does not go together."""
    from interviewer.errors import ConfigError

    if len(files) > 2:
        raise ConfigError(f"{len(files)} files: one can be reported on, or two compared")
    if len(files) == 2 and name == "junit":
        raise ConfigError("two files cannot be compared as JUnit", hint="--html, --csv or --markdown")
    if len(files) == 2 and human_max is not None:
        raise ConfigError("--human-max is for a report on one file")
    if human_max is not None and not 0 < human_max < float("inf"):
        raise ConfigError("--human-max should be above 0")
    if answers is not None and name not in ("html", "markdown"):
        raise ConfigError(f"--answers is for --html and --markdown; --{name} has all answers")


def _check_not_same(output: Path, file: Path) -> None:
    from interviewer.errors import DataError

    if output.exists() and file.exists() and output.samefile(file):
        raise DataError(f"{output}: is a file of grades itself", hint="name another file")
