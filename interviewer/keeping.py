"""Files that hold answers: only their owner can read them, and a damaged one is set aside, never emptied."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection, DatabaseError

OWNER_ONLY = 0o600
"""The mode of a new file that may hold answers."""
_BESIDE = ("-wal", "-shm", "")
"""What SQLite keeps beside a database, which goes last: a log alone would be taken for the next one's."""


def for_owner(path: str, flags: int) -> int:
    """An `opener` for `open`: a new file is for its owner only, one that is there keeps its mode."""
    return os.open(path, flags, OWNER_ONLY)


def sound(path: Path, connect: Callable[[], Connection]) -> tuple[Connection, str | None]:
    """The database at a path; where it is damaged, it is given another name and a new one is begun.

    Args:
        connect: opens the database, and makes it where it is missing.

    Returns:
        With it what was done to a damaged one, as a sentence for the user.

    Raises:
        sqlite3.DatabaseError: it cannot be used, or it is damaged and cannot be given another name.
    """
    from sqlite3 import DatabaseError

    from filelock import FileLock

    try:
        return connect(), None
    except DatabaseError as error:
        if not is_damage(error):
            raise
        damage = error
    try:
        with FileLock(path.with_name(f"{path.name}.lock")):
            try:
                # Another program may have met the same damage a moment earlier.
                return connect(), None
            except DatabaseError as error:
                if not is_damage(error):
                    raise
            aside = _set_aside(path)
            return connect(), f"{path}: is damaged ({damage}): it is now {aside.name}, and a new one is begun"
    except OSError:
        raise damage from None


def is_damage(error: DatabaseError) -> bool:
    """Whether the file is to blame, not the moment or the statement."""
    from sqlite3 import SQLITE_CORRUPT, SQLITE_NOTADB

    # Python's own part raises some without a number.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (SQLITE_CORRUPT, SQLITE_NOTADB)


def _set_aside(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.damaged{'' if n == 1 else f'-{n}'}") for n in count(1))
    aside = next(name for name in names if not name.exists())
    for ending in _BESIDE:
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + ending))
    return aside
