"""The one thread that a screen's work on the history goes through, so that a slow disk stops no typing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Writer:
    """Does work in the order it comes, in a thread of its own.

    Args:
        on_error: called, in that thread, with what was raised by work that nobody waits for; without it
            `close` raises the first of these.
    """

    def __init__(self, on_error: Callable[[BaseException], None] | None = None) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._newest: dict[Hashable, Callable[[], Any]] = {}
        self._lock = threading.Lock()
        self._on_error = on_error
        self._failures: list[BaseException] = []

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the work gives, after everything before it. A caller that is cancelled stops no work."""
        loop = asyncio.get_running_loop()
        # Not `wrap_future`: that takes the work back when its caller is cancelled, and complains of a loop
        # that is closed by the time the work is done.
        done = loop.create_future()
        future = self._pool.submit(partial(work, *args, **kwargs))
        future.add_done_callback(lambda _: _wake(loop, done))
        try:
            await done
        except asyncio.CancelledError:
            future.add_done_callback(self._report)
            raise
        return future.result()

    def newest(self, key: Hashable, work: Callable[[], Any]) -> None:
        """Does the work soon; one with the same key that has not begun is left out, and this has its turn."""
        with self._lock:
            waiting = key in self._newest
            self._newest[key] = work
        if not waiting:
            self._pool.submit(self._do_newest, key).add_done_callback(self._report)

    def forget(self, key: Hashable) -> None:
        """Leaves out the work with this key, if it has not begun."""
        with self._lock:
            if key in self._newest:
                self._newest[key] = lambda: None

    def close(self) -> None:
        """Waits for all that was begun or is waiting."""
        self._pool.shutdown(wait=True)
        if self._failures:
            raise self._failures[0]

    def _do_newest(self, key: Hashable) -> None:
        with self._lock:
            work = self._newest.pop(key)
        work()

    def _report(self, future: Future[Any]) -> None:
        error = future.exception()
        if error is None:
            return
        if self._on_error is None:
            self._failures.append(error)
        else:
            self._on_error(error)


def _wake(loop: asyncio.AbstractEventLoop, done: asyncio.Future[None]) -> None:
    # The loop is closed where its program ends before the work does.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(lambda: None if done.done() else done.set_result(None))
