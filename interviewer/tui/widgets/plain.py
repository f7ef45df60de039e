"""Text of candidates, models and banks on the screen: never markup, never an escape sequence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from rich.text import Text
from textual.content import Content
from textual.widgets import Markdown, Static

from interviewer.wording import visible


def plain(text: str, style: str = "") -> Content:
    """The text as it is, with nothing in it that could drive the terminal."""
    return Content.styled(visible(text), style) if style else Content(visible(text))


def cells(texts: Iterable[str]) -> list[Text]:
    """Cells of a table, which works out its columns from this kind of text only."""
    return [Text(visible(text), no_wrap=True) for text in texts]


class Plain(Static):
    """A line or paragraph of plain text."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(plain(text), id=id, classes=classes)

    def say(self, text: str | Content) -> None:
        """Shows this in place of what was there; nothing at all hides it."""
        content = plain(text) if isinstance(text, str) else text
        self.display = bool(content)
        self.update(content)


class Line(Plain):
    """One line that often changes: its place stays, so that nothing else is laid out anew."""

    DEFAULT_CSS = "Line { height: 1; }"

    def say(self, text: str | Content) -> None:
        """Shows this in place of what was there."""
        self.update(plain(text) if isinstance(text, str) else text, layout=False)


class Prose(Markdown):
    """Markdown of the bank: code is coloured, links lead nowhere."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(visible(text), id=id, classes=classes, open_links=False)

    async def show(self, text: str) -> None:
        """Shows this in place of what was there; who is cancelled meanwhile leaves it to be finished."""
        # Cancelled itself, it would end the parts it removes and leave them in place: they read no message
        # any more, and the screen that waits for them never goes.
        await asyncio.shield(self.update(visible(text)))
