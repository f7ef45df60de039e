"""How far a grade can be trusted, as a band, and when similarity contradicts the judge."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.models import Band, Scheme, Similarity, Verdict

OFF_TOPIC = 0.15
"""Cosine below which an answer looks to be about something else."""
ON_TOPIC = 0.75
"""Cosine from which an answer says nearly the same words as the reference."""
SURE, FAIR = 0.6, 0.35
"""Mean confidence of the verdicts, weighted by points, from which a band is high or medium."""

_DOUBTFUL = frozenset(
    {"unverified-quote", "addresses-the-judge", "near-but-failed", "far-but-passed", "members-disagree"}
)


def alarms(score: float, pass_mark: float, similarity: Similarity | None) -> tuple[str, ...]:
    """Where judge and similarity disagree: a possible contradiction, or an unusual wording."""
    if similarity is None:
        return ()
    if similarity.cosine >= ON_TOPIC and score < pass_mark / 2:
        return ("near-but-failed",)
    if similarity.cosine < OFF_TOPIC:
        return ("far-but-passed",) if score >= pass_mark else ("off-topic",)
    return ()


def band(scheme: Scheme, verdicts: Sequence[Verdict], flags: Sequence[str]) -> Band:
    """High, medium or low, from who decided, how surely, and what was flagged.

    A verdict of unknown confidence counts as fairly sure.
    """
    points = {criterion.id: criterion.points for criterion in scheme.criteria}
    # A slot for an unlisted item that nothing fills says nothing about the rest.
    counted = [v for v in verdicts if not (".other-" in v.id and v.level == "not_met")]
    total = sum(points[v.id] for v in counted)
    sure = sum(points[v.id] * (0.7 if v.confidence is None else v.confidence) for v in counted)
    mean = sure / total if total else 1.0
    if _DOUBTFUL & set(flags):
        return "low"
    if mean >= SURE:
        return "high"
    return "medium" if mean >= FAIR else "low"
