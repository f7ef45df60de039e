"""How far a figure would move with other questions: bootstrap intervals over questions, not over answers.

Answers to one question resemble each other: if single answers were drawn, every interval would be too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from interviewer.measuring.results import Figure

Places = NDArray[np.intp]
"""Indices of the answers (or verdicts) that a figure is computed from; one may be there several times."""
Statistic = Callable[[Places], float | None]

LEVEL = 95
"""Per cent of the resamples that an interval holds."""


class Resampling:
    """Draws questions with replacement; the same draws for every figure, so that figures can be compared.

    Args:
        questions: of each answer.
        count: how often it is drawn.
        seed: of the draws.
    """

    def __init__(self, questions: Sequence[str], count: int, seed: int) -> None:
        self._size = len(questions)
        names, place = np.unique(np.asarray(questions, dtype=str), return_inverse=True)
        self._members = [np.flatnonzero(place == number) for number in range(len(names))]
        # Of a single question nothing can be said about others.
        draws = count if len(names) > 1 else 0
        self._draws = np.random.default_rng(seed).integers(0, max(1, len(names)), (draws, len(names)))

    def figures(self, statistics: Mapping[str, Statistic]) -> dict[str, Figure]:
        """Each statistic of all answers, with its interval."""
        whole = np.arange(self._size)
        drawn: dict[str, list[float]] = {name: [] for name in statistics}
        for draw in self._draws:
            places = np.concatenate([self._members[question] for question in draw])
            for name, statistic in statistics.items():
                value = statistic(places)
                if value is not None:
                    drawn[name].append(value)
        return {name: self._figure(statistic(whole), drawn[name]) for name, statistic in statistics.items()}

    def _figure(self, value: float | None, drawn: list[float]) -> Figure:
        # Where most draws have no such figure, those that have are not a fair sample of them.
        if value is None or len(drawn) <= len(self._draws) / 2:
            return Figure(value=value)
        edge = (100 - LEVEL) / 2
        low, high = np.percentile(drawn, (edge, 100 - edge))
        return Figure(value=value, low=float(low), high=float(high))
