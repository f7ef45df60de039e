"""`interviewer verify`: what has changed since a file of grades was made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, JudgeFlag

if TYPE_CHECKING:
    from interviewer.answers.line import GivenAnswer
    from interviewer.bank import Bank

CHANGED = 1
SHOWN = 10
"""Records that are named for one ingredient where nobody asks for all."""


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `interviewer grade` wrote; - is stdin.")],
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What was graded: for questions of its own, and to see whether an answer changed.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Name every record, not only the first ones.")] = False,
    judge: JudgeFlag = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Say which ingredients of the grades have changed, and which records were edited. No judge is asked.

    Looked at: question, rubric, answer, judge with its parameters and prompt, embedder, calibration, version
    of the program; and whether score, levels and quotes are those of the receipt and the answer.

    Exit codes: 0 all is as it was, 1 something is not, 2 bad input.
    """
    from interviewer.receipts.verify import verified
    from interviewer.reports.grades import read_grades
    from interviewer.wiring import choose_grader, open_bank, open_settings
    from interviewer.wording import visible

    settings = open_settings(config, judge=judge)
    questions = open_bank(settings, bank)
    given = None if answers is None else _given(answers, questions)
    grader = choose_grader(settings).grader()
    changed: dict[str, list[str]] = {}
    edited: list[str] = []
    count = same = unknown = 0
    with read_grades(file) as grades:
        for row in grades.rows:
            found = verified(grades.record(row), questions, grader, given)
            count += 1
            same += not found.changes and not found.edits
            unknown += not found.is_whole
            edited += [f"{found.name}: {edit}" for edit in found.edits]
            for change in found.changes:
                changed.setdefault(change.ingredient, []).append(change.text)
    for line in edited:
        print(visible(f"edited: {line}"))
    for ingredient, texts in changed.items():
        print(f"{ingredient}: changed for {len(texts)} of {count}")
        for text in texts if every else texts[:SHOWN]:
            print(visible(f"  {text}"))
        if not every and len(texts) > SHOWN:
            print(f"  and {len(texts) - SHOWN} more (--all)")
    print(f"{same} of {count} grades are as they were made")
    if unknown:
        hint = "" if answers else "; --answers FILE brings those that came with the answers"
        print(f"{unknown} only in part: the bank does not have their question{hint}", file=sys.stderr)
    raise typer.Exit(0 if same == count else CHANGED)


def _given(path: Path, bank: Bank) -> dict[int, GivenAnswer]:
    from interviewer.answers.file import read_answers

    return {answer.number: answer for answer in read_answers(path, bank)}
