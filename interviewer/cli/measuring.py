"""Grading for a measurement: everything in one run, so that rates and the budget hold for all of it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from interviewer.answers.line import GivenAnswer
from interviewer.batch.cache import GradeCache
from interviewer.batch.estimate import Estimate
from interviewer.batch.job import Job
from interviewer.batch.journal import Journal
from interviewer.batch.plan import Keys, pending
from interviewer.batch.record import Findings
from interviewer.cli.grading import announce, ended_as_by_key, note_on, watched
from interviewer.cli.outcome import Tally
from interviewer.cli.output import Progress
from interviewer.errors import DataError, InterviewerError
from interviewer.measuring.run import Graded, Work
from interviewer.models import GradeRecord


@dataclass
class Task:
    """Some work, and where its records go.

    Args:
        like: the run that it is a part of.
        journal: the file of its records; None keeps them in memory.
    """

    work: Work
    like: Job
    journal: Journal | None
    _lines: list[str] = field(default_factory=list, init=False)
    _fresh: int = field(default=0, init=False)
    _seconds: float = field(default=0.0, init=False)

    def look(self, on_todo: Callable[[GivenAnswer], None], on_done: Callable[[float | None], None]) -> None:
        """Tells of each answer that has to be graded, and of the score of each that an earlier run has done.

        Raises:
            DataError: the file was made from something else.
        """
        answers: Iterator[GivenAnswer] = iter(self.work.answers)
        if self.journal is not None:
            answers = pending(
                answers,
                self.journal,
                Keys(self.like.grader),
                retry=self.like.retry,
                force=self.work.derived,
                on_done=lambda answer, score: on_done(score),
            )
        try:
            for answer in answers:
                on_todo(answer)
        except DataError as error:
            hint = "measure in another folder with -o" if error.hint else None
            raise DataError(error.message, hint=hint) from None

    async def run(self, on_record: Callable[[GivenAnswer, Findings, bool], None]) -> None:
        """Grades what is left to do."""

        def recorded(answer: GivenAnswer, findings: Findings, cached: bool) -> None:
            self._fresh += not cached
            on_record(answer, findings, cached)

        began = time.perf_counter()
        await self._job.run(recorded)
        self._seconds = time.perf_counter() - began

    @property
    def _job(self) -> Job:
        return replace(
            self.like,
            read=lambda: self.work.answers,
            cache=GradeCache(None) if self.work.again else self.like.cache,
            output=self._lines.append if self.journal is None else self.journal,
        )

    def graded(self) -> Graded:
        """All its records."""
        if self.journal is None:
            records = [GradeRecord.model_validate_json(line) for line in self._lines]
        else:
            records = [self.journal.record(answer.number) for answer in self.work.answers]
        return Graded(tuple(records), self._fresh, self._seconds)


@contextmanager
def tasks_in(folder: Path | None, work: Sequence[Work], like: Job) -> Iterator[list[Task]]:
    """The work, each with its file in the folder, which is made where it is missing.

    Raises:
        DataError: the folder or a file cannot be used.
    """
    with ExitStack() as stack:
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise DataError(f"{folder}: cannot be made a folder: {error.strerror or error}") from None
        tasks = []
        for each in work:
            journal = None if folder is None else Journal(folder / f"{each.name}.jsonl")
            if journal is not None:
                stack.enter_context(closing(journal))
            tasks.append(Task(each, like, journal))
        yield tasks


def grade_all(
    tasks: Sequence[Task], like: Job, tally: Tally, budget_usd: float | None, folder: Path | None
) -> dict[str, Graded]:
    """Grades what is left of all of it, and shows how it goes; the records by the names of the work.

    Raises:
        InterviewerError: it had to stop; what was finished is kept in the folder.
    """
    estimate, keys = Estimate(like.grader), Keys(like.grader)

    def todo(answer: GivenAnswer, *, again: bool) -> None:
        tally.todo += 1
        if not again and estimate.models and like.cache.has(keys.of(answer)):
            tally.known += 1
        else:
            estimate.add(answer)

    for task in tasks:
        again = task.work.again
        task.look(lambda answer, again=again: todo(answer, again=again), tally.add)  # type: ignore[misc]
    announce(estimate, tally, budget_usd, dry_run=False)
    progress = Progress(tally.todo, "graded")

    def recorded(answer: GivenAnswer, findings: Findings, cached: bool) -> None:
        tally.record(answer, findings, cached)
        progress.step(note_on(tally, like.traffic))

    async def run() -> None:
        for task in tasks:
            await task.run(recorded)

    try:
        with ended_as_by_key():
            asyncio.run(watched(run(), progress))
    except (KeyboardInterrupt, InterviewerError):
        progress.clear()
        if folder is not None:
            print(f"stopped: what is graded is in {folder}; the same command goes on", file=sys.stderr)
        raise
    finally:
        progress.clear()
        like.cache.flush()
        if like.cache.problem:
            print(like.cache.problem, file=sys.stderr)
    return {task.work.name: task.graded() for task in tasks}
