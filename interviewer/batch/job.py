"""One run of `interviewer grade`: a look at the whole input first, then the grading of what is left to do."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from interviewer.answers.line import GivenAnswer
from interviewer.backends.traffic import Traffic
from interviewer.batch.arriving import arriving
from interviewer.batch.cache import GradeCache
from interviewer.batch.journal import Journal
from interviewer.batch.plan import Keys, Selection, pending
from interviewer.batch.record import Findings
from interviewer.batch.runner import AHEAD, InOrder, Runner, Sink
from interviewer.errors import DataError
from interviewer.grading.pipeline import Grader

WAITING = 8
"""Records that may wait for an earlier one, for each call at a time, where they have to be in order."""

OnRecord = Callable[[GivenAnswer, Findings, bool], None]
"""Is told of each record: the answer, what was found, whether it came from the cache."""
OnDone = Callable[[GivenAnswer, float | None], None]
"""Is told of each answer that an earlier run has done, with its score."""


@dataclass(frozen=True)
class Job:
    """What to grade, by whom, and where to put it.

    Args:
        read: reads the input anew; a stream can be read once only.
        is_stream: whether it is one.
        grader: gives the grader, once it is needed.
        output: a journal, which keeps what is finished and is gone on with, or what writes a line.
        at_once: calls to the judge at the same time.
        ahead: answers being worked on for each of them.
        retry: grade again what an earlier run left ungraded.
        force: grade again what an earlier run graded from something else.
    """

    read: Callable[[], Iterable[GivenAnswer]]
    is_stream: bool
    selection: Selection
    grader: Callable[[], Grader]
    traffic: Traffic
    cache: GradeCache
    output: Journal | Callable[[str], None]
    at_once: int
    ahead: int = AHEAD
    retry: bool = False
    force: bool = False

    @property
    def journal(self) -> Journal | None:
        """The file of grades, where there is one."""
        return self.output if isinstance(self.output, Journal) else None

    def look(self, on_todo: Callable[[GivenAnswer], None], on_done: OnDone) -> None:
        """Reads the whole input, so that every mistake in it is found before any answer costs time or money.

        Args:
            on_todo: is told of each answer that has to be graded.
            on_done: is told of each that an earlier run has done, with its score.

        Raises:
            DataError: a mistake in the input, or an output that was made from another one.
        """
        last = 0

        def counted() -> Iterator[GivenAnswer]:
            nonlocal last
            for answer in self.read():
                last = answer.number
                yield answer

        for answer in self._pending(self.selection.of(counted()), on_done):
            on_todo(answer)
        if self.journal is not None and self.journal.most > last:
            self._drop_beyond(self.journal, last)

    async def run(self, on_record: OnRecord, on_done: OnDone = lambda answer, score: None) -> None:
        """Grades what is left to do, then puts the file of grades in order.

        Args:
            on_done: see `look`; for a stream, which there can be no look at.

        Raises:
            InterviewerError: see `Runner.run`. What was finished before is kept.
        """
        sink: Sink
        if isinstance(self.output, Journal):
            sink = self.output
        else:
            sink = InOrder(self.output, WAITING * self.at_once)
        grader, keys = self.grader(), Keys(self.grader)
        runner = Runner(grader, keys, sink, self.cache, self.traffic, self.ahead * self.at_once, on_record)
        try:
            with _rare_collections():
                await runner.run(self._arriving(on_done) if self.is_stream else self.todo(on_done))
        finally:
            if isinstance(sink, InOrder):
                sink.rest()
        self.finish()

    def finish(self) -> None:
        """Puts the file of grades in the order of the answers.

        Raises:
            DataError: the disk is full.
        """
        if self.journal is not None:
            self.journal.finish()

    def todo(self, on_done: OnDone) -> Iterable[GivenAnswer]:
        """The answers that are left to do.

        Args:
            on_done: is told of each other one of a stream.
        """
        answers = self.selection.of(self.read())
        if self.is_stream:
            return self._pending(answers, on_done)
        journal = self.journal
        return (answer for answer in answers if journal is None or not journal.holds(answer.number))

    async def _arriving(self, on_done: OnDone) -> AsyncIterator[GivenAnswer]:
        """The same of a stream, without holding up those that are being graded."""
        keys = Keys(self.grader)
        async for answer in arriving(self.selection.of(self.read())):
            for left in self._pending((answer,), on_done, keys):
                yield left

    def _pending(
        self, answers: Iterable[GivenAnswer], on_done: OnDone, keys: Keys | None = None
    ) -> Iterable[GivenAnswer]:
        if self.journal is None:
            return answers
        keys = keys or Keys(self.grader)
        return pending(answers, self.journal, keys, retry=self.retry, force=self.force, on_done=on_done)

    def _drop_beyond(self, journal: Journal, last: int) -> None:
        if not self.force:
            raise DataError(
                f"{journal.path}: has a grade of answer {journal.most}, but the input has {last} answers",
                hint="--force drops what is too much; or write to another file with -o",
            )
        journal.forget_beyond(last)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Has the garbage collector leave alone what stays: to look through the models takes it 0.1 s."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
