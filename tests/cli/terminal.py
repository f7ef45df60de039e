"""The program in a real (pseudo) terminal: keys in, what is on the screen out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from types import TracebackType

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[=>])")


class Terminal:
    """One run of the program; leaving the block ends it."""

    def __init__(self, *arguments: str, columns: int = 80, environment: dict[str, str] | None = None) -> None:
        self._keys, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "interviewer", *arguments],
            stdin=screen,
            stdout=screen,
            stderr=screen,
            env={**os.environ, "TERM": "xterm-256color", **(environment or {})},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(screen)
        self.raw = ""
        self._seen = 0

    @property
    def text(self) -> str:
        """All that was shown so far, without colours."""
        return _ESCAPES.sub("", self.raw).replace("\r", "")

    def until(self, words: str, seconds: float = 30) -> str:
        """Waits until the words are shown; gives what came since the last wait."""
        deadline = time.monotonic() + seconds
        while words not in self.text[self._seen :]:
            if time.monotonic() > deadline or not self._read():
                raise AssertionError(f"{words!r} was not shown, but:\n{self.text[self._seen :]}")
        shown = self.text[self._seen :]
        self._seen = len(self.text)
        return shown

    def enter(self, *lines: str) -> None:
        """Types lines, each with Enter."""
        for line in lines:
            os.write(self._keys, f"{line}\r".encode())

    def press(self, key: str) -> None:
        """Presses one key: "\\x03" is Ctrl-C, "\\x04" is Ctrl-D."""
        os.write(self._keys, key.encode())

    def interrupt(self, words: str, seconds: float = 30) -> str:
        """Presses Ctrl-C until the words are shown, as a person would.

        Python's readline loses one that comes just before it begins to wait for keys.
        """
        deadline = time.monotonic() + seconds
        while True:
            self.press("\x03")
            try:
                return self.until(words, seconds=3)
            except AssertionError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise

    def kill(self, number: int) -> None:
        """Sends a signal."""
        self._process.send_signal(number)

    def code(self, seconds: float = 30) -> int:
        """Waits for the end; gives the exit code."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._read():
            pass
        return self._process.wait(timeout=seconds)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._keys], [], [], 0.2)
        if not ready:
            return True
        try:
            part = os.read(self._keys, 65536)
        except OSError:
            return False
        self.raw += part.decode(errors="replace")
        return bool(part)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._keys)
