"""Pairs of a judge's raw score and a person's: from a file of grades, or from disputes in the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from interviewer.errors import DataError
from interviewer.grading.calibration import is_judged
from interviewer.grading.scoring import rescored
from interviewer.history import History
from interviewer.models import Answer, Dispute, Grade, Receipt, Verdict
from interviewer.reports.grades.human import guessed_scale
from interviewer.reports.grades.reading import Grades


@dataclass(frozen=True)
class Pair:
    """One answer that judge and person have graded, each on 0–1."""

    question: str
    raw: float
    human: float
    receipt: Receipt


@dataclass(frozen=True)
class Pairs:
    """Pairs of one judge with one set of parameters."""

    found: tuple[Pair, ...]
    source: Literal["grades", "history"]
    notes: tuple[str, ...] = ()
    """What was left out or assumed."""

    @property
    def judge(self) -> str:
        """Its label."""
        return self.found[0].receipt.grader

    @property
    def questions(self) -> int:
        """How many different ones they answer."""
        return len({pair.question for pair in self.found})


def pairs_of_grades(files: Sequence[Grades], judge: str | None, scale: float | None) -> Pairs:
    """The pairs in these files.

    Args:
        judge: its label; None where there is only one.
        scale: what `human_score` is out of; None guesses from the largest.

    Raises:
        DataError: there are none; or of several judges, or one judge with several sets of parameters.
    """
    rows = [(each, row) for each in files for row in each.rows if row.human is not None]
    if not rows:
        raise DataError(
            f"{', '.join(each.name for each in files)}: no `human_score` in it",
            hint="give it with the answers, and grade again: that asks the judge nothing",
        )
    largest = max(row.human for _, row in rows if row.human is not None)
    top = guessed_scale(largest) if scale is None else scale
    notes = [f"`human_score` taken as 0–{top:g}{'' if scale else ': --scale says otherwise'}"]
    pairs, off_scale, ungraded, by_code = [], 0, 0, 0
    for file, row in rows:
        record = file.record(row)
        if record.receipt is None or record.raw_score is None or row.human is None:
            ungraded += 1
        elif not 0 <= row.human <= top:
            off_scale += 1
        elif not is_judged(record.receipt.verdicts):
            by_code += 1
        else:
            pairs.append(Pair(row.question, record.raw_score / 100, row.human / top, record.receipt))
    notes += _left_out({"ungraded": ungraded, "off that scale": off_scale, "decided by code alone": by_code})
    return Pairs(tuple(_of_one_judge(pairs, judge)), "grades", tuple(notes))


def pairs_of_history(history: History, judge: str | None) -> Pairs:
    """The pairs in the practice history.

    A disputed answer's score by the person is what its receipt gives with the levels that the person says
    are right. In a session where something was disputed, what was not disputed counts as agreed to.

    Raises:
        DataError: as `pairs_of_grades`.
    """
    disputes = history.disputes()
    if not disputes:
        raise DataError("nothing was disputed in the history", hint="d on the page of a grade disputes it")
    by_answer: dict[int, list[Dispute]] = {}
    for dispute in disputes:
        by_answer.setdefault(dispute.answer_id, []).append(dispute)
    answers = history.all_answers()
    sessions = {answer.session_id for answer in answers if answer.id in by_answer}
    seen = [answer for answer in answers if answer.session_id in sessions]
    pairs = [pair for answer in seen for pair in _of_answer(history, answer, by_answer.get(answer.id, ()))]
    corrected = sum(pair.human != pair.raw for pair in pairs)
    notes = (f"{corrected} corrected by disputes, {len(pairs) - corrected} of the same sessions agreed to",)
    return Pairs(tuple(_of_one_judge(pairs, judge)), "history", notes)


def _of_answer(history: History, answer: Answer, disputes: Sequence[Dispute]) -> Iterator[Pair]:
    """The newest grade of each judge; of an answer with disputes, of the judges that they are about."""
    newest: dict[str, Grade] = {
        outcome.grader: outcome for _, outcome in history.outcomes(answer.id) if isinstance(outcome, Grade)
    }
    about = {dispute.grader for dispute in disputes}
    for label, grade in newest.items():
        if is_judged(grade.receipt.verdicts) and (not disputes or label in about):
            wanted = {d.criterion: d for d in disputes if d.grader == label}
            yield Pair(
                question=answer.question.id,
                raw=grade.raw_score / 100,
                human=rescored(_corrected(grade.receipt, wanted)).raw / 100,
                receipt=grade.receipt,
            )


def _corrected(receipt: Receipt, wanted: dict[str, Dispute]) -> Receipt:
    def right(verdict: Verdict) -> Verdict:
        dispute = wanted.get(verdict.id)
        if dispute is None:
            return verdict
        return Verdict(id=verdict.id, level=dispute.should_be, decided_by="candidate")

    return receipt.model_copy(update={"verdicts": tuple(right(verdict) for verdict in receipt.verdicts)})


def _of_one_judge(pairs: Sequence[Pair], judge: str | None) -> list[Pair]:
    labels = list(dict.fromkeys(pair.receipt.grader for pair in pairs))
    if not pairs:
        raise DataError("no answer was graded by both a judge and a person")
    if judge is None and len(labels) > 1:
        raise DataError(f"the grades are by {len(labels)} judges", hint=f"--judge: {' or '.join(labels)}")
    wanted = judge or labels[0]
    found = [pair for pair in pairs if pair.receipt.grader == wanted]
    if not found:
        raise DataError(f"no grade is by {wanted}", hint=f"there are grades by {', '.join(labels)}")
    newest = found[-1].receipt.parameters
    if any(pair.receipt.parameters != newest for pair in found):
        raise DataError(
            f"{wanted} has graded with different parameters, which are not one measure",
            hint="grade all with the same ones, or leave out the file with the others",
        )
    return found


def _left_out(counts: dict[str, int]) -> Iterable[str]:
    told = [f"{count} {what}" for what, count in counts.items() if count]
    return [f"left out: {', '.join(told)}"] if told else []
