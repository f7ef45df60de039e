"""What was typed, kept on disk before anything else happens to it: finished answers, and drafts."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from interviewer.models import Value


class Draft(Value):
    """An answer that is not handed in yet."""

    question_id: str
    text: str
    hints: int = 0
    """How many were looked at."""
    time: datetime


class KeptAnswer(Value):
    """One line of `answers.jsonl`."""

    time: datetime
    question_id: str
    answer: str
    hints: int = 0


class Journal:
    """A private folder: readable by its owner only.

    Args:
        folder: made where it is missing. A folder that cannot be written to stops nothing: `problem` says so.
    """

    def __init__(self, folder: Path) -> None:
        self.answers = folder / "answers.jsonl"
        self._drafts = folder / "drafts"
        self.problem: str | None = None
        try:
            self._drafts.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            self.problem = f"{folder}: {error.strerror or error}"

    def keep(self, answer: KeptAnswer) -> None:
        """Appends the answer, on disk when this returns. Its draft stays until there is a grade."""
        try:
            handle = os.open(self.answers, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write((answer.model_dump_json() + "\n").encode())
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            self.problem = f"{self.answers}: {error.strerror or error}"

    def save(self, draft: Draft) -> None:
        """Replaces the draft of its question, whole or not at all."""
        path = self._path(draft.question_id)
        try:
            handle = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(draft.model_dump_json().encode())
            path.with_suffix(".new").replace(path)
        except OSError as error:
            self.problem = f"{path}: {error.strerror or error}"

    def draft(self, question_id: str) -> Draft | None:
        """The draft of a question, if there is one that can be read."""
        try:
            found = json.loads(self._path(question_id).read_bytes())
            return Draft.model_validate(found)
        except (OSError, ValueError):
            return None

    def drop(self, question_id: str) -> None:
        """Forgets the draft of a question."""
        with suppress(OSError):
            self._path(question_id).unlink(missing_ok=True)

    def newest(self) -> Draft | None:
        """The draft that was typed at last."""
        found = [draft for path in self._drafts.glob("*.json") if (draft := self.draft(path.stem))]
        return max(found, key=lambda draft: draft.time, default=None)

    def _path(self, question_id: str) -> Path:
        return self._drafts / f"{question_id}.json"
