"""Deterministic tests of one criterion. A conclusive check decides without a model."""

from __future__ import annotations

import re
import warnings
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from interviewer.models.value import Text, Value

Otherwise = Literal["judge", "not_met"]
FLAGS = re.IGNORECASE | re.DOTALL
"""With which patterns are looked for."""


class NumberCheck(Value):
    """The answer's result is this number ("800", "eight hundred", "5·5·4·8" and "8e2" are the same)."""

    kind: Literal["number"]
    value: float
    tolerance: float = Field(default=0.0, ge=0)
    """Largest absolute difference that still counts as right."""
    unit: str | None = None
    """A unit the number may carry; other units are not the answer."""


class VerdictCheck(Value):
    """The answer says true (yes, correct, agreed) or false (no, wrong, disagreed)."""

    kind: Literal["verdict"]
    value: bool


class ChoiceCheck(Value):
    """The answer picks exactly this one of the options."""

    kind: Literal["choice"]
    answer: Text
    options: Annotated[tuple[Text, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _answer_is_an_option(self) -> ChoiceCheck:
        if self.answer not in self.options:
            raise ValueError(f"answer {self.answer!r} is not one of the options")
        return self


class SetCheck(Value):
    """The answer names at least `choose` of the items; each item is a list of aliases."""

    kind: Literal["set"]
    items: Annotated[tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...], Field(min_length=1)]
    choose: int = Field(default=1, ge=1)
    otherwise: Otherwise = "judge"
    """What too few named items mean: leave it to the judge, or `not_met`."""

    @model_validator(mode="after")
    def _enough_items(self) -> SetCheck:
        if self.choose > len(self.items):
            raise ValueError(f"choose = {self.choose}, but there are only {len(self.items)} items")
        return self


class PatternCheck(Value):
    """The answer matches this regular expression (case and line ends ignored)."""

    kind: Literal["pattern"]
    pattern: Text
    wrong: Text | None = None
    """Matching this instead is not met: for example any other shape than the right one."""
    otherwise: Otherwise = "judge"
    """What no match of either means: leave it to the judge, or `not_met`."""

    @field_validator("pattern", "wrong")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            with warnings.catch_warnings():
                # Of "[[a]" Python warns that a later one may read it otherwise.
                warnings.simplefilter("ignore", FutureWarning)
                re.compile(pattern or "", FLAGS)
        except (re.error, ValueError, OverflowError) as error:
            raise ValueError(f"not a regular expression: {error}") from None
        except RecursionError:
            raise ValueError("not a regular expression: nested too deeply") from None
        return pattern


Check = Annotated[
    NumberCheck | VerdictCheck | ChoiceCheck | SetCheck | PatternCheck,
    Field(discriminator="kind"),
]
