"""How well two series of figures, or of decisions, agree. What cannot be computed is None, not 0."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from math import fsum, sqrt

FEW = 10
"""Pairs below which such figures mean little."""


def pearson(first: Sequence[float], second: Sequence[float]) -> float | None:
    """The correlation; None below two pairs, or where one side is always the same."""
    if len(first) < 2 or min(first) == max(first) or min(second) == max(second):
        return None
    try:
        return max(-1.0, min(1.0, statistics.correlation(first, second)))
    except statistics.StatisticsError:
        return None


def root_mean_square(differences: Sequence[float]) -> float | None:
    """Of differences; None where there are none."""
    return sqrt(fsum(d * d for d in differences) / len(differences)) if differences else None


def quadratic_kappa(first: Sequence[int], second: Sequence[int]) -> float | None:
    """Agreement beyond chance on whole steps, a miss counted by its square (QWK).

    None where there are no pairs, or both sides are always the same one step.
    """
    return _kappa(first, second, lambda a, b: float((a - b) ** 2))


def kappa(first: Sequence[bool], second: Sequence[bool]) -> float | None:
    """Agreement beyond chance on yes and no (Cohen's); None as for `quadratic_kappa`."""
    return _kappa([int(a) for a in first], [int(b) for b in second], lambda a, b: float(a != b))


def _kappa(first: Sequence[int], second: Sequence[int], miss: Callable[[int, int], float]) -> float | None:
    count = len(first)
    if not count:
        return None
    seen = fsum(miss(a, b) for a, b in zip(first, second, strict=True)) / count
    ones, others = Counter(first), Counter(second)
    by_chance = fsum(miss(a, b) * m * n for a, m in ones.items() for b, n in others.items()) / count**2
    return 1 - seen / by_chance if by_chance else None


def mean(values: Sequence[float]) -> float | None:
    """The mean; None where there is nothing."""
    return fsum(values) / len(values) if values else None


def spread(values: Sequence[float]) -> float | None:
    """The standard deviation of a sample; None below two values."""
    if len(values) < 2:
        return None
    middle = fsum(values) / len(values)
    return sqrt(fsum((value - middle) ** 2 for value in values) / (len(values) - 1))
