"""Answers that arrive while others are graded: a pipe may make its reader wait, and nobody else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import TypeVar

READ_AHEAD = 256
"""Items that are read before they are wanted."""
Item = TypeVar("Item")


async def arriving(items: Iterable[Item]) -> AsyncIterator[Item]:
    """The items of an iterable that may block, read in a thread of its own.

    Raises:
        Exception: what reading them raises, once those before it have been given.
    """
    loop = asyncio.get_running_loop()
    come: asyncio.Queue[Item | _End] = asyncio.Queue()
    room = threading.Semaphore(READ_AHEAD)

    def tell(item: Item | _End) -> None:
        # The loop is gone where the run has ended before its input.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(come.put_nowait, item)

    def read() -> None:
        try:
            for item in items:
                room.acquire()
                tell(item)
            tell(_End(None))
        except Exception as error:  # noqa: BLE001  (raised again where the items are wanted)
            tell(_End(error))

    # A daemon: a program that ends must not wait for the next line of a pipe.
    threading.Thread(target=read, name="read-answers", daemon=True).start()
    while not isinstance(item := await come.get(), _End):
        room.release()
        yield item
    if item.error is not None:
        raise item.error


class _End:
    """The end of the items, and why it came too early."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
