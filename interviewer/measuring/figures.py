"""Every statistic of the program, once: agreement of two series, decisions, ranking, and risk.

What cannot be computed is None, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import fsum, sqrt

import numpy as np
from numpy.typing import NDArray

Numbers = Sequence[float] | NDArray[np.float64]
Decisions = Sequence[bool] | NDArray[np.bool_]

FEW = 10
"""Pairs below which such figures mean little."""


def pearson(first: Numbers, second: Numbers) -> float | None:
    """The correlation; None below two pairs, or where one side is always the same."""
    a, b = _array(first), _array(second)
    if len(a) < 2 or _is_constant(a) or _is_constant(b):
        return None
    a, b = a - a.mean(), b - b.mean()
    below = sqrt(float(a @ a)) * sqrt(float(b @ b))
    return max(-1.0, min(1.0, float(a @ b) / below)) if below else None


def partial_correlation(first: Numbers, second: Numbers, given: Numbers) -> float | None:
    """The correlation of two series once a third is held constant; None as for `pearson`."""
    both = pearson(first, second)
    one, other = pearson(first, given), pearson(second, given)
    if both is None or one is None or other is None:
        # A third series that is always the same is constant already.
        return both
    below = sqrt(max(0.0, (1 - one**2) * (1 - other**2)))
    return max(-1.0, min(1.0, (both - one * other) / below)) if below > 1e-9 else None


def root_mean_square(differences: Numbers) -> float | None:
    """Of differences; None where there are none."""
    values = _array(differences)
    return sqrt(float(np.mean(values**2))) if len(values) else None


def quadratic_kappa(first: Numbers, second: Numbers) -> float | None:
    """Agreement beyond chance on whole steps, a miss counted by its square (QWK).

    None where there are no pairs, or both sides are always the same one step.
    """
    a, b = _array(first), _array(second)
    if not len(a):
        return None
    seen = float(np.mean((a - b) ** 2))
    # The mean square distance of every first from every second.
    by_chance = float(a.var() + b.var() + (a.mean() - b.mean()) ** 2)
    return 1 - seen / by_chance if by_chance else None


def kappa(first: Decisions, second: Decisions) -> float | None:
    """Agreement beyond chance on yes and no (Cohen's); None as for `quadratic_kappa`."""
    # A miss between 0 and 1 is its own square.
    return quadratic_kappa(np.asarray(first, float), np.asarray(second, float))


def f1(truth: Decisions, found: Decisions) -> float | None:
    """Harmonic mean of precision and recall of `found`; None where neither side has any."""
    a, b = np.asarray(truth, bool), np.asarray(found, bool)
    total = int(a.sum() + b.sum())
    return 2 * int((a & b).sum()) / total if total else None


def area_under_curve(truth: Decisions, values: Numbers) -> float | None:
    """The chance that a true case has the higher value than a false one, equal ones half (ROC AUC).

    None where all are true or all are false.
    """
    positive, scores = np.asarray(truth, bool), _array(values)
    count = int(positive.sum())
    if not 0 < count < len(positive):
        return None
    _, place, many = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(many) - (many - 1) / 2)[place]
    above = float(ranks[positive].sum()) - count * (count + 1) / 2
    return above / (count * (len(positive) - count))


def risks(sureness: Numbers, errors: Numbers) -> NDArray[np.float64]:
    """Mean error of the surest, of the two surest, … of all; equally sure ones stand for their mean."""
    sure, wrong = _array(sureness), _array(errors)
    _, place, many = np.unique(-sure, return_inverse=True, return_counts=True)
    level = np.bincount(place, weights=wrong) / many
    return np.cumsum(np.repeat(level, many)) / np.arange(1, len(wrong) + 1)


def centred(values: Numbers, groups: Sequence[str]) -> NDArray[np.float64]:
    """Each value less the mean of its group."""
    array = _array(values)
    if not len(array):
        return array
    _, place, many = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    means: NDArray[np.float64] = np.bincount(place, weights=array) / many
    return array - means[place]


def steps(values: Numbers, top: int) -> NDArray[np.float64]:
    """Values on 0..1 rounded to the nearest of the whole steps from 0 to `top`; a half goes up."""
    return np.floor(_array(values) * top + 0.5)


def dots(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float, int], ...]:
    """The points on a raster of fiftieths, so that a picture of a million of them stays small."""
    found = Counter((round(x * 50), round(y * 50)) for x, y in points)
    return tuple((x / 50, y / 50, count) for (x, y), count in sorted(found.items()))


def mean(values: Numbers) -> float | None:
    """The mean; None where there is nothing."""
    if isinstance(values, np.ndarray):
        values = values.tolist()
    return fsum(values) / len(values) if values else None


def spread(values: Numbers) -> float | None:
    """The standard deviation of a sample; None below two values."""
    if len(values) < 2:
        return None
    middle = fsum(values) / len(values)
    return sqrt(fsum((value - middle) ** 2 for value in values) / (len(values) - 1))


def _array(values: Numbers) -> NDArray[np.float64]:
    return np.asarray(values, np.float64)


def _is_constant(values: NDArray[np.float64]) -> bool:
    return bool(values.min() == values.max())
