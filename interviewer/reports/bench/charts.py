"""Geometry of the plots of a measurement. Only numbers leave here, so nothing has to be escaped."""

from __future__ import annotations

from dataclasses import dataclass

from interviewer.measuring.results import Figure, Part, Trust

WIDTH, ROW = 320, 18
LEFT, RIGHT = 104, 310
"""Between them lies the scale of the figures."""
TOP = 6
_CURVE_LEFT, _CURVE_RIGHT, _CURVE_TOP, _CURVE_BOTTOM = 34, 308, 10, 138


@dataclass(frozen=True)
class Whisker:
    """A figure with its interval, as one row."""

    y: float
    x: float
    low: float
    high: float


@dataclass(frozen=True)
class Forest:
    """Rows of figures on one scale."""

    height: float
    names: tuple[str, ...]
    rows: tuple[Whisker, ...]
    ticks: tuple[tuple[float, str], ...]
    """Place and value."""


def forest(part: Part, key: str, judge: str) -> Forest:
    """The judge, floors and people beside each other; those without such a figure are left out."""
    all_rows = [(judge, part.figures), *((each.name, each.figures) for each in part.floors)]
    if part.people is not None:
        all_rows.append((part.people.name, part.people.figures))
    found = [(name, figures[key]) for name, figures in all_rows if key in figures]
    shown = [(name, figure, figure.value) for name, figure in found if figure.value is not None]
    least = min((_low(figure) for _, figure, _ in shown), default=0.0)
    # The quarter at or below the least.
    begin = min(0.0, max(-1.0, least * 4 // 1 / 4))
    span = 1.0 - begin

    def place(value: float) -> float:
        return round(LEFT + (min(1.0, max(begin, value)) - begin) / span * (RIGHT - LEFT), 1)

    rows = tuple(
        Whisker(
            y=TOP + ROW * (number + 0.5),
            x=place(value),
            low=place(value if figure.low is None else figure.low),
            high=place(value if figure.high is None else figure.high),
        )
        for number, (_, figure, value) in enumerate(shown)
    )
    values = [begin + step * 0.25 for step in range(round(span / 0.25) + 1)]
    return Forest(
        height=TOP + ROW * len(rows) + 16,
        names=tuple(name for name, *_ in shown),
        rows=rows,
        ticks=tuple((place(value), f"{value:g}".replace("-", "−")) for value in values),
    )


def _low(figure: Figure) -> float:
    return min(value for value in (figure.value, figure.low) if value is not None)


@dataclass(frozen=True)
class Curve:
    """Error over the share of answers kept."""

    points: str
    """As SVG takes them."""
    blind: float | None
    """Where the error of all answers lies."""
    top: float
    """The error at the upper end of the scale."""


def curve(trust: Trust) -> Curve:
    """The coverage–risk curve."""
    top = max([0.1, *(point.mae for point in trust.curve)])
    top = -(-top * 20 // 1) / 20

    def across(share: float) -> float:
        return round(_CURVE_LEFT + share * (_CURVE_RIGHT - _CURVE_LEFT), 1)

    def up(error: float) -> float:
        return round(_CURVE_BOTTOM - error / top * (_CURVE_BOTTOM - _CURVE_TOP), 1)

    return Curve(
        points=" ".join(f"{across(point.share)},{up(point.mae)}" for point in trust.curve),
        blind=None if trust.area_blind is None else up(trust.area_blind),
        top=top,
    )
