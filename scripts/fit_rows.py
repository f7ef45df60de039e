"""What the embedded judge's weights are fitted on: every claim of a question, looked for in every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from marked_answers import Marked, of_references
from numpy.typing import NDArray

from interviewer.backends.protocols import JudgeRequest
from interviewer.embedded.answer import AnswerView, ClaimReader
from interviewer.embedded.judge import EmbeddedJudge
from interviewer.embedded.references import References
from interviewer.grading.checks import run_check
from interviewer.grading.pipeline import Grader
from interviewer.grading.scoring import failed_check, rescored
from interviewer.grading.similarity import Comparer
from interviewer.models import Estimate, Grade, GradeRecord, Question, Rubric

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One claim looked for in one answer."""

    question: str
    answer: int
    values: Floats
    """The features of the claim and of the whole answer."""
    label: float
    weight: float


@dataclass(frozen=True)
class Whole:
    """One answer graded by its reference alone."""

    question: str
    share: float
    stated: float
    recall: float
    score: float
    weight: float


class Rows(NamedTuple):
    """Every claim looked for in every answer; what a check decides is left out."""

    criteria: list[Row]
    mistakes: list[Row]
    """As the judge sees them, which reads only those that are plausible."""
    read: list[Row]
    """The same, all of them read. Fitted on these, fewer are found where there are none."""


def rows(answers: Iterable[Marked], rubric: Rubric, reader: ClaimReader) -> Rows:
    """Look for every criterion and every mistake."""
    found = Rows([], [], [])
    known = list(answers)
    with ThreadPoolExecutor() as threads:
        views = threads.map(lambda m: AnswerView(_request(m.question, rubric, m.answer), reader), known)
    for number, (m, view) in enumerate(zip(known, views, strict=True)):
        for criterion in m.question.criteria:
            if criterion.check and run_check(criterion.id, criterion.check, m.answer):
                continue
            values = np.append(view.criteria[criterion.id].values, view.context).astype(float)
            label, weight = m.levels.get(criterion.id, 0.0), m.weight / len(m.question.criteria)
            found.criteria.append(Row(m.question.id, number, values, label, weight))
        for data, findings in ((found.mistakes, view.mistakes), (found.read, view.mistakes_read())):
            for mistake, finding in zip(m.question.mistakes, findings, strict=True):
                values = np.append(finding.values, view.context).astype(float)
                label, weight = float(mistake.id in m.makes), m.weight / len(m.question.mistakes)
                data.append(Row(m.question.id, number, values, label, weight))
    return found


def _request(question: Question, rubric: Rubric, answer: str) -> JudgeRequest:
    return JudgeRequest(
        question=question,
        rubric=rubric,
        criteria=question.criteria,
        mistakes=question.mistakes,
        answer=answer,
    )


def wholes(
    answers: Iterable[Marked], rubric: Rubric, reader: ClaimReader, judges: Mapping[str, EmbeddedJudge]
) -> list[Whole]:
    """The answers graded by their references; those that checks or rules decide are left out.

    Args:
        judges: by question, fitted without it.
    """
    model = reader.model
    comparer, references = Comparer(model), References(reader)

    def graded(m: Marked) -> Grade:
        bare = Question(id=m.question.id, prompt=m.question.prompt, reference=m.question.reference)
        # Any estimate makes the grader compute what one is fitted on; the share is then scored without it.
        by = Estimate(bias=0, share=1, stated=0, recall=0)
        grader = Grader(judges[m.question.id], comparer, model, (), references, by)
        grade = asyncio.run(grader.grade(bare, rubric, m.answer))
        assert isinstance(grade, Grade)
        return grade

    known, found = list(answers), []
    with ThreadPoolExecutor() as threads:
        grades = list(threads.map(graded, known))
    for m, grade in zip(known, grades, strict=True):
        near = grade.receipt.similarity
        if near is None or near.stated is None or near.recall is None:
            continue
        if failed_check(grade.receipt.scheme, grade.receipt.verdicts) is not None:
            continue
        share = rescored(grade.receipt.model_copy(update={"similarity": None})).score / 100
        found.append(Whole(m.question.id, share, near.stated, near.recall, m.score, m.weight))
    return found


def graded_by_llm(grades: Path) -> list[Whole]:
    """Answers of `of_references` that an LLM has graded with similarity to whole references."""
    known, found = {(m.question.id, m.answer): m for m in of_references()}, []
    for line in grades.read_text(encoding="utf-8").splitlines():
        record = GradeRecord.model_validate_json(line)
        near = record.receipt.similarity if record.receipt else None
        if record.receipt is None or near is None or near.stated is None or near.recall is None:
            continue
        share = rescored(record.receipt.model_copy(update={"similarity": None})).score / 100
        m = known[record.question_id or "", record.answer]
        found.append(Whole(m.question.id, share, near.stated, near.recall, m.score, m.weight))
    return found
