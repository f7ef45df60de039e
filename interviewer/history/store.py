"""The SQLite file behind the history, and what takes its place where it cannot be written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from interviewer.errors import DataError
from interviewer.history.migrations import migrate

T = TypeVar("T")
PATIENCE = 10.0
"""Seconds to wait for another program that is writing."""
_UNWRITABLE = ("full", "readonly", "read-only", "unable to open", "disk I/O", "locked", "access permission")


class Store:
    """One connection, used by one thread at a time.

    Where the file cannot be written, be it from the start or all of a sudden, what it holds is copied to
    memory and the work goes on there; `problem` then says why nothing will be kept.

    Args:
        folder: where `history.db` lies or is made; None keeps everything in memory.

    Raises:
        DataError: the file is no history, or a newer program's.
    """

    def __init__(self, folder: Path | None) -> None:
        self.problem: str | None = None
        self.path = None if folder is None else folder / "history.db"
        self._lock = threading.RLock()
        self._connection = self._opened()

    def read(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._lock:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.OperationalError as error:
                # Another program has taken the disk's last block, or the file is gone.
                if not self._falls_back(error):
                    raise
                return self._connection.execute(statement, values).fetchall()

    def write(self, work: Callable[[sqlite3.Connection], T], *, safe: bool = False) -> T:
        """Does the work in one transaction.

        Args:
            safe: on disk, not only in the system's memory, when this returns.
        """
        with self._lock:
            try:
                return self._in_transaction(work, safe=safe)
            except sqlite3.OperationalError as error:
                if not self._falls_back(error):
                    raise
                return self._in_transaction(work, safe=False)

    def close(self) -> None:
        """Gives the file back."""
        with self._lock:
            self._connection.close()

    def _in_transaction(self, work: Callable[[sqlite3.Connection], T], *, safe: bool) -> T:
        with _transaction(self._connection, safe=safe):
            return work(self._connection)

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            return _in_memory()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self.path.exists():
                self.path.touch(mode=0o600)
            return _open_file(self.path)
        except sqlite3.OperationalError as error:
            if not _is_unwritable(error):
                raise self._unreadable(error) from None
            self.problem = f"{self.path}: {error}"
        except sqlite3.DatabaseError as error:
            raise self._unreadable(error) from None
        except OSError as error:
            self.problem = f"{error.filename or self.path}: {error.strerror or error}"
        return _copied(self.path)

    def _unreadable(self, error: sqlite3.Error) -> DataError:
        return DataError(
            f"{self.path}: is not a readable history ({error})",
            hint="move it away to begin a new one; nothing was changed in it",
        )

    def _falls_back(self, error: sqlite3.OperationalError) -> bool:
        """Goes on in memory after an error of writing; False where the error is another one."""
        if self.path is None or self.problem is not None or not _is_unwritable(error):
            return False
        self.problem = f"{self.path}: {error}"
        broken, self._connection = self._connection, _copied(self.path, self._connection)
        with suppress(sqlite3.Error):
            broken.close()
        return True


def _open_file(path: Path) -> sqlite3.Connection:
    connection = _connected(str(path))
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, str(path))
    except BaseException:
        connection.close()
        raise
    return connection


def _in_memory() -> sqlite3.Connection:
    connection = _connected(":memory:")
    migrate(connection, "memory")
    return connection


def _copied(path: Path, source: sqlite3.Connection | None = None) -> sqlite3.Connection:
    """A copy in memory of what can still be read; an empty one where nothing can."""
    copy = _connected(":memory:")
    with suppress(sqlite3.Error):
        if source is not None:
            if source.in_transaction:
                source.rollback()
            source.backup(copy)
        else:
            # `immutable`: reads the file without those beside it, which a read-only folder would not take.
            uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(uri, uri=True)) as readable:
                readable.backup(copy)
        migrate(copy, str(path))
        return copy
    copy.close()
    return _in_memory()


def _connected(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection, *, safe: bool) -> Iterator[None]:
    # A killed program loses nothing that was committed; only a power cut could, without FULL.
    connection.execute(f"PRAGMA synchronous = {'FULL' if safe else 'NORMAL'}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


def _is_unwritable(error: sqlite3.OperationalError) -> bool:
    return any(word in str(error) for word in _UNWRITABLE)
