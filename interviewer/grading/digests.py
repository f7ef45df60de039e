"""Digests: which question, rubric and answer a grade was made from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from interviewer.models import Question, Rubric

# What can be edited without changing what a grade means.
_NOT_GRADED = {"examples", "hints", "time_limit", "source", "tags", "topic", "difficulty"}


def question_digest(question: Question) -> str:
    """Of all that decides how an answer to the question is graded."""
    return _digest(question.model_dump(mode="json", by_alias=True, exclude=_NOT_GRADED))


def rubric_digest(rubric: Rubric) -> str:
    """Of the whole rubric."""
    return _digest(rubric.model_dump(mode="json", by_alias=True))


def text_digest(text: str, *, length: int = 16) -> str:
    """Of a text as it is, in so many hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def _digest(value: dict[str, Any]) -> str:
    return text_digest(json.dumps(value, sort_keys=True, ensure_ascii=False))
