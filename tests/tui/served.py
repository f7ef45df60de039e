"""The program as `interviewer serve` runs it, and a tab without a browser around it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

_QUESTION = """
title = "Small"
topic = "small-topic"

[[question]]
id = "why-relu"
kind = "open"
difficulty = 300
rubric = "short-answer"
prompt = "Why is ReLU used in deep networks?"
reference = "It does not saturate, so that gradients do not vanish."

[[question.criterion]]
id = "saturates"
text = "ReLU does not saturate for positive inputs"
points = 1
"""


def small_bank(folder: Path) -> Path:
    """A folder with one question."""
    folder.mkdir()
    (folder / "small.toml").write_text(_QUESTION, encoding="utf-8")
    return folder


class Served:
    """One run of `interviewer serve` at a free port; leaving the block ends it.

    Args:
        folder: where it runs, and below which its home is.
    """

    def __init__(self, folder: Path, *arguments: str) -> None:
        home = folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        self.data = home / ".local" / "share" / "interviewer"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "interviewer", "serve", "--port", "0", "--judge", "embedded", *arguments],
            cwd=folder,
            env={**os.environ, "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        # Printed once it listens; empty where it ended instead.
        self.address = self.process.stdout.readline().strip().rstrip("/")
        assert self.address, self.process.communicate()[1]

    @property
    def place(self) -> str:
        """Host and port."""
        return self.address.removeprefix("http://")

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Ends it with a signal; gives the exit code and what it said on stderr.

        The apps of the tabs write there as well, so that it is at its end only when they have all gone.
        """
        self.process.send_signal(number)
        said = self.process.communicate(timeout=30)[1]
        return self.process.returncode, said

    def __enter__(self) -> Served:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=30)


@asynccontextmanager
async def opened_tab(
    address: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[ClientWebSocketResponse]:
    """A tab of the page at this address, or of what its headers say."""
    async with (
        ClientSession() as client,
        client.ws_connect(f"{address}/ws?width=100&height=30", headers=headers or {"Origin": address}) as tab,
    ):
        yield tab


async def shown(tab: ClientWebSocketResponse, words: bytes) -> bytes:
    """Waits until the words have been drawn; gives all that was, with its escape sequences."""
    drawn = b""
    async for message in tab:
        drawn += message.data if message.type is WSMsgType.BINARY else b""
        if words in drawn:
            return drawn
    raise AssertionError(f"{words!r} was not drawn before the tab was closed, but:\n{drawn.decode()}")
