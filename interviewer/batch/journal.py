"""The file of grades while it is being made: each record is on it as soon as it is finished, in any order.

A run that was killed goes on from it. Once all is done it is put in the order of the answers.
"""

from __future__ import annotations

import os
import re
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from interviewer.batch.places import MOST, Places
from interviewer.errors import DataError
from interviewer.keeping import for_owner
from interviewer.models import GradeRecord

_HEAD = re.compile(
    rb'\{"number":([1-9][0-9]{0,7}),"key":"([0-9a-f]{16})[0-9a-f]{16}","outcome":"(graded|ungraded)"'
    rb',"score":(null|[0-9]{1,3}(?:\.[0-9]+)?),'
)
_LONGEST_HEAD = 110
"""Bytes."""
_LABELS_END = b',"question":'
"""Follows the labels. It cannot be in one of them: there its quotation marks have backslashes."""


class Journal:
    """The records of one file of grades, by the number of their answer.

    Memory: 24 bytes an answer.

    Args:
        path: the file; made where it is missing, gone on with where it is there.

    Raises:
        DataError: it is in use, cannot be written, or holds something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places = Places()
        self._last = 0
        self._is_ordered = True
        try:
            self._file: BinaryIO = open(path, "a+b", 0, opener=for_owner)  # noqa: SIM115
        except OSError as error:
            raise DataError(f"{path}: cannot be written: {error.strerror}") from None
        try:
            self._lock()
            self._end = self._read()
        except DataError:
            self._file.close()
            raise

    def __len__(self) -> int:
        """Answers that have a record."""
        return len(self._places)

    @property
    def most(self) -> int:
        """The highest number of an answer with a record."""
        return self._places.most

    def holds(self, number: int) -> bool:
        """Whether this answer has a record."""
        return number in self._places

    def score(self, number: int) -> float | None:
        """0–100; None where the answer, which has to have a record, is ungraded."""
        return self._places.score(number)

    def has_key(self, number: int, key: str) -> bool:
        """Whether the record of this answer, which has to be there, was made from the same ingredients."""
        return self._places.key(number) == int(key[:16], 16)

    def has_labels(self, number: int, labels: str) -> bool:
        """Whether the record of this answer has these labels; see `record.labels_of`."""
        return self._places.labels(number) == zlib.crc32(labels.encode("utf-8", "replace"))

    def relabel(self, number: int, labels: str) -> None:
        """Writes the record of this answer again with other labels.

        Raises:
            DataError: the disk is full, or the record is damaged.
        """
        line = self._line(self._file, number)
        start, end = _labels_in(line)
        if end < start:
            raise self._damaged(number)
        changed = line[:start] + labels.encode("utf-8", "replace") + line[end:]
        self._write(changed)
        self._note(changed, self._end - len(changed))

    def record(self, number: int) -> GradeRecord:
        """The record of this answer, which has to be there.

        Raises:
            DataError: it is damaged.
        """
        try:
            return GradeRecord.model_validate_json(self._line(self._file, number))
        except ValidationError:
            raise self._damaged(number) from None

    def append(self, number: int, line: str) -> None:
        """Adds a record, and takes the place of an earlier one of the same answer.

        Raises:
            DataError: the disk is full, the file is not to be had any more, or there are too many answers.
        """
        if number > MOST:
            raise DataError(
                f"{self.path}: holds grades of {MOST:,} answers at most", hint="split the file of answers"
            )
        data = line.encode("utf-8", "replace") + b"\n"
        self._write(data)
        self._note(data, self._end - len(data))

    def _write(self, data: bytes) -> None:
        try:
            if self._file.write(data) != len(data):
                raise OSError(28, os.strerror(28))
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(self._end)
            raise DataError(f"{self.path}: cannot be written: {error.strerror}") from None
        self._end += len(data)

    def expects(self, number: int) -> bool:
        """It takes every record at any time."""
        return True

    def forget(self, number: int) -> None:
        """Drops the record of this answer, once the file is put in order."""
        if self._places.forget(number):
            self._is_ordered = False

    def forget_beyond(self, number: int) -> None:
        """Drops the records of all later answers, likewise."""
        for later in [found for found in self._places if found > number]:
            self.forget(later)

    def finish(self) -> None:
        """Puts the records in the order of the answers.

        Raises:
            DataError: the disk is full.
        """
        if self._is_ordered:
            return
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}-", dir=self.path.resolve().parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as ordered:
                for number in self._places:
                    ordered.write(self._line(self._file, number))
                ordered.flush()
                os.fsync(ordered.fileno())
            temporary.chmod(self.path.stat().st_mode & 0o777)
            temporary.replace(self.path.resolve())
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise DataError(f"{self.path}: cannot be put in order: {error.strerror}") from None
        self._is_ordered = True

    def close(self) -> None:
        """Closes the file; one without a record is removed."""
        with suppress(OSError):
            # Not what was counted: a signal may have come between the writing and the counting.
            if os.fstat(self._file.fileno()).st_size:
                os.fsync(self._file.fileno())
            else:
                # While it is still locked: else it could be another run's by now.
                self.path.unlink(missing_ok=True)
        self._file.close()

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataError(f"{self.path}: another run is writing it", hint="wait for it to end") from None
        except OSError:
            # Some file systems have no locks.
            return
        # A run that ended between the opening and the lock has put another file in its place, or removed it.
        if not self.path.exists() or not os.path.samestat(os.fstat(self._file.fileno()), self.path.stat()):
            raise DataError(f"{self.path}: another run was writing it", hint="run the same command again")

    def _read(self) -> int:
        """Learns what the file holds, and cuts off half a line at its end; gives its length in bytes."""
        offset = number = 0
        with self.path.open("rb", buffering=1 << 20) as lines:
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    self._require_own(line, number)
                    self._file.truncate(offset)
                    break
                if not line.endswith(b"}\n") or not self._note(line, offset):
                    raise self._foreign(number)
                offset += len(line)
        return offset

    def _require_own(self, torn: bytes, number: int) -> None:
        start = b'{"number":'
        is_part = len(torn) < _LONGEST_HEAD and b"}" not in torn and torn[: len(start)] == start[: len(torn)]
        if not is_part and _HEAD.match(torn) is None:
            raise self._foreign(number)

    def _foreign(self, number: int) -> DataError:
        return DataError(
            f"{self.path}:{number}: is not a record of this program's grades",
            hint="name another file with -o; nothing was changed",
        )

    def _damaged(self, number: int) -> DataError:
        return DataError(
            f"{self.path}: the record of answer {number} is damaged",
            hint="take its line out, and the answer is graded again; nothing was changed",
        )

    def _note(self, line: bytes, offset: int) -> bool:
        """Remembers what is in a line; False where it is no record."""
        head = _HEAD.match(line)
        if head is None:
            return False
        number = int(head[1])
        labels = line[head.end() : line.find(_LABELS_END, head.end())]
        score = None if head[4] == b"null" else float(head[4])
        self._places.note(number, offset, int(head[2], 16), score, zlib.crc32(labels))
        self._is_ordered = self._is_ordered and number > self._last
        self._last = number
        return True

    def _line(self, file: BinaryIO, number: int) -> bytes:
        file.seek(self._places.offset(number))
        parts: list[bytes] = []
        while chunk := file.read(16384):
            end = chunk.find(b"\n")
            if end >= 0:
                parts.append(chunk[: end + 1])
                break
            parts.append(chunk)
        return b"".join(parts)


def _labels_in(line: bytes) -> tuple[int, int]:
    """Where the labels of a record begin and end; the end is before the beginning where they have none."""
    head = _HEAD.match(line)
    assert head is not None
    return head.end(), line.find(_LABELS_END, head.end())
