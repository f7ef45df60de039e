"""Grades as CSV: one row an answer, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from interviewer.models import GradeRecord
from interviewer.reports.grades.compare import Comparison, Pair
from interviewer.reports.grades.reading import Grades, Row
from interviewer.wording import harmless

COLUMNS = (
    "id", "question_id", "candidate", "outcome", "score", "raw_score", "passed", "confidence", "needs_review",
    "flags", "reason", "human_score", "grader", "similarity", "cached", "cost_usd", "prompt_tokens",
    "completion_tokens", "criteria",
)  # fmt: skip
COMPARED = (
    "id", "question_id", "candidate", "in", "same_answer", "outcome_first", "outcome_second", "score_first",
    "score_second", "difference", "passed_first", "passed_second", "flip", "criteria_changed",
    "grader_first", "grader_second", "reason_first", "reason_second",
)  # fmt: skip
_FORMULA = tuple("=+-@\t\r＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula."""

Cell = str | float | int | bool | None


def to_csv(grades: Grades) -> Iterator[str]:
    """The lines, without their ends. What is unknown is an empty cell.

    Where all answers are to one question, each of its criteria has a column as well. Text that a spreadsheet
    would run as a formula gets an apostrophe before it, and control characters become `�`.
    """
    criteria = _criteria_of_one_question(grades.rows)
    yield _line([*COLUMNS, *(f"criterion {name}" for name in criteria)])
    for row in grades.rows:
        levels = dict(row.levels)
        yield _line([*_cells(row, grades.record(row)), *(levels.get(name) for name in criteria)])


def comparison_to_csv(comparison: Comparison) -> Iterator[str]:
    """The lines: one for each answer that is in either file."""
    yield _line(COMPARED)
    for pair in comparison.pairs:
        yield _line(_compared(pair))
    for row in comparison.only_first:
        yield _line([*_name(row), "first", None, *_alone(row, None)])
    for row in comparison.only_second:
        yield _line([*_name(row), "second", None, *_alone(None, row)])


def cell(value: Cell) -> str:
    """A value as it stands in a cell; text is never a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        is_formula = value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA)
        return f"'{harmless(value)}" if is_formula else harmless(value)
    return str(value) if isinstance(value, int) else f"{value:.8f}".rstrip("0").rstrip(".")


def _cells(row: Row, record: GradeRecord) -> list[Cell]:
    return [
        *_name(row), record.outcome, row.score, record.raw_score, row.passed, row.confidence,
        row.needs_review, ";".join(row.flags), row.reason, row.human, row.made.grader, record.similarity,
        row.cached, row.cost,
        row.prompt_tokens, row.completion_tokens, ";".join(f"{name}={level}" for name, level in row.levels),
    ]  # fmt: skip


def _compared(pair: Pair) -> list[Cell]:
    first, second = pair.first, pair.second
    changed = [f"{name}: {was}→{now}" for name, was, now in pair.levels if was != now]
    return [*_name(second), "both", first.answer == second.answer, *_alone(first, second, pair, changed)]


def _alone(
    first: Row | None, second: Row | None, pair: Pair | None = None, changed: Sequence[str] = ()
) -> list[Cell]:
    def both(name: str) -> list[Cell]:
        return [getattr(row, name) if row else None for row in (first, second)]

    outcomes = [_outcome(row) for row in (first, second)]
    graders = [row.made.grader if row else None for row in (first, second)]
    difference = pair.difference if pair else None
    return [
        *outcomes, *both("score"), difference if difference is None else round(difference, 6),
        *both("passed"), pair.flip if pair else None, "; ".join(changed), *graders, *both("reason"),
    ]  # fmt: skip


def _outcome(row: Row | None) -> str | None:
    if row is None:
        return None
    return "ungraded" if row.score is None else "graded"


def _name(row: Row) -> list[Cell]:
    return [row.id, row.question_id, row.candidate]


def _criteria_of_one_question(rows: Sequence[Row]) -> list[str]:
    if len({row.question for row in rows}) != 1:
        return []
    return list(dict.fromkeys(name for row in rows for name, _ in row.levels))


def _line(cells: Sequence[Cell]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow([cell(value) for value in cells])
    return text.getvalue()
