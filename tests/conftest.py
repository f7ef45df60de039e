"""Safety for every test, and the parts that are loaded once."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

# Before any model is made: the schemas that are compared describe every field.
os.environ["INTERVIEWER_DESCRIBED"] = "1"

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.onnx import MiniLM
from interviewer.backends.protocols import Judge
from interviewer.bank import Bank, load_bank
from interviewer.embedded.judge import EmbeddedJudge
from interviewer.grading.pipeline import Grader
from interviewer.grading.similarity import Comparer

# How long a case takes says more about what else the machine does than about the program.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

IN_MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that have to be free there."""


def pytest_configure(config: pytest.Config) -> None:
    """The tests' folders are kept in memory where there is room: to sync a disk takes long."""
    if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """For `-n auto`: tests wait for programs and servers, so that two of them leave two cores idle."""
    return max(3, os.cpu_count() or 1)


def pytest_collection_finish() -> None:
    """What the imports left is no garbage, and need not be looked through again and again."""
    gc.collect()
    gc.freeze()


_KEYS = ("_API_KEY", "_BASE_URL", "_API_BASE")


@pytest.fixture(autouse=True)
def _no_keys_and_no_real_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key of the developer's is used, and nothing is written to the real home."""
    for name in os.environ:
        if name.endswith(_KEYS) or (name.startswith("INTERVIEWER_") and name != "INTERVIEWER_SNAP"):
            monkeypatch.delenv(name)
    # A terminal has the size that a test gives it, not that of a worker of pytest-xdist.
    for name in ("COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def model() -> MiniLM:
    """The shipped embedder."""
    return MiniLM()


@pytest.fixture(scope="session")
def embedder(model: MiniLM) -> RememberingEmbedder:
    """The shipped embedder, with one memory for all tests."""
    return RememberingEmbedder(model)


@pytest.fixture(scope="session")
def bank() -> Bank:
    """The shipped bank."""
    return load_bank()


@pytest.fixture(scope="session")
def embedded(model: MiniLM, embedder: RememberingEmbedder) -> EmbeddedJudge:
    """The embedded judge."""
    return EmbeddedJudge(model, embedder)


@pytest.fixture(scope="session")
def make_grader(
    model: MiniLM, embedder: RememberingEmbedder, embedded: EmbeddedJudge
) -> Callable[..., Grader]:
    """A grader with the given judge, the embedded one by default."""
    comparer = Comparer(embedder)

    def make(judge: Judge | None = None) -> Grader:
        return Grader(judge or embedded, comparer, model)

    return make


@pytest.fixture(scope="session")
def grader(make_grader: Callable[..., Grader]) -> Grader:
    """A grader with the embedded judge."""
    return make_grader()
