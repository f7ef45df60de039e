"""Which questions a session asks, and why each: due, then weak topics, then new ones, near one's level."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from interviewer.bank import Bank
from interviewer.errors import DataError
from interviewer.models import Attempt, PlannedQuestion, Question, Review
from interviewer.practice.credit import attempt_score
from interviewer.practice.schedule import due

START_LEVEL = 250
"""Of 100..500, for a candidate of whom nothing is known."""
RECENT = 12
"""Answers that a level, or a topic's mean, is worked out from."""
WEAK = 60.0
"""Mean score below which a topic is weak."""
FEWEST = 2
"""Graded answers from which a topic has a mean worth acting on."""
USUAL_SECONDS = 240
"""For a question that does not say how long one would get for it."""


@dataclass(frozen=True)
class Standing:
    """Where the candidate stands, from the answers so far."""

    level: int
    """The difficulty, 100..500, at which answers would score about the pass mark."""
    topics: dict[str, float]
    """Mean of the latest scores by topic, for topics with enough answers."""
    known: bool
    """Whether there is any graded answer to go by."""


def standing(attempts: Sequence[Attempt]) -> Standing:
    """The level and the topics' means.

    The level is the mean over the latest answers of the difficulty, moved by two for each point that the
    score is above or below 60: full marks at 300 stand for 380.
    """
    scored = [(a, s) for a in attempts if (s := attempt_score(a)) is not None]
    latest = scored[-RECENT:]
    level = START_LEVEL
    if latest:
        level = round(sum(a.difficulty + 2 * (s - WEAK) for a, s in latest) / len(latest))
    topics: dict[str, list[float]] = {}
    for attempt, found in scored:
        topics.setdefault(attempt.topic, []).append(found)
    means = {
        topic: sum(scores[-RECENT:]) / len(scores[-RECENT:])
        for topic, scores in topics.items()
        if len(scores) >= FEWEST
    }
    return Standing(min(500, max(100, level)), means, bool(scored))


def eligible(bank: Bank, topic: str | None, difficulty: int | None) -> list[Question]:
    """The questions of a topic and difficulty, at least one.

    Raises:
        DataError: there is none; the hint says what there is.
    """
    found = bank.select(topic=topic, difficulty=difficulty)
    if not found:
        known = sorted({q.difficulty for q in bank.select(topic=topic)})
        raise DataError(
            f"no question of difficulty {difficulty}", hint=f"there are: {', '.join(map(str, known))}"
        )
    return found


def choose(
    bank: Bank,
    attempts: Sequence[Attempt],
    last: Mapping[str, Review],
    *,
    now: datetime,
    n: int,
    topic: str | None = None,
    difficulty: int | None = None,
    minutes: int | None = None,
    only_due: bool = False,
    seed: int | None = None,
) -> list[PlannedQuestion]:
    """The questions of a session, in order, each with why it was chosen. The same seed chooses the same.

    Args:
        attempts: the first answers so far, the oldest first.
        last: the newest review of each question.
        now: UTC.
        n: at most so many.
        minutes: at most as many as usually take so long, but at least one.
        only_due: none where nothing is due.

    Raises:
        DataError: the bank has no question of this topic and difficulty.
    """
    asked = eligible(bank, topic, difficulty)
    at = standing(attempts)
    overdue = {review.question_id: i for i, review in enumerate(due(last, now))}
    seen = {attempt.question_id: i for i, attempt in enumerate(attempts)}
    chance = random.Random(seed)
    shuffled = chance.sample(asked, len(asked))
    ranked: list[tuple[tuple[int, int], Question, str]] = []
    for question in shuffled:
        why = _why(question, overdue, seen, at, last, now)
        distance = abs(question.difficulty - at.level) // 100
        if question.id in overdue:
            ranked.append(((0, overdue[question.id]), question, why))
        elif not only_due:
            if question.id in seen or question.id in last:
                # Known already and not due: last, the longest ago first.
                key = (3, seen.get(question.id, len(seen)))
            else:
                key = (1 if at.topics.get(question.topic, WEAK) < WEAK else 2, distance)
            ranked.append((key, question, why))
    ranked.sort(key=lambda entry: entry[0])
    chosen = [PlannedQuestion(question_id=q.id, why=why) for _, q, why in ranked[:n]]
    return chosen if minutes is None else _within(chosen, bank, minutes)


def usual_seconds(question: Question) -> int:
    """How long one would usually get for a question."""
    return question.time_limit or USUAL_SECONDS


def _within(chosen: list[PlannedQuestion], bank: Bank, minutes: int) -> list[PlannedQuestion]:
    left = minutes * 60
    kept: list[PlannedQuestion] = []
    for planned in chosen:
        left -= usual_seconds(bank.question(planned.question_id))
        if left < 0 and kept:
            break
        kept.append(planned)
    return kept


def _why(
    question: Question,
    overdue: Mapping[str, int],
    seen: Mapping[str, int],
    at: Standing,
    last: Mapping[str, Review],
    now: datetime,
) -> str:
    if question.id in overdue:
        days = (now - last[question.id].due).days
        return "due today" if days == 0 else f"due for {days} day{'s' if days > 1 else ''}"
    mean = at.topics.get(question.topic)
    near = f"difficulty {question.difficulty}, your level is about {at.level}"
    if question.id in last:
        return "asked before, not due yet"
    if question.id in seen:
        return "answered before, not rated yet"
    if mean is not None and mean < WEAK:
        return f"weak topic: {question.topic}, mean {mean:.0f}; {near}"
    return f"new; {near}" if at.known else f"new; difficulty {question.difficulty}, a start from the middle"
