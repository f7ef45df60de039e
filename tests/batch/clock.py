"""An event loop whose waits are over at once: hours of queueing pass in no time, and always alike."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Skipping(selectors.DefaultSelector):
    """Lets the clock jump where the loop would wait."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everything waits for something that never comes")
        # Time passes in every round, as in real loops: what is a rounding error too early comes in time.
        self.now += max(1e-7, timeout)
        return super().select(0)


class FastLoop(asyncio.SelectorEventLoop):
    """Runs by a clock of its own, which begins at 0. For what waits for timers only."""

    def __init__(self) -> None:
        self._clock = _Skipping()
        super().__init__(self._clock)

    def time(self) -> float:
        """Seconds since its beginning."""
        return self._clock.now


def timed(work: Coroutine[Any, Any, Result]) -> tuple[Result, float]:
    """What the work gives, and the seconds that it would have taken."""
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        loop = runner.get_loop()
        return runner.run(work), loop.time()


def now() -> float:
    """Seconds on the running loop's clock."""
    return asyncio.get_running_loop().time()
