"""Grades many answers side by side, and hands each record on as soon as it is finished."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from interviewer.answers.line import GivenAnswer
from interviewer.backends.traffic import Traffic
from interviewer.batch.cache import GradeCache
from interviewer.batch.plan import Keys
from interviewer.batch.record import Findings, findings_of, record_line
from interviewer.errors import DataError, InterviewerError
from interviewer.grading.pipeline import Grader
from interviewer.models import Grade, Ungraded

AHEAD = 2
"""Answers being worked on for each call that may be made at the same time: while one waits for its reply, or
to try again, others are prepared and concluded."""
WAITING_TWINS = 1000
"""Answers that may wait for one that is just the same."""
BREATH = 32
"""Answers that need no judge after which others get a turn."""


class Sink(Protocol):
    """Where records go."""

    def append(self, number: int, line: str) -> None:
        """Takes the record of one answer."""
        ...

    def expects(self, number: int) -> bool:
        """Whether it will take the record of this answer; False while too many wait for an earlier one."""
        ...


class QuotaSpent(InterviewerError):
    """The provider gives nothing more for now."""

    exit_code = 4


@dataclass
class Runner:
    """Grades answers, each distinct one once.

    Args:
        grader: grades one.
        keys: of the same grader.
        sink: takes the records.
        cache: grades of earlier runs.
        traffic: what the judge's calls wait for; tells when the quota is spent.
        at_once: answers being worked on.
        on_record: is told of every record: the answer, what was found, and whether it was cached.
    """

    grader: Grader
    keys: Keys
    sink: Sink
    cache: GradeCache
    traffic: Traffic
    at_once: int
    on_record: Callable[[GivenAnswer, Findings, bool], None] = lambda answer, findings, cached: None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _twins: dict[str, list[GivenAnswer]] = field(default_factory=dict, init=False)
    _stop: InterviewerError | None = field(default=None, init=False)
    _failure: BaseException | None = field(default=None, init=False)
    _end: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    async def run(self, answers: Iterable[GivenAnswer] | AsyncIterable[GivenAnswer]) -> None:
        """Grades all of them.

        Raises:
            BudgetReached: no further call could be paid; what was begun before has ended.
            QuotaSpent: likewise, by the provider's word.
            ConfigError: the judge cannot be used at all; likewise.
            DataError: the input has a mistake, likewise; or a record could not be written.
        """
        try:
            try:
                await self._begin_all(answers)
            except InterviewerError as error:
                # A mistake in the input: what was begun before it is paid for, and worth waiting for.
                self._stop = self._stop or error
            while self._tasks and not self._failure:
                await self._next_end()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._failure or self._stop:
            raise self._failure or self._stop  # type: ignore[misc]

    async def _begin_all(self, answers: Iterable[GivenAnswer] | AsyncIterable[GivenAnswer]) -> None:
        room = asyncio.Semaphore(self.at_once)
        quick = 0
        crowd = self.traffic.crowd
        crowd.came()
        try:
            async for answer in _each(answers):
                while not self.sink.expects(answer.number) and not self._is_over:
                    with crowd.waits():
                        await self._next_end()
                if self._is_over:
                    break
                if self.settles(answer):
                    quick += 1
                    if quick % BREATH == 0:
                        await asyncio.sleep(0)
                else:
                    await self._begin(answer, room)
                    # It sends its request before the next one is looked at: requests come spread out in time.
                    await asyncio.sleep(0)
        finally:
            crowd.left()

    async def _next_end(self) -> None:
        """Waits until one of them ends. (`asyncio.wait` would look at all of them, each time.)"""
        self._end.clear()
        await self._end.wait()

    @property
    def _is_over(self) -> bool:
        """Whether nothing new is to be begun."""
        return self._stop is not None or self._failure is not None

    def settles(self, answer: GivenAnswer) -> bool:
        """Records the answer if it needs no judge: it cannot be graded, or has been graded before."""
        key = self.keys.of(answer)
        if answer.ungradable is not None:
            nobody = Ungraded(reason=answer.ungradable, grader=self.grader.label)
            self.record(answer, key, findings_of(nobody), cached=False)
            return True
        known = self.cache.get(key)
        if known is not None:
            self.record(answer, key, known, cached=True)
        return known is not None

    async def _begin(self, answer: GivenAnswer, room: asyncio.Semaphore) -> None:
        key = self.keys.of(answer)
        twins = self._twins.get(key)
        if twins is not None and len(twins) < WAITING_TWINS:
            twins.append(answer)
            return
        with self.traffic.crowd.waits():
            await room.acquire()
        # While it waited for room, a twin may have begun, or even ended.
        if self._stop or self._failure or (twins := self._twins.get(key)) is not None or self.settles(answer):
            room.release()
            if twins is not None:
                twins.append(answer)
            return
        self._twins[key] = []
        task = asyncio.create_task(self._grade(answer, key))
        self._tasks.add(task)
        self.traffic.crowd.came()

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            room.release()
            self.traffic.crowd.left()
            self._end.set()
            if not task.cancelled() and (error := task.exception()) is not None:
                # Where a record cannot be written no further one could be; else what was begun may end.
                if isinstance(error, InterviewerError) and not isinstance(error, DataError):
                    self._stop = self._stop or error
                else:
                    self._failure = self._failure or error

        task.add_done_callback(ended)

    async def _grade(self, answer: GivenAnswer, key: str) -> None:
        try:
            outcome = await self.grader.grade(
                answer.question, answer.rubric, answer.text, parents=answer.parents
            )
            findings = findings_of(outcome)
            require_quota(findings, self.traffic)
            self.record(answer, key, findings, cached=False)
            self.cache.put(key, findings)
            for twin in self._twins[key]:
                self.record(twin, key, findings, cached=isinstance(outcome, Grade))
        finally:
            del self._twins[key]

    def record(self, answer: GivenAnswer, key: str, findings: Findings, *, cached: bool) -> None:
        """Hands on what was found.

        Raises:
            DataError: it could not be written.
        """
        self.sink.append(answer.number, record_line(answer, key, findings, cached=cached))
        self.on_record(answer, findings, cached)


def require_quota(findings: Findings, traffic: Traffic) -> None:
    """Refuse what is only missing because the provider gives nothing more for now.

    Raises:
        QuotaSpent: so it is.
    """
    if not findings.is_whole and traffic.quota_spent:
        raise QuotaSpent(traffic.quota_spent, hint="run the same command again once there is some, to go on")


async def _each(answers: Iterable[GivenAnswer] | AsyncIterable[GivenAnswer]) -> AsyncIterator[GivenAnswer]:
    if isinstance(answers, AsyncIterable):
        async for answer in answers:
            yield answer
    else:
        for answer in answers:
            yield answer


class InOrder:
    """A sink that writes lines in the order of the answers, and keeps few that wait for a slow one.

    Args:
        write: writes one line.
        most: records that may wait.
    """

    def __init__(self, write: Callable[[str], None], most: int) -> None:
        self._write = write
        self._most = most
        self._order: deque[int] = deque()
        self._waiting: dict[int, str] = {}

    def append(self, number: int, line: str) -> None:
        """Takes the record of one answer; writes it once all before it are written."""
        self._waiting[number] = line
        while self._order and self._order[0] in self._waiting:
            self._write(self._waiting.pop(self._order.popleft()))

    def expects(self, number: int) -> bool:
        """Whether the record of this answer could be taken; answers come in their order."""
        if len(self._order) >= self._most:
            return False
        self._order.append(number)
        return True

    def rest(self) -> None:
        """Writes what still waits for an earlier one, which will not come: the run has been stopped."""
        for number in self._order:
            if number in self._waiting:
                self._write(self._waiting.pop(number))
