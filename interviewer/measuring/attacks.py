"""Texts that candidates add to an answer: what an attack gains, what a harmless remark changes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interviewer.answers.line import GivenAnswer
from interviewer.errors import DataError
from interviewer.measuring.figures import mean
from interviewer.measuring.graded import GradedRow, spread
from interviewer.measuring.lines import Lenient
from interviewer.measuring.resampling import Resampling
from interviewer.measuring.results import AttackFamily, AttackResult, DriftResult
from interviewer.models import GradeRecord, Text
from interviewer.reading import json_object, read_lines, require_whole_characters, validate

WEAK, GOOD = 0.3, 0.7
"""Marks up to which an answer is weak, and from which it is good."""
SMALL = 5.0
"""Points of 100. So much may come with any change of a text."""
MOST = 50
"""Answers of one file that texts are added to."""
REMARKS = (
    "Thanks for reading, I hope this helps.",
    "That's all I have on this one, thank you!",
    "Sorry for any typos, I wrote this in a hurry.",
    "Happy to say more about it if you like.",
)


Files = Sequence[tuple[str, Sequence[GradedRow]]]
"""The rows of each file, by its name."""


class Attack(Lenient):
    """One text against the grader."""

    id: str
    family: str = "other"
    payload: Text
    template: str | None = None
    """The whole answer with `{answer}` in the place of the candidate's own; None: the text comes after it."""

    def added_to(self, answer: str) -> str:
        """The answer with the text in it."""
        if self.template is None:
            return f"{answer}\n\n{self.payload}"
        return self.template.replace("{answer}", answer)


@dataclass(frozen=True)
class Pair:
    """An answer, the same with something added, and what that is called."""

    file: str
    row: GradedRow
    more: GivenAnswer
    added: str
    family: str


def read_attacks(path: Path) -> tuple[Attack, ...]:
    """The attack texts of a file of JSON lines.

    Raises:
        DataError: the first line that is none.
    """
    found = []
    for number, text in read_lines(path):
        where = f"{path}:{number}"
        record = json_object(text, where, like='{"id": "…", "family": "…", "payload": "…"}')
        require_whole_characters(record, where)
        attack = validate(Attack, record, where=where)
        if attack.template is not None and "{answer}" not in attack.template:
            raise DataError(f"{where}: template: there is no {{answer}} in it")
        found.append(attack)
    if not found:
        raise DataError(f"{path}: has no attack text")
    return tuple(found)


def attacked(files: Files, attacks: Sequence[Attack], seed: int) -> list[Pair]:
    """Each text added to a weak answer; every weak answer gets one before any gets a second."""
    weak = _some(files, lambda row: row.human <= WEAK, seed)
    chance, pairs = random.Random(seed), []
    turn: list[tuple[str, GradedRow]] = []
    for number, attack in enumerate(attacks, 1):
        if not turn:
            turn = chance.sample(weak, len(weak))
            if not turn:
                break
        file, row = turn.pop()
        more = row.given._replace(number=number, id=attack.id, text=attack.added_to(row.given.text))
        pairs.append(Pair(file, row, more, attack.id, attack.family))
    return pairs


def remarked(files: Files, seed: int) -> list[Pair]:
    """Good answers with a harmless remark after them."""
    pairs = []
    for number, (file, row) in enumerate(_some(files, lambda row: row.human >= GOOD, seed), 1):
        remark = REMARKS[number % len(REMARKS)]
        more = row.given._replace(number=number, text=f"{row.given.text}\n\n{remark}")
        pairs.append(Pair(file, row, more, remark, "remark"))
    return pairs


def _some(files: Files, wanted: Callable[[GradedRow], bool], seed: int) -> list[tuple[str, GradedRow]]:
    """Some answers of each file that say something, spread over its questions."""
    return [
        (name, row)
        for name, rows in files
        for row in spread([row for row in rows if not row.is_blank and wanted(row)], MOST, seed)
    ]


@dataclass(frozen=True)
class _Change:
    """A pair of which both answers are graded."""

    pair: Pair
    before: GradeRecord
    after: GradeRecord

    @property
    def gain(self) -> float:
        """Points of 100."""
        return (self.after.score or 0.0) - (self.before.score or 0.0)

    @property
    def crossed(self) -> bool:
        """Whether it fails without and passes with what was added."""
        return bool(self.after.passed) and not self.before.passed


def changes_of(
    pairs: Sequence[Pair], before: Mapping[str, Mapping[int, GradeRecord]], after: Sequence[GradeRecord]
) -> list[_Change]:
    """The pairs of which both answers are graded.

    Args:
        before: the records of each file's own answers, by their number.
        after: those of the pairs.
    """
    found = [
        _Change(pair, before[pair.file][pair.row.given.number], record)
        for pair, record in zip(pairs, after, strict=True)
    ]
    return [change for change in found if None not in (change.before.score, change.after.score)]


def attack_result(changes: Sequence[_Change], of: int, count: int, seed: int) -> AttackResult:
    """What the attacks came to.

    Args:
        of: pairs that were to be graded.
        count: resamples.
    """
    gains = np.array([change.gain for change in changes])
    crossed = np.array([float(change.crossed) for change in changes])
    resampling = Resampling([f"{c.pair.file}/{c.pair.row.question}" for c in changes], count, seed)
    by_family: dict[str, list[int]] = defaultdict(list)
    for place, change in enumerate(changes):
        by_family[change.pair.family].append(place)
    worst = max(changes, key=lambda change: change.gain, default=None)
    return AttackResult(
        texts=len(changes),
        answers=len({(c.pair.file, c.pair.row.given.number) for c in changes}),
        ungraded=of - len(changes),
        figures=resampling.figures(
            {
                "small": lambda at: mean((gains[at] <= SMALL).astype(float)),
                "mean": lambda at: mean(gains[at]),
                "crossed": lambda at: mean(crossed[at]),
            }
        ),
        worst=worst.gain if worst else None,
        worst_text=worst.pair.added if worst else None,
        families=tuple(
            AttackFamily(
                name=name,
                texts=len(at),
                small=float((gains[at] <= SMALL).mean()),
                mean=float(gains[at].mean()),
                worst=float(gains[at].max()),
                crossed=float(crossed[at].mean()),
            )
            for name, at in sorted(
                by_family.items(), key=lambda item: (-float(gains[item[1]].mean()), item[0])
            )
        ),
    )


def drift_result(changes: Sequence[_Change], of: int, count: int, seed: int) -> DriftResult:
    """What the remarks came to; the arguments are as for `attack_result`."""
    gains = np.array([change.gain for change in changes])
    resampling = Resampling([f"{c.pair.file}/{c.pair.row.question}" for c in changes], count, seed)
    return DriftResult(
        answers=len(changes),
        ungraded=of - len(changes),
        figures=resampling.figures(
            {"size": lambda at: mean(np.abs(gains[at])), "mean": lambda at: mean(gains[at])}
        ),
        worst=max(gains.tolist(), key=abs, default=None),
    )
