"""From verdicts to a score: arithmetic only, so that it can be checked and replayed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.grading.calibration import calibrated
from interviewer.models import (
    Criterion,
    Estimate,
    Levels,
    Mistake,
    Question,
    Receipt,
    Rubric,
    Scheme,
    ScoreMap,
    Similarity,
    Verdict,
)
from interviewer.models import ScoredCriterion as Item
from interviewer.models import ScoredMistake as Fault


@dataclass(frozen=True)
class Score:
    """A score and how it came about."""

    score: float
    """0..100, one decimal."""
    earned: dict[str, float]
    """Points by criterion."""
    available: float
    lost: float
    """Points taken for mistakes."""
    capped_by: str | None = None
    """The required criterion that was missed and lowered the score."""
    raw: float = 0.0
    """0..100, before any calibration."""


def scheme_of(
    question: Question,
    rubric: Rubric,
    criteria: Sequence[Criterion],
    *,
    is_derived: bool = False,
    estimate: Estimate | None = None,
) -> Scheme:
    """All that turns verdicts on these criteria into a score.

    Args:
        is_derived: whether the question's criteria were taken from its reference.
        estimate: what is fitted for the judge, if anything.
    """
    combine = rubric.combine
    if combine.method == "auto":
        is_estimated = is_derived and estimate is not None
        combine = combine.model_copy(update={"method": "calibrated" if is_estimated else "gate"})
    if combine.method == "calibrated" and combine.estimate is None:
        combine = combine.model_copy(update={"estimate": estimate})
    return Scheme(
        criteria=tuple(Item(id=c.id, points=c.points, required=c.required, group=c.group) for c in criteria),
        mistakes=tuple(Fault(id=m.id, points=m.points) for m in question.mistakes),
        groups=question.groups,
        levels=rubric.levels,
        combine=combine,
        required_cap=rubric.required_cap,
        pass_mark=rubric.pass_mark,
    )


def open_slots(question: Question) -> tuple[Criterion, ...]:
    """One criterion for each item that an open group may be given beyond the listed ones."""
    slots = []
    for group in question.groups:
        if group.open:
            points = next(c.points for c in question.criteria if c.group == group.id)
            slots += [
                Criterion(
                    id=f"{group.id}.other-{number}",
                    text=f"Names a valid item beyond the listed ones ({group.text}), no. {number}",
                    points=points,
                    group=group.id,
                )
                for number in range(1, group.choose + 1)
            ]
    return tuple(slots)


def mistakes_made(mistakes: Sequence[Mistake], verdicts: Sequence[Verdict]) -> list[tuple[Mistake, Verdict]]:
    """The mistakes that were found in the answer, with their verdicts."""
    found = {verdict.id: verdict for verdict in verdicts if verdict.level == "met"}
    return [(mistake, found[mistake.id]) for mistake in mistakes if mistake.id in found]


def without_contradicted(
    verdicts: Sequence[Verdict], mistakes: Sequence[Mistake], found: Sequence[Verdict]
) -> tuple[Verdict, ...]:
    """The verdicts, with `not_met` for each criterion that a mistake in the answer contradicts."""
    denied = {
        criterion: mistake
        for mistake, _ in mistakes_made(mistakes, found)
        for criterion in mistake.contradicts
    }
    return tuple(
        verdict.model_copy(
            update={
                "level": "not_met",
                "share": None,
                "quote": None,
                "reason": f"contradicted by the answer's own claim: {denied[verdict.id].text}",
                "decided_by": f"mistake:{denied[verdict.id].id}",
            }
        )
        if verdict.id in denied and (verdict.level != "not_met" or verdict.share)
        else verdict
        for verdict in verdicts
    )


def score(
    scheme: Scheme,
    verdicts: Sequence[Verdict],
    mistakes: Sequence[Verdict] = (),
    similarity: Similarity | None = None,
    calibration: ScoreMap | None = None,
) -> Score:
    """The score that these verdicts earn.

    Points earned over points available, minus mistakes; of a group only the best `choose` count; a missed
    required criterion caps the score, raw and calibrated; similarity joins as the scheme says, where it is
    known. A verdict's own share counts in place of what its level earns, but required is by level. Where a
    check finds a requirement missed, nothing is estimated: the rest earns its share of the cap.
    """
    shares = {verdict.id: share(verdict, scheme.levels) for verdict in verdicts}
    earned = {c.id: c.points * shares.get(c.id, 0.0) for c in scheme.criteria}
    # Exact sums: the order in which a scheme lists its points is no part of what they are worth.
    worth = [c.points for c in scheme.criteria if c.group is None]
    for group in scheme.groups:
        members = [c for c in scheme.criteria if c.group == group.id]
        best = sorted(members, key=lambda c: -earned[c.id])
        for extra in best[group.choose :]:
            earned[extra.id] = 0.0
        worth += [c.points for c in best[: group.choose]]
    made = {verdict.id for verdict in mistakes if verdict.level == "met"}
    available = math.fsum(worth)
    lost = math.fsum(mistake.points for mistake in scheme.mistakes if mistake.id in made)
    part = max(0.0, math.fsum(earned.values()) - lost) / available if available else 0.0
    levels = {verdict.id: verdict.level for verdict in verdicts}
    missed = next(
        (c.id for c in scheme.criteria if c.required and levels.get(c.id) in (None, "not_met")), None
    )
    cap = 100.0 if missed is None else scheme.required_cap
    failed = failed_check(scheme, verdicts) if estimate_in(scheme, similarity) else None
    if failed is not None:
        missed, cap, points = failed, cap * part, 100 * part
    else:
        points = 100 * (part if similarity is None else _combined(part, scheme, similarity))
    raw = round(min(points, cap), 1)
    if calibration is not None:
        points = calibrated(calibration.knots, raw)
    return Score(
        score=round(min(points, cap), 1),
        earned=earned,
        available=available,
        lost=lost,
        capped_by=missed if points > cap else None,
        raw=raw,
    )


def failed_check(scheme: Scheme, verdicts: Sequence[Verdict]) -> str | None:
    """The first required criterion that a check, no judge, says is missing."""
    required = {c.id for c in scheme.criteria if c.required}
    failed = (v.id for v in verdicts if v.level == "not_met" and v.decided_by.startswith("check:"))
    return next((name for name in failed if name in required), None)


def rescored(receipt: Receipt) -> Score:
    """The score that a receipt gives; nothing else is needed for it."""
    return score(receipt.scheme, receipt.verdicts, receipt.mistakes, receipt.similarity, receipt.calibration)


def _combined(part: float, scheme: Scheme, similarity: Similarity) -> float:
    """The judge's share of points joined with similarity, 0..1; it rises with both."""
    combine = scheme.combine
    if combine.method == "blend":
        return (1 - combine.weight) * part + combine.weight * similarity.cosine
    estimate = estimate_in(scheme, similarity)
    if estimate is None:
        return part
    return estimated(estimate, part, similarity.stated or 0.0, similarity.recall or 0.0)


def estimate_in(scheme: Scheme, similarity: Similarity | None) -> Estimate | None:
    """What a score is estimated by; None where the scheme has nothing, or what it rests on is not known."""
    if similarity is None or similarity.stated is None or similarity.recall is None:
        return None
    return scheme.combine.estimate if scheme.combine.method == "calibrated" else None


def estimated(estimate: Estimate, share: float, stated: float, recall: float) -> float:
    """The mark, 0..1."""
    logit = estimate.bias + estimate.share * share + estimate.stated * stated + estimate.recall * recall
    # The logistic function, in the form that no weights of a rubric's own can overflow.
    return (1 + math.tanh(logit / 2)) / 2


def share(verdict: Verdict, levels: Levels) -> float:
    """The share of a criterion's points that a verdict earns."""
    if verdict.share is not None:
        return verdict.share
    return {"not_met": 0.0, "partial": levels.partial, "met": 1.0}[verdict.level]
