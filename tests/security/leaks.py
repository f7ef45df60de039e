"""Where a key is found that should be nowhere: in text, in files, and in what SQLite keeps packed."""

from __future__ import annotations

import base64
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

KEY = "Q7z9-canary_0123456789abcdef"
"""Looks like no provider's key, so that no pattern finds it."""


def _forms(key: str) -> Iterator[bytes]:
    yield key.encode()
    for shift in range(3):
        # In base64 the first and the last letters depend on what stands beside the key.
        yield base64.b64encode(b"x" * shift + key.encode())[4:-4]


FORMS = tuple(_forms(KEY))


def shows_key(content: str | bytes) -> bool:
    """Whether the key is in it, as it is or in base64."""
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    return any(form in data for form in FORMS)


def leaks(*folders: Path) -> list[str]:
    """The files below these folders that have the key in their name or content."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if shows_key(str(path)) or any(map(shows_key, _contents(path)))]


def _contents(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    yield content
    if content.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
            for (table,) in tables:
                for row in database.execute(f'select * from "{table}"'):
                    yield from map(_unpacked, row)


def _unpacked(value: object) -> bytes:
    if isinstance(value, bytes):
        with suppress(zlib.error):
            return zlib.decompress(value)
        return value
    return str(value).encode("utf-8", "replace")
