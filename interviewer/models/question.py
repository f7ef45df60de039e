"""What is asked, and how an answer to it earns points."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from interviewer.models.check import Check
from interviewer.models.value import Slug, Text, Value

Kind = Literal["open", "true_false", "list", "numeric", "code", "review"]
Points = Annotated[float, Field(gt=0, le=100)]


class Criterion(Value):
    """One checkable statement that a good answer makes."""

    id: Slug
    text: Text
    """What the answer has to state, phrased so that it can be judged met or not met on its own."""
    points: Points = 1
    required: bool = False
    """Not met caps the score; the rubric says at what."""
    group: Slug | None = None
    """The group ("any three of these") that this criterion counts in."""
    alternatives: tuple[Text, ...] = ()
    """Other ways to say it that earn the same; never an exhaustive list."""
    check: Check | None = None
    follow_up: Text | None = None
    """A question that probes this criterion without giving it away."""


class Mistake(Value):
    """A stated misconception; making it costs points, never below 0 in total."""

    id: Slug
    text: Text
    """The wrong claim, as an answer would make it."""
    points: Points = 1
    contradicts: tuple[Slug, ...] = ()
    """Criteria that an answer making this mistake cannot meet, whatever else it says."""
    alternatives: tuple[Text, ...] = ()
    check: Check | None = None


class Group(Value):
    """A set of criteria of which only the best `choose` count ("name three …")."""

    id: Slug
    choose: int = Field(ge=1, le=100)
    open: bool = False
    """True where valid items exist beyond the listed criteria: the judge may accept others."""
    text: Text | None = None
    """What any item of the group must be, for the judge; needed when `open`."""


class Example(Value):
    """A graded sample answer: few-shot material for judges and a test of the bank itself."""

    label: Literal["full", "partial", "wrong"]
    answer: str
    met: tuple[Slug, ...] = ()
    """Criteria it meets. What is in neither list is not met."""
    partial: tuple[Slug, ...] = ()
    mistakes: tuple[Slug, ...] = ()
    note: str | None = None
    """What the sample shows, for example "roles swapped"."""


class Question(Value):
    """One interview question with its model answer and marking scheme."""

    id: Slug
    """Stable: editing the wording keeps the history of the question."""
    kind: Kind = "open"
    difficulty: int = Field(default=300, ge=100, le=500)
    rubric: Slug = "short-answer"
    topic: Slug = "general"
    prompt: Text
    """The question, as Markdown."""
    reference: Text
    """The model answer, as Markdown."""
    alternatives: tuple[Text, ...] = ()
    """Other complete model answers; similarity takes the best."""
    hints: tuple[Text, ...] = ()
    time_limit: int | None = Field(default=None, gt=0)
    """Seconds a candidate would usually get."""
    depends_on: Slug | None = None
    """The question this one follows up; its prompt is shown first."""
    criteria: tuple[Criterion, ...] = Field(default=(), alias="criterion")
    mistakes: tuple[Mistake, ...] = Field(default=(), alias="mistake")
    groups: tuple[Group, ...] = Field(default=(), alias="group")
    examples: tuple[Example, ...] = Field(default=(), alias="example")
    source: Text | None = None
    tags: tuple[Text, ...] = ()


class QuestionFile(Value):
    """One `questions/<area>/<topic>.toml`."""

    title: Text
    topic: Slug
    questions: tuple[Question, ...] = Field(default=(), alias="question")
