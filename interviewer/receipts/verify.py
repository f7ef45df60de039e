"""Which ingredients of a file's grades have changed since, and which records are not what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from interviewer import __version__
from interviewer.answers.line import GivenAnswer
from interviewer.bank import Bank
from interviewer.batch.changes import Change, changes, judge_changes
from interviewer.grading.calibration import knots_digest
from interviewer.grading.digests import text_digest
from interviewer.grading.evidence import find_quote
from interviewer.grading.pipeline import Grader
from interviewer.grading.scoring import rescored
from interviewer.models import CriterionGrade, GradeRecord, Receipt
from interviewer.receipts.replay import disagreements, kept_record


@dataclass(frozen=True)
class Verified:
    """What was found about one record."""

    name: str
    changes: tuple[Change, ...]
    edits: tuple[str, ...]
    """In what way the record is not the one that was written."""
    is_whole: bool
    """Whether its question could be looked at: the bank has it, or it came with the answers."""


def verified(
    record: GradeRecord, bank: Bank, grader: Grader, given: Mapping[int, GivenAnswer] | None
) -> Verified:
    """One record beside the bank and judge of now. No judge is asked.

    Args:
        given: the answers that were graded, by number; None takes questions from the bank.
    """
    answer = _asked(record, bank) if given is None else given.get(record.number)
    found: list[Change] = []
    if answer is not None:
        found += changes(record, answer, grader)
    elif not record.grader.startswith("rule:"):
        found += judge_changes(record, grader)
    if answer is None and given is not None:
        found.append(Change("answer", f"answer {record.number} ({record.id}) is not among the answers now"))
    if record.receipt and record.receipt.version != __version__:
        by = record.receipt.version
        found.append(Change("program", f"graded by interviewer {by}, and this is {__version__}"))
    return Verified(
        name=f"answer {record.number} ({record.id})",
        changes=tuple(found),
        edits=tuple(_edits(record)),
        is_whole=answer is not None or given is not None,
    )


def _asked(record: GradeRecord, bank: Bank) -> GivenAnswer | None:
    question = bank.questions.get(record.question_id or "")
    if question is None:
        return None
    return GivenAnswer(
        number=record.number,
        id=record.id,
        question_id=question.id,
        question=question,
        rubric=bank.rubric(question.rubric),
        parents=bank.parents(question),
        text=record.answer,
    )


def _edits(record: GradeRecord) -> Iterator[str]:
    receipt, kept = record.receipt, kept_record(record)
    if receipt is None or kept is None:
        if record.outcome == "graded":
            yield "it is graded, and has no receipt"
        return
    if receipt.answer_digest != text_digest(record.answer):
        yield "its answer is not the one that was graded"
    if record.grader != receipt.grader:
        yield f"its grader is {record.grader}, its receipt says {receipt.grader}"
    if receipt.calibration and receipt.calibration.digest != knots_digest(receipt.calibration.knots):
        yield "its calibration is not the one that its digest says"
    yield from disagreements(kept)
    yield from _criteria(record.criteria, receipt)
    quotes = [(found.id, found.quote) for found in record.criteria]
    for name, quote in (*quotes, *((made.id, made.quote) for made in record.mistakes)):
        if quote and find_quote(quote, record.answer) is None:
            yield f"the quote of {name!r} is not in the answer"


def _criteria(criteria: tuple[CriterionGrade, ...], receipt: Receipt) -> Iterator[str]:
    """In what the criteria of a record are not those of its receipt."""
    verdicts = {verdict.id: verdict for verdict in receipt.verdicts}
    earned = rescored(receipt).earned
    for name in verdicts.keys() - {found.id for found in criteria}:
        yield f"it lacks {name!r}, which its receipt has"
    for found in criteria:
        verdict = verdicts.get(found.id)
        if verdict is None:
            yield f"its receipt has no verdict on {found.id!r}"
        elif (found.level, found.quote, found.reason) != (verdict.level, verdict.quote, verdict.reason):
            yield f"what it says of {found.id!r} is not what its receipt says"
        elif found.earned != round(earned.get(found.id, 0.0), 3):
            yield f"{found.id!r} earned {found.earned:g}, its receipt gives {earned.get(found.id, 0.0):g}"
