"""All that is known of one practice session, as data: what every format of export is made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from interviewer.errors import DataError
from interviewer.history import History
from interviewer.models import Answer, Dispute, Grade, Question, Review, Value
from interviewer.practice.summary import Summary, summarise


class Opinion(Value):
    """What a grader found in an answer beside the outcome that stands for it."""

    answer_id: int
    time: datetime
    grader: str
    score: float | None
    """0..100; None where it could not grade."""
    reason: str | None
    """Why it could not; None where it did."""


class SessionReport(Value):
    """A practice session to be read, kept or compared elsewhere. Its JSON is the export."""

    version: Literal[1] = 1
    """Of this form; a change that an old reader would trip over raises it."""
    summary: Summary
    left: tuple[Question, ...] = ()
    """Questions that were not answered, as the bank has them now; without those that have left it."""
    beside: tuple[Answer, ...] = ()
    """Answers that count for nothing, kept as well: tries that no judge graded, follow-ups to later ones."""
    opinions: tuple[Opinion, ...] = ()
    """What other graders, or earlier attempts at grading, found; the oldest first."""
    disputes: tuple[Dispute, ...] = ()
    reviews: tuple[Review, ...] = ()
    """How the answers have scheduled their questions."""


def session_report(
    history: History, session_id: int, questions: Mapping[str, Question] | None = None
) -> SessionReport:
    """What there is to say of a session.

    Args:
        questions: the bank's, by id, for those that were not answered.

    Raises:
        DataError: there is no session with this number.
    """
    session = history.session(session_id)
    if session is None:
        raise DataError(f"there is no session {session_id}", hint="interviewer history lists them")
    known = questions or {}
    summary = summarise(history, session, {name: question.topic for name, question in known.items()})
    answers = history.answers(session.id)
    numbers = {answer.id for answer in answers}
    told = {answer.id for entry in summary.asked for answer in (entry.answer, *entry.again, *entry.follow_ups)
            if answer is not None}  # fmt: skip
    unanswered = [entry.question_id for entry in summary.asked if entry.answer is None]
    reviews = [r for name in dict.fromkeys(a.question.id for a in answers) for r in history.reviews(name)]
    return SessionReport(
        summary=summary,
        left=tuple(known[name].model_copy(update={"examples": ()}) for name in unanswered if name in known),
        beside=tuple(answer for answer in answers if answer.id not in told),
        opinions=tuple(opinion for answer in answers for opinion in _opinions(history, answer)),
        disputes=tuple(dispute for dispute in history.disputes() if dispute.answer_id in numbers),
        reviews=tuple(review for review in reviews if review.answer_id in numbers),
    )


def _opinions(history: History, answer: Answer) -> list[Opinion]:
    found = history.outcomes(answer.id)
    standing = next((i for i in reversed(range(len(found))) if found[i][1] == answer.outcome), None)
    return [
        Opinion(
            answer_id=answer.id,
            time=time,
            grader=outcome.grader,
            score=outcome.score if isinstance(outcome, Grade) else None,
            reason=None if isinstance(outcome, Grade) else outcome.reason,
        )
        for i, (time, outcome) in enumerate(found)
        if i != standing
    ]
