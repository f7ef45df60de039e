"""What a session came to: by question, topic and kind of criterion, beside earlier sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interviewer.grading.derive import with_criteria
from interviewer.history import History
from interviewer.models import Answer, Attempt, Criterion, Ending, Grade, Question, Session, Value
from interviewer.practice.credit import Credit, attempt_score, credit

COMPARED = 10
"""Earlier sessions that kinds of points are compared with."""
WORTH_STUDYING = 3
"""Criteria that are named as what to study next."""
KINDS = {
    "result": "Right results (checked by code)",
    "required": "Points that are required",
    "idea": "Other points",
    "form": "Form (shared by all questions of a rubric)",
}
"""Kinds of criteria, by what a candidate would practise for each."""


class Asked(Value):
    """One question of a session, and what became of it."""

    position: int
    question_id: str
    topic: str | None
    """None where it was not answered and is no longer in the bank."""
    why: str
    ending: Ending | None
    answer: Answer | None = None
    """The first answer that has a grade, else the first."""
    credit: Credit | None = None
    """None where it has no grade."""
    again: tuple[Answer, ...] = ()
    follow_ups: tuple[Answer, ...] = ()


class Share(Value):
    """Points earned of those there were, in one topic or kind of criterion."""

    name: str
    earned: float
    available: float
    earlier: float | None = None
    """Percent in earlier sessions with the same graders; None where there is nothing to compare with."""

    @property
    def percent(self) -> float:
        """Of the points that there were."""
        return 100 * self.earned / self.available if self.available else 0.0


class ToStudy(Value):
    """A criterion that was missed, and what meeting it would have added."""

    question_id: str
    topic: str
    text: str
    points: float


class Summary(Value):
    """What a session came to."""

    session: Session
    asked: tuple[Asked, ...]
    graders: tuple[str, ...]
    """Judges whose grades are in it, by label; rules that need no judge are not counted."""
    graded: int
    ungraded: int
    mean: float | None
    """Of the graded, with hints and follow-ups; None where there is none, or where graders are mixed."""
    earlier_mean: float | None
    """Of earlier sessions with the same grader and no other; None where there is nothing to compare with."""
    topics: tuple[Share, ...]
    kinds: tuple[Share, ...]
    to_study: tuple[ToStudy, ...]
    """What was missed in this session, the most points first."""


def summarise(
    history: History, session: Session, topics: dict[str, str] | None = None, *, compare: bool = True
) -> Summary:
    """What a session came to so far.

    Args:
        topics: of the bank's questions by id, for those that were not answered.
        compare: with earlier sessions, all of which are read for it.
    """
    answers = history.answers(session.id)
    asked = tuple(
        _asked(session, position, answers, topics or {}) for position in range(len(session.planned))
    )
    credits = [entry.credit for entry in asked if entry.credit is not None]
    graders = tuple(
        dict.fromkeys(
            grade.grader
            for entry in asked
            if entry.answer and (grade := entry.answer.grade) and not is_rule(grade.grader)
        )
    )
    mixed = len(graders) > 1
    before = [] if mixed or not compare else [a for a in history.attempts() if a.session_id < session.id]
    comparable = _judged_by(before, graders)
    earlier = _earlier(history, before, comparable)
    mean = round(sum(c.total for c in credits) / len(credits), 1) if credits and not mixed else None
    return Summary(
        session=session,
        asked=asked,
        graders=graders,
        graded=len(credits),
        ungraded=sum(entry.answer is not None and entry.credit is None for entry in asked),
        mean=mean,
        earlier_mean=_mean([total for _, total in earlier]),
        topics=() if mixed else _topics(asked, earlier),
        kinds=() if mixed else _kinds(asked, _earlier_answers(history, comparable)),
        to_study=_to_study(asked),
    )


def is_rule(grader: str) -> bool:
    """Whether the label is that of a rule ("rule:blank"), which grades alike beside every judge."""
    return grader.startswith("rule:")


def kind_of(criterion: Criterion | None) -> str:
    """One of `KINDS`; None is a criterion that the question does not have itself."""
    if criterion is None:
        return "form"
    if criterion.check is not None:
        return "result"
    return "required" if criterion.required else "idea"


def _asked(session: Session, position: int, answers: Sequence[Answer], topics: dict[str, str]) -> Asked:
    planned = session.planned[position]
    own = [answer for answer in answers if answer.position == position]
    tries = [answer for answer in own if answer.part != "follow_up"]
    # A try that no judge has graded taught nothing, so the one after it counts.
    first = next((answer for answer in tries if answer.grade), tries[0] if tries else None)
    # A follow-up to a later try would not be one to the answer that counts.
    follow_ups = tuple(a for a in own if a.part == "follow_up" and first is not None and a.of == first.id)
    return Asked(
        position=position,
        question_id=planned.question_id,
        topic=first.question.topic if first else topics.get(planned.question_id),
        why=planned.why,
        ending=session.endings[position],
        answer=first,
        credit=credit(first, follow_ups) if first else None,
        again=tuple(answer for answer in tries if first is not None and answer.id > first.id),
        follow_ups=follow_ups,
    )


def _judged_by(attempts: Sequence[Attempt], graders: Sequence[str]) -> set[int]:
    """Numbers of the sessions that these judges graded, and nobody else; rules grade alike beside all."""
    judges: dict[int, set[str]] = {}
    for attempt in attempts:
        if attempt.grader and attempt.score is not None and not is_rule(attempt.grader):
            judges.setdefault(attempt.session_id, set()).add(attempt.grader)
    return {number for number, labels in judges.items() if labels <= set(graders)}


def _earlier(history: History, before: Sequence[Attempt], sessions: set[int]) -> list[tuple[str, float]]:
    """Topic and score of the answers of these sessions."""
    totals = _totals(history.followed_up()) if sessions else {}
    return [
        (a.topic, totals.get(a.answer_id, score))
        for a in before
        if a.session_id in sessions and (score := attempt_score(a)) is not None
    ]


def _earlier_answers(history: History, sessions: set[int]) -> list[Answer]:
    """The first answers of the newest of these sessions: all of them would take long to read."""
    newest = sorted(sessions)[-COMPARED:]
    return [answer for number in newest for answer in history.answers(number) if answer.part == "first"]


def _totals(answers: Sequence[Answer]) -> dict[int, float]:
    """What answers are worth with the follow-ups to them, by number."""
    follow_ups: dict[int | None, list[Answer]] = {}
    for answer in answers:
        if answer.part == "follow_up":
            follow_ups.setdefault(answer.of, []).append(answer)
    return {a.id: found.total for a in answers if (found := credit(a, follow_ups.get(a.id, ()))) is not None}


def _mean(scores: Sequence[float]) -> float | None:
    return round(sum(scores) / len(scores), 1) if scores else None


def _topics(asked: Sequence[Asked], earlier: Sequence[tuple[str, float]]) -> tuple[Share, ...]:
    scores: dict[str, list[float]] = {}
    for entry in asked:
        if entry.credit is not None and entry.topic is not None:
            scores.setdefault(entry.topic, []).append(entry.credit.total)
    return tuple(
        Share(
            name=topic,
            earned=round(sum(found), 1),
            available=100.0 * len(found),
            earlier=_mean([total for of, total in earlier if of == topic]),
        )
        for topic, found in sorted(scores.items())
    )


def _kinds(asked: Sequence[Asked], before: Sequence[Answer]) -> tuple[Share, ...]:
    shares = _by_kind([entry.answer for entry in asked if entry.answer is not None])
    earlier = {share.name: round(share.percent, 1) for share in _by_kind(before)}
    return tuple(share.model_copy(update={"earlier": earlier.get(share.name)}) for share in shares)


def _by_kind(answers: Sequence[Answer]) -> list[Share]:
    earned = dict.fromkeys(KINDS, 0.0)
    available = dict.fromkeys(KINDS, 0.0)
    for answer in answers:
        if answer.grade is not None:
            for kind, had, out_of in _points(answer.question, answer.grade):
                earned[kind] += had
                available[kind] += out_of
    return [
        Share(name=kind, earned=round(earned[kind], 2), available=round(available[kind], 2))
        for kind in KINDS
        if available[kind]
    ]


def _points(question: Question, grade: Grade) -> Iterator[tuple[str, float, float]]:
    """Kind, points earned and points available of each criterion, and of each group as a whole."""
    own = {criterion.id: criterion for criterion in with_criteria(question).criteria}
    earned = {found.id: found.earned for found in grade.criteria}
    for item in grade.receipt.scheme.criteria:
        if item.group is None:
            yield kind_of(own.get(item.id)), earned[item.id], item.points
    for group in grade.receipt.scheme.groups:
        members = [item for item in grade.receipt.scheme.criteria if item.group == group.id]
        # Of "name three of …" there are three to be had, however many there are.
        counted = sorted(members, key=lambda item: -earned[item.id])[: group.choose]
        had = sum(earned[item.id] for item in counted)
        yield kind_of(own.get(members[0].id)), had, sum(item.points for item in counted)


def _to_study(asked: Sequence[Asked]) -> tuple[ToStudy, ...]:
    missed = [
        ToStudy(
            question_id=entry.question_id, topic=entry.answer.question.topic, text=gap.text, points=gap.points
        )
        for entry in asked
        if entry.answer is not None and (grade := entry.answer.grade) is not None
        for gap in grade.feedback.gaps
    ]
    return tuple(sorted(missed, key=lambda gap: -gap.points)[:WORTH_STUDYING])
