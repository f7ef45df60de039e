"""How grades agree with `human_score`, where people have graded too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.measuring.figures import dots, mean, pearson, quadratic_kappa, root_mean_square, steps
from interviewer.reports.grades.reading import Row

SCALES = (1.0, 5.0, 10.0, 20.0, 100.0)
"""What people grade out of, when nobody says."""
STEPS = 10
"""Both scores are rounded to whole steps from 0 to this for the kappa."""
DISAGREEMENTS = 10
"""So many of the largest are listed."""


@dataclass(frozen=True)
class Pair:
    """One answer that both have graded, each 0..1."""

    row: Row
    human: float
    grade: float

    @property
    def difference(self) -> float:
        """Grade minus human: above 0 the grader is the milder one."""
        return self.grade - self.human


@dataclass(frozen=True)
class Human:
    """Agreement of one grader with people; all on 0..1. None is what cannot be computed."""

    scale: float
    """What `human_score` was taken to be out of."""
    assumed: bool
    """Whether that was guessed from the scores."""
    largest: float
    """The largest `human_score` in the file."""
    count: int
    off_scale: int
    """Pairs left out because `human_score` is below 0 or above the scale."""
    ungraded: int
    """Answers that people have graded and the grader has not."""
    pearson: float | None
    rmse: float | None
    mae: float | None
    difference: float | None
    """Mean of grade minus human."""
    kappa: float | None
    """Quadratically weighted, on steps of a tenth."""
    dots: tuple[tuple[float, float, int], ...]
    """Human, grade and how many, on a raster of fiftieths."""
    worst: tuple[Pair, ...]


def human_agreement(rows: Sequence[Row], all_rows: Sequence[Row], scale: float | None) -> Human | None:
    """The agreement; None where no graded answer has a `human_score`.

    Args:
        rows: of one grader.
        all_rows: of the file, from which the scale is guessed where it is not given.
    """
    given = [row.human for row in all_rows if row.human is not None]
    with_both = [row for row in rows if row.human is not None and row.score is not None]
    if not given or not with_both:
        return None
    largest = max(given)
    top = scale if scale is not None else guessed_scale(largest)
    pairs = [
        Pair(row, row.human / top, row.score / 100)
        for row in with_both
        if row.human is not None and row.score is not None and 0 <= row.human <= top
    ]
    humans, grades = [pair.human for pair in pairs], [pair.grade for pair in pairs]
    differences = [pair.difference for pair in pairs]
    return Human(
        scale=top,
        assumed=scale is None,
        largest=largest,
        count=len(pairs),
        off_scale=len(with_both) - len(pairs),
        ungraded=sum(row.human is not None and row.score is None for row in rows),
        pearson=pearson(humans, grades),
        rmse=root_mean_square(differences),
        mae=mean([abs(difference) for difference in differences]),
        difference=mean(differences),
        kappa=quadratic_kappa(steps(humans, STEPS), steps(grades, STEPS)),
        dots=dots(list(zip(humans, grades, strict=True))),
        worst=tuple(sorted(pairs, key=lambda pair: -abs(pair.difference))[:DISAGREEMENTS]),
    )


def guessed_scale(largest: float) -> float:
    """The smallest usual scale that the largest score fits on, else that score itself."""
    return next((top for top in SCALES if largest <= top), largest)
