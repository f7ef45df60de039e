"""What a grade means for going on: another try, a follow-up, and when the question comes again."""

from __future__ import annotations

from interviewer.models import Answer, Grade, Review
from interviewer.practice.schedule import RATINGS, counts, is_certain, suggested


def is_missed(grade: Grade, criterion: str) -> bool:
    """Whether a grade has points of this criterion still to be had."""
    return any(c.id == criterion and c.level != "met" for c in grade.criteria)


def earlier_try(answer: Answer, grade: Grade, others: list[Answer]) -> Grade | None:
    """The grade of the try before this one, where the same grader gave it."""
    if answer.part != "again":
        return None
    tries = [
        o for o in others if o.position == answer.position and o.part != "follow_up" and o.id < answer.id
    ]
    graded = [o.grade for o in tries if o.grade is not None and o.grade.grader == grade.grader]
    return graded[-1] if graded else None


def rating_line(answer: Answer, reviews: list[Review]) -> str:
    """When the question comes again, and what the candidate can say about it."""
    if not counts(answer):
        return ""
    own = next((review for review in reviews if review.answer_id == answer.id), None)
    if own is None:
        if is_certain(answer):
            return ""
        advice = suggested(answer)
        hint = f" (the score suggests {advice} {RATINGS[advice]})" if advice else ""
        keys = "  ".join(f"{number} {name}" for number, name in RATINGS.items())
        return f"The grade is uncertain. How well did you know it?  {keys}{hint}"
    by = "you" if own.by == "candidate" else "the grade"
    when = reviews[-1].due.astimezone().strftime("%d %b")
    return f"Comes again on {when} (rated {RATINGS[own.rating]} by {by}; 1 to 4 changes it)"
