"""An event loop in a thread of its own, so that nothing that grades can hold up what draws."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 5.0
"""Seconds to wait at the end for what cannot be cancelled."""


class Backstage:
    """Runs coroutines where the screen does not wait for them, not even while they compute."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="backstage", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives; a caller that is cancelled cancels it."""
        if self._thread.ident is None:
            self._thread.start()
        if not self._ready.is_set():
            await asyncio.to_thread(self._ready.wait)
        assert self._loop is not None
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def close(self) -> None:
        """Cancels what is running, and waits until its connections are closed."""
        if self._loop is not None and self._over is not None:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        asyncio.run(self._stay())

    async def _stay(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._over.wait()
