"""The grades of one file beside the marks that people gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from interviewer.measuring.figures import (
    area_under_curve,
    centred,
    f1,
    kappa,
    mean,
    partial_correlation,
    pearson,
    quadratic_kappa,
    root_mean_square,
    steps,
)
from interviewer.measuring.floors import LENGTH, Values, between_people, floors, overlaps, word_counts
from interviewer.measuring.graded import GradedRow
from interviewer.measuring.resampling import Places, Resampling
from interviewer.measuring.results import CriterionAgreement, Part
from interviewer.models import GradeRecord, Verdict

HALF = 0.5
"""Share of a criterion's points from which a verdict counts as met, where a judge gives shares."""
_WORTH = {"met": 1.0, "partial": 0.5, "not_met": 0.0}


@dataclass(frozen=True)
class Pairs:
    """Graded answers, each with its row."""

    rows: tuple[GradedRow, ...]
    records: tuple[GradeRecord, ...]

    @cached_property
    def human(self) -> Values:
        """The marks, 0..1."""
        return np.array([row.human for row in self.rows])

    @cached_property
    def grades(self) -> Values:
        """The scores, 0..1."""
        return np.array([(record.score or 0.0) / 100 for record in self.records])

    @cached_property
    def errors(self) -> Values:
        """How far each grade is off."""
        return np.abs(self.grades - self.human)

    @cached_property
    def questions(self) -> list[str]:
        """The question of each."""
        return [row.question for row in self.rows]

    def without_blanks(self) -> Pairs:
        """Those that say something."""
        kept = [place for place, row in enumerate(self.rows) if not row.is_blank]
        return Pairs(tuple(self.rows[k] for k in kept), tuple(self.records[k] for k in kept))


def pairs_of(rows: Sequence[GradedRow], records: Sequence[GradeRecord]) -> Pairs:
    """The rows whose answer has a grade."""
    both = [(row, record) for row, record in zip(rows, records, strict=True) if record.score is not None]
    return Pairs(tuple(row for row, _ in both), tuple(record for _, record in both))


def parts_of(pairs: Pairs, top: int, count: int, seed: int) -> tuple[Part, ...]:
    """Agreement on all answers; then, where some are blank, on those that are not.

    Args:
        top: whole steps for the kappa.
        count: resamples.
    """
    parts = [_part("all answers", pairs, top, count, seed)]
    if any(row.is_blank for row in pairs.rows):
        parts.append(_part("without blank answers", pairs.without_blanks(), top, count, seed))
    return tuple(parts)


def _part(name: str, pairs: Pairs, top: int, count: int, seed: int) -> Part:
    human, grades, questions = pairs.human, pairs.grades, pairs.questions
    resampling = Resampling(questions, count, seed)
    length = word_counts(pairs.rows)
    own, theirs = centred(grades, questions), centred(human, questions)
    figures = resampling.figures(
        {
            "rmse": lambda at: root_mean_square(grades[at] - human[at]),
            "mae": lambda at: mean(np.abs(grades[at] - human[at])),
            "bias": lambda at: mean(grades[at] - human[at]),
            "pearson": lambda at: pearson(grades[at], human[at]),
            "within": lambda at: pearson(own[at], theirs[at]),
            "kappa": lambda at: quadratic_kappa(steps(grades[at], top), steps(human[at], top)),
            "length_controlled": lambda at: partial_correlation(grades[at], human[at], length[at]),
            "length": lambda at: pearson(grades[at], length[at]),
        }
    )
    # What a rule has graded was compared with nothing: it is as far from the reference as can be.
    cosine = np.array([record.similarity or 0.0 for record in pairs.records])
    rivals = {LENGTH: length, **overlaps(pairs.rows), "cosine": cosine}
    return Part(
        name=name,
        answers=len(pairs.rows),
        questions=len(set(questions)),
        figures=figures,
        steps=top,
        floors=floors(human, questions, rivals, resampling),
        people=between_people(pairs.rows, resampling),
    )


def chance_of(verdict: Verdict) -> float:
    """How likely the criterion is met, 0..1: the share that the judge expects, else level and confidence."""
    if verdict.share is not None:
        return verdict.share
    sure = 1.0 if verdict.confidence is None else verdict.confidence
    return 0.5 + (_WORTH[verdict.level] - 0.5) * sure


def is_met(verdict: Verdict) -> bool:
    """Whether the verdict counts as met where there is only yes and no."""
    return verdict.level == "met" if verdict.share is None else verdict.share >= HALF


def criteria_of(pairs: Pairs, count: int, seed: int) -> CriterionAgreement | None:
    """Agreement on single criteria; None where people have judged none."""
    found = [
        (row.question, row.truth[verdict.id], verdict)
        for row, record in zip(pairs.rows, pairs.records, strict=True)
        if record.receipt is not None
        for verdict in record.receipt.verdicts
        if verdict.id in row.truth
    ]
    if not found:
        return None
    truth = np.array([worth for _, worth, _ in found])
    chance = np.array([chance_of(verdict) for *_, verdict in found])
    said = np.array([is_met(verdict) for *_, verdict in found])
    levels = np.array([_WORTH[verdict.level] for *_, verdict in found])
    clear = truth != 0.5

    def sides(at: Places) -> Places:
        kept: Places = at[clear[at]]
        return kept

    resampling = Resampling([question for question, *_ in found], count, seed)
    figures = resampling.figures(
        {
            "auc": lambda at: area_under_curve(truth[sides(at)] == 1, chance[sides(at)]),
            "kappa": lambda at: kappa(truth[sides(at)] == 1, said[sides(at)]),
            "f1_met": lambda at: f1(truth[sides(at)] == 1, said[sides(at)]),
            "f1_not_met": lambda at: f1(truth[sides(at)] == 0, ~said[sides(at)]),
            "f1_all_met": lambda at: f1(truth[sides(at)] == 1, np.ones(len(sides(at)), bool)),
            "met": lambda at: mean(levels[at]),
            "met_people": lambda at: mean(truth[at]),
        }
    )
    return CriterionAgreement(verdicts=len(found), partial=int((~clear).sum()), figures=figures)
