"""One line of a file of graded answers, as people and data sets write it."""

from __future__ import annotations

import re
import typing
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from interviewer.models import Kind, Text, Value

_SET_NAMES = {"criterion_id": "id", "criterion": "text"}
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 100


class Lenient(Value):
    """A record of somebody else's file: what has no use here may stand in it."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


def _renamed(value: object) -> object:
    """A bare text is a criterion; data sets call its parts `criterion_id` and `criterion`."""
    if isinstance(value, str):
        return {"text": value}
    if not isinstance(value, dict):
        return value
    return {_SET_NAMES.get(key, key): part for key, part in value.items()}


class GradedCriterion(Lenient):
    """A criterion, and whether the answer meets it."""

    id: str | None = None
    """Default: `criterion-1`, `criterion-2`, …"""
    text: Text
    points: float = Field(default=1, gt=0, le=100)
    required: bool = False
    met: bool | None = None
    """As people have found; None where nobody has said."""
    alternative_group: str | None = None
    """Accepted variants of one point share it; the best of them counts."""


class GradedLine(Lenient):
    """An answer, its question, and the mark that people gave it."""

    answer: str
    id: str | None = None
    question_id: str | None = None
    """Of the bank; beside a `question` of its own only a name, by which answers belong together."""
    question: Text | None = None
    reference: str | None = None
    """The model answer."""
    score: float | None = Field(default=None, ge=0, le=1)
    """The mark, 0..1."""
    human_score: float | None = Field(default=None, ge=0, le=100)
    """The same out of 100, as in a file of answers to be graded."""
    max_score: float | None = Field(default=None, gt=0)
    """Full marks of the scale that the mark was given on."""
    grader_scores: tuple[float | None, ...] | None = None
    """Marks of single people, on that scale."""
    criteria: tuple[Annotated[GradedCriterion, BeforeValidator(_renamed)], ...] = ()
    met: tuple[str, ...] | None = None
    """Criteria that the answer meets; what is neither here nor in `partial` it does not."""
    partial: tuple[str, ...] | None = None
    flags: tuple[str, ...] | None = None
    """`blank_answer`: nothing was handed in, whatever the text says."""
    trap: str | None = None
    """What the answer is meant to lead a grader into; a `kind` that is none of a question's is one, too."""
    kind: str | None = None
    rubric: str | None = None
    """A rubric of the bank. A text of several words is some data set's marking guide, and of no use here."""

    @model_validator(mode="after")
    def _has_a_mark(self) -> GradedLine:
        if self.score is None and self.human_score is None:
            raise ValueError("needs 'score' (0 to 1) or 'human_score' (0 to 100)")
        if self.grader_scores and self.max_score is None:
            raise ValueError("'grader_scores' is there without 'max_score', which they are out of")
        return self

    @property
    def mark(self) -> float:
        """The mark, 0..1."""
        return self.score if self.score is not None else (self.human_score or 0.0) / 100

    @property
    def trap_name(self) -> str | None:
        """What kind of trap it sets."""
        return self.trap or (None if self.kind in typing.get_args(Kind) else self.kind)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The ids of its criteria, in the form that ids have here."""
        return tuple(
            (slug(criterion.id) if criterion.id else "") or f"criterion-{number}"
            for number, criterion in enumerate(self.criteria, 1)
        )

    def asked(self) -> dict[str, object]:
        """Its question as a line of answers asks it."""
        texts = [criterion.text for criterion in self.criteria]
        named = {
            "kind": self.kind if self.kind in typing.get_args(Kind) else None,
            "rubric": self.rubric if self.rubric and not re.search(r"\s", self.rubric.strip()) else None,
        }
        return {
            "answer": "",
            "question": self.question,
            "reference": (self.reference or "").strip() or "\n".join(texts),
            "criteria": [
                {
                    "id": name,
                    "text": c.text,
                    "points": c.points,
                    "required": c.required and not c.alternative_group,
                }
                for name, c in zip(self.slugs, self.criteria, strict=True)
            ],
            **named,
        }

    def groups(self) -> tuple[tuple[str, str], ...]:
        """Criterion and group of each that is a variant."""
        return tuple(
            (name, slug(criterion.alternative_group) or "variants")
            for name, criterion in zip(self.slugs, self.criteria, strict=True)
            if criterion.alternative_group
        )


def slug(name: str) -> str:
    """The name in the form that ids have here; empty where nothing of it is left."""
    return _NO_SLUG.sub("-", name.lower()).strip("-")[:_LONGEST_SLUG].strip("-")
