"""A marking scheme that many questions share."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from interviewer.models.question import Criterion
from interviewer.models.value import Slug, Text, Value


class Levels(Value):
    """The share of a criterion's points that each level earns; `met` is always 1."""

    partial: float = Field(default=0.5, ge=0, le=1)


class Combine(Value):
    """How similarity joins the judge's share of points."""

    method: Literal["gate", "blend"] = "gate"
    """`gate`: similarity earns nothing, it only raises alarms. `blend`: a weighted mean."""
    weight: float = Field(default=0.0, ge=0, le=1)
    """Similarity's weight in a blend; unused by a gate."""


class Rubric(Value):
    """One `rubrics/<name>.toml`; the file's name is the rubric's."""

    name: Slug
    title: Text
    instructions: Text
    """What the judge is told about marking this kind of question."""
    required_cap: float = Field(default=40.0, ge=0, le=100)
    """Highest score of an answer that misses a required criterion."""
    pass_mark: float = Field(default=60.0, ge=0, le=100)
    levels: Levels = Levels()
    combine: Combine = Combine()
    few_shot: int = Field(default=0, ge=0, le=6)
    """Graded examples of the question shown to an LLM judge."""
    criteria: tuple[Criterion, ...] = Field(default=(), alias="criterion")
    """Criteria that every question with this rubric shares."""
