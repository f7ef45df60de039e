"""`interviewer grade`: a file of answers in, one line of JSON for each out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, JudgeFlag

SOME_UNGRADED, THRESHOLD_MISSED = 1, 100


def grade(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Answers as JSONL or CSV; - is the standard input.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Write here, when all is done.", show_default=False
        ),
    ] = None,
    judge: JudgeFlag = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "-j",
            "--jobs",
            metavar="N",
            min=1,
            help="Answers graded at the same time.",
            show_default="batch.concurrency",
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            min=0,
            max=100,
            help="Exit with 100 if the mean score is below this.",
            show_default=False,
        ),
    ] = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Grade a file of answers.

    Each line has `question_id` (of the bank) or an own `question` and `reference`, and an `answer`; optional
    are `id`, `criteria`, `kind`, `rubric`, `candidate` and `human_score`. One JSON record for each answer
    comes out, in the same order.

    Exit codes: 0 all graded, 1 some ungraded, 2 bad input, 100 below --threshold, 130 interrupted.
    """
    import asyncio

    from interviewer.answers import STDIN, read_answers
    from interviewer.cli.output import Progress, check_output, lines_to
    from interviewer.errors import DataError
    from interviewer.grading.batch import GivenAnswer, grade_all, record_of
    from interviewer.models import Grade, Ungraded
    from interviewer.wiring import choose_grader, open_bank, open_settings

    if output is not None:
        check_output(output)
        if output.exists() and file.exists() and output.samefile(file):
            raise DataError(f"{output}: is the file of answers itself", hint="name another file")
    settings = open_settings(config, judge=judge, jobs=jobs)
    questions = open_bank(settings, bank)
    # The first pass finds every mistake in the file before any answer costs time or money.
    total = None if file == STDIN else sum(1 for _ in read_answers(file, questions))
    chosen = choose_grader(settings)
    tally = Tally()
    progress = Progress(total, "graded")
    with lines_to(output) as write:

        def finished(answer: GivenAnswer, outcome: Grade | Ungraded) -> None:
            write(record_of(answer, outcome).model_dump_json())
            tally.add(outcome.score if isinstance(outcome, Grade) else None)
            progress.step(f"{tally.ungraded} ungraded" if tally.ungraded else "")

        work = grade_all(
            chosen.grader(),
            read_answers(file, questions),
            at_once=settings.config.batch.concurrency,
            on_outcome=finished,
        )
        try:
            asyncio.run(work)
        finally:
            progress.clear()
    print(tally.closing(chosen.label), file=sys.stderr)
    raise typer.Exit(tally.exit_code(threshold))


class Tally:
    """How many were graded, and their mean: a sum, so that memory stays flat."""

    def __init__(self) -> None:
        self.graded = 0
        self.ungraded = 0
        self._sum = 0.0

    def add(self, score: float | None) -> None:
        """One more outcome; None is ungraded."""
        if score is None:
            self.ungraded += 1
        else:
            self.graded += 1
            self._sum += score

    @property
    def mean(self) -> float | None:
        """Over the graded only; None where there is none."""
        return self._sum / self.graded if self.graded else None

    def closing(self, judge: str) -> str:
        """The line that ends a run."""
        mean = "no mean" if self.mean is None else f"mean {self.mean:.1f} of the graded"
        return (
            f"graded {self.graded}/{self.graded + self.ungraded}, {self.ungraded} ungraded, {mean};"
            f" judge {judge}"
        )

    def exit_code(self, threshold: float | None) -> int:
        """Ungraded answers come first: a mean without them proves nothing."""
        if self.ungraded:
            return SOME_UNGRADED
        if threshold is not None and (self.mean is None or self.mean < threshold):
            return THRESHOLD_MISSED
        return 0
