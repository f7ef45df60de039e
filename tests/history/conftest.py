"""A history in a folder of its own, and programs beside it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interviewer.history import History

Start = Callable[..., subprocess.Popen[str]]
PROGRAMS = Path(__file__).with_name("programs.py")
ROOT = PROGRAMS.parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the history lies; it does not exist yet."""
    return tmp_path / "data" / "interviewer"


@pytest.fixture
def history(folder: Path) -> Iterator[History]:
    """An empty history on disk."""
    history = History(folder)
    yield history
    history.close()


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts one of the programs; what still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def begin(name: str, folder: Path, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAMS), name, str(folder), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[str], line: str = "") -> None:
    """Sends a line to a program."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def heard_from(process: subprocess.Popen[str]) -> str:
    """The next line that a program says, waited for."""
    assert process.stdout is not None
    return process.stdout.readline().removesuffix("\n")


def said_by(process: subprocess.Popen[str]) -> list[str]:
    """The lines that a program says until its end, which it is told to come to."""
    out, _ = process.communicate("\n", timeout=60)
    assert process.returncode == 0
    return out.splitlines()
