"""A time limit that does not run while its work waits for a place in the queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar

_CURRENT: ContextVar[tuple[asyncio.Timeout, ...]] = ContextVar("deadlines", default=())


@asynccontextmanager
async def deadline(seconds: float) -> AsyncIterator[None]:
    """Limits what is done in it to so many seconds, those in `paused` not counted.

    Raises:
        TimeoutError: they are over.
    """
    async with asyncio.timeout(seconds) as timeout:
        token = _CURRENT.set((*_CURRENT.get(), timeout))
        try:
            yield
        finally:
            _CURRENT.reset(token)


@contextmanager
def paused() -> Iterator[None]:
    """Stops the clock of every deadline around it."""
    clock = asyncio.get_running_loop().time
    began = clock()
    running = [(timeout, at) for timeout in _CURRENT.get() if (at := timeout.when()) is not None]
    for timeout, _ in running:
        timeout.reschedule(None)
    try:
        yield
    finally:
        for timeout, at in running:
            if not timeout.expired():
                timeout.reschedule(at + clock() - began)
