"""Connections that are opened when first needed and closed when the event loop ends, whoever forgets to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Generic, TypeVar

Thing = TypeVar("Thing")

# Referred to from here: the garbage collector would finalize a client before the generator that closes it.
_KEEPERS: dict[asyncio.AbstractEventLoop, list[AsyncIterator[Any]]] = {}


class Held(Generic[Thing]):
    """One thing for each event loop, since connections belong to the loop they were opened in.

    Args:
        opened: makes it.
        close: closes it.
    """

    def __init__(self, opened: Callable[[], Thing], close: Callable[[Thing], Awaitable[None]]) -> None:
        self._opened = opened
        self._close = close
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thing: Thing | None = None

    async def get(self) -> Thing:
        """The thing of the running loop."""
        loop = asyncio.get_running_loop()
        if self._thing is None or self._loop is not loop:
            self._loop = loop
            # A loop that ends closes the generators that were begun in it, and so runs the `finally` below.
            keeper = self._keep(loop)
            _KEEPERS.setdefault(loop, []).append(keeper)
            self._thing = await anext(keeper)
        return self._thing

    async def _keep(self, loop: asyncio.AbstractEventLoop) -> AsyncIterator[Thing]:
        thing = self._opened()
        try:
            yield thing
        finally:
            self._thing = None
            _KEEPERS.pop(loop, None)
            await self._close(thing)
