"""Questions, sessions, answers and grades, as practice makes them; small ones by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from interviewer.grading.feedback import derive_feedback
from interviewer.grading.scoring import mistakes_made, scheme_of, score
from interviewer.history import History
from interviewer.models import (
    Answer,
    Band,
    Criterion,
    CriterionGrade,
    Grade,
    Level,
    PlannedQuestion,
    Question,
    Receipt,
    Rubric,
    Session,
    Similarity,
    Verdict,
)

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
JUDGE = "embedded/test"


def hours(number: float) -> datetime:
    """So long after noon of the first day."""
    return NOON + timedelta(hours=number)


def make_question(identifier: str = "why-relu", **fields: Any) -> Question:
    """A question with two criteria, one of them required."""
    return Question(
        **{
            "id": identifier,
            "topic": "cnn",
            "prompt": "Why is ReLU used?",
            "reference": "It does not saturate. It is cheap.",
            "criteria": (
                Criterion(id="saturates", text="It does not saturate", points=2, required=True),
                Criterion(id="cheap", text="It is cheap", points=1),
            ),
        }
        | fields
    )


def make_rubric(**fields: Any) -> Rubric:
    """A rubric without criteria of its own."""
    return Rubric(**{"name": "short-answer", "title": "Short answer", "instructions": "Be fair."} | fields)


def make_session(*question_ids: str, **fields: Any) -> Session:
    """A session of these questions that nobody has begun to answer."""
    planned = tuple(PlannedQuestion(question_id=name, why="new") for name in question_ids or ("why-relu",))
    return Session(**{"started": NOON, "planned": planned, "endings": (None,) * len(planned)} | fields)


def make_answer(session: Session, text: str = "It does not saturate.", **fields: Any) -> Answer:
    """The first answer to the first question of a session."""
    return Answer(
        **{
            "session_id": session.id,
            "position": 0,
            "question": make_question(session.planned[0].question_id),
            "text": text,
            "submitted": NOON,
        }
        | fields
    )


def graded(
    levels: Mapping[str, Level],
    question: Question | None = None,
    rubric: Rubric | None = None,
    *,
    grader: str = JUDGE,
    confidence: Band = "high",
    made: Sequence[str] = (),
    similarity: float | None = 0.5,
    text: str = "It does not saturate.",
) -> Grade:
    """The grade of an answer for which a judge found these levels; the rest is not met."""
    question, rubric = question or make_question(), rubric or make_rubric()
    criteria = (*question.criteria, *rubric.criteria)
    scheme = scheme_of(question, rubric, criteria)
    verdicts = tuple(
        Verdict(id=c.id, level=levels.get(c.id, "not_met"), reason="said so", decided_by=grader)
        for c in criteria
    )
    found = tuple(
        Verdict(id=m.id, level="met" if m.id in made else "not_met", decided_by=grader)
        for m in question.mistakes
    )
    near = None
    if similarity is not None:
        near = Similarity(cosine=similarity, coverage=similarity, without_question=similarity)
    result = score(scheme, verdicts, found, near)
    by_id = {verdict.id: verdict for verdict in verdicts}
    return Grade(
        score=result.score,
        passed=result.score >= scheme.pass_mark,
        criteria=tuple(
            CriterionGrade(
                id=c.id,
                level=by_id[c.id].level,
                points=c.points,
                earned=result.earned[c.id],
                quote=None,
                decided_by=grader,
                reason="said so",
            )
            for c in criteria
        ),
        similarity=similarity,
        confidence=confidence,
        needs_review=confidence == "low",
        feedback=derive_feedback(
            question, scheme, criteria, verdicts, mistakes_made(question.mistakes, found), result
        ),
        grader=grader,
        receipt=Receipt(
            version="0",
            grader=grader,
            question_digest="q",
            rubric_digest="r",
            answer_digest=text,
            scheme=scheme,
            verdicts=verdicts,
            mistakes=found,
            similarity=near,
        ),
    )


def practised(
    history: History,
    levels: Mapping[str, Level],
    question: Question | None = None,
    *,
    grader: str = JUDGE,
    when: datetime = NOON,
    **fields: Any,
) -> Answer:
    """An answer in a session of its own, kept and graded."""
    question = question or make_question()
    session = history.begin(make_session(question.id, started=when))
    answer = history.keep_answer(make_answer(session, question=question, submitted=when, **fields))
    history.keep_outcome(answer.id, graded(levels, question, grader=grader), when)
    kept = history.answer(answer.id)
    assert kept is not None
    return kept
