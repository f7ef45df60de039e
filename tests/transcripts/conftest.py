"""Transcripts written where a test can read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.backends.memory import RememberingEmbedder
from interviewer.bank import Bank
from interviewer.transcripts.align import Aligned
from interviewer.transcripts.answers import read_transcripts

FILES = Path(__file__).parent / "files"

Write = Callable[[str, str | bytes], Path]
Read = Callable[..., Aligned]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Makes a file of this name and content."""

    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


@pytest.fixture
def aligned(write: Write, bank: Bank, embedder: RememberingEmbedder) -> Read:
    """The transcript of this content, aligned with the shipped bank."""

    def read(name: str, content: str, interviewer: str | None = None) -> Aligned:
        (found,) = read_transcripts(write(name, content), bank, embedder, interviewer)
        return found

    return read
