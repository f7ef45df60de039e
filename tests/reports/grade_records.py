"""Records of `interviewer grade`, made to measure, and files of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from interviewer.grading.digests import text_digest
from interviewer.models import GradeRecord

TEXTS = {"value": "gives 800 as the number of weights", "working": "derives it from the kernel"}
"""What the criteria of these records say."""
POINTS = {"value": 2.0, "working": 1.0}
WORTH = {"met": 1.0, "partial": 0.5, "not_met": 0.0}
Finding = tuple[str, str | None, str]
"""Level, quote, reason."""


def record(number: int, score: float | None = 100, **given: Any) -> GradeRecord:
    """A record that holds together: what is not given follows from the score, or is ordinary.

    Args:
        given: members of the record; beside them `levels` (a level, or a `Finding`, by criterion), `calls`,
            `cost`, `tokens` (in and out), `prompt_version`, `parameters`, `question_digest`.
    """
    levels: Mapping[str, str | Finding] = given.pop("levels", {"value": "met"})
    found = {name: told if isinstance(told, tuple) else (told, None, "") for name, told in levels.items()}
    usage = {"calls": given.pop("calls", 1), "cost_usd": given.pop("cost", None)}
    usage["prompt_tokens"], usage["completion_tokens"] = given.pop("tokens", (None, None))
    receipt = {name: given.pop(name, None) for name in ("prompt_version",)}
    receipt |= {"parameters": given.pop("parameters", {}), "usage": usage, "version": "1.2.3"}
    receipt["question_digest"] = given.pop("question_digest", "q")
    answer = given.get("answer", f"Answer {number}.")
    graded = score is not None
    common: dict[str, Any] = {
        "number": number, "key": f"key {number}", "score": score, "id": str(number), "question_id": "weights",
        "outcome": "graded" if graded else "ungraded", "candidate": None, "human_score": None,
        "question": "How many weights?", "answer": answer, "cached": False, "similarity": None,
        "passed": score >= 60 if score is not None else None, "reason": None if graded else "HTTP 503",
        "criteria": [], "mistakes": [], "confidence": "high" if graded else None, "needs_review": not graded,
        "flags": [], "feedback": None, "grader": "judge", "receipt": None,
    }  # fmt: skip
    if graded:
        common |= _found(found)
    whole = common | given
    if graded:
        whole["receipt"] = receipt | {
            "grader": whole["grader"], "rubric_digest": "r", "answer_digest": text_digest(answer),
            "scheme": {"criteria": [{"id": name, "points": POINTS.get(name, 1)} for name in found]},
            "verdicts": [],
        }  # fmt: skip
    return GradeRecord.model_validate_json(json.dumps(whole))


def _found(found: Mapping[str, Finding]) -> dict[str, Any]:
    points = {name: POINTS.get(name, 1.0) for name in found}
    earned = {name: points[name] * WORTH[told[0]] for name, told in found.items()}
    return {
        "criteria": [
            {
                "id": name, "level": level, "points": points[name], "earned": earned[name], "quote": quote,
                "decided_by": "judge", "reason": reason,
            }
            for name, (level, quote, reason) in found.items()
        ],
        "feedback": {
            "summary": f"{sum(earned.values()):g} of {sum(points.values()):g} points",
            "gaps": [
                {
                    "criterion": name,
                    "text": TEXTS.get(name, name),
                    "points": points[name] - earned[name],
                }
                for name in found
                if earned[name] < points[name]
            ],
        },
    }  # fmt: skip


def write_records(path: Path, records: Iterable[GradeRecord], end: str = "") -> Path:
    """A file of them.

    Args:
        end: what stands after the last record, for example half of another.
    """
    lines = [record.model_dump_json() + "\n" for record in records]
    path.write_text("".join(lines) + end, encoding="utf-8")
    return path
