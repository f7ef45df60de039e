"""The terminal that the app draws on: how it ends when it is told to, or when the terminal has gone."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, TextIO

from textual.drivers.linux_driver import LinuxDriver

TO_LEAVE = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class TerminalDriver(LinuxDriver):
    """Draws on the terminal; a signal to end, and a terminal that was closed, let the app leave in order."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        assert sys.__stdout__ is not None
        # Standard output is known to be a terminal, standard error may be a file.
        self._file: Any = _Screen(sys.__stdout__, self._terminal_gone)
        self._drawing = False

    def start_application_mode(self) -> None:
        """Takes the screen, at the start and after another program had it."""
        self._drawing = True
        for number in TO_LEAVE:
            signal.signal(number, self._told_to_leave)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Gives the screen back."""
        super().stop_application_mode()
        self._drawing = False

    def _sigcont_application(self, *_: object) -> None:
        # A terminal that is closed sends this signal as well, and then there is nothing to go on with.
        if self._must_signal_resume:
            super()._sigcont_application()
        elif self._drawing:
            self._loop.call_soon_threadsafe(self._draw_again)

    def _draw_again(self) -> None:
        """Takes the screen back after the program was stopped from outside."""
        if self._app._exit or not os.isatty(self.fileno):
            return
        self.suspend_application_mode()
        self.resume_application_mode()
        self._app.refresh(layout=True)

    def _told_to_leave(self, number: int, frame: object) -> None:
        if self._drawing:
            self._leave(number)
        elif number == signal.SIGHUP:
            # An editor has the screen, and is waited for; without a terminal it may never end.
            raise SystemExit(128 + number)
        elif number != signal.SIGINT:
            # Ctrl-C in the editor reaches this program as well, and is none of its business.
            self._leave(number)

    def _terminal_gone(self) -> None:
        self._leave(signal.SIGHUP)

    def _leave(self, number: int) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(lambda: self._app.exit(return_code=128 + number))

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            self._terminal_gone()
        except Exception as error:  # noqa: BLE001  (a bug, told as all others are and not as a traceback)
            self._loop.call_soon_threadsafe(self._app._handle_exception, error)


class _Screen:
    """A terminal as a file; one that was closed takes everything and shows nothing.

    Args:
        gone: called, perhaps often, once it is closed.
    """

    def __init__(self, file: TextIO, gone: Callable[[], None]) -> None:
        self._file = file
        self._gone = gone

    def write(self, text: str) -> None:
        """Draws."""
        # The thread that draws would die of an error, and all that draws later would wait for it for ever.
        try:
            self._file.write(text)
        except OSError:
            self._gone()

    def flush(self) -> None:
        """Has all of it drawn."""
        try:
            self._file.flush()
        except OSError:
            self._gone()

    def fileno(self) -> int:
        """The terminal's number."""
        return self._file.fileno()
