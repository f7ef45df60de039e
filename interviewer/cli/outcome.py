"""What a grading run came to: counts, the mean, why answers are ungraded, and what it took."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from interviewer.answers.line import GivenAnswer
from interviewer.backends.traffic import Traffic
from interviewer.batch.record import Findings
from interviewer.wording import visible

SOME_UNGRADED, THRESHOLD_MISSED = 1, 100
_REASONS_SHOWN, _REASONS_KEPT, _REASON_LENGTH = 3, 1000, 200


class Tally:
    """How many were graded, and their mean: sums, so that memory stays flat."""

    def __init__(self) -> None:
        self.graded = 0
        self.ungraded = 0
        self.todo = 0
        """Answers that were not done when the run began."""
        self.known = 0
        """Of them, those whose grade is in the cache, as far as it was looked for."""
        self.cached = 0
        self.asked = 0
        """Answers that this run did not find in the cache, and that can be graded."""
        self.reasons: Counter[str] = Counter()
        """Why this run left answers ungraded."""
        self._sum = 0.0
        self._recorded = 0
        """Outcomes of this run."""

    @property
    def done(self) -> int:
        """Answers that have an outcome."""
        return self.graded + self.ungraded

    def add(self, score: float | None) -> None:
        """One more outcome; None is ungraded."""
        if score is None:
            self.ungraded += 1
        else:
            self.graded += 1
            self._sum += score

    def record(self, answer: GivenAnswer, findings: Findings, cached: bool) -> None:
        """One more outcome, of this run."""
        self.add(findings.score)
        self._recorded += 1
        self.cached += cached
        self.asked += not cached and answer.ungradable is None
        reason = findings.reason
        if reason is not None and (reason in self.reasons or len(self.reasons) < _REASONS_KEPT):
            self.reasons[reason] += 1

    @property
    def mean(self) -> float | None:
        """Over the graded only; None where there is none."""
        return self._sum / self.graded if self.graded else None

    def closing(self, judge: str) -> str:
        """The line that ends a run."""
        mean = "no mean" if self.mean is None else f"mean {self.mean:.1f} of the graded"
        left = max(0, self.todo - self._recorded)
        rest = f", {left} left" if left else ""
        return (
            f"graded {self.graded}/{self.done + left}, {self.ungraded} ungraded{rest}, {mean}; judge {judge}"
        )

    def why_ungraded(self) -> list[str]:
        """The most frequent reasons, a line each."""
        lines = [
            f"ungraded, {count}: {visible(' '.join(reason.split())[:_REASON_LENGTH])}"
            for reason, count in self.reasons.most_common(_REASONS_SHOWN)
        ]
        if len(self.reasons) > _REASONS_SHOWN:
            lines.append("ungraded: further reasons are in the records")
        return lines

    def exit_code(self, threshold: float | None) -> int:
        """Ungraded answers come first: a mean without them proves nothing."""
        if self.ungraded:
            return SOME_UNGRADED
        if threshold is not None and (self.mean is None or self.mean < threshold):
            return THRESHOLD_MISSED
        return 0


@contextmanager
def summed_up(tally: Tally, traffic: Traffic, judge: str) -> Iterator[None]:
    """Says at the end what a run came to, however it ends; but not to somebody who does not read on."""
    try:
        yield
    except BrokenPipeError:
        raise
    except BaseException:
        if tally.done:
            _sum_up(tally, traffic, judge)
        raise
    _sum_up(tally, traffic, judge)


def _sum_up(tally: Tally, traffic: Traffic, judge: str) -> None:
    for line in (tally.closing(judge), *tally.why_ungraded(), *_effort(tally, traffic)):
        print(line, file=sys.stderr)


def _effort(tally: Tally, traffic: Traffic) -> Iterator[str]:
    """What the run took, where it called a model or was spared to."""
    if tally.cached:
        yield f"{tally.cached} from the cache"
    if not traffic.calls:
        return
    parts = [f"{traffic.calls} call{'' if traffic.calls == 1 else 's'}"]
    if traffic.prompt_tokens and tally.asked:
        parts.append(
            f"{traffic.prompt_tokens / tally.asked:.0f} prompt and"
            f" {traffic.completion_tokens / tally.asked:.0f} reply tokens an answer"
        )
    if traffic.spent_usd:
        parts.append(f"{'' if traffic.is_exact else 'at most '}{traffic.spent_usd:.4f} USD")
    elif not traffic.is_exact:
        parts.append("cost unknown")
    yield ", ".join(parts)
