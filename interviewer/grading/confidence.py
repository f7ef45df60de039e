"""How far a grade can be trusted, as a band, and when similarity contradicts the judge."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from interviewer.grading.agreement import abstains
from interviewer.grading.calibration import is_judged
from interviewer.grading.scoring import estimate_in, estimated, failed_check
from interviewer.models import Band, Scheme, Similarity, Verdict

OFF_TOPIC = 0.15
"""Cosine below which an answer looks to be about something else."""
ON_TOPIC = 0.75
"""Cosine from which an answer says nearly the same words as the reference."""
SURE, FAIR = 0.75, 0.6
"""Mean confidence of the verdicts, weighted by points, from which a band is high or medium. Chosen on the
fitting half of our own answers: below the second are 32 % of the embedded judge's grades, and 52 % of those
that are off by 0.3 or more."""
LOWEST = 0.25
"""Part of the range of an estimate in which its band is low."""
UNKNOWN = SURE
"""What the verdict of a judge counts for that does not say how sure it is."""

_DOUBTFUL = frozenset({"unverified-quote", "addresses-the-judge", "far-but-passed", "members-disagree"})


def alarms(score: float, pass_mark: float, similarity: Similarity | None) -> tuple[str, ...]:
    """Where judge and similarity disagree: a possible contradiction, or an unusual wording."""
    if similarity is None:
        return ()
    if similarity.cosine >= ON_TOPIC and score < pass_mark / 2:
        return ("near-but-failed",)
    if similarity.cosine < OFF_TOPIC:
        return ("far-but-passed",) if score >= pass_mark else ("off-topic",)
    return ()


def band(
    scheme: Scheme,
    verdicts: Sequence[Verdict],
    flags: Sequence[str],
    score: float,
    similarity: Similarity | None,
) -> Band:
    """High, medium or low, from who decided, how surely, and what was flagged.

    A mark that is only estimated, from how much of a reference the answer says, is never high, and low where
    it finds little: a right answer in words of its own looks like a wrong one. Where a check finds a
    requirement missed, nothing is estimated. Places of a list for which the judge cannot tell whether an
    unlisted item fills them leave that part of the points in doubt.

    Args:
        score: 0..100, before any calibration.
    """
    points = {criterion.id: criterion.points for criterion in scheme.criteria}
    # A slot for an unlisted item that nothing fills says nothing about the rest.
    counted = [v for v in verdicts if not (".other-" in v.id and v.level == "not_met")]
    total = fsum(points[v.id] for v in counted)
    sure = fsum(points[v.id] * (UNKNOWN if v.confidence is None else v.confidence) for v in counted)
    untold = _untold(scheme, verdicts)
    mean = (sure / total if total else 1.0) * (1 - untold)
    if _DOUBTFUL & set(flags):
        return "low"
    estimate = estimate_in(scheme, similarity)
    if estimate is not None and is_judged(counted) and failed_check(scheme, verdicts) is None:
        least, most = estimated(estimate, 0, 0, 0), estimated(estimate, 1, 1, 1)
        return "low" if score / 100 < least + LOWEST * (most - least) else "medium"
    if mean >= SURE and not untold:
        return "high"
    return "medium" if mean >= FAIR else "low"


def _untold(scheme: Scheme, verdicts: Sequence[Verdict]) -> float:
    """The share of all points that unlisted items may have earned, of which the judge can tell nothing."""
    by_id = {verdict.id: verdict for verdict in verdicts}
    total = fsum(c.points for c in scheme.criteria if c.group is None)
    untold = 0.0
    for group in scheme.groups:
        members = [c for c in scheme.criteria if c.group == group.id]
        total += group.choose * members[0].points
        found = [by_id[c.id] for c in members if c.id in by_id]
        if any(map(abstains, found)):
            untold += max(0, group.choose - sum(v.level != "not_met" for v in found)) * members[0].points
    return untold / total if total else 0.0
