"""Markdown on the screen: what cancels its showing leaves it whole."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult

from interviewer.tui.widgets.plain import Prose


class Page(App[None]):
    """A page of prose."""

    def compose(self) -> ComposeResult:
        """The prose alone."""
        yield Prose("the first text\n\n- of it\n- a list")


@pytest.mark.parametrize("steps", range(0, 40, 4))
async def test_showing_that_is_cancelled_leaves_no_dead_part(steps: int) -> None:
    """A screen that is shown anew cancels what it was about to show, wherever that stood."""
    async with Page().run_test() as pilot:
        prose = pilot.app.query_one(Prose)
        showing = asyncio.create_task(prose.show("another text\n\n- of it\n- a list"))
        first = prose.children[0]
        while not first._pruning:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
        for _ in range(steps):
            await asyncio.sleep(0)
        showing.cancel()
        await prose.show("the last text")
        await pilot.pause()
        assert [str(block.render()) for block in prose.children] == ["the last text"]
        assert all(child.is_running for child in prose.walk_children())
