"""A line to type in."""

from __future__ import annotations

from textual.widgets import Input

from interviewer.wording import harmless


class Field(Input):
    """An input in which nothing that is pasted can drive the terminal."""

    def validate_value(self, value: str) -> str:
        """The value as it is shown: character by character, so that the cursor stays where it is."""
        return harmless(value).replace("\t", " ").replace("\n", " ")
