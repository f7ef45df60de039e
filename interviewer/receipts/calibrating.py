"""Whether a calibration helps, on pairs that its fit has not seen; and the calibration itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from interviewer import __version__
from interviewer.errors import DataError
from interviewer.grading.calibration import score_map
from interviewer.measuring.figures import mean, quadratic_kappa, root_mean_square, steps
from interviewer.models import Agreement, Calibration
from interviewer.receipts.fitting import Groups, Numbers, fitted, folds, left_out
from interviewer.receipts.pairs import Pairs

LEAST = 10
"""Pairs, without which a map would be noise."""
BY_QUESTION = 5
"""Questions from which whole questions are left out: answers to one question are alike."""
SURE = 0.8
"""Share of resamples in which the error has to get smaller."""
FLAT = 0.25
"""A map that spreads the whole scale over less than this tells answers apart no more."""
WORSE = 0.02
"""Kappa that a smaller error may cost."""
RESAMPLES, SEED = 4000, 1
STEPS = 10
"""Scores are rounded to whole steps from 0 to this for the kappa."""


@dataclass(frozen=True)
class Tried:
    """A calibration, and why it should not be used; None where it helps."""

    calibration: Calibration
    refusal: str | None


def calibrate(pairs: Pairs, *, when: datetime) -> Tried:
    """The map for these pairs, measured on pairs left out.

    Args:
        when: it is made, UTC.

    Raises:
        DataError: there are too few pairs.
    """
    count = len(pairs.found)
    if count < LEAST:
        raise DataError(f"{count} pairs are too few for a calibration", hint=f"at least {LEAST} are needed")
    raw = np.array([pair.raw for pair in pairs.found])
    human = np.array([pair.human for pair in pairs.found])
    by_question = pairs.questions >= BY_QUESTION
    names = [pair.question for pair in pairs.found] if by_question else range(count)
    groups = np.unique(np.asarray(names), return_inverse=True)[1].astype(np.int64)
    held = left_out(raw, human, folds(groups), lambda x, y, rest: fitted(x, y, groups[rest]))
    final = fitted(raw, human, groups)
    # Rounded, two knots may have come together: the later one is the higher, so the map still rises.
    knots = {round(100 * at, 2): round(100 * score, 2) for at, score in final.knots}
    calibration = Calibration(
        judge=pairs.judge,
        parameters=pairs.found[0].receipt.parameters,
        rubrics=tuple(sorted({pair.receipt.rubric_digest for pair in pairs.found})),
        map=score_map(tuple(knots.items())),
        shape=final.shape,
        shrinkage=final.shrinkage,
        source=pairs.source,
        pairs=count,
        questions=pairs.questions,
        held_out="question" if by_question else "answer",
        before=_agreement(raw, human),
        after=_agreement(held, human),
        improved=_improved(raw, held, human, groups),
        made=when,
        version=__version__,
    )
    return Tried(calibration, _refusal(calibration))


def _agreement(scores: Numbers, human: Numbers) -> Agreement:
    qwk = quadratic_kappa(steps(scores, STEPS), steps(human, STEPS))
    return Agreement(
        rmse=round(root_mean_square(scores - human) or 0.0, 4),
        mae=round(mean(np.abs(scores - human)) or 0.0, 4),
        qwk=None if qwk is None else round(qwk, 4),
    )


def _improved(raw: Numbers, held: Numbers, human: Numbers, groups: Groups) -> float:
    """Share of resamples of the groups in which the calibrated error is the smaller one."""
    gains = np.bincount(groups, weights=(raw - human) ** 2 - (held - human) ** 2)
    count = len(gains)
    # How often each group is drawn, in place of which: the same, and flat in memory.
    draws = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    return round(float(np.mean(draws @ gains > 1e-12)), 4)


def _refusal(calibration: Calibration) -> str | None:
    before, after = calibration.before, calibration.after
    if after.rmse >= before.rmse or calibration.improved < SURE:
        return (
            f"it does not help: the held-out error gets smaller in {calibration.improved:.0%} of resamples of"
            f" the pairs, and {SURE:.0%} are needed to tell it from noise"
        )
    lowest, highest = calibration.map.knots[0][1], calibration.map.knots[-1][1]
    if highest - lowest < 100 * FLAT:
        return (
            f"the scores of the judge say too little about yours: the best map is nearly flat, from"
            f" {lowest:g} to {highest:g}"
        )
    if before.qwk is not None and (after.qwk is None or after.qwk < before.qwk - WORSE):
        return "the error gets smaller only because scores move to the middle: the kappa gets worse"
    return None
