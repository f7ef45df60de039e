"""A program to run, answers to grade, and a server that grades them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.batch.answers import JUDGE, OUT, Asked, in_lines
from tests.cli.conftest import Ran, Run, home, run, spawn, write
from tests.latency_server import Serving, latency_server

__all__ = ["home", "run", "spawn", "write"]


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    """A server that never fails, for all tests of a file."""
    with latency_server("--latency", "0.01") as server:
        yield server


@pytest.fixture
def server(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The same, chosen by the settings; counts what it is asked from here on."""
    monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", serving.base_url)
    return Asked(serving)


@pytest.fixture
def hand_in(home: Path) -> Callable[..., Path]:
    """Writes answers into a file of the current folder."""

    def hand_in(answers: list[dict[str, object]], name: str = "a.jsonl") -> Path:
        path = Path(name)
        path.write_text(in_lines(answers), encoding="utf-8")
        return path

    return hand_in


@pytest.fixture
def grade(run: Run) -> Run:
    """Grades the file of answers into the file of grades, without the cache's help."""

    def grade(*more: str | Path) -> Ran:
        return run("grade", "a.jsonl", "-o", OUT, "--no-cache", *JUDGE, *more)

    return grade
