"""Whether a judge knows when it is wrong: evidence, confidence, review, repeats, and what leads it astray."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from interviewer.grading.evidence import find_quote
from interviewer.measuring.agreement import Pairs
from interviewer.measuring.figures import mean, risks, spread
from interviewer.measuring.floors import Values
from interviewer.measuring.graded import GradedRow
from interviewer.measuring.resampling import Resampling
from interviewer.measuring.results import BandErrors, Figure, Kept, Repeats, TrapMean, Trust
from interviewer.models import Band, GradeRecord

LARGE = 0.3
"""A grade that is off by so much, of 1, is one that a person should have seen."""
POINTS = 20
"""Of the coverage–risk curve."""
_BANDS: tuple[Band, ...] = ("high", "medium", "low")


def evidence_of(pairs: Pairs, count: int, seed: int) -> Figure:
    """Share of the met and partial verdicts whose quote is in the answer."""
    found = [
        (row.question, verdict.quote is not None and find_quote(verdict.quote, row.given.text) is not None)
        for row, record in zip(pairs.rows, pairs.records, strict=True)
        if record.receipt is not None
        for verdict in record.receipt.verdicts
        if verdict.level != "not_met"
    ]
    shown = np.array([float(is_there) for _, is_there in found])
    resampling = Resampling([question for question, _ in found], count, seed)
    return resampling.figures({"evidence": lambda at: mean(shown[at])})["evidence"]


def trust_in(pairs: Pairs, count: int, seed: int) -> Trust:
    """Errors by confidence, and what review would catch."""
    errors, sure = pairs.errors, sureness(pairs.records)
    bands = [record.confidence for record in pairs.records]
    review = np.array([record.needs_review for record in pairs.records], bool)
    large = errors >= LARGE - 1e-9
    resampling = Resampling(pairs.questions, count, seed)
    figures = resampling.figures(
        {
            "area": lambda at: mean(risks(sure[at], errors[at])),
            "rate": lambda at: mean(review[at].astype(float)),
            "precision": lambda at: mean(large[at][review[at]].astype(float)),
            "recall": lambda at: mean(review[at][large[at]].astype(float)),
        }
    )
    curve = risks(sure, errors)
    # Where there are fewer answers than points, each has one.
    ends = sorted({-(-len(curve) * point // POINTS) for point in range(1, POINTS + 1)} - {0})
    return Trust(
        bands=tuple(
            BandErrors(band=band, answers=bands.count(band), mae=mean(errors[[b == band for b in bands]]))
            for band in _BANDS
        ),
        curve=tuple(Kept(share=end / len(curve), mae=float(curve[end - 1])) for end in ends),
        area=figures.pop("area"),
        area_blind=mean(errors),
        area_best=mean(risks(-errors, errors)),
        large=int(large.sum()),
        review=figures,
    )


def sureness(records: Sequence[GradeRecord]) -> Values:
    """How sure each grade is, for ordering: by its band, within it by the confidence of its verdicts."""
    return np.array(
        [_BANDS[::-1].index(record.confidence or "low") + _confidence(record) for record in records]
    )


def _confidence(record: GradeRecord) -> float:
    """Mean confidence of the verdicts that have one, weighted by points, 0 to below 1."""
    if record.receipt is None:
        return 0.0
    points = {criterion.id: criterion.points for criterion in record.receipt.scheme.criteria}
    known = [
        (points.get(v.id, 1.0), v.confidence) for v in record.receipt.verdicts if v.confidence is not None
    ]
    total = sum(weight for weight, _ in known)
    return 0.99 * sum(weight * sure for weight, sure in known) / total if total else 0.0


def repeats_of(
    rows: Sequence[GradedRow], rounds: Sequence[Sequence[GradeRecord]], count: int, seed: int
) -> Repeats | None:
    """How the rounds agree on the answers that each of them has graded; None for a single round."""
    if len(rounds) < 2:
        return None
    whole = [
        (row.question, records)
        for row, *records in zip(rows, *rounds, strict=True)
        if all(record.score is not None for record in records)
    ]
    same = np.array([_same_levels(records) for _, records in whole])
    spreads = np.array([spread([record.score or 0.0 for record in records]) or 0.0 for _, records in whole])
    resampling = Resampling([question for question, _ in whole], count, seed)
    figures = resampling.figures({"same": lambda at: mean(same[at]), "spread": lambda at: mean(spreads[at])})
    return Repeats(times=len(rounds), answers=len(whole), figures=figures)


def _same_levels(records: Sequence[GradeRecord]) -> float:
    """Share of the criteria with one level in all records."""
    levels = [{criterion.id: criterion.level for criterion in record.criteria} for record in records]
    names = set().union(*levels)
    return sum(all(a.get(n) == b.get(n) for a, b in pairwise(levels)) for n in names) / max(1, len(names))


def traps_of(pairs: Pairs) -> tuple[TrapMean, ...]:
    """Mean mark and mean grade of the answers with each trap; the one graded most too high first."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(pairs.rows):
        if row.trap:
            places[row.trap].append(place)
    found = [
        TrapMean(
            name=name,
            answers=len(at),
            people=float(pairs.human[at].mean()),
            grade=float(pairs.grades[at].mean()),
        )
        for name, at in places.items()
    ]
    return tuple(sorted(found, key=lambda trap: (trap.people - trap.grade, trap.name)))
