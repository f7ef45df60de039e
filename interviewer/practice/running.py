"""One session while it runs: where it stands, what is typed, what is handed in. Both front ends use it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from interviewer.bank import Bank
from interviewer.errors import DataError, InterviewerError
from interviewer.history import History
from interviewer.models import (
    Answer,
    Draft,
    Ending,
    Mode,
    Outcome,
    PlannedQuestion,
    Question,
    Review,
    Session,
    Ungraded,
)
from interviewer.practice.credit import probed, without_shared
from interviewer.practice.schedule import counts, given_up, is_certain, rated, suggested

if TYPE_CHECKING:
    # The grader loads numpy and the model's runtime; a screen is drawn without them.
    from interviewer.grading.pipeline import Grader


def begin(
    history: History,
    planned: Sequence[PlannedQuestion],
    *,
    mode: Mode = "coach",
    topic: str | None = None,
    difficulty: int | None = None,
    minutes: int | None = None,
    seed: int | None = None,
) -> Session:
    """A new session with these questions, kept."""
    return history.begin(
        Session(
            started=datetime.now(UTC),
            mode=mode,
            topic=topic,
            difficulty=difficulty,
            minutes=minutes,
            seed=seed,
            planned=tuple(planned),
            endings=(None,) * len(planned),
        )
    )


class RunningSession:
    """Steps through a session; each step is kept before the next.

    Args:
        session: as the history gave it. Questions that are not in this bank are passed over; they stay
            to come for a program that has them.
    """

    def __init__(self, history: History, bank: Bank, session: Session) -> None:
        self._history = history
        self._bank = bank
        self.session = session
        for position, planned in enumerate(session.planned):
            if session.endings[position] is None and planned.question_id not in bank.questions:
                self._note(position, "skipped")

    @property
    def position(self) -> int | None:
        """Index of the question that is asked now; None when all are done with."""
        return self.session.position

    @property
    def question(self) -> Question | None:
        """The question that is asked now."""
        position = self.position
        return None if position is None else self._bank.question(self.session.planned[position].question_id)

    def draft(self) -> Draft | None:
        """What was typed for the question that is asked now."""
        position = self.position
        return None if position is None else self._history.draft(self.session.id, position)

    def save_draft(self, text: str, *, hints: int = 0, seconds: float = 0.0) -> None:
        """Keeps what is typed so far."""
        position = self.position
        if position is not None:
            self._history.save_draft(self.draft_of(position, text, hints=hints, seconds=seconds))

    def draft_of(self, position: int, text: str, *, hints: int = 0, seconds: float = 0.0) -> Draft:
        """What is typed so far for one question, to be kept."""
        return Draft(
            session_id=self.session.id,
            position=position,
            question_id=self.session.planned[position].question_id,
            text=text,
            hints=hints,
            seconds=seconds,
            time=datetime.now(UTC),
        )

    def hand_in(self, text: str, *, hints: int = 0, seconds: float | None = None) -> Answer:
        """Puts the answer to the question that is asked now on disk and steps on."""
        position = self.position
        assert position is not None, "no question is left"
        question = self._bank.question(self.session.planned[position].question_id)
        kept = self._history.keep_answer(
            Answer(
                session_id=self.session.id,
                position=position,
                question=question,
                parents=self._bank.parents(question),
                text=text,
                hints=hints,
                seconds=seconds,
                submitted=datetime.now(UTC),
            )
        )
        self._note(position, "answered")
        return kept

    def leave(self, ending: Ending) -> None:
        """Skips or gives up the question that is asked now and steps on; its draft is forgotten.

        A question that was given up comes again as one that was not known.
        """
        position = self.position
        if position is None:
            return
        question_id = self.session.planned[position].question_id
        again = partial(given_up, question_id=question_id, when=datetime.now(UTC))
        change = again if ending == "gave_up" else None
        self._history.leave(self.session.id, position, ending, change=change)
        self._note(position, ending)

    @property
    def is_done(self) -> bool:
        """Whether no question of the session is to come, in this bank or another."""
        kept = self._history.session(self.session.id)
        return kept is None or kept.position is None

    def finish(self) -> None:
        """Ends the session for good."""
        now = datetime.now(UTC)
        self._history.end(self.session.id, now)
        self.session = self.session.model_copy(update={"ended": now})

    def _note(self, position: int, ending: Ending) -> None:
        endings = list(self.session.endings)
        endings[position] = ending
        self.session = self.session.model_copy(update={"endings": tuple(endings)})


def answer_again(history: History, first: Answer, text: str, *, seconds: float | None = None) -> Answer:
    """Puts another answer to the same question on disk; to the same follow-up, where it is one to that."""
    new = {"id": 0, "text": text, "seconds": seconds, "submitted": datetime.now(UTC), "outcome": None}
    if first.part != "follow_up":
        new |= {"part": "again", "of": first.of or first.id}
    return history.keep_answer(first.model_copy(update=new))


def answer_follow_up(
    history: History, answer: Answer, criterion: str, probe: str, text: str, *, seconds: float | None = None
) -> Answer:
    """Puts the answer to a follow-up on one criterion on disk."""
    return history.keep_answer(
        Answer(
            session_id=answer.session_id,
            position=answer.position,
            question=answer.question,
            parents=answer.parents,
            text=text,
            seconds=seconds,
            submitted=datetime.now(UTC),
            part="follow_up",
            of=answer.id,
            criterion=criterion,
            probe=probe,
        )
    )


async def outcome_of(grader: Grader, bank: Bank, answer: Answer) -> Outcome:
    """What the grader finds in an answer. Whatever goes wrong is an `Ungraded` with its reason."""
    from interviewer.grading.derive import with_criteria

    question = with_criteria(_with_examples(answer.question, bank))
    try:
        rubric = bank.rubric(question.rubric)
        if answer.part == "follow_up":
            if answer.criterion is None or answer.probe is None:
                raise DataError("a follow-up without a criterion")
            question = probed(question, answer.criterion, answer.probe, rubric.criteria)
            rubric = without_shared(rubric)
        return await grader.grade(question, rubric, answer.text, parents=answer.parents)
    except InterviewerError as error:
        return Ungraded(reason=error.in_a_line, grader=grader.label)


def _with_examples(question: Question, bank: Bank) -> Question:
    """The question with the graded examples that it has in the bank: a judge sees the same ones each time."""
    now = bank.questions.get(question.id)
    if now is None or now.model_copy(update={"examples": ()}) != question:
        return question
    return now


def keep_outcome(history: History, answer: Answer, outcome: Outcome) -> Answer:
    """Keeps an outcome and, where the grade is certain, schedules the question by it.

    Gives the answer as it stands then: a failed judge does not take an earlier grade away.
    """
    graded = answer.model_copy(update={"outcome": outcome})
    rating = suggested(graded) if counts(graded) and is_certain(graded) else None
    # In one step: a grade that was kept without its review would never be scheduled.
    change = (
        None if rating is None else partial(_with_rating, answer=graded, rating=rating, by_candidate=False)
    )
    history.keep_outcome(answer.id, outcome, datetime.now(UTC), change=change)
    return history.answer(answer.id) or graded


def rate(history: History, answer: Answer, rating: int, *, by_candidate: bool = True) -> None:
    """Schedules the question of an answer by a rating from 1 (again) to 4 (easy).

    A grade does not replace what the candidate has said.
    """
    change = partial(_with_rating, answer=answer, rating=rating, by_candidate=by_candidate)
    history.change_reviews(answer.question.id, change)


def _with_rating(before: list[Review], *, answer: Answer, rating: int, by_candidate: bool) -> list[Review]:
    own = next((review for review in before if review.answer_id == answer.id), None)
    if own is not None and own.by == "candidate" and not by_candidate:
        return before
    return rated(before, answer, rating, when=answer.submitted, by_candidate=by_candidate)
