"""What an answer is worth in practice: its grade, less what hints cost, and half of what a follow-up adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interviewer.errors import DataError
from interviewer.grading.scoring import score
from interviewer.models import Answer, Attempt, Criterion, Grade, Level, Question, Rubric, Value

HINT_COST = 10.0
"""Of 100, for each hint that was looked at."""
FOLLOW_UP_SHARE = 0.5
"""Of the points that an answer to a follow-up adds: it was asked for."""
_ORDER: tuple[Level, ...] = ("not_met", "partial", "met")


class Credit(Value):
    """A score of practice and what it is made of. The grade itself is never changed."""

    graded: float
    """The grade's own score, 0..100."""
    hints: float = 0.0
    """Taken off for hints."""
    follow_ups: float = 0.0
    """Added for follow-ups."""
    total: float
    """0..100, one decimal."""


def credit(answer: Answer, follow_ups: Iterable[Answer] = ()) -> Credit | None:
    """What an answer is worth with the follow-ups to it; None where it has no grade."""
    grade = answer.grade
    if grade is None:
        return None
    # Rounded before they are added up, so that the parts that are shown make the total that is shown.
    cost = round(min(grade.score, HINT_COST * answer.hints), 1)
    added = round(sum(_gains(grade, follow_ups)), 1)
    total = round(min(100.0, grade.score - cost + added), 1)
    return Credit(graded=grade.score, hints=cost, follow_ups=added, total=total)


def attempt_score(attempt: Attempt) -> float | None:
    """The score of an answer less what hints cost; None where it has no grade."""
    return None if attempt.score is None else max(0.0, attempt.score - HINT_COST * attempt.hints)


def gain(grade: Grade, follow_up: Answer) -> float:
    """Points of 100 that the answer to a follow-up adds to a grade; 0 where it has no grade itself."""
    return next(iter(_gains(grade, [follow_up])), 0.0)


def _gains(grade: Grade, follow_ups: Iterable[Answer]) -> list[float]:
    """What each follow-up adds, best answer to each criterion only."""
    best: dict[str, Level] = {}
    for follow_up in follow_ups:
        found, criterion = follow_up.grade, follow_up.criterion
        if found is not None and criterion is not None:
            level: Level = next((c.level for c in found.criteria if c.id == criterion), "not_met")
            if _ORDER.index(level) >= _ORDER.index(best.get(criterion, "not_met")):
                best[criterion] = level
    scheme, verdicts = grade.receipt.scheme, list(grade.receipt.verdicts)
    receipt = grade.receipt
    mistakes, similarity, calibration = receipt.mistakes, receipt.similarity, receipt.calibration
    gains: list[float] = []
    at = score(scheme, verdicts, mistakes, similarity, calibration).score
    for criterion, level in best.items():
        verdicts = [
            v.model_copy(update={"level": level, "share": None})
            if v.id == criterion and _ORDER.index(level) > _ORDER.index(v.level)
            else v
            for v in verdicts
        ]
        raised = score(scheme, verdicts, mistakes, similarity, calibration).score
        gains.append(FOLLOW_UP_SHARE * max(0.0, raised - at))
        at = raised
    return gains


def probed(question: Question, criterion: str, probe: str, shared: Sequence[Criterion] = ()) -> Question:
    """The question that a follow-up asks: the same one, with one criterion left and the probe at its end.

    Args:
        shared: criteria of its rubric, which can be followed up as well.

    Raises:
        DataError: there is no such criterion.
    """
    wanted = next((c for c in (*question.criteria, *shared) if c.id == criterion), None)
    if wanted is None:
        raise DataError(f"question {question.id!r} has no criterion {criterion!r} to follow up")
    return question.model_copy(
        update={
            "prompt": f"{question.prompt}\n\n{probe}",
            "criteria": (wanted.model_copy(update={"group": None, "required": False}),),
            "groups": (),
            "mistakes": tuple(m for m in question.mistakes if criterion in m.contradicts),
            "hints": (),
            "examples": (),
        }
    )


def without_shared(rubric: Rubric) -> Rubric:
    """The rubric of a follow-up: what all its questions share has been judged with the answer itself."""
    return rubric.model_copy(update={"criteria": ()})
