"""Who is at work, and whether all of them only wait: then nobody asks for more until one is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Crowd:
    """Counts those at work on a run: its answers, and whoever begins them."""

    def __init__(self) -> None:
        self._here = 0
        self._waiting = 0
        self.on_change: Callable[[], None] | None = None
        """Is told in the event loop whenever `all_wait` may have become true."""

    @property
    def all_wait(self) -> bool:
        """Whether everybody waits."""
        return self._waiting >= self._here

    def came(self) -> None:
        """One more is at work."""
        self._here += 1

    def left(self) -> None:
        """One has ended its work."""
        self._here -= 1
        self._changed()

    @contextmanager
    def waits(self) -> Iterator[None]:
        """While one of them waits for what only a reply, or the end of another's call, can bring."""
        self._waiting += 1
        self._changed()
        try:
            yield
        finally:
            self._waiting -= 1

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()
