"""Grades scored again from their receipts: as they were made, or under the bank and calibration of now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from interviewer.bank import Bank
from interviewer.grading.calibration import Calibrations, is_judged
from interviewer.grading.marking import Marking, marking_of
from interviewer.grading.scoring import rescored, without_contradicted
from interviewer.history import History
from interviewer.models import Calibration, Grade, GradeRecord, Receipt, Scheme
from interviewer.reports.grades.reading import Grades


@dataclass(frozen=True)
class Kept:
    """A grade as it is kept, and what to call it."""

    name: str
    question_id: str | None
    """Of the bank; None where the question is not one of it as it stands."""
    score: float
    raw_score: float
    passed: bool
    receipt: Receipt


@dataclass(frozen=True)
class Change:
    """What a grade would be now."""

    name: str
    question_id: str
    was: float
    score: float
    was_passed: bool
    passed: bool
    why: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """ "q3 62 → 70 (points of 'x' 1 → 2)"."""
        verdict = (
            "" if self.passed == self.was_passed else f", {'now' if self.passed else 'no longer'} passed"
        )
        why = "; ".join(self.why) or "the receipt does not give the score that was kept"
        return f"{self.name}: {self.question_id} {self.was:g} → {self.score:g}{verdict} ({why})"


def kept_in_file(grades: Grades) -> Iterator[Kept]:
    """The graded records of a file."""
    for row in grades.rows:
        found = kept_record(grades.record(row))
        if found is not None:
            yield found


def kept_record(record: GradeRecord) -> Kept | None:
    """The grade in a record; None where it has none, or no receipt."""
    return _kept(f"answer {record.number} ({record.id})", record.question_id, record)


def kept_in_history(history: History) -> Iterator[Kept]:
    """Every grade of the practice history. Those of follow-ups are to questions that no bank has."""
    for answer in history.all_answers():
        question = None if answer.part == "follow_up" else answer.question.id
        for _, outcome in history.outcomes(answer.id):
            if isinstance(outcome, Grade):
                found = _kept(f"answer {answer.id} by {outcome.grader}", question, outcome)
                if found is not None:
                    yield found


def _kept(name: str, question_id: str | None, grade: Grade | GradeRecord) -> Kept | None:
    if grade.score is None or grade.raw_score is None or grade.receipt is None:
        return None
    return Kept(name, question_id, grade.score, grade.raw_score, bool(grade.passed), grade.receipt)


def disagreements(kept: Kept) -> list[str]:
    """In which of its figures a grade is not what its receipt gives."""
    found = rescored(kept.receipt)
    lines = [
        f"{what} {was:g}, its receipt gives {now:g} ({now - was:+.1f})".replace("-", "−")
        for what, was, now in (("score", kept.score, found.score), ("raw score", kept.raw_score, found.raw))
        if was != now
    ]
    passes = found.score >= kept.receipt.scheme.pass_mark
    if kept.passed != passes:
        lines.append(f"{_passed(kept.passed)}, its receipt gives {_passed(passes)}")
    return lines


class Now:
    """The bank and the calibrations of now.

    Args:
        calibrations: those that may be applied, the newest last.
    """

    def __init__(self, bank: Bank, calibrations: Sequence[Calibration]) -> None:
        self._bank = bank
        self._stored = calibrations
        self._markings: dict[str, Marking] = {}

    def knows(self, kept: Kept) -> bool:
        """Whether its question is in the bank."""
        return kept.question_id in self._bank.questions

    def change(self, kept: Kept) -> Change | None:
        """What a grade would be now, if not the same. The bank has to have its question."""
        assert kept.question_id is not None
        before = kept.receipt
        now = self._receipt(before, self._marking(kept.question_id))
        found = rescored(now)
        passed = found.score >= now.scheme.pass_mark
        if (found.score, passed) == (kept.score, kept.passed):
            return None
        return Change(
            name=kept.name,
            question_id=kept.question_id,
            was=kept.score,
            score=found.score,
            was_passed=kept.passed,
            passed=passed,
            why=tuple(_differences(before, now)),
        )

    def _marking(self, question_id: str) -> Marking:
        if question_id not in self._markings:
            question = self._bank.question(question_id)
            self._markings[question_id] = marking_of(question, self._bank.rubric(question.rubric))
        return self._markings[question_id]

    def _receipt(self, before: Receipt, marking: Marking) -> Receipt:
        judged = is_judged(before.verdicts)
        by_rule = before.grader.startswith("rule:")
        known = Calibrations(self._stored, before.grader, before.parameters)
        return before.model_copy(
            update={
                "scheme": marking.checked_scheme if by_rule else marking.judged_scheme,
                "verdicts": without_contradicted(before.verdicts, marking.question.mistakes, before.mistakes),
                "calibration": known.of(marking.rubric, marking.rubric_digest) if judged else None,
            }
        )


def _differences(before: Receipt, now: Receipt) -> Iterator[str]:
    """What is not as it was, in words."""
    was, scheme = before.scheme, now.scheme
    yield from _points(
        {c.id: c.points for c in was.criteria}, {c.id: c.points for c in scheme.criteria}, "criterion"
    )
    yield from _points(
        {m.id: m.points for m in was.mistakes}, {m.id: m.points for m in scheme.mistakes}, "mistake"
    )
    required = {c.id for c in was.criteria if c.required} ^ {c.id for c in scheme.criteria if c.required}
    yield from (
        f"{name!r} is {'' if _requires(scheme, name) else 'not '}required" for name in sorted(required)
    )
    for what, old, new in (
        ("partial", was.levels.partial, scheme.levels.partial),
        ("cap", was.required_cap, scheme.required_cap),
        ("pass mark", was.pass_mark, scheme.pass_mark),
    ):
        if old != new:
            yield f"{what} {old:g} → {new:g}"
    if (was.groups, {c.id: c.group for c in was.criteria}) != (
        scheme.groups,
        {c.id: c.group for c in scheme.criteria},
    ):
        yield "other groups"
    if was.combine != scheme.combine:
        yield "similarity combined in another way"
    if before.verdicts != now.verdicts:
        yield "a mistake contradicts other criteria"
    if before.calibration != now.calibration:
        yield f"calibration {_digest(before)} → {_digest(now)}"


def _points(was: Mapping[str, float], now: Mapping[str, float], what: str) -> Iterator[str]:
    for name in dict.fromkeys(chain(was, now)):
        old, new = was.get(name), now.get(name)
        if old is None:
            yield f"{what} {name!r} is new and has no verdict"
        elif new is None:
            yield f"{what} {name!r} is gone"
        elif old != new:
            yield f"points of {name!r} {old:g} → {new:g}"


def _requires(scheme: Scheme, name: str) -> bool:
    return any(c.required for c in scheme.criteria if c.id == name)


def _digest(receipt: Receipt) -> str:
    return receipt.calibration.digest if receipt.calibration else "none"


def _passed(passed: bool) -> str:
    return "passed" if passed else "not passed"
