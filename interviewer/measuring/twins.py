"""Pairs of a right answer and its twin, which one change makes wrong: a swap, a negation, another number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interviewer.answers.line import AnswerLine, GivenAnswer, given, inline_question
from interviewer.bank import Bank
from interviewer.errors import DataError
from interviewer.measuring.figures import mean
from interviewer.measuring.lines import Lenient
from interviewer.measuring.resampling import Resampling
from interviewer.measuring.results import TwinChange, TwinResult
from interviewer.models import GradeRecord, Text
from interviewer.reading import json_object, read_lines, require_whole_characters, validate


class TwinLine(Lenient):
    """A question, a right answer to it, and the same made wrong."""

    question: Text | None = None
    reference: Text | None = None
    question_id: str | None = None
    """Of the bank, where there is no question."""
    right: Text
    wrong: Text
    change: str = "other"
    """What kind of change makes it wrong."""


@dataclass(frozen=True)
class Twins:
    """The pairs of one file."""

    name: str
    answers: tuple[GivenAnswer, ...]
    """Of each pair the right one, then the wrong one."""
    changes: tuple[str, ...]
    """Of each pair."""


def read_twins(path: Path, bank: Bank) -> Twins:
    """The pairs of a file of JSON lines.

    Raises:
        DataError: the first line that is none.
    """
    answers: list[GivenAnswer] = []
    changes: list[str] = []
    for number, text in read_lines(path):
        where = f"{path}:{number}"
        record = json_object(
            text, where, like='{"question": "…", "reference": "…", "right": "…", "wrong": "…"}'
        )
        require_whole_characters(record, where)
        twin = validate(TwinLine, record, where=where)
        asked = AnswerLine(
            answer="", question=twin.question, reference=twin.reference, question_id=twin.question_id
        )
        try:
            question = inline_question(asked, bank) if twin.question else None
            first = given(asked, 2 * number - 1, number, bank, question)
        except DataError as error:
            raise DataError(f"{where}: {error.message}", hint=error.hint) from None
        answers += (first._replace(text=twin.right), first._replace(number=2 * number, text=twin.wrong))
        changes.append(twin.change)
    if not changes:
        raise DataError(f"{path}: has no pair")
    return Twins(path.stem, tuple(answers), tuple(changes))


def twin_result(twins: Twins, records: Sequence[GradeRecord], count: int, seed: int) -> TwinResult:
    """How many right ones pass and wrong ones fail.

    Args:
        records: of its answers, in their order.
        count: resamples.
    """
    graded = [
        (change, twins.answers[2 * place].question.prompt, records[2 * place], records[2 * place + 1])
        for place, change in enumerate(twins.changes)
        if None not in (records[2 * place].score, records[2 * place + 1].score)
    ]
    right = np.array([float(bool(one.passed)) for *_, one, _ in graded])
    wrong = np.array([float(not other.passed) for *_, other in graded])
    resampling = Resampling([question for _, question, *_ in graded], count, seed)
    by_change: dict[str, list[int]] = defaultdict(list)
    for place, (change, *_) in enumerate(graded):
        by_change[change].append(place)
    return TwinResult(
        name=twins.name,
        pairs=len(graded),
        ungraded=len(twins.changes) - len(graded),
        figures=resampling.figures(
            {
                "right": lambda at: mean(right[at]),
                "wrong": lambda at: mean(wrong[at]),
                "both": lambda at: mean(right[at] * wrong[at]),
            }
        ),
        changes=tuple(
            TwinChange(
                change=change, pairs=len(at), right=float(right[at].mean()), wrong=float(wrong[at].mean())
            )
            for change, at in sorted(by_change.items())
        ),
    )
