"""One line of the JSONL of grades, put together from an answer and what grading found in it.

What was found is kept as text: a grade from the cache goes into its line as it is, without being read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from json.encoder import encode_basestring

from interviewer.answers.line import GivenAnswer
from interviewer.grading.panel import FAILED
from interviewer.models import Grade, GradeRecord, Ungraded


@dataclass(frozen=True, slots=True)
class Findings:
    """What grading one answer gave, as it stands in its record."""

    score: float | None
    """0–100; None is ungraded."""
    text: str
    """The members of the JSON object from `passed` to `receipt`."""

    @property
    def reason(self) -> str | None:
        """Why there is no score; None where there is one."""
        return None if self.score is not None else str(json.loads(f"{{{self.text}}}")["reason"])

    is_whole: bool = True
    """Whether everybody who was to judge has judged: only then is it worth keeping for other runs."""


def findings_of(outcome: Grade | Ungraded) -> Findings:
    """The outcome in the form of a record."""
    if isinstance(outcome, Grade):
        found = outcome.model_dump_json(exclude={"outcome", "score", "passed"})
        text = f'"passed":{json.dumps(outcome.passed)},"reason":null,{found[1:-1]}'
        return Findings(outcome.score, text, FAILED not in outcome.flags)
    empty: dict[str, object] = {
        "passed": None,
        "reason": outcome.reason,
        "criteria": [],
        "mistakes": [],
        "similarity": None,
        "confidence": None,
        "needs_review": True,
        "flags": outcome.flags,
        "feedback": None,
        "grader": outcome.grader,
        "receipt": None,
    }
    return Findings(None, _members(empty), is_whole=False)


def record_line(answer: GivenAnswer, key: str, findings: Findings, *, cached: bool = False) -> str:
    """The line, without its end. Its first four members are what resuming a run looks at."""
    graded = findings.score is not None
    head = {
        "number": answer.number,
        "key": key,
        "outcome": "graded" if graded else "ungraded",
        "score": float(findings.score) if findings.score is not None else None,
    }
    asked = {"question": answer.question.prompt, "answer": answer.text, "cached": cached}
    return f"{{{_members(head)},{labels_of(answer)},{_members(asked)},{findings.text}}}"


def labels_of(answer: GivenAnswer) -> str:
    """The members of a record that do not decide the grade: they may change, and the grade stays."""
    # Put together by hand: a finished file is compared with its input line by line.
    score = "null" if answer.human_score is None else repr(float(answer.human_score))
    return (
        f'"id":{encode_basestring(answer.id)},"question_id":{_text(answer.question_id)},'
        f'"candidate":{_text(answer.candidate)},"human_score":{score}'
    )


def _text(text: str | None) -> str:
    return "null" if text is None else encode_basestring(text)


def record_of(answer: GivenAnswer, key: str, outcome: Grade | Ungraded) -> GradeRecord:
    """The same as a model."""
    return GradeRecord.model_validate_json(record_line(answer, key, findings_of(outcome)))


def _members(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))[1:-1]
