"""Grades of earlier runs, so that the same answer to the same question is sent to the same judge once."""

from __future__ import annotations

import hashlib
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path

from interviewer.batch.record import Findings
from interviewer.errors import DataError
from interviewer.keeping import OWNER_ONLY, sound
from interviewer.models import Value

TOGETHER = 64
"""Grades written in one transaction."""
PATIENCE = 5.0
"""Seconds for which another program may hold the file."""
_GRADING = ("grading", "embedded", "language", "models", "backends")
"""Packages whose code decides what a grade says."""
_TABLE = (
    "create table if not exists grades"
    " (key text primary key, score real not null, findings blob not null, made real not null) without rowid"
)


class CacheSize(Value):
    """How much a cache holds."""

    grades: int
    """Of this version of the program."""
    outdated: int
    """Made by other versions; never used."""
    megabytes: float


class GradeCache:
    """Grades by key, in an SQLite file. It only saves work: where the file cannot be used, it holds nothing.

    Args:
        path: the file; None keeps nothing.
        patience: seconds for which another program may hold the file.
    """

    def __init__(self, path: Path | None, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._new: dict[str, Findings] = {}
        self._code = code_digest()
        self.problem: str | None = None
        """Why nothing can be kept, or why nothing of what was kept is known any more."""
        self._file: sqlite3.Connection | None = None
        if path is not None:
            self._open(path)

    def get(self, key: str) -> Findings | None:
        """What was found before; None where nothing is known."""
        fresh = self._new.get(key)
        if fresh is not None or self._file is None:
            return fresh
        try:
            row = self._file.execute(
                "select score, findings from grades where key = ?", (key + self._code,)
            ).fetchone()
            return None if row is None else Findings(row[0], zlib.decompress(row[1]).decode())
        except (sqlite3.Error, zlib.error, UnicodeDecodeError) as error:
            self._give_up(error)
            return None

    def has(self, key: str) -> bool:
        """Whether something is known; quicker than `get`."""
        if key in self._new or self._file is None:
            return key in self._new
        try:
            found = self._file.execute("select 1 from grades where key = ?", (key + self._code,))
            return found.fetchone() is not None
        except sqlite3.Error as error:
            self._give_up(error)
            return False

    def put(self, key: str, findings: Findings) -> None:
        """Keeps a grade. What is ungraded is not kept: it may go better next time."""
        if self._file is not None and findings.is_whole:
            self._new[key] = findings
            if len(self._new) >= TOGETHER:
                self.flush()

    def flush(self) -> None:
        """Writes what is new."""
        if self._file is None or not self._new:
            return
        now = time.time()
        rows = [
            (key + self._code, findings.score, zlib.compress(findings.text.encode(), 1), now)
            for key, findings in self._new.items()
        ]
        try:
            with self._file:
                self._file.executemany("insert or replace into grades values (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            self._give_up(error)
        self._new.clear()

    def size(self) -> CacheSize:
        """How much it holds.

        Raises:
            DataError: the file cannot be used.
        """
        with self._needed() as (path, file):
            total, own = file.execute(
                "select count(*), count(*) filter (where key like ?) from grades", (f"%{self._code}",)
            ).fetchone()
            return CacheSize(grades=own, outdated=total - own, megabytes=_bytes(path) / 1e6)

    def clear(self) -> None:
        """Forgets every grade, and gives the disk back.

        Raises:
            DataError: the file cannot be used.
        """
        self._new.clear()
        with self._needed() as (_, file):
            with file:
                file.execute("delete from grades")
            file.execute("vacuum")

    def close(self) -> None:
        """Writes what is new, and closes the file."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    @contextmanager
    def _needed(self) -> Iterator[tuple[Path, sqlite3.Connection]]:
        """The file, where nothing can be done without it."""
        if self._path is not None and self._file is not None:
            try:
                yield self._path, self._file
                return
            except sqlite3.Error as error:
                self._give_up(error)
        raise DataError(
            self.problem or "nothing is cached", hint="it can be deleted: it only spares calls to the judge"
        )

    def _open(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file, self.problem = sound(path, partial(_made, path, self._patience))
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self.problem = f"{self._path}: grades are not cached: {error}"
        if self._file is not None:
            with suppress(sqlite3.Error):
                self._file.close()
            self._file = None


def _made(path: Path, patience: float) -> sqlite3.Connection:
    path.touch(mode=OWNER_ONLY)
    file = sqlite3.connect(path, timeout=patience)
    try:
        file.execute("pragma journal_mode = wal")
        # After a power cut the last grades may be missing, which costs as much as asking again.
        file.execute("pragma synchronous = off")
        file.execute(_TABLE)
    except BaseException:
        file.close()
        raise
    return file


def cache_path() -> Path:
    """Where the cache is."""
    from platformdirs import user_cache_path

    return user_cache_path("interviewer", appauthor=False) / "grades.sqlite"


@cache
def code_digest() -> str:
    """Of the code that makes grades: another version of it may grade differently."""
    digest = hashlib.sha256()
    for file in sorted(_sources()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _sources() -> Iterable[Path]:
    root = Path(__file__).parent.parent
    for package in _GRADING:
        yield from (root / package).rglob("*.py")
        yield from (root / package).rglob("*.json")


def _bytes(path: Path) -> int:
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
