"""Where results go: the standard output, or a file that appears only when it is whole. Progress: stderr."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from interviewer.errors import DataError
from interviewer.keeping import OWNER_ONLY

Write = Callable[[str], None]
"""Writes one line; the line end is added."""
LONG_WAIT = 5.0
"""Seconds without a result after which a progress line says so."""


def check_output(path: Path) -> None:
    """Refuse what cannot be written to, before any work is done.

    Raises:
        DataError: a folder, or in a folder that is missing or closed to us.
    """
    if str(path) == "-":
        raise DataError("-: is no file", hint="without -o it goes to the standard output")
    try:
        folder = path.resolve().parent
    except (OSError, RuntimeError):
        raise DataError(f"{path}: cannot be written: is a link to itself") from None
    if path.is_dir():
        raise DataError(f"{path}: is a folder, not a file")
    if not folder.is_dir():
        raise DataError(f"{path}: there is no folder {folder}", hint=f"mkdir -p {folder}")
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise DataError(f"{path}: cannot be written: permission denied")


@contextmanager
def lines_to(path: Path | None, *, mode: int | None = None) -> Iterator[Write]:
    """Writes lines to the file, or to the standard output where it is None.

    The file is written beside its place and moved there at the end; before that, nothing is left of it.

    Args:
        mode: who may read the file; default: as the one that it replaces, and a new one only its owner.
    """
    if path is None or (path.exists() and not path.is_file()):
        # A pipe or a device cannot be replaced by a file.
        stream = sys.stdout if path is None else path.open("w", encoding="utf-8")
        try:
            yield lambda line: _put(stream.write, line + "\n", stream.flush)
        except OSError as error:
            raise _unwritable(path, error) from None
        finally:
            if path is not None:
                with suppress(OSError):
                    stream.close()
        return
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            yield lambda line: _put(stream.write, line + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if mode is None:
        mode = target.stat().st_mode & 0o777 if target.exists() else OWNER_ONLY
    temporary.chmod(mode)
    temporary.replace(target)


def _unwritable(path: Path | None, error: OSError) -> Exception:
    """The error with the name of the file, which those of writing to an open file lack."""
    if isinstance(error, BrokenPipeError) or error.filename is not None:
        return error
    return DataError(f"{path or 'standard output'}: cannot be written: {error.strerror or error}")


def _put(write: Callable[[str], object], text: str, flush: Callable[[], object] | None = None) -> None:
    write(text)
    if flush is not None:
        flush()


class Progress:
    """One line on stderr that is written over; silent where stderr is not a terminal.

    Args:
        total: how many there are; None where unknown.
    """

    def __init__(self, total: int | None, doing: str) -> None:
        self._shown = sys.stderr.isatty()
        self._total = total
        self._doing = doing
        self._done = 0
        self._began = self._moved = time.monotonic()
        self._last = 0.0
        self._note = ""

    def step(self, note: str = "") -> None:
        """One more is done."""
        self._done += 1
        self._note = f", {note}" if note else ""
        self._moved = now = time.monotonic()
        if not self._shown or (now - self._last < 0.1 and self._done != self._total):
            return
        self._last = now
        rate = self._done / max(now - self._began, 1e-6)
        left = "" if self._total is None else f", {_clock((self._total - self._done) / rate)} left"
        self._write(f"{self._so_far()}{left}, {rate:.1f}/s{self._note}")

    def still(self) -> None:
        """Says for how long nothing has ended, where that is long."""
        waited = time.monotonic() - self._moved
        if self._shown and waited >= LONG_WAIT:
            self._write(f"{self._so_far()}, waiting for {waited:.0f} s{self._note}")

    def say(self, text: str) -> None:
        """Shows this until the next step."""
        if self._shown:
            self._write(text)

    def clear(self) -> None:
        """Removes the line, so that other text can take its place."""
        if self._shown:
            self._write("")

    def _so_far(self) -> str:
        return f"{self._doing} {self._done}{'' if self._total is None else f'/{self._total}'}"

    def _write(self, text: str) -> None:
        # The reader of a pipe has gone, or the terminal.
        with suppress(OSError):
            sys.stderr.write(f"\r\x1b[K{text[: _columns() - 1]}")
            sys.stderr.flush()


def _columns() -> int:
    """Of the terminal, as it is now."""
    with suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    return 80


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
