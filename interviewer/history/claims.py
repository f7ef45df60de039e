"""Which sessions are open in a program that runs, so that no two go on with the same one."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import FileLock


class Claims:
    """Locks on sessions, one file each. The system frees those of a program that was killed.

    Args:
        folder: of the history; None claims for nobody, because nobody else sees a history in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = None if folder is None else folder / "claims"
        self._held: dict[int, FileLock] = {}
        self._lock = threading.Lock()

    def claim(self, session_id: int) -> bool:
        """Whether the session is this program's alone from now on; False where another has it open."""
        from filelock import FileLock, Timeout

        with self._lock:
            if self._folder is None or session_id in self._held:
                return True
            # The thread that claims is not the one that gives back.
            lock = FileLock(self._folder / f"{session_id}.lock", thread_local=False)
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                lock.acquire(blocking=False)
            except Timeout:
                return False
            except (OSError, NotImplementedError):
                # Where no lock can be kept, nothing else can be, and what follows stays in memory.
                return True
            self._held[session_id] = lock
            return True

    def release(self, session_id: int) -> None:
        """Lets other programs have the session."""
        with self._lock:
            lock = self._held.pop(session_id, None)
        if lock is not None:
            lock.release()

    def forget(self, session_id: int) -> None:
        """Gives a session back that nobody will claim again."""
        self.release(session_id)
        if self._folder is not None:
            with suppress(OSError):
                (self._folder / f"{session_id}.lock").unlink(missing_ok=True)

    def release_all(self) -> None:
        """Lets other programs have all of them."""
        for session_id in list(self._held):
            self.release(session_id)
