"""Fits a monotone map from raw scores to people's, shrunk towards leaving them as they are.

The shrinkage is imaginary pairs, spread evenly over the scale, on which person and judge agree: few real
pairs can bend the map only a little. How many of them, and which shape, is chosen by cross-validation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Groups = NDArray[np.int64]
Shape = Literal["line", "steps"]

SHRINKAGES = (2.0, 5.0, 10.0, 20.0, 50.0)
"""Imaginary pairs that are tried."""
ENOUGH_FOR_STEPS = 60
"""Real pairs from which a map may have more than one slope."""
FOLDS = 10
_GRID = np.linspace(0, 1, 21)


@dataclass(frozen=True)
class Fit:
    """A map on 0–1, straight between its knots."""

    shape: Shape
    shrinkage: float
    raw: Numbers
    score: Numbers

    @property
    def knots(self) -> list[tuple[float, float]]:
        """Raw and calibrated score."""
        return list(zip(self.raw.tolist(), self.score.tolist(), strict=True))

    def of(self, raw: Numbers) -> Numbers:
        """The calibrated scores of raw ones."""
        return np.interp(raw, self.raw, self.score)


def fitted(raw: Numbers, human: Numbers, groups: Groups) -> Fit:
    """The map with the shape and shrinkage that do best on pairs left out.

    Args:
        raw: the judge's scores, 0–1.
        human: people's, 0–1.
        groups: pairs with the same number are left out together.
    """
    shapes: tuple[Shape, ...] = ("line", "steps") if len(raw) >= ENOUGH_FOR_STEPS else ("line",)
    tried = [(shape, shrinkage) for shape in shapes for shrinkage in SHRINKAGES]
    parts = folds(groups)

    def error(how: tuple[Shape, float]) -> float:
        found = left_out(raw, human, parts, lambda x, y, _: fit(x, y, *how))
        return float(np.mean((found - human) ** 2))

    # Of equally good ones the most careful: a line before steps, more imaginary pairs before fewer.
    best = min(tried, key=lambda how: (round(error(how), 6), shapes.index(how[0]), -how[1]))
    return fit(raw, human, *best)


def left_out(
    raw: Numbers, human: Numbers, parts: Groups, make: Callable[[Numbers, Numbers, NDArray[np.bool_]], Fit]
) -> Numbers:
    """The calibrated score of each pair, by a map that was made without the pairs of its part.

    Args:
        parts: the number of the part that each pair is in.
        make: the map from the pairs that it is given; the mask says which of all pairs these are.
    """
    found = np.empty_like(raw)
    for part in np.unique(parts):
        rest = parts != part
        found[~rest] = make(raw[rest], human[rest], rest).of(raw[~rest])
    return found


def folds(groups: Groups) -> Groups:
    """The part of each pair: at most so many parts, of about the same size, each with whole groups."""
    names, sizes = np.unique(groups, return_counts=True)
    room = np.zeros(min(FOLDS, len(names)))
    place = {}
    for name, size in sorted(zip(names.tolist(), sizes.tolist(), strict=True), key=lambda g: (-g[1], g[0])):
        place[name] = int(np.argmin(room))
        room[place[name]] += size
    return np.array([place[name] for name in groups.tolist()], np.int64)


def fit(raw: Numbers, human: Numbers, shape: Shape, shrinkage: float) -> Fit:
    """The map of one shape with so many imaginary pairs."""
    weight = np.concatenate([np.ones(len(raw)), np.full(len(_GRID), shrinkage / len(_GRID))])
    x, y = np.concatenate([raw, _GRID]), np.concatenate([human, _GRID])
    knots = _line(x, y, weight) if shape == "line" else _steps(x, y, weight)
    return Fit(shape, shrinkage, *knots)


def _line(x: Numbers, y: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
    """The straight line of least squares that does not fall, cut off at 0 and 1."""
    middle, level = float(np.average(x, weights=weight)), float(np.average(y, weights=weight))
    together = float(np.average((x - middle) * (y - level), weights=weight))
    slope = max(0.0, together / float(np.average((x - middle) ** 2, weights=weight)))
    start = level - slope * middle
    cuts = [(edge - start) / slope for edge in (0.0, 1.0)] if slope > 0 else []
    knots = np.array(sorted({0.0, 1.0, *(round(cut, 4) for cut in cuts if 0 < cut < 1)}))
    return knots, np.clip(start + slope * knots, 0, 1)


def _steps(x: Numbers, y: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
    """Isotonic regression (Ayer 1955), joined through the middles of its steps."""
    places, at = np.unique(x, return_inverse=True)
    weights = np.bincount(at, weights=weight)
    means = np.bincount(at, weights=weight * y) / weights
    steps: list[tuple[float, float, float]] = []
    for each in zip(weights.tolist(), places.tolist(), means.tolist(), strict=True):
        heavy, middle, level = each
        while steps and steps[-1][2] >= level:
            before, was_middle, was_level = steps.pop()
            total = before + heavy
            middle = (before * was_middle + heavy * middle) / total
            level = (before * was_level + heavy * level) / total
            heavy = total
        steps.append((heavy, middle, level))
    knots, levels = np.array([step[1] for step in steps]), np.array([step[2] for step in steps])
    if len(knots) > 1:
        return knots, levels
    return np.array([0.0, 1.0]), np.repeat(levels, 2)
