"""The program in full screen, in a real (pseudo) terminal: keys in, what the screen shows out."""

from __future__ import annotations

import builtins
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType

import pyte


class ScreenTerminal:
    """One run of a full-screen program; leaving the block ends it.

    Args:
        command: by default the program itself, followed by `arguments`.
    """

    def __init__(
        self,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (sys.executable, "-m", "interviewer"),
    ) -> None:
        self._keys, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        self._closed = False
        self.process = subprocess.Popen(
            [*command, *arguments],
            stdin=screen,
            stdout=screen,
            stderr=screen,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(screen)

    @property
    def text(self) -> str:
        """What the screen shows, a line for each row."""
        # Not pyte's own `display`, which stumbles over a wide character of which one half is written over.
        rows = (self._screen.buffer[y] for y in range(self._screen.lines))
        lines = ("".join(row[x].data for x in range(self._screen.columns)) for row in rows)
        return "\n".join(line.rstrip() for line in lines)

    @property
    def flat(self) -> str:
        """The screen in one line, with single spaces."""
        return " ".join(self.text.split())

    def type(self, text: str) -> None:
        """Types keys: "\\x13" is Ctrl-S, "\\x1b" is Escape."""
        data = text.encode()
        while data:
            ready = select.select([self._keys], [self._keys], [], 10)
            if ready[0]:
                self._read(0)
            if ready[1]:
                # A terminal takes no more than 4 kB at once.
                data = data[os.write(self._keys, data[:1024]) :]

    def until(self, *words: str, gone: str | None = None, seconds: float = 30) -> str:
        """Waits until the screen shows these words, and not the one that has to go; gives what it shows.

        Where a line is broken does not matter.
        """
        deadline = time.monotonic() + seconds
        wanted = [" ".join(word.split()) for word in words]
        while not all(word in self.flat for word in wanted) or (gone is not None and gone in self.flat):
            if time.monotonic() > deadline or not self._read(0.05):
                raise AssertionError(f"{words!r} did not come on the screen, but:\n{self.text}")
        return self.text

    def answer_time(self, key: str, shown: str) -> float:
        """Seconds from a key to the first time that the screen shows this."""
        began = time.perf_counter()
        os.write(self._keys, key.encode())
        while shown not in self.text:
            if time.perf_counter() - began > 10 or not self._read(0.001):
                raise AssertionError(f"{shown!r} did not come on the screen, but:\n{self.text}")
        return time.perf_counter() - began

    def drain(self, seconds: float) -> None:
        """Reads what comes in this time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._read(0.02):
            pass

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends a signal to the program and waits for its end."""
        self.process.send_signal(number)
        self.wait()

    def wait(self, seconds: float = 30) -> int:
        """Waits for the end; gives the exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            self._read(0.05)
        # What it has said last may still be on its way.
        while self.process.poll() is not None and self._read(0.05):
            pass
        assert self.process.poll() is not None, f"it has not ended, but:\n{self.text}"
        return self.process.returncode

    def close(self) -> None:
        """Closes the terminal, as who shuts its window does."""
        if not self._closed:
            os.close(self._keys)
            self._closed = True

    def _read(self, seconds: float) -> bool:
        """Takes what the program has written; False once it has ended and said all."""
        ready, _, _ = select.select([self._keys], [], [], seconds)
        if not ready:
            return self.process.poll() is None
        try:
            part = os.read(self._keys, 1 << 16)
        except OSError:
            return False
        self.raw += part
        self._stream.feed(part)
        return bool(part)

    def __enter__(self) -> ScreenTerminal:
        return self

    def __exit__(
        self,
        kind: builtins.type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.close()
