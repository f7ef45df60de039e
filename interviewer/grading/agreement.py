"""Several verdicts on the same criterion made one: the median level, and how far they agree."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from interviewer.models import Level, Verdict

LEVELS: tuple[Level, ...] = ("not_met", "partial", "met")


def median_verdicts(rounds: Sequence[Sequence[Verdict]], decided_by: str) -> tuple[Verdict, ...]:
    """One verdict a criterion, in the order of the first round."""
    by_id = [{verdict.id: verdict for verdict in verdicts} for verdicts in rounds]
    return tuple(
        median_verdict([verdicts[first.id] for verdicts in by_id], decided_by) for first in rounds[0]
    )


def median_verdict(verdicts: Sequence[Verdict], decided_by: str) -> Verdict:
    """The median level (of two middle ones the lower), with quote and reason of the first who says so.

    Its confidence is 1 less the mean distance from that level, where not_met to met is 1; its share the mean
    of all, where each has one. Who abstains has no say where others have one.
    """
    of_all, verdicts = len(verdicts), told(verdicts)
    if len(verdicts) == 1 < of_all or all(map(abstains, verdicts)):
        return verdicts[0].model_copy(update={"decided_by": decided_by})
    ordered = sorted(LEVELS.index(verdict.level) for verdict in verdicts)
    middle = ordered[(len(ordered) - 1) // 2]
    speaker = next(verdict for verdict in verdicts if verdict.level == LEVELS[middle])
    distance = sum(abs(index - middle) for index in ordered) / 2 / len(ordered)
    shares = [verdict.share for verdict in verdicts if verdict.share is not None]
    return speaker.model_copy(
        update={
            "decided_by": decided_by,
            "confidence": round(1 - distance, 3),
            "share": fsum(shares) / len(shares) if len(shares) == len(verdicts) else None,
        }
    )


def told(verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """Those that tell something; all where none does."""
    return [verdict for verdict in verdicts if not abstains(verdict)] or verdicts


def abstains(verdict: Verdict) -> bool:
    """Whether it is about an unlisted item of an open group, of which its judge can tell nothing."""
    return ".other-" in verdict.id and verdict.confidence == 0
