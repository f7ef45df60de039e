"""One line of a file of answers, and the answer with all that grading it needs."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, ConfigDict, Field

from interviewer.bank import Bank
from interviewer.errors import DataError
from interviewer.grading.digests import text_digest
from interviewer.importers.classify import RUBRICS, classify
from interviewer.models import Criterion, Kind, Question, Rubric, Slug, Text, Value


class GivenAnswer(NamedTuple):
    """An answer with all that grading it needs."""

    number: int
    """Its place among the answers of the input, from 1."""
    id: str
    question_id: str | None
    question: Question
    rubric: Rubric
    parents: tuple[Question, ...]
    text: str
    candidate: str | None = None
    human_score: float | None = None
    ungradable: str | None = None
    """Why no judge can be asked, for example that the bank has no such question; None where one can."""


def _renamed(value: object) -> object:
    """A bare text is a criterion; `criterion` may stand for `text`."""
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, dict) and "criterion" in value and "text" not in value:
        return {"text" if key == "criterion" else key: part for key, part in value.items()}
    return value


class AnswerCriterion(Value):
    """One criterion of an inline question."""

    id: Slug | None = None
    """Default: `criterion-1`, `criterion-2`, …"""
    text: Text
    points: float = Field(default=1, gt=0, le=100)
    required: bool = False


GivenCriteria = tuple[Annotated[AnswerCriterion, BeforeValidator(_renamed)], ...]
"""The criteria of an inline question, as people write them."""


class AnswerLine(Value):
    """One line of a file of answers: an answer, and the bank's question or an inline one that it answers."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    answer: str
    id: str | None = None
    """Comes back on the grade. Default: the line number."""
    question_id: str | None = None
    """A question of the bank; beside an inline `question` only a name that comes back on the grade."""
    question: Text | None = None
    """The prompt of an inline question."""
    reference: Text | None = None
    """The model answer of the inline question."""
    criteria: GivenCriteria = ()
    """Of the inline question. Default: taken from the reference."""
    kind: Kind | None = None
    """Of the inline question. Default: guessed from its wording."""
    rubric: Slug | None = None
    """For the inline question. Default: the one for its kind."""
    candidate: str | None = None
    human_score: float | None = None
    """Comes back on the grade, for comparing; it does not enter it."""


_INLINE_ONLY = ("reference", "criteria", "kind", "rubric")


def given(line: AnswerLine, number: int, place: int, bank: Bank, inline: Question | None) -> GivenAnswer:
    """The answer of a line.

    Args:
        number: its place among the answers, from 1.
        place: the number of the line in its file, for an answer without an id.
        inline: its own question, where it has one.

    Raises:
        DataError: it names no question, or one that is not there.
    """
    if inline is None:
        if line.reference or line.criteria or line.kind or line.rubric:
            extra = [key for key in _INLINE_ONLY if getattr(line, key)]
            raise DataError(f"{extra[0]!r} is there without 'question'", hint="they make an inline question")
        if line.question_id is None:
            raise DataError("needs 'question_id', or 'question' and 'reference'")
    question = inline or bank.question(str(line.question_id))
    return GivenAnswer(
        number=number,
        id=str(place) if line.id is None else line.id,
        question_id=line.question_id,
        question=question,
        rubric=bank.rubric(question.rubric),
        parents=() if inline else bank.parents(question),
        text=line.answer,
        candidate=line.candidate,
        human_score=line.human_score,
    )


def question_of(line: AnswerLine) -> AnswerLine:
    """The line without what differs between answers to the same question."""
    return line.model_copy(
        update={"answer": "", "id": None, "question_id": None, "candidate": None, "human_score": None}
    )


def inline_question(line: AnswerLine, bank: Bank) -> Question:
    """The question that a line brings with it.

    Raises:
        DataError: it has no reference, a criterion twice, or a rubric that is not there.
    """
    prompt, reference = line.question or "", line.reference
    if reference is None:
        raise DataError("'question' is there without 'reference'", hint="add the model answer")
    kind = line.kind or classify(prompt, reference)
    criteria = tuple(
        Criterion(id=c.id or f"criterion-{number}", text=c.text, points=c.points, required=c.required)
        for number, c in enumerate(line.criteria, 1)
    )
    rubric = bank.rubric(line.rubric or RUBRICS[kind])
    ids = [criterion.id for criterion in (*criteria, *rubric.criteria)]
    twice = [identifier for at, identifier in enumerate(ids) if identifier in ids[:at]]
    if twice:
        raise DataError(f"criterion {twice[0]!r} is there twice")
    return Question(
        id=f"inline-{text_digest(line.model_dump_json())}",
        kind=kind,
        rubric=rubric.name,
        prompt=prompt,
        reference=reference,
        criteria=criteria,
    )
