"""The SQLite file behind the history, and what takes its place where it cannot be written."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from interviewer.errors import DataError
from interviewer.history.migrations import MIGRATIONS, form, migrate
from interviewer.keeping import OWNER_ONLY, is_damage, sound

T = TypeVar("T")
PATIENCE = 10.0
"""Seconds to wait for another program that is writing."""
_PAUSE = 0.02
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_UNWRITABLE = _BUSY | {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
}


class Store:
    """One connection, used by one thread at a time.

    Where the file cannot be written, be it from the start or all of a sudden, what it holds is copied to
    memory and the work goes on there; `problem` then says why nothing will be kept. A file that another
    program keeps locked for longer than `patience` is one that cannot be written. A damaged file is given
    another name, and a new one is begun; `notice` then says so.

    Args:
        folder: where `history.db` lies or is made; None keeps everything in memory.
        patience: seconds to wait for another program that is writing.

    Raises:
        DataError: the file is another program's, or a newer one's; or it is damaged and cannot be renamed.
    """

    def __init__(self, folder: Path | None, patience: float = PATIENCE) -> None:
        self.problem: str | None = None
        self.notice: str | None = None
        self.path = None if folder is None else folder / "history.db"
        self._patience = patience
        self._lock = threading.RLock()
        self._connection = self._opened()

    def read(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query.

        Raises:
            DataError: the file is damaged.
        """

        def work(connection: sqlite3.Connection) -> list[sqlite3.Row]:
            return connection.execute(statement, values).fetchall()

        with self._lock:
            try:
                return work(self._connection)
            except sqlite3.ProgrammingError:
                raise
            except sqlite3.DatabaseError as error:
                # Another program has taken the disk's last block.
                if not is_damage(error) and self._falls_back(error):
                    return work(self._connection)
                # Whatever else it is, the tables or what is in them are not as this program makes them.
                raise _unreadable(self.path, error) from None

    def write(self, work: Callable[[sqlite3.Connection], T], *, safe: bool = False) -> T:
        """Does the work in one transaction. It may be called again where the file fails, with the copy.

        Args:
            safe: on disk, not only in the system's memory, when this returns.
        """
        with self._lock:
            try:
                if self.problem is None and not self._is_in_place():
                    # SQLite would go on with a file that has no name and is gone with this program.
                    raise _Removed("it was removed")
                return _in_transaction(self._connection, work, safe=safe)
            except sqlite3.DatabaseError as error:
                if not self._falls_back(error):
                    raise
            try:
                return _in_transaction(self._connection, work)
            except sqlite3.DatabaseError:
                # The copy is as damaged as the file: what is written from now on matters more.
                self._connection.close()
                self._connection = _in_memory()
                return _in_transaction(self._connection, work)

    def close(self) -> None:
        """Gives the file back."""
        with self._lock:
            self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self.path is None:
            return _in_memory()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection, self.notice = sound(self.path, partial(self._made, self.path))
            return connection
        except sqlite3.DatabaseError as error:
            if _code(error) not in _UNWRITABLE:
                raise _unreadable(self.path, error) from None
            self.problem = f"{self.path}: {_said(error)}"
        except OSError as error:
            self.problem = f"{error.filename or self.path}: {error.strerror or error}"
        return _copy_of_file(self.path) or _in_memory()

    def _made(self, path: Path) -> sqlite3.Connection:
        """The file, which is made where it is missing."""
        if not path.exists():
            path.touch(mode=OWNER_ONLY)
        connection = _open_file(path, self._patience)
        self._seen = os.stat(path)
        return connection

    def _is_in_place(self) -> bool:
        """Whether the file that is written is still the one of that name."""
        if self.path is None:
            return True
        try:
            return os.path.samestat(self._seen, os.stat(self.path))
        except OSError:
            return False

    def _falls_back(self, error: sqlite3.DatabaseError) -> bool:
        """Goes on in memory after an error of the file; False where the error is another one."""
        if self.path is None or self.problem is not None:
            return False
        if not (isinstance(error, _Removed) or is_damage(error) or _code(error) in _UNWRITABLE):
            return False
        self.problem = f"{self.path}: {_said(error)}"
        broken, self._connection = self._connection, _copy_of(self._connection) or _in_memory()
        with suppress(sqlite3.Error):
            broken.close()
        return True


class _Removed(sqlite3.DatabaseError):
    """The file has lost its name."""


def _open_file(path: Path, patience: float) -> sqlite3.Connection:
    connection = _connected(str(path), patience)
    try:
        _check_owner(connection, path)
        _keep_a_log(connection, patience)
        migrate(connection, str(path))
        _check_writable(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_owner(connection: sqlite3.Connection, path: Path) -> None:
    """Refuses a database that another program has made, before anything is changed in it."""
    connection.execute("BEGIN")
    try:
        tables = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master")}
        version = form(connection)
        if 0 < version <= len(MIGRATIONS):
            own = "session" in tables
        else:
            # Of a newer program, or of nobody yet.
            own = version > 0 or (version == 0 and not tables)
    finally:
        connection.execute("ROLLBACK")
    if not own:
        raise _unreadable(path, "another program's database")


def _keep_a_log(connection: sqlite3.Connection, patience: float) -> None:
    """Lets one program write while others read."""
    until = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # Of two programs that open a new file at once, SQLite does not let one wait by itself here.
            if _code(error) not in _BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)


def _check_writable(connection: sqlite3.Connection) -> None:
    """Raises at once where a history can be read but not written."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # To begin is not enough: SQLite lets that pass for a file that is only read.
        connection.execute(f"PRAGMA user_version = {form(connection)}")
    finally:
        connection.execute("ROLLBACK")


def _in_memory() -> sqlite3.Connection:
    connection = _connected(":memory:")
    migrate(connection, "memory")
    # What is written may belong to a session that could not be copied.
    connection.execute("PRAGMA foreign_keys = OFF")
    return connection


def _copy_of(source: sqlite3.Connection) -> sqlite3.Connection | None:
    """A copy in memory; None where it cannot be read."""
    copy = _connected(":memory:")
    try:
        with suppress(sqlite3.Error):
            source.rollback()
        source.backup(copy)
        migrate(copy, "memory")
    except sqlite3.Error:
        copy.close()
        return None
    except BaseException:
        copy.close()
        raise
    return copy


def _copy_of_file(path: Path) -> sqlite3.Connection | None:
    """A copy in memory of a file that cannot be written; None where it cannot be read either."""
    # `immutable` reads the file without those beside it, which a read-only folder may not take; what is
    # only in them is left out then, so it comes second.
    for how in ("mode=ro", "mode=ro&immutable=1"):
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", timeout=1, uri=True)) as readable,
        ):
            copy = _copy_of(readable)
            if copy is not None:
                return copy
    return None


def _connected(name: str, patience: float = PATIENCE) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _in_transaction(
    connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T], *, safe: bool = False
) -> T:
    with _transaction(connection, safe=safe):
        return work(connection)


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


def _unreadable(path: Path | None, why: object) -> DataError:
    return DataError(
        f"{path or 'memory'}: is not a readable history ({' '.join(str(why).split())})",
        hint="move it away to begin a new one; nothing was changed in it",
    )


def _code(error: sqlite3.Error) -> int:
    """SQLite's number for the kind of error; 0 where Python's own part has raised it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _said(error: sqlite3.Error) -> str:
    return "locked by another program" if _code(error) in _BUSY else str(error)
