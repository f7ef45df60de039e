"""A file of 20,000 grades: every figure over all of them, in a page that can still be opened."""

from __future__ import annotations

import time
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from interviewer.reports.grades import FORMATS, read_grades, report
from tests.reports.grade_records import record

COUNT = 20_000
SECONDS = 12.0
"""A generous limit: on two idle cores a format takes about a tenth of it to a quarter."""
FEWER = 5000
"""Tracing memory is slow."""
BYTES = 700
"""Of memory, a record; its line has about 1900."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written from one record, with other numbers, names and scores in it."""
    text = record(1, 50, candidate="Name 1", answer="It has 800 weights. " * 40, id="one").model_dump_json()
    path = tmp_path_factory.mktemp("large") / "g.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for number in range(1, COUNT + 1):
            line = text.replace('"number":1,', f'"number":{number},').replace(
                '"id":"one"', f'"id":"{number}"'
            )
            line = line.replace('"Name 1"', f'"Name {number % 3000}"').replace(
                '"question_id":"weights"', f'"question_id":"q{number % 400}"'
            )
            stream.write(line.replace('"score":50.0', f'"score":{number % 101}') + "\n")
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_in_time_and_stays_small(name: str, large: Path) -> None:
    began = time.perf_counter()
    with read_grades(large) as grades:
        size = sum(len(part.encode()) for part in report(grades, name))
        assert len(grades.rows) == COUNT
    assert time.perf_counter() - began < SECONDS
    if name in ("html", "markdown"):
        assert size < 1_000_000


def test_what_is_left_out_of_the_page_is_said(large: Path) -> None:
    with read_grades(large) as grades:
        (html,) = report(grades, "html")
    assert "100 of 20,000 answers are shown in full" in html
    assert "200 of 3,000 candidates are listed" in html
    assert "20000 of 20,000 answers graded" in html


def test_memory_holds_rows_and_no_texts(large: Path, tmp_path: Path) -> None:
    with large.open(encoding="utf-8") as stream:
        (tmp_path / "g.jsonl").write_text("".join(islice(stream, FEWER)), encoding="utf-8")
    tracemalloc.start()
    try:
        with read_grades(tmp_path / "g.jsonl") as grades:
            assert sum(1 for _ in report(grades, "csv")) == FEWER + 1
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak / FEWER < BYTES
