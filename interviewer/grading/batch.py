"""Many answers graded side by side, with outcomes in the order of the answers and bounded memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from interviewer.grading.pipeline import Grader
from interviewer.models import Grade, GradeRecord, Question, Rubric, Ungraded

AHEAD = 8
"""For each answer being graded, how many later ones may wait, finished, for a slow one before them."""


@dataclass(frozen=True)
class GivenAnswer:
    """An answer with all that grading it needs."""

    id: str
    question_id: str | None
    question: Question
    rubric: Rubric
    parents: tuple[Question, ...]
    text: str
    candidate: str | None = None
    human_score: float | None = None


async def grade_all(
    grader: Grader,
    answers: Iterable[GivenAnswer],
    *,
    at_once: int,
    on_outcome: Callable[[GivenAnswer, Grade | Ungraded], None],
) -> None:
    """Calls `on_outcome` for each answer in input order; at most `at_once` are being graded at a time."""
    free = asyncio.Semaphore(at_once)
    waiting: deque[tuple[GivenAnswer, asyncio.Task[Grade | Ungraded]]] = deque()

    async def grade(answer: GivenAnswer) -> Grade | Ungraded:
        async with free:
            return await grader.grade(answer.question, answer.rubric, answer.text, parents=answer.parents)

    # No task group: it would wrap what is wrong with a line of answers as if the grader had failed.
    try:
        for answer in answers:
            waiting.append((answer, asyncio.create_task(grade(answer))))
            while len(waiting) >= at_once * AHEAD or (waiting and waiting[0][1].done()):
                first, task = waiting.popleft()
                on_outcome(first, await task)
            await asyncio.sleep(0)
        while waiting:
            first, task = waiting.popleft()
            on_outcome(first, await task)
    finally:
        for _, task in waiting:
            task.cancel()
        await asyncio.gather(*(task for _, task in waiting), return_exceptions=True)


def record_of(answer: GivenAnswer, outcome: Grade | Ungraded) -> GradeRecord:
    """The outcome as one line of the JSONL that `interviewer grade` writes."""
    own = {
        "id": answer.id,
        "question_id": answer.question_id,
        "candidate": answer.candidate,
        "human_score": answer.human_score,
    }
    if isinstance(outcome, Grade):
        fields = {name: getattr(outcome, name) for name in type(outcome).model_fields}
        return GradeRecord(**own, **fields, reason=None)
    return GradeRecord(
        **own,
        outcome="ungraded",
        score=None,
        passed=None,
        reason=outcome.reason,
        criteria=(),
        mistakes=(),
        similarity=None,
        confidence=None,
        needs_review=True,
        flags=outcome.flags,
        feedback=None,
        grader=outcome.grader,
        receipt=None,
    )
