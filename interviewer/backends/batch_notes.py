"""Which request went into which batch, on disk before anything is paid: so a killed run finds its batches."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from interviewer.errors import DataError
from interviewer.keeping import for_owner
from interviewer.models import Value


class BatchNote(Value):
    """One line: an uploaded file of requests, or the batch that was made of it."""

    file: str
    batch: str | None = None
    when: str = ""
    base_url: str = ""
    model: str = ""
    requests: tuple[str, ...] = ()
    """The `custom_id` of each."""


class BatchNotes:
    """The notes of one run and those before it.

    Args:
        path: the file; made with the first note.

    Raises:
        DataError: it holds something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._torn = 0
        self._notes = self._read()
        self._batches = {note.file: note.batch for note in self._notes if note.batch}

    def earlier(self, base_url: str) -> dict[str, list[str]]:
        """The uploaded files that earlier runs have put each request into, first to last, at this server."""
        files: dict[str, list[str]] = {}
        for note in self._notes:
            if note.base_url == base_url:
                for name in note.requests:
                    files.setdefault(name, []).append(note.file)
        self._notes = []
        return files

    def batch_of(self, file: str) -> str | None:
        """The batch of an uploaded file; None where the run ended before its name was noted."""
        return self._batches.get(file)

    def uploaded(self, file: str, requests: Sequence[str], *, base_url: str, model: str) -> None:
        """Notes a file of requests.

        Raises:
            DataError: it cannot be written.
        """
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._write(BatchNote(file=file, when=when, base_url=base_url, model=model, requests=tuple(requests)))

    def created(self, file: str, batch: str) -> None:
        """Notes the batch that was made of a file.

        Raises:
            DataError: it cannot be written.
        """
        self._write(BatchNote(file=file, batch=batch))

    def remove(self) -> None:
        """Forgets all: everything has been collected."""
        self.path.unlink(missing_ok=True)

    def _write(self, note: BatchNote) -> None:
        try:
            if self._torn:
                os.truncate(self.path, self.path.stat().st_size - self._torn)
                self._torn = 0
            with open(self.path, "a", encoding="utf-8", opener=for_owner) as file:
                file.write(note.model_dump_json(exclude_defaults=True) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise DataError(f"{self.path}: cannot be written: {error.strerror}") from None

    def _read(self) -> list[BatchNote]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise DataError(f"{self.path}: cannot be read: {error.strerror}") from None
        *lines, torn = content.split(b"\n")
        # A run that was killed may have left half a line. It is cut off with the next note, which only the
        # run that holds the output makes.
        self._torn = len(torn)
        notes = []
        for number, line in enumerate(lines, 1):
            try:
                notes.append(BatchNote.model_validate_json(line))
            except ValidationError:
                raise DataError(
                    f"{self.path}:{number}: is not a note of a provider batch",
                    hint="delete the file if no batch is under way",
                ) from None
        return notes
