"""`interviewer replay`: grades scored again from their receipts, without a model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag

if TYPE_CHECKING:
    from interviewer.receipts.replay import Kept, Now

NOT_THE_SAME = 1


def replay(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="What `interviewer grade` wrote; - is stdin.", show_default=False
        ),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="The grades of practice, in place of a file.")
    ] = False,
    with_current: Annotated[
        bool,
        typer.Option(
            "--with-current", help="With the points, rubrics and calibration of now: what would change?"
        ),
    ] = False,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Score grades again from their receipts. No model is asked, and nothing is written.

    A receipt has the verdicts, points and map that made the score. Without an option they are added up as
    they stand; with --with-current the verdicts are given the points that the bank has now.

    Exit codes: 0 every score is what comes out, 1 some are not, 2 bad input.
    """
    from interviewer.errors import ConfigError
    from interviewer.receipts.replay import Now
    from interviewer.wiring import calibrations_of, open_bank, open_settings

    if (file is None) != history:
        raise ConfigError("replay: needs a file of grades, or --history", hint="interviewer replay --help")
    now = None
    if with_current:
        settings = open_settings(config)
        now = Now(open_bank(settings, bank), calibrations_of(settings))
    elif bank or config:
        raise ConfigError("--bank and --config are for --with-current")
    with _opened(file) as (kept, ungraded):
        same = _current(kept, now) if now else _as_made(kept)
        if left := ungraded():
            print(f"{left} without a grade: nothing to score again", file=sys.stderr)
    raise typer.Exit(0 if same else NOT_THE_SAME)


@contextmanager
def _opened(file: Path | None) -> Iterator[tuple[Iterable[Kept], Callable[[], int]]]:
    """The grades, and what counts the answers that have none."""
    from interviewer.cli.history import opened
    from interviewer.receipts.replay import kept_in_file, kept_in_history
    from interviewer.reports.grades import read_grades

    if file is None:
        with opened() as kept:
            yield kept_in_history(kept), lambda: len(kept.ungraded())
        return
    with read_grades(file) as grades:
        yield kept_in_file(grades), lambda: sum(row.score is None for row in grades.rows)


def _as_made(kept: Iterable[Kept]) -> bool:
    from interviewer.receipts.replay import disagreements
    from interviewer.wording import visible

    count = agree = 0
    for each in kept:
        found = disagreements(each)
        count, agree = count + 1, agree + (not found)
        for line in found:
            print(visible(f"{each.name}: {line}"))
    print(f"{agree} of {count} grades are what their receipts give")
    return agree == count


def _current(kept: Iterable[Kept], now: Now) -> bool:
    from interviewer.wording import visible

    count = changed = unknown = 0
    for each in kept:
        if not now.knows(each):
            unknown += 1
            continue
        count += 1
        change = now.change(each)
        if change is not None:
            changed += 1
            print(visible(change.in_words))
    print(f"{changed} of {count} scores change")
    if unknown:
        print(f"{unknown} left out: the bank does not have their question", file=sys.stderr)
    return not changed
