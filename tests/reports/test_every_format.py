"""What holds for every format of export: golden files, and all of a session in it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from interviewer.bank import Bank
from interviewer.errors import ConfigError, DataError
from interviewer.grading.pipeline import Grader
from interviewer.history import History
from interviewer.models import Grade
from interviewer.practice.running import keep_outcome, outcome_of
from interviewer.reports import FORMATS, SUFFIXES, SessionReport, format_of, session_report, to_markdown
from tests.reports.conftest import BETTER, PARTIAL, REPLIES
from tests.reports.samples import graded, scripted, start

GOLDEN = Path(__file__).parent.parent / "golden" / "reports"
every_format = pytest.mark.parametrize("name", FORMATS)
WHEN = "2026-07-01T18:30:00Z"
STEADY = {
    "started": WHEN, "ended": WHEN, "submitted": WHEN, "time": WHEN, "due": "2026-07-04T18:30:00Z",
    "card": "{}",
    "version": "1.2.3", "cosine": 0.5, "coverage": 0.5, "without_question": 0.5, "similarity": 0.5,
    "prompt_digest": "0", "question_digest": "0", "rubric_digest": "0", "answer_digest": "0", "reply": "…",
    "prompt_version": "1",
}  # fmt: skip
"""What differs from run to run, or from one machine to another."""


def steady(data: Any) -> Any:
    if isinstance(data, list):
        return [steady(entry) for entry in data]
    if not isinstance(data, dict):
        return data
    steadied = {
        key: STEADY[key] if key in STEADY and isinstance(value, str | float) else steady(value)
        for key, value in data.items()
    }
    return steadied | ({"seconds": 0.04} if "answer_digest" in data else {})


@pytest.fixture
def steadied(report: SessionReport) -> SessionReport:
    return SessionReport.model_validate(steady(report.model_dump(mode="json", by_alias=True)))


@every_format
def test_a_session_reads_as_its_golden_file_does(name: str, steadied: SessionReport) -> None:
    found = FORMATS[name](steadied)
    golden = GOLDEN / f"session{SUFFIXES[name]}"
    if os.environ.get("INTERVIEWER_SNAP"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@every_format
def test_no_control_or_direction_character_is_left(name: str, report: SessionReport) -> None:
    found = FORMATS[name](report)
    assert not [char for char in found if (ord(char) < 32 and char != "\n") or char in "\x7f\x9b\u202e\u202c"]


@every_format
def test_every_answer_question_and_reason_is_in_it(name: str, report: SessionReport) -> None:
    found = FORMATS[name](report)
    for text in ("HTTP 503 from the judge", "no sum", "What is a batch?", "And in general?", "scripted"):
        assert text in found
    for answer in (PARTIAL, BETTER):
        assert all(word.strip(".,") in found for word in answer.split())


def test_json_gives_back_the_very_same_report(report: SessionReport) -> None:
    assert SessionReport.model_validate_json(FORMATS["json"](report)) == report
    assert json.loads(FORMATS["json"](report))["version"] == 1


@pytest.mark.parametrize(
    ("path", "name", "format"),
    [
        (None, None, "markdown"),
        ("a.md", None, "markdown"),
        ("A.HTM", None, "html"),
        ("a.json", None, "json"),
        ("a.txt", "html", "html"),
        (None, "json", "json"),
    ],
)
def test_the_format_is_the_one_named_else_that_of_the_file(
    path: str | None, name: str | None, format: str
) -> None:
    assert format_of(None if path is None else Path(path), name) == format


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError) as named:
        format_of(None, "pdf")
    assert named.value.hint == "there are: markdown, html, json"
    with pytest.raises(ConfigError, match=r"notes\.txt"):
        format_of(Path("notes.txt"))


def test_a_session_that_is_not_there_is_bad_input(history: History) -> None:
    with pytest.raises(DataError, match="no session 7"):
        session_report(history, 7)


@pytest.mark.parametrize("name", ["markdown", "html"])
async def test_a_session_of_mixed_graders_has_no_mean_and_says_why(
    name: str, history: History, small: Bank, make_grader: Callable[..., Grader]
) -> None:
    running = start(history, small, "conv-weights", "regularisers")
    for label, text in (("one", BETTER), ("two", "dropout")):
        await graded(history, small, scripted(make_grader, REPLIES, label), running.hand_in(text))
    found = FORMATS[name](session_report(history, running.session.id))
    assert "No mean: 2 of 2 answers graded, by 2 graders (one, two), whose scores are not one scale." in found
    assert "By topic" not in found


async def test_unknown_cost_is_said_as_unknown_and_other_grades_are_shown(
    history: History, small: Bank, make_grader: Callable[..., Grader], scripted_grader: Grader
) -> None:
    running = start(history, small, "conv-weights")
    answer = await graded(history, small, scripted(make_grader, REPLIES, "earlier"), running.hand_in(PARTIAL))
    outcome = await outcome_of(scripted_grader, small, answer)
    assert isinstance(outcome, Grade)
    usage = outcome.receipt.usage.model_copy(update={"cost_usd": None})
    receipt = outcome.receipt.model_copy(update={"usage": usage})
    keep_outcome(history, answer, outcome.model_copy(update={"receipt": receipt}))
    found = to_markdown(session_report(history, running.session.id))
    assert "· cost unknown ·" in found
    assert "- Also by earlier: 33.3 of 100" in found
