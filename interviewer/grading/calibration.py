"""Calibrations in use: which one belongs to a judge and a rubric, and what it makes of a score.

They are fitted in `interviewer.receipts`; here they are only applied, which needs no more than arithmetic.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from threading import Lock

from interviewer.grading.digests import text_digest
from interviewer.models import Calibration, Rubric, ScoreMap, Verdict

Knots = Sequence[tuple[float, float]]
"""Raw and calibrated score, rising."""
_BY_CODE = ("check:", "rule:")


def score_map(knots: Knots) -> ScoreMap:
    """The map with these knots."""
    return ScoreMap(digest=knots_digest(knots), knots=tuple(knots))


def knots_digest(knots: Knots) -> str:
    """Of a map: two with the same digest give the same scores."""
    return text_digest(json.dumps([[float(raw), float(score)] for raw, score in knots]))


def calibrated(knots: Knots, raw: float) -> float:
    """What a raw score becomes; beyond the first and last knot it stays what it is there."""
    at = bisect_right(knots, raw, key=lambda knot: knot[0])
    if at in (0, len(knots)):
        return knots[0 if at == 0 else -1][1]
    (x0, y0), (x1, y1) = knots[at - 1], knots[at]
    # Rounding may end a hair above the next knot, and two scores would change places there.
    return min(y1, y0 + (y1 - y0) * (raw - x0) / (x1 - x0))


def is_judged(verdicts: Sequence[Verdict]) -> bool:
    """Whether a judge had a part in it. What rules and checks decide is certain, and no judge's measure."""
    return any(not verdict.decided_by.startswith(_BY_CODE) for verdict in verdicts)


class Calibrations:
    """Those of the stored calibrations that are for one judge.

    Args:
        stored: the newest last; of two for the same rubric the last one counts.
        label: of the judge.
        parameters: of the judge.
    """

    def __init__(
        self,
        stored: Sequence[Calibration] = (),
        label: str = "",
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        self._label = label
        self._of_others = [c for c in stored if c.judge != label]
        own = [c for c in stored if c.judge == label]
        self._own = [c for c in own if c.parameters == dict(parameters or {})]
        self._otherwise = [c for c in own if c not in self._own]
        self._parameters = dict(parameters or {})
        self._by_rubric = {digest: c.map for c in self._own for digest in c.rubrics}
        self._unknown: dict[str, None] = {}
        self._lock = Lock()

    def of(self, rubric: Rubric, digest: str) -> ScoreMap | None:
        """The map for grades by this rubric; None where there is none.

        Args:
            digest: of the rubric.
        """
        found = self._by_rubric.get(digest)
        if found is None and self._own:
            with self._lock:
                self._unknown[rubric.name] = None
        return found

    def notes(self) -> list[str]:
        """What is not applied, and why: for judges at once, for rubrics once they were asked for."""
        if self._own:
            with self._lock:
                names = ", ".join(self._unknown)
            return [f"not calibrated: the rubric {names}: not one that was calibrated on"] if names else []
        if self._otherwise:
            was = self._otherwise[-1].parameters
            changed = difference(was, self._parameters)
            return [f"not calibrated: the calibration of {self._label} is for other parameters: {changed}"]
        if self._of_others:
            names = ", ".join(dict.fromkeys(c.judge for c in self._of_others))
            return [f"not calibrated: the calibration at hand is for {names}, and the judge is {self._label}"]
        return []


def difference(before: Mapping[str, object], now: Mapping[str, object]) -> str:
    """Which parameters are not what they were, in words."""
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return ", ".join(f"{name} was {before.get(name)}, is {now.get(name)}" for name in names)
