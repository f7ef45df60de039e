"""One answer of a file of grades, and all there is to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.models import Gap, GradeRecord
from interviewer.reports.grades import words
from interviewer.reports.grades.reading import Grades, Row
from interviewer.reports.view import (
    Finding,
    Piece,
    findings_of,
    mistakes_told,
    notes,
    pieces,
    receipt_facts,
)
from interviewer.wording import calibrated, to_earn, visible


@dataclass(frozen=True)
class Shown:
    """An answer in words and rows."""

    row: Row
    title: str
    prompt: str
    pieces: tuple[Piece, ...]
    verdict: str
    facts: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    mistakes: tuple[Finding, ...] = ()
    ledger: tuple[str, ...] = ()
    """What would have earned more: "+2: say that …"."""
    notes: tuple[str, ...] = ()
    """Flags, and what they mean."""


def chosen(rows: Sequence[Row], count: int) -> list[Row]:
    """The rows to be shown in full: ungraded ones first, then those to review, then the others."""
    return sorted(rows, key=lambda row: (row.score is not None, not row.needs_review))[:count]


def shown(grades: Grades, row: Row) -> Shown:
    """What there is to say of the answer."""
    record = grades.record(row)
    if record.score is None:
        return Shown(
            row=row,
            title=words.who(row),
            prompt=record.question,
            pieces=(Piece(visible(record.answer)),),
            verdict=f"Not graded: {record.reason}",
            facts=(f"tried by {record.grader}", *_given(record)),
            notes=notes(record.flags),
        )
    findings = findings_of(
        record.criteria, record.receipt, lambda name: grades.texts.get((row.question, name), name)
    )
    mistakes = mistakes_told(record.mistakes)
    return Shown(
        row=row,
        title=words.who(row),
        prompt=record.question,
        pieces=pieces(record.answer, [(f.label, f.quote) for f in (*findings, *mistakes) if f.quote]),
        verdict=_verdict(record),
        facts=tuple(_facts(record)),
        findings=findings,
        mistakes=mistakes,
        ledger=gaps_told(record),
        notes=(
            *notes(record.flags),
            *(["To review: have a person look at this grade."] if record.needs_review else []),
        ),
    )


def gaps_told(record: GradeRecord) -> tuple[str, ...]:
    """What would have earned more, with its points."""
    partial = {found.id for found in record.criteria if found.level == "partial"}
    grouped = {c.id for c in record.receipt.scheme.criteria if c.group} if record.receipt else set()

    def told(gap: Gap) -> str:
        if gap.criterion in grouped:
            return f"+{gap.points:g}: say {gap.text}"
        if gap.criterion in partial:
            return f"+{gap.points:g}: say all of this: {gap.text}"
        return to_earn(gap)

    return tuple(told(gap) for gap in record.feedback.gaps) if record.feedback else ()


def _verdict(record: GradeRecord) -> str:
    at = f" (at {record.receipt.scheme.pass_mark:g})" if record.receipt else ""
    passed = "passed" if record.passed else "not passed"
    return f"{record.score:g} of 100 · {passed}{at} · confidence {record.confidence or words.UNKNOWN}"


def _facts(record: GradeRecord) -> list[str]:
    facts = [record.feedback.summary] if record.feedback else []
    if record.score is not None and record.raw_score is not None:
        both = calibrated(record.raw_score, record.score)
        facts += [both] if both else []
    facts += [f"graded by {record.grader}", *(receipt_facts(record.receipt) if record.receipt else ())]
    if record.cached:
        facts.append("from the cache: an earlier run has paid for it")
    return [*facts, *_given(record)]


def _given(record: GradeRecord) -> list[str]:
    return [] if record.human_score is None else [f"human score {record.human_score:g}"]
