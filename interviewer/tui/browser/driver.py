"""The app's end of the wire to `interviewer serve`, in place of a terminal."""

from __future__ import annotations

import asyncio
import os
import threading
from functools import partial
from typing import Any

from textual import messages
from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """Draws over standard output; ends the app when the server at the other end has gone, however it went."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turn = threading.Lock()
        self._write = partial(self._put)

    def run_input_thread(self) -> None:
        """Reads until there is nothing to read any more."""
        super().run_input_thread()
        # Without this, the app of a server that was killed would stay, and keep others from its session.
        if not self.exit_event.is_set():
            asyncio.run_coroutine_threadsafe(self._leave(), self._loop)

    async def _leave(self) -> None:
        await self._app._post_message(messages.ExitApp())

    def _put(self, packet: bytes) -> int:
        # A file on its way to the browser is written by another thread than the screen, in parts that are as
        # big as a pipe: without a lock the two would be mixed.
        rest = memoryview(packet)
        with self._turn:
            try:
                while rest:
                    rest = rest[os.write(self.fileno, rest) :]
            except BrokenPipeError:
                # Nobody looks any more. The end of the input says so too, and then the app leaves in order.
                pass
        return len(packet)
