"""What a practice session leaves behind: the session, its drafts, answers, disputes and reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from interviewer.models.grade import Grade, Level, Outcome
from interviewer.models.question import Question
from interviewer.models.value import Value

Mode = Literal["coach", "interview"]
"""`coach`: feedback as soon as an answer is graded. `interview`: straight on, with feedback at the end."""
Part = Literal["first", "again", "follow_up"]
"""The first answer to a question of a session, a further one, or the answer to a follow-up."""
Ending = Literal["answered", "skipped", "gave_up"]
"""What became of a question of a session."""


class PlannedQuestion(Value):
    """One question of a session, and why it was chosen."""

    question_id: str
    why: str


class Session(Value):
    """One practice session."""

    id: int = 0
    """Given by the history; 0 where it has not been kept yet."""
    started: datetime
    ended: datetime | None = None
    """None while questions are left."""
    mode: Mode = "coach"
    topic: str | None = None
    difficulty: int | None = None
    minutes: int | None = None
    seed: int | None = None
    planned: tuple[PlannedQuestion, ...]
    endings: tuple[Ending | None, ...]
    """What became of each planned question, in order; None is still to come."""

    @property
    def position(self) -> int | None:
        """Index of the first question still to come; None where none is."""
        return next((i for i, ending in enumerate(self.endings) if ending is None), None)


class Draft(Value):
    """An answer that is not handed in yet."""

    session_id: int
    position: int
    """Index of its question in the session."""
    question_id: str
    part: Part = "first"
    criterion: str = ""
    """Of a follow-up: the criterion that it probes."""
    text: str
    hints: int = 0
    """How many were looked at."""
    seconds: float = 0.0
    """Spent on the question so far."""
    time: datetime


class Answer(Value):
    """One answer that was handed in, and what became of it."""

    id: int = 0
    """Given by the history; 0 where it has not been kept yet."""
    session_id: int
    position: int
    question: Question
    """As it was asked, without its graded examples."""
    parents: tuple[Question, ...] = ()
    """The questions it follows up, as they were asked."""
    text: str
    hints: int = 0
    seconds: float | None = None
    """Spent on it; None where unknown."""
    submitted: datetime
    part: Part = "first"
    of: int | None = None
    """The answer that this one is another try at, or follows up."""
    criterion: str | None = None
    """Of a follow-up: the criterion that it probes."""
    probe: str | None = None
    """Of a follow-up: what was asked."""
    outcome: Outcome | None = None
    """The newest grade; where there is none the newest reason; None where it was never graded to the end."""

    @property
    def grade(self) -> Grade | None:
        """Its grade, where it has one."""
        return self.outcome if isinstance(self.outcome, Grade) else None


class Attempt(Value):
    """One first answer in short."""

    answer_id: int
    session_id: int
    question_id: str
    topic: str
    difficulty: int
    hints: int
    submitted: datetime
    grader: str | None
    """None where it was never graded to the end."""
    score: float | None
    """The grade's own, 0..100; None where it has none."""


class Dispute(Value):
    """The candidate's objection to the level that a judge gave one criterion."""

    answer_id: int
    criterion: str
    grader: str
    given: Level
    """What the judge found."""
    should_be: Level
    why: str
    time: datetime


class Review(Value):
    """How well a question was known at one time: what spaced repetition works from."""

    question_id: str
    answer_id: int | None
    rating: int = Field(ge=1, le=4)
    """1 again, 2 hard, 3 good, 4 easy."""
    by: Literal["grade", "candidate"]
    time: datetime
    card: str
    """State of the scheduler after it, as JSON of `fsrs.Card`."""
    due: datetime
