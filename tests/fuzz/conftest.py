"""Runs each property so often as is asked for, and counts the cases that it was tried on.

By default a few cases each, the same every time. With INTERVIEWER_FUZZ=20 each runs 20 times over, on many
cases that differ from run to run.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.cases import ROUNDS, tried

_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def room() -> Iterator[Path]:
    """A folder for files that are written again and again: in memory, where the system has such a place."""
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=place) as folder:
        yield Path(folder)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each property is as many tests as it has rounds, so that processes can share them."""
    if ROUNDS > 1 and hasattr(metafunc.function, "hypothesis"):
        metafunc.fixturenames.append("round")
        metafunc.parametrize("round", range(ROUNDS))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Counts the cases of a property; they go with its report, which other processes send on."""
    own = getattr(pyfuncitem.obj, "hypothesis", None)
    if own is None:
        return (yield)
    before, inner = tried.total(), own.inner_test

    def counted(*args: Any, **kwargs: Any) -> None:
        inner(*args, **kwargs)
        tried[pyfuncitem.originalname] += 1

    own.inner_test = counted
    try:
        return (yield)
    finally:
        own.inner_test = inner
        pyfuncitem.user_properties.append(("cases", tried.total() - before))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says how many cases there were."""
    cases: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                cases[report.nodeid.split("::")[0]] += dict(report.user_properties).get("cases", 0)
    if ROUNDS > 1 and cases.total():
        terminalreporter.section("cases")
        for name, number in sorted((+cases).items()):
            terminalreporter.write_line(f"{number:10,}  {name}")
        terminalreporter.write_line(f"{cases.total():10,}  in all")
