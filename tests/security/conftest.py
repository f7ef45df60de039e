"""A key that must not be seen anywhere, and a program that may connect to one port only."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.batch.conftest import hand_in, server, serving
from tests.cli.conftest import Ran, home, run, spawn, write
from tests.security.leaks import KEY
from tests.tui.conftest import history, make_app, no_wait_for_what_has_gone

__all__ = [
    "hand_in",
    "history",
    "home",
    "make_app",
    "no_wait_for_what_has_gone",
    "run",
    "server",
    "serving",
    "spawn",
    "write",
]

GUARD = Path(__file__).parent / "guard"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def key(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """It is the key of every provider."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HF_TOKEN"):
        monkeypatch.setenv(name, KEY)
    return KEY


@dataclass(frozen=True)
class Guarded:
    """Runs the program where it can connect to one port only.

    Args:
        record: gets a line for each attempt.
    """

    record: Path

    def __call__(self, port: int, *arguments: str | Path, input: str = "") -> Ran:
        """What the program did."""
        done = subprocess.run(
            [sys.executable, "-m", "interviewer", *map(str, arguments)],
            input=input,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": f"{GUARD}{os.pathsep}{ROOT}",
                "GUARD_PORT": str(port),
                "GUARD_RECORD": str(self.record),
            },
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def attempts(self) -> list[str]:
        """All attempts so far."""
        return self.record.read_text(encoding="utf-8").splitlines() if self.record.exists() else []

    def refused(self) -> list[str]:
        """Those that went elsewhere."""
        return [line for line in self.attempts() if line.startswith("refused")]


@pytest.fixture
def guarded(tmp_path: Path, home: Path) -> Guarded:
    """The program without a way out."""
    return Guarded(tmp_path / "attempts")


Write = Callable[[str, str | bytes], Path]
"""Writes a file into the current folder."""
