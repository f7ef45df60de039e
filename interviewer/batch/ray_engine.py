"""Grades on a Ray cluster: the same grader in many processes on many machines, the same file of grades.

Only this process writes. Answers go out in portions; what a node that dies was busy with is done again by
another, and a grade is recorded when it is first heard of.
"""

from __future__ import annotations

import math
import os
import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from interviewer.answers.line import GivenAnswer
from interviewer.backends.traffic import Traffic
from interviewer.batch.cache import code_digest
from interviewer.batch.job import Job, OnDone, OnRecord
from interviewer.batch.plan import Keys
from interviewer.batch.ray_cluster import Cluster, check_installed
from interviewer.batch.ray_worker import Asked, Effort, Graded, NodeGrader, Share, Task
from interviewer.batch.runner import AHEAD, Runner
from interviewer.config import Settings
from interviewer.errors import ConfigError
from interviewer.grading.judges import choose
from interviewer.wiring import calibrations_of

CALLS_EACH = 4
"""Calls at the same time for which one more process is worth its memory."""
LEAST, EACH, MOST = 10_000, 2_000, 100_000
"""Answers that are handed to the cluster in one go: many, as its processes are started for each go, and few
enough for memory; in between so many for each process."""
SMALL, LARGE = 8, 64
"""Answers in a portion. Its grades come back together: if this process is killed, those of the portions being
worked on are lost. A portion takes this process about ten milliseconds."""


@dataclass(frozen=True)
class RayEngine:
    """Grades on a cluster, or on all CPUs of this machine.

    Args:
        settings: with the judge that was chosen.
        address: of the cluster; None starts Ray here.
    """

    settings: Settings
    address: str | None

    def run(self, job: Job, on_record: OnRecord, on_done: OnDone = lambda answer, score: None) -> None:
        """Grades what is left to do, then puts the file of grades in order; see `Job.run`.

        Raises:
            ConfigError: there is no such cluster, or its nodes cannot use the judge.
            InterviewerError: see `Runner.run`. What was finished before is kept.
        """
        assert job.journal is not None
        runner = Runner(job.grader(), Keys(job.grader), job.journal, job.cache, job.traffic, 0, on_record)
        todo = (a for a in job.todo(on_done) if not runner.settles(a))
        first = next(todo, None)
        if first is not None:
            with Cluster(self.address) as cluster:
                self._grade(_chained(first, todo), runner, cluster)
        job.journal.finish()

    def _grade(self, todo: Iterator[GivenAnswer], runner: Runner, cluster: Cluster) -> None:
        calls = self.settings.config.batch.concurrency
        is_local = self.settings.config.judge.backend == "embedded"
        processes = cluster.cpus if is_local else min(cluster.cpus, math.ceil(calls / CALLS_EACH))
        share = self._share(processes)
        size = LARGE if is_local else max(SMALL, min(LARGE, AHEAD * share.at_once))
        while go := Go.of(islice(todo, max(LEAST, min(MOST, EACH * processes))), runner):
            found = cluster.mapped(
                [pickle.dumps(tasks) for tasks in go.portions(size)],
                NodeGrader,
                {
                    "settings": self.settings,
                    "asked": go.asked,
                    "share": share,
                    "base_url": os.environ.get("OPENAI_BASE_URL", ""),
                    "code": code_digest(),
                    "calibrations": calibrations_of(self.settings),
                },
                processes=processes,
                at_once=1 + math.ceil(AHEAD * share.at_once / size),
            )
            with closing(found):
                for graded in found:
                    go.take(pickle.loads(graded))

    def _share(self, processes: int) -> Share:
        batch = self.settings.config.batch
        return Share(
            at_once=max(1, batch.concurrency // processes),
            rpm=None if batch.rpm is None else batch.rpm / processes,
            tpm=None if batch.tpm is None else batch.tpm / processes,
        )


@dataclass
class Go:
    """Answers that are handed to the cluster together, each distinct one once.

    Args:
        runner: records what is found.
    """

    runner: Runner
    asked: list[Asked] = field(default_factory=list)
    _tasks: list[Task] = field(default_factory=list)
    _waiting: dict[str, list[GivenAnswer]] = field(default_factory=dict)

    @classmethod
    def of(cls, answers: Iterable[GivenAnswer], runner: Runner) -> Go | None:
        """These answers; None where there are none."""
        go = cls(runner)
        places: dict[int, int] = {}
        for answer in answers:
            key = runner.keys.of(answer)
            if key not in go._waiting:
                # The answers are kept, and their questions with them, so an id stays what it is.
                place = places.setdefault(id(answer.question), len(go.asked))
                if place == len(go.asked):
                    go.asked.append(Asked(answer.question, answer.rubric, answer.parents))
                go._tasks.append(Task(key, place, answer.text))
            go._waiting.setdefault(key, []).append(answer)
        return go if go._tasks else None

    def portions(self, size: int) -> Iterator[Sequence[Task]]:
        """The tasks, so many at a time."""
        for at in range(0, len(self._tasks), size):
            yield self._tasks[at : at + size]

    def take(self, graded: Graded) -> None:
        """Records what was found; what is heard of for the second time is not recorded again.

        Raises:
            InterviewerError: why the run cannot go on.
        """
        for key, findings in graded.findings.items():
            for which, answer in enumerate(self._waiting.pop(key, ())):
                cached = which > 0 and findings.score is not None
                self.runner.record(answer, key, findings, cached=cached)
            self.runner.cache.put(key, findings)
        _add(self.runner.traffic, graded.effort)
        if graded.failure is not None:
            raise graded.failure


def ray_engine(name: str, settings: Settings, *, has_output: bool) -> RayEngine | None:
    """The engine of this name; None is `local`: this process alone.

    Raises:
        ConfigError: there is no such engine, or it cannot do what is asked for.
    """
    if name == "local":
        return None
    engine, _, address = name.partition(":")
    if engine != "ray" or (name != "ray" and not address):
        raise ConfigError(f"--engine: {name!r} is none", hint="local, ray, or ray:ADDRESS")
    check_installed()
    if not has_output:
        raise ConfigError("--engine ray: needs a file for the grades", hint="name it with -o")
    if settings.config.batch.budget_usd is not None:
        raise ConfigError(
            "--engine ray: cannot keep a budget: its processes do not know what the others spend",
            hint="--dry-run tells the likely cost; set a limit with the provider",
        )
    judge = choose(settings).judge
    chosen = settings.model_copy(update={"config": settings.config.model_copy(update={"judge": judge})})
    return RayEngine(chosen, address or None)


def _chained(first: GivenAnswer, rest: Iterator[GivenAnswer]) -> Iterator[GivenAnswer]:
    yield first
    yield from rest


def _add(traffic: Traffic, effort: Effort) -> None:
    traffic.calls += effort.calls
    traffic.prompt_tokens += effort.prompt_tokens
    traffic.completion_tokens += effort.completion_tokens
    traffic.spent_usd += effort.usd
    traffic.is_exact = traffic.is_exact and effort.is_exact
