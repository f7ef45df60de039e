"""The grader on the nodes of a Ray cluster. It sends back what it finds, and writes nothing."""

from __future__ import annotations

import asyncio
import os
import pickle
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.backends.traffic import Traffic
from interviewer.batch.cache import code_digest
from interviewer.batch.record import Findings, findings_of
from interviewer.batch.runner import AHEAD, require_quota
from interviewer.config import Settings
from interviewer.errors import ConfigError, InterviewerError
from interviewer.models import Calibration, Question, Rubric
from interviewer.wiring import choose_grader

Row = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, for all answers to it."""

    question: Question
    rubric: Rubric
    parents: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One answer."""

    key: str
    place: int
    """Of its question among those asked."""
    text: str


@dataclass(frozen=True, slots=True)
class Share:
    """How much one process may do of what the whole run may."""

    at_once: int
    rpm: float | None
    tpm: float | None


@dataclass(frozen=True, slots=True)
class Effort:
    """What calls took since this was last asked for."""

    calls: int
    prompt_tokens: int
    completion_tokens: int
    usd: float
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Graded:
    """What became of some tasks."""

    findings: dict[str, Findings]
    """By key."""
    effort: Effort
    failure: InterviewerError | None
    """Why the run cannot go on; `findings` were made before."""


class NodeGrader:
    """Grades in a process of its own, called by several threads at a time.

    Args:
        settings: with the judge that was chosen. Keys are not in them: each node has its own.
        asked: the questions.
        share: of the calls.
        base_url: what OPENAI_BASE_URL has to be: another server would be another judge.
        code: digest of the code that has to grade.
        calibrations: those that may be applied: a node has none of its own.
    """

    def __init__(
        self,
        settings: Settings,
        asked: Sequence[Asked],
        share: Share,
        base_url: str,
        code: str,
        calibrations: Sequence[Calibration],
    ) -> None:
        os.environ["OPENAI_BASE_URL"] = base_url
        self._asked = asked
        self._traffic = Traffic(share.at_once, rpm=share.rpm, tpm=share.tpm)
        self._room = asyncio.Semaphore(AHEAD * share.at_once)
        self._chosen = choose_grader(settings, self._traffic, calibrations=calibrations)
        self._failure: InterviewerError | None = None
        if code != code_digest():
            self._failure = ConfigError(
                "a node of the cluster has another version of interviewer",
                hint="install the same one on every node",
            )
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True, name="grading").start()

    def __call__(self, row: Row) -> Row:
        """Grades the pickled tasks of a row; gives a row with a pickled `Graded`."""
        graded = self._graded(pickle.loads(row["item"]))
        return {"item": pickle.dumps(asyncio.run_coroutine_threadsafe(graded, self._loop).result())}

    async def _graded(self, tasks: Sequence[Task]) -> Graded:
        findings: dict[str, Findings] = {}

        async def grade(task: Task) -> None:
            async with self._room:
                if self._failure is not None:
                    return
                try:
                    findings[task.key] = await self._findings(task)
                except InterviewerError as error:
                    self._failure = self._failure or error

        async with asyncio.TaskGroup() as group:
            for task in tasks:
                group.create_task(grade(task))
        return Graded(findings, self._effort(), self._failure)

    async def _findings(self, task: Task) -> Findings:
        """What the judge finds.

        Raises:
            ConfigError: the judge of this node cannot be used, or is another one.
            QuotaSpent: the provider gives nothing more for now.
        """
        grader, asked = self._chosen.grader(), self._asked[task.place]
        if grader.key(asked.question, asked.rubric, asked.parents)(task.text) != task.key:
            raise ConfigError("a node of the cluster has another judge or embedder, or other parameters")
        outcome = await grader.grade(asked.question, asked.rubric, task.text, parents=asked.parents)
        findings = findings_of(outcome)
        require_quota(findings, self._traffic)
        return findings

    def _effort(self) -> Effort:
        traffic = self._traffic
        effort = Effort(
            calls=traffic.calls,
            prompt_tokens=traffic.prompt_tokens,
            completion_tokens=traffic.completion_tokens,
            usd=traffic.spent_usd,
            is_exact=traffic.is_exact,
        )
        traffic.calls = traffic.prompt_tokens = traffic.completion_tokens = 0
        traffic.spent_usd = 0.0
        return effort
