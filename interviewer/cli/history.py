"""`interviewer history`, `stats`, `due` and `export`: what was practised, what comes next. They only read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, JsonFlag

if TYPE_CHECKING:
    from interviewer.history import History
    from interviewer.models import Question
    from interviewer.reports import SessionReport

NOTHING = "nothing was practised yet\n\nhint: interviewer practice"


def history(
    number: Annotated[
        int | None, typer.Argument(metavar="SESSION", help="Show just this one.", show_default=False)
    ] = None,
    n: Annotated[int, typer.Option("-n", "--n", metavar="N", min=1, help="List at most so many.")] = 20,
    as_json: JsonFlag = False,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """List the practice sessions, the newest first, or show one of them.

    For each: number, date, mode, questions answered, mean of the graded answers, ungraded ones, grader. Means
    of different graders are not on one scale; a session with several has none.
    """
    from interviewer.cli.listings import session_facts, session_line
    from interviewer.practice.summary import summarise
    from interviewer.reports import json_text, to_json, to_markdown

    with opened() as kept:
        if number is not None:
            report = _report(kept, number, bank, config)
            _put(to_json(report) if as_json else to_markdown(report))
            return
        found = [summarise(kept, session) for session in kept.sessions(limit=n)]
    if as_json:
        _put(json_text([session_facts(summary) for summary in found]))
    elif not found:
        print(NOTHING, file=sys.stderr)
    else:
        for summary in found:
            print(session_line(summary))
        print("\nhint: interviewer history SESSION shows one, interviewer export writes it", file=sys.stderr)


def stats(as_json: JsonFlag = False) -> None:
    """Show how your scores develop, by grader and topic.

    Each grader has a series of its own: scores of different graders are not on one scale. A bar of blocks
    shows the newest scores, from 0 (low) to 100 (full); the trend is the later half against the earlier.
    """
    from interviewer.cli.listings import statistics_facts, statistics_lines
    from interviewer.practice.statistics import statistics
    from interviewer.reports import json_text

    with opened() as kept:
        found, disputes = statistics(kept.attempts()), kept.disputes()
    if as_json:
        _put(json_text(statistics_facts(found) | {"disputes": [d.model_dump(mode="json") for d in disputes]}))
        return
    if not found.graders and not found.unfinished and not found.left_out:
        print(NOTHING, file=sys.stderr)
        return
    for line in statistics_lines(found):
        print(line)
    if disputes:
        print(f"{len(disputes)} disputed (--json lists them)")


def due(
    n: Annotated[
        int, typer.Option("-n", "--n", metavar="N", min=0, help="Of those that are not due yet, so many.")
    ] = 5,
    as_json: JsonFlag = False,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """List the questions that are due now, the longest first, and the next ones to come.

    A question comes again when its last answer says that it would soon be forgotten.
    """
    from interviewer.cli.listings import appointment, due_lines
    from interviewer.practice import schedule
    from interviewer.reports import json_text
    from interviewer.wiring import open_bank, open_settings

    now = datetime.now(UTC)
    questions = open_bank(open_settings(config), bank)
    with opened() as kept:
        last = kept.last_reviews()
    known = {name: review for name, review in last.items() if name in questions.questions}
    ready = schedule.due(known, now)
    coming = sorted((r for r in known.values() if r.due > now), key=lambda r: r.due)[:n]
    if as_json:
        _put(json_text({
            "due": [appointment(review, questions) for review in ready],
            "coming": [appointment(review, questions) for review in coming],
            "left_the_bank": sorted(set(last) - set(known)),
        }))  # fmt: skip
        return
    if not ready and not coming:
        print("nothing is scheduled yet\n\nhint: interviewer practice", file=sys.stderr)
    for line in due_lines(ready, coming, questions, now):
        print(line)
    if gone := len(last) - len(known):
        print(f"{gone} more have left the bank and are not asked", file=sys.stderr)
    if ready:
        print("\nhint: interviewer practice --due asks them", file=sys.stderr)


def export(
    number: Annotated[
        int | None,
        typer.Argument(metavar="SESSION", help="Its number; default: the newest.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write to this file.", show_default="stdout"),
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="markdown, html or json.",
            show_default="as FILE is named, else markdown",
        ),
    ] = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Write a practice session as Markdown, HTML or JSON.

    Everything is in it: answers, grades with their evidence, what would have earned more, model answers. The
    HTML is one file that needs no network; the JSON has the receipts as well.
    """
    from interviewer.cli.output import check_output
    from interviewer.errors import DataError
    from interviewer.reports import FORMATS, format_of

    name = format_of(output, format_)
    if output is not None:
        check_output(output)
    with opened() as kept:
        newest = kept.sessions(limit=1)
        if not newest:
            raise DataError("nothing was practised yet", hint="interviewer practice")
        report = _report(kept, newest[0].id if number is None else number, bank, config)
    _put(FORMATS[name](report), output)
    if output is not None:
        print(f"wrote {output}", file=sys.stderr)


@contextmanager
def opened() -> Iterator[History]:
    """The history to be read; where there is none yet, none is made.

    Raises:
        DataError: its file cannot be read, or is none.
    """
    from interviewer.history import History
    from interviewer.reading import require_file
    from interviewer.wiring import data_folder

    folder = data_folder()
    path = folder / "history.db"
    there = path.exists()
    if there:
        require_file(path)
    kept = History(folder if there else None)
    try:
        if kept.notice is not None:
            print(kept.notice, file=sys.stderr)
        if kept.problem is not None:
            print(f"the history is read as it was last written out ({kept.problem})", file=sys.stderr)
        yield kept
    finally:
        kept.close()


def _report(kept: History, number: int, bank: list[Path] | None, config: Path | None) -> SessionReport:
    """The report of a session; the bank is read only where a question was not answered."""
    from interviewer.reports import session_report

    session = kept.session(number)
    questions: dict[str, Question] = {}
    if session is not None and any(ending != "answered" for ending in session.endings):
        from interviewer.wiring import open_bank, open_settings

        questions = open_bank(open_settings(config), bank).questions
    return session_report(kept, number, questions)


def _put(text: str, path: Path | None = None) -> None:
    from interviewer.cli.output import lines_to

    with lines_to(path) as write:
        write(text.removesuffix("\n"))
