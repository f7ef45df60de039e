"""When a question comes again: FSRS (Ye 2022, in py-fsrs), from grades and the candidate's own ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from interviewer.models import Answer, Review
from interviewer.practice.credit import credit

RATINGS = {1: "again", 2: "hard", 3: "good", 4: "easy"}
"""As flash card programs call them."""
EASY = 90.0
"""Of 100, from which a passing answer counts as easy."""


def suggested(answer: Answer) -> int | None:
    """The rating that a grade stands for; None where there is no grade.

    Again below half the pass mark, hard below the pass mark, good from there, easy from 90; hints count.
    """
    worth, grade = credit(answer), answer.grade
    if worth is None or grade is None:
        return None
    passes = grade.receipt.scheme.pass_mark
    if worth.total < passes / 2:
        return 1
    if worth.total < passes:
        return 2
    return 4 if worth.total >= max(EASY, passes) else 3


def is_certain(answer: Answer) -> bool:
    """Whether the grade may schedule the question by itself; else the candidate is asked."""
    grade = answer.grade
    return grade is not None and grade.confidence != "low" and not grade.needs_review


def counts(answer: Answer) -> bool:
    """Whether an answer says how well its question is known: not once the model answer has been seen."""
    return answer.part == "first"


def rated(
    before: Sequence[Review], answer: Answer, rating: int, *, when: datetime, by_candidate: bool
) -> list[Review]:
    """The reviews of a question after one of its answers was rated, in place of any rating it had.

    Args:
        before: the reviews so far.
        rating: 1 again, 2 hard, 3 good, 4 easy.
        when: the answer was given, UTC. Reviews of later answers are worked out anew.
    """
    new = _review(answer.question.id, answer.id, rating, when, "candidate" if by_candidate else "grade")
    return _worked_out([*(r for r in before if r.answer_id != answer.id), new])


def given_up(before: Sequence[Review], question_id: str, *, when: datetime) -> list[Review]:
    """The reviews of a question after the candidate gave it up: to say so is to rate it "again"."""
    return _worked_out([*before, _review(question_id, None, 1, when, "candidate")])


def _review(
    question_id: str,
    answer_id: int | None,
    rating: int,
    when: datetime,
    by: Literal["grade", "candidate"],
) -> Review:
    return Review(
        question_id=question_id, answer_id=answer_id, rating=rating, by=by, time=when, card="", due=when
    )


def _worked_out(reviews: Sequence[Review]) -> list[Review]:
    """The reviews in the order of time, each with the card and due date after it."""
    from fsrs import Card, Rating, Scheduler

    # No steps of minutes: a practice session is over before they are.
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, found = Card(card_id=0), []
    for review in sorted(reviews, key=lambda r: r.time):
        card, _ = scheduler.review_card(card, Rating(review.rating), review.time)
        found.append(review.model_copy(update={"card": card.to_json(), "due": card.due}))
    return found


def due(last: Mapping[str, Review], now: datetime) -> list[Review]:
    """The newest reviews of the questions that are due, the longest overdue first.

    One from the future was made while the clock was wrong: it would hold its question back for as long.
    """
    found = (review for review in last.values() if review.due <= now or review.time > now)
    return sorted(found, key=lambda r: r.due)
