"""A time limit that does not run while its work waits for a place in the queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar


class _Limit:
    """A time-out whose clock stands still while any part of its work waits.

    Args:
        timeout: it runs.
    """

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._timeout = timeout
        self._waiting = 0
        self._left = 0.0
        """Seconds that were left when the clock was stopped."""

    def stop(self) -> None:
        """One more part waits."""
        self._waiting += 1
        at = self._timeout.when()
        if self._waiting == 1 and at is not None and not self._timeout.expired():
            self._left = at - asyncio.get_running_loop().time()
            self._timeout.reschedule(None)

    def go_on(self) -> None:
        """One of them waits no more."""
        self._waiting -= 1
        if not self._waiting and not self._timeout.expired():
            self._timeout.reschedule(asyncio.get_running_loop().time() + self._left)


_CURRENT: ContextVar[tuple[_Limit, ...]] = ContextVar("deadlines", default=())


@asynccontextmanager
async def deadline(seconds: float) -> AsyncIterator[None]:
    """Limits what is done in it to so many seconds, those in `paused` not counted.

    Raises:
        TimeoutError: they are over.
    """
    async with asyncio.timeout(seconds) as timeout:
        token = _CURRENT.set((*_CURRENT.get(), _Limit(timeout)))
        try:
            yield
        finally:
            _CURRENT.reset(token)


@contextmanager
def paused() -> Iterator[None]:
    """Stops the clock of every deadline around it; of parts that run beside each other, until none waits."""
    limits = _CURRENT.get()
    for limit in limits:
        limit.stop()
    try:
        yield
    finally:
        for limit in limits:
            limit.go_on()
