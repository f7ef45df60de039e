"""Scores over time: one series for each grader and topic. Grades of different graders are never joined.

A rule ("rule:blank") grades alike beside every judge, so its grade counts with the judge of its session. In a
session without a judge's grade, or with those of several, there is none to count it with: it is left out, and
`Statistics.left_out` says how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from interviewer.models import Attempt, Value
from interviewer.practice.choice import standing
from interviewer.practice.credit import attempt_score
from interviewer.practice.summary import is_rule

FEWEST_FOR_TREND = 4
"""Scores from which a series has a trend."""


class Point(Value):
    """One graded first answer."""

    answer_id: int
    time: datetime
    score: float
    """0..100, with what hints cost."""


class Series(Value):
    """What one grader gave over time, in one topic or in all."""

    grader: str
    topic: str | None
    """None is all topics."""
    points: tuple[Point, ...]
    """At least one, the oldest first."""

    @property
    def mean(self) -> float:
        """Of all scores."""
        return _mean(self.points)

    @property
    def latest(self) -> Point:
        """The newest."""
        return self.points[-1]

    @property
    def trend(self) -> float | None:
        """Mean of the later half less that of the earlier; None for too few scores to say."""
        if len(self.points) < FEWEST_FOR_TREND:
            return None
        half = len(self.points) // 2
        return _mean(self.points[-half:]) - _mean(self.points[:half])


class GraderStatistics(Value):
    """All that one grader has said."""

    grader: str
    level: int | None
    """Difficulty, 100..500, at which answers would about pass; None where it has graded nothing."""
    ungraded: int
    """First answers that it could not grade, and nobody else has."""
    total: Series | None
    """None where it has graded nothing."""
    topics: tuple[Series, ...]
    """By name."""


class Statistics(Value):
    """All graders, by the time of their first answer."""

    graders: tuple[GraderStatistics, ...]
    unfinished: int
    """First answers whose grading was cut off."""
    left_out: int
    """Grades by rules that belong to no one judge."""


def statistics(attempts: Sequence[Attempt]) -> Statistics:
    """What there is to say of these first answers.

    Args:
        attempts: the oldest first.
    """
    judges = _judges(attempts)
    by_grader: dict[str, list[Attempt]] = {}
    unfinished = left_out = 0
    for attempt in attempts:
        if attempt.grader is None:
            unfinished += 1
        elif not is_rule(attempt.grader):
            by_grader.setdefault(attempt.grader, []).append(attempt)
        elif (judge := judges.get(attempt.session_id)) is not None:
            by_grader.setdefault(judge, []).append(attempt)
        else:
            left_out += 1
    return Statistics(
        graders=tuple(_of(grader, found) for grader, found in by_grader.items()),
        unfinished=unfinished,
        left_out=left_out,
    )


def series(attempts: Sequence[Attempt]) -> tuple[Series, ...]:
    """Every grader's series in every topic, those of one grader together."""
    return tuple(topic for found in statistics(attempts).graders for topic in found.topics)


def _judges(attempts: Iterable[Attempt]) -> Mapping[int, str]:
    """The one judge of each session that has one."""
    found: dict[int, set[str]] = {}
    for attempt in attempts:
        if attempt.grader is not None and attempt.score is not None and not is_rule(attempt.grader):
            found.setdefault(attempt.session_id, set()).add(attempt.grader)
    return {session: next(iter(graders)) for session, graders in found.items() if len(graders) == 1}


def _of(grader: str, attempts: Sequence[Attempt]) -> GraderStatistics:
    topics: dict[str, list[Point]] = {}
    points = []
    for attempt in attempts:
        score = attempt_score(attempt)
        if score is not None:
            points.append(Point(answer_id=attempt.answer_id, time=attempt.submitted, score=score))
            topics.setdefault(attempt.topic, []).append(points[-1])
    return GraderStatistics(
        grader=grader,
        level=standing(attempts).level if points else None,
        ungraded=len(attempts) - len(points),
        total=Series(grader=grader, topic=None, points=tuple(points)) if points else None,
        topics=tuple(
            Series(grader=grader, topic=topic, points=tuple(found)) for topic, found in sorted(topics.items())
        ),
    )


def _mean(points: Sequence[Point]) -> float:
    return sum(point.score for point in points) / len(points)
