"""One measurement: the answers that a judge has to grade for it, and what comes of their grades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from interviewer import __version__
from interviewer.answers.line import GivenAnswer
from interviewer.measuring.agreement import criteria_of, pairs_of, parts_of
from interviewer.measuring.attacks import (
    Attack,
    Pair,
    attack_result,
    attacked,
    changes_of,
    drift_result,
    remarked,
)
from interviewer.measuring.effort import effort_of
from interviewer.measuring.figures import dots
from interviewer.measuring.graded import GradedFile, GradedRow
from interviewer.measuring.results import Bench, FileResult
from interviewer.measuring.trust import evidence_of, repeats_of, traps_of, trust_in
from interviewer.measuring.twins import Twins, twin_result
from interviewer.models import GradeRecord

REASONS = 5
"""So many of the commonest reasons why answers are ungraded are kept."""
ATTACKS, REMARKS = "attacks", "remarks"


@dataclass(frozen=True)
class Work:
    """Answers that the judge has to grade."""

    name: str
    """Good for a file's name, and its own."""
    answers: tuple[GivenAnswer, ...]
    again: bool = False
    """Whether an earlier grade of the same answer is no use: it is to be graded once more."""
    derived: bool = False
    """Whether its answers depend on which were chosen, and may be others next time."""


@dataclass(frozen=True)
class Graded:
    """The records of some work, in the order of its answers."""

    records: tuple[GradeRecord, ...]
    fresh: int = 0
    """Of them, those that were neither done before nor in a cache."""
    seconds: float = 0.0
    """That those took together."""


@dataclass(frozen=True)
class Measurement:
    """What is measured, and how.

    Args:
        files: the answers chosen.
        repeat: how often each answer is graded.
        resamples: for every interval.
        seed: of everything that is drawn.
    """

    files: tuple[GradedFile, ...]
    attacks: tuple[Attack, ...] = ()
    twins: tuple[Twins, ...] = ()
    repeat: int = 1
    resamples: int = 1000
    seed: int = 0

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the records of each file are kept under: its name, with a number where another has it too."""
        taken = {ATTACKS, REMARKS, *(_twins(number) for number, _ in enumerate(self.twins, 1))}
        found: list[str] = []
        for file in self.files:
            name, number = file.name, 1
            while name in taken:
                number += 1
                name = f"{file.name}-{number}"
            found.append(name)
            taken |= {name, *self._rounds(name)}
        return tuple(found)

    @cached_property
    def attacked(self) -> list[Pair]:
        """Weak answers with a text against the grader in them."""
        return attacked(self._rows, self.attacks, self.seed)

    @cached_property
    def remarked(self) -> list[Pair]:
        """Good answers with a harmless remark after them."""
        return remarked(self._rows, self.seed) if self.attacks else []

    def _rounds(self, name: str) -> list[str]:
        """What further grades of a file's answers are kept under."""
        return [_round(name, number) for number in range(2, self.repeat + 1)]

    @property
    def _rows(self) -> list[tuple[str, Sequence[GradedRow]]]:
        return [(name, file.rows) for name, file in zip(self.names, self.files, strict=True)]

    @cached_property
    def work(self) -> tuple[Work, ...]:
        """All that has to be graded."""
        work = []
        for name, rows in self._rows:
            answers = tuple(row.given for row in rows)
            work.append(Work(name, answers))
            work += [Work(again, answers, again=True) for again in self._rounds(name)]
        for name, pairs in ((ATTACKS, self.attacked), (REMARKS, self.remarked)):
            work.append(Work(name, tuple(pair.more for pair in pairs), derived=True))
        work += [Work(_twins(number), twins.answers) for number, twins in enumerate(self.twins, 1)]
        return tuple(each for each in work if each.answers)

    def result(self, judge: str, graded: Mapping[str, Graded]) -> Bench:
        """All figures.

        Args:
            judge: who graded.
            graded: by the names of the work.
        """
        how = (self.resamples, self.seed)
        named = list(zip(self.names, self.files, strict=True))
        before = {name: {record.number: record for record in graded[name].records} for name, _ in named}
        attacks, remarks = (
            changes_of(pairs, before, graded[name].records if pairs else ())
            for name, pairs in ((ATTACKS, self.attacked), (REMARKS, self.remarked))
        )
        return Bench(
            version=__version__,
            judge=judge,
            seed=self.seed,
            resamples=self.resamples,
            files=tuple(self._file(name, file, graded) for name, file in named),
            attacks=attack_result(attacks, len(self.attacked), *how) if self.attacks else None,
            drift=drift_result(remarks, len(self.remarked), *how) if self.attacks else None,
            twins=tuple(
                twin_result(twins, graded[_twins(number)].records, *how)
                for number, twins in enumerate(self.twins, 1)
            ),
        )

    def _file(self, name: str, file: GradedFile, graded: Mapping[str, Graded]) -> FileResult:
        how = (self.resamples, self.seed)
        first = graded[name]
        rounds = [first.records, *(graded[again].records for again in self._rounds(name))]
        pairs = pairs_of(file.rows, first.records)
        reasons = Counter(record.reason or "" for record in first.records if record.score is None)
        return FileResult(
            name=file.name,
            answers=len(file.rows),
            of=file.of,
            skipped=file.skipped,
            questions=len({row.question for row in file.rows}),
            graded=len(pairs.rows),
            reasons=tuple(reasons.most_common(REASONS)),
            parts=parts_of(pairs, file.steps, *how),
            criteria=criteria_of(pairs, *how),
            evidence=evidence_of(pairs, *how),
            trust=trust_in(pairs, *how),
            repeats=repeats_of(file.rows, rounds, *how),
            traps=traps_of(pairs),
            effort=effort_of(first.records, first.fresh, first.seconds),
            dots=dots(list(zip(pairs.human.tolist(), pairs.grades.tolist(), strict=True))),
        )


def _round(name: str, number: int) -> str:
    return f"{name}.round-{number}"


def _twins(number: int) -> str:
    return f"twins-{number}"
