"""The one thread that a screen's work on the history goes through, so that a slow disk stops no typing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Writer:
    """Does work in the order it comes, in a thread of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._newest: dict[Hashable, Callable[[], Any]] = {}
        self._lock = threading.Lock()

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the work gives, after everything before it. A caller that is cancelled stops no work."""
        return await asyncio.wrap_future(self._pool.submit(partial(work, *args, **kwargs)))

    def newest(self, key: Hashable, work: Callable[[], Any]) -> None:
        """Does the work soon; one with the same key that has not begun is left out."""
        with self._lock:
            waiting = key in self._newest
            self._newest[key] = work
        if not waiting:
            self._pool.submit(self._do_newest, key)

    def forget(self, key: Hashable) -> None:
        """Leaves out the work with this key, if it has not begun."""
        with self._lock:
            if key in self._newest:
                self._newest[key] = lambda: None

    def close(self) -> None:
        """Waits for all that was begun or is waiting."""
        self._pool.shutdown(wait=True)

    def _do_newest(self, key: Hashable) -> None:
        with self._lock:
            work = self._newest.pop(key)
        work()
