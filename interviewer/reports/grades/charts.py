"""Geometry of the small pictures in a page. Only numbers leave here, so nothing has to be escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from interviewer.reports.grades import words

WIDTH, HEIGHT = 320, 130
_TOP, _BOTTOM = 16, 110
SIDE = 220
"""Of a scatter plot."""
_LEFT, _RIGHT = 24, 212


@dataclass(frozen=True)
class Bar:
    """One column of a histogram."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    count: int
    label: str


@dataclass(frozen=True)
class Dot:
    """One place of a scatter plot; the more answers are there, the larger it is."""

    x: float
    y: float
    radius: float


def bars(bins: Sequence[int]) -> list[Bar]:
    """The columns of a histogram in a box of `WIDTH` × `HEIGHT`."""
    highest, step = max(1, *bins), WIDTH / len(bins)
    found = []
    for place, (label, count) in enumerate(words.distribution(bins)):
        height = count / highest * (_BOTTOM - _TOP)
        # A single answer among thousands is still to be seen.
        height = max(height, 1.5) if count else 0.0
        found.append(
            Bar(
                x=round(place * step + 2, 1),
                y=round(_BOTTOM - height, 1),
                width=round(step - 4, 1),
                height=round(height, 1),
                middle=round((place + 0.5) * step, 1),
                count=count,
                label=label,
            )
        )
    return found


def dots(places: Sequence[tuple[float, float, int]]) -> list[Dot]:
    """The dots of a scatter plot of values on 0..1, in a box of `SIDE` × `SIDE`."""
    most = max((count for *_, count in places), default=1)
    span = _RIGHT - _LEFT
    return [
        Dot(
            x=round(_LEFT + x * span, 1),
            y=round(SIDE - _LEFT - y * span, 1),
            radius=round(2.5 + 4 * sqrt(count / most) * (most > 1), 1),
        )
        for x, y, count in places
    ]
