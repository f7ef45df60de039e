"""Graded answers written for these tests, and grades made to measure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from interviewer.answers.line import GivenAnswer
from interviewer.measuring.graded import GradedRow
from interviewer.models import GradeRecord, Question, Rubric, Verdict

QUESTION = Question(id="ice", prompt="Why does ice float?", reference="Ice is less dense than liquid water.")
RUBRIC = Rubric(name="short-answer", title="Short", instructions="Mark it.")
Line = dict[str, Any]


def line(**change: Any) -> Line:
    """A graded answer as it stands in a file."""
    return {
        "question_id": "ice",
        "question": "Why does ice float?",
        "reference": "Ice is less dense than liquid water.",
        "answer": "Because frozen water takes more room.",
        "score": 0.8,
    } | change


def written(path: Path, lines: Iterable[Line]) -> Path:
    """A file of them."""
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return path


def row(
    number: int, human: float, question: str = "ice", text: str = "It is lighter.", **change: Any
) -> GradedRow:
    """A row as it was read."""
    given = GivenAnswer(number, str(number), question, QUESTION, RUBRIC, (), text)
    return GradedRow(given=given, human=human, **change)


def record(number: int, score: float | None, verdicts: Iterable[Verdict] = (), **change: Any) -> GradeRecord:
    """A grade of the answer with that number."""
    told = tuple(verdicts)
    criteria = [
        {
            "id": v.id, "level": v.level, "points": 1, "earned": 0, "quote": v.quote, "decided_by": "judge",
            "reason": "",
        }
        for v in told
    ]  # fmt: skip
    receipt = {
        "version": "1", "grader": "judge", "question_digest": "q", "rubric_digest": "r", "answer_digest": "a",
        "scheme": {"criteria": [{"id": v.id, "points": 1} for v in told]},
        "verdicts": [v.model_dump() for v in told],
        "seconds": 0.5,
    }  # fmt: skip
    common = {
        "number": number, "key": "k", "outcome": "ungraded" if score is None else "graded", "score": score,
        "id": str(number), "question_id": "ice", "candidate": None, "human_score": None, "question": "Why?",
        "answer": "It is lighter.", "cached": False, "passed": None if score is None else score >= 60,
        "reason": "HTTP 503" if score is None else None, "criteria": criteria, "mistakes": [],
        "similarity": None,
        "confidence": None if score is None else "high", "needs_review": False, "flags": [], "feedback": None,
        "grader": "judge", "receipt": None if score is None else receipt,
    }  # fmt: skip
    return GradeRecord.model_validate_json(json.dumps(common | change))


def verdict(name: str, level: Any, confidence: float | None = None, quote: str | None = None) -> Verdict:
    """A judge's finding."""
    return Verdict(id=name, level=level, confidence=confidence, quote=quote, decided_by="judge")
