"""A map from a judge's scores to those that a person would give, and what it is good for."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from interviewer.models.value import Value

Points = Annotated[float, Field(ge=0, le=100)]
Parameters = dict[str, str | int | float | bool | None]


class ScoreMap(Value):
    """A map that never turns the order of two scores around; between its knots it is straight."""

    digest: str
    """Of the knots."""
    knots: Annotated[tuple[tuple[Points, Points], ...], Field(min_length=2)]
    """Raw score and calibrated score, 0–100, from the lowest raw score to the highest."""

    @model_validator(mode="after")
    def _never_falls(self) -> Self:
        for (raw, score), (next_raw, next_score) in pairwise(self.knots):
            if next_raw <= raw or next_score < score:
                raise ValueError("the knots of a map have to rise")
        return self


class Agreement(Value):
    """How far scores agree with those of people, on 0–1; None is what cannot be computed."""

    rmse: float
    mae: float
    qwk: float | None
    """Quadratic weighted kappa on steps of a tenth."""


class Calibration(Value):
    """A fitted map, what it was fitted on, and how well it did on pairs that its fit had not seen."""

    form: Literal[1] = 1
    """Of this file."""
    judge: str
    """The label on the grades that it is for."""
    parameters: Parameters
    """Of that judge, which have to be the same: another prompt or model is another measure."""
    rubrics: Annotated[tuple[str, ...], Field(min_length=1)]
    """Digests of the rubrics that the grades were made by. Under any other it is not applied."""
    map: ScoreMap
    shape: Literal["line", "steps"]
    """`line`: straight from end to end. `steps`: as many knots as the pairs ask for."""
    shrinkage: float = Field(ge=0)
    """Imaginary pairs on which person and judge agree that the fit was given beside the real ones."""
    source: Literal["grades", "history"]
    pairs: int = Field(ge=1)
    questions: int = Field(ge=1)
    held_out: Literal["question", "answer"]
    """What was left out of each fit to measure it."""
    before: Agreement
    """Of the raw scores with people's."""
    after: Agreement
    """Of the calibrated scores, each by a fit that had not seen its pair."""
    improved: float = Field(ge=0, le=1)
    """Share of resamples of the pairs in which the root mean square error got smaller."""
    made: datetime
    """UTC."""
    version: str
    """Of this program."""
