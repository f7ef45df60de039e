"""A marking scheme that many questions share."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from interviewer.models.question import Criterion
from interviewer.models.value import Slug, Text, Value


class Levels(Value):
    """The share of a criterion's points that each level earns; `met` is always 1."""

    partial: float = Field(default=0.5, ge=0, le=1)


class Estimate(Value):
    """The mark that people would give by a reference, as fitted: a logistic function that rises with each."""

    bias: float
    share: float = Field(ge=0)
    """Weight of the share of points that the judge gives."""
    stated: float = Field(default=0, ge=0)
    """Weight of `Similarity.stated`."""
    recall: float = Field(ge=0)
    """Weight of `Similarity.recall`."""


class Combine(Value):
    """How similarity joins the judge's share of points."""

    method: Literal["auto", "gate", "blend", "calibrated"] = "auto"
    """`gate`: similarity earns nothing, it only raises alarms. `blend`: a weighted mean with the cosine.
    `calibrated`: the mark that people would give, as `estimate` has it. `auto`: `calibrated` where the
    criteria are taken from a reference, `gate` where people wrote them."""
    weight: float = Field(default=0.0, ge=0, le=1)
    """Of the cosine in a blend; unused otherwise."""
    estimate: Estimate | None = None
    """For `calibrated`; None takes the one that is fitted for the judge."""


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
