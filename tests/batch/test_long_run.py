"""A long run keeps nothing of what it has done: through the server, and again from the cache."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from interviewer.answers.file import read_answers
from interviewer.answers.line import GivenAnswer
from interviewer.backends.openai import OpenAIBackend
from interviewer.backends.traffic import Traffic
from interviewer.bank import Bank
from interviewer.batch.cache import GradeCache
from interviewer.batch.job import Job
from interviewer.batch.journal import Journal
from interviewer.batch.plan import Selection
from interviewer.batch.record import Findings
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.pipeline import Grader
from tests.batch.answers import Asked, answer, expected_score
from tests.growth import LONG, Growth

ANSWERS = 100_000 if LONG else 400
AT_ONCE = 32
READINGS = 10
WARM = 3
"""Readings that are not compared: until then connections are opened, and what is remembered fills up."""


@pytest.mark.heavy
async def test_neither_memory_nor_handles_nor_tasks_grow_with_the_number_of_answers(
    tmp_path: Path, server: Asked, bank: Bank, make_grader: Callable[..., Grader]
) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(answer(number))}\n" for number in range(ANSWERS))
    for name, requests in (("server", ANSWERS), ("cache", 0)):
        out = tmp_path / f"{name}.jsonl"
        traffic = Traffic(AT_ONCE)
        judge = ChatJudge(OpenAIBackend("m", base_url=server.base_url, traffic=traffic))
        with closing(Journal(out)) as journal, closing(GradeCache(tmp_path / "cache.sqlite")) as cache:
            growth = await graded(
                Job(
                    read=lambda: read_answers(path, bank),
                    is_stream=False,
                    selection=Selection(),
                    grader=lambda judge=judge: make_grader(judge),  # type: ignore[misc]
                    traffic=traffic,
                    cache=cache,
                    output=journal,
                    at_once=AT_ONCE,
                ),
                Growth(name),
            )
        assert server.requests == requests
        # 24 bytes an answer are remembered of what is on the disk; the rest is what an allocator keeps.
        growth.require_none(
            memory=24 * ANSWERS / 2**20 + 16, objects=5_000, handles=AT_ONCE, tasks=2 * AT_ONCE
        )
        check(out, read_answers(path, bank))
        assert len(asyncio.all_tasks()) == 1


async def graded(job: Job, growth: Growth) -> Growth:
    """What was in use during the job."""
    done = 0

    def count(answer: GivenAnswer, findings: Findings, cached: bool) -> None:
        nonlocal done
        done += 1
        if done % (ANSWERS // READINGS) == 0 and done >= WARM * ANSWERS // READINGS:
            growth.read(done)

    await job.run(count)
    return growth


def check(out: Path, given: Iterator[GivenAnswer]) -> None:
    """Each answer has one record, in order, with the score that the server gave it."""
    with out.open(encoding="utf-8") as lines:
        for asked, text in zip(given, lines, strict=True):
            record = json.loads(text)
            assert (record["number"], record["outcome"]) == (asked.number, "graded")
            if asked.number % 97 == 0:
                assert record["score"] == expected_score(asked)
