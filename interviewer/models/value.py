"""The base of all data that crosses a boundary: frozen, and strict about keys."""

from __future__ import annotations

import os
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

DESCRIBED = "INTERVIEWER_DESCRIBED" in os.environ
"""Whether fields carry their docstrings: for the schemas. Reading them from the source slows every start."""


class Value(BaseModel):
    """A frozen record that refuses unknown keys and numbers that are not numbers."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=DESCRIBED,
        populate_by_name=True,
        allow_inf_nan=False,
        # Built when first used: the first screen needs few of them.
        defer_build=True,
    )


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=100)]
"""A stable id: lower-case words and digits joined by `-`, `_` or `.`."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that says something: surrounding white space is dropped, and it may not be empty."""
