"""Long texts of one thing over and over: each was once read in minutes, and is now read at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.grading.checks import run_check
from interviewer.grading.evidence import find_quote
from interviewer.importers import FORMATS
from interviewer.importers.cues import asking
from interviewer.language.numbers import numbers
from interviewer.language.polarity import verdict
from interviewer.models import NumberCheck
from interviewer.transcripts.files import READERS
from tests.fuzz.cases import given_or_refused

LENGTH = 40_000
"""Characters. Where time grows with their square, ten times as many take a hundred times as long."""
SECONDS = 1.0
"""Of the processor: what else runs on the machine does not count."""
NUMBER = NumberCheck(kind="number", value=800)
Read = Callable[[str], object]
CASES: dict[str, tuple[Read, str]] = {
    "commas before a verdict": (verdict, ","),
    "spaces before a verdict": (verdict, "- "),
    "numbers": (lambda text: run_check("a", NUMBER, text), "1 "),
    "denied numbers": (lambda text: run_check("a", NUMBER, text), "not 1, "),
    "numbers and number words": (numbers, "1 one "),
    "spaces in a quote": (lambda text: find_quote(text, "800 weights"), " "),
    "brackets of code": (lambda text: FORMATS["qa"](f"Q: {text}\nA: b", Path("a.txt")), ")"),
    "a heading of signs": (lambda text: FORMATS["markdown"](f"## {text}\nb", Path("a.md")), "#"),
    "a heading of spaces": (lambda text: FORMATS["markdown"](f"## a{text}\nb", Path("a.md")), " "),
    "a question of signs": (lambda text: READERS[".md"](f"## {text}\nb", Path("a.md")), "#"),
    "fences that are never closed": (asking, "```a\n"),
}


@pytest.mark.parametrize(("read", "piece"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("end", ["", "x"], ids=["", "and an end"])
def test_a_long_text_is_read_at_once(read: Read, piece: str, end: str) -> None:
    text = (piece * LENGTH)[:LENGTH] + end
    began = time.process_time()
    given_or_refused(lambda: read(text))
    assert time.process_time() - began < SECONDS
