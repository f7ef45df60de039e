"""The real program in a terminal, with the home of the test: started, killed, and looked at afterwards."""

from __future__ import annotations

import random
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from interviewer.history import History
from interviewer.wiring import data_folder
from tests.screen_terminal import ScreenTerminal

HAND_IN, ESCAPE = "\x13", "\x1b"
PASTE = "\x1b[200~{}\x1b[201~"
WORDS = ("a", "gradient", "of", "the", "loss", "flows", "back", "through", "each", "layer")


def practice(
    *arguments: str,
    judge: str | None = "embedded",
    environment: Mapping[str, str] | None = None,
    **options: Any,
) -> ScreenTerminal:
    """`interviewer practice` in a terminal; several of them share the home of the test."""
    flags = () if judge is None else ("--judge", judge)
    return ScreenTerminal("practice", *flags, *arguments, environment=environment, **options)


@contextmanager
def silent_judge() -> Iterator[dict[str, str]]:
    """The environment of a judge that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {
            "INTERVIEWER_JUDGE_BACKEND": "openai",
            "INTERVIEWER_JUDGE_MODEL": "silent",
            "INTERVIEWER_JUDGE_BASE_URL": f"http://127.0.0.1:{server.getsockname()[1]}/v1",
        }


@contextmanager
def kept() -> Iterator[History]:
    """What the program has left on the disk, after a look at whether the file is whole."""
    with sqlite3.connect(data_folder() / "history.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    history = History(data_folder())
    assert history.problem is None
    yield history
    history.close()


def counted(words: int) -> str:
    """What the screen says once so many words are on the disk."""
    return f"{words} word{'s' if words != 1 else ''}, kept as you type"


def some_words(rng: random.Random, most: int = 8) -> str:
    """A few words, with a space in front of each."""
    return "".join(f" {word}" for word in rng.choices(WORDS, k=rng.randint(1, most)))
