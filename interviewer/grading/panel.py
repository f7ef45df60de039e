"""Several judges as one: the median level of all, or the word of the first that is sure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from interviewer.backends.failures import BadReply, NoReply, add
from interviewer.backends.protocols import Judge, JudgeRequest
from interviewer.errors import GradingError
from interviewer.grading.agreement import abstains, median_verdicts, told
from interviewer.grading.chat_judge import Parameters
from interviewer.models import Judgement, Usage, Verdict

SURE = 0.7
"""Confidence of every verdict from which a cascade asks no further member."""
FAILED, DISAGREE = "member-failed", "members-disagree"


class PanelJudge:
    """Judges with several judges.

    Args:
        members: at least one; for a cascade the cheapest first.
        cascade: ask the next member only where the one before is unsure, and take its word.
    """

    def __init__(self, members: Sequence[Judge], *, cascade: bool = False) -> None:
        names = ", ".join(member.label for member in members)
        self.label = f"{'cascade' if cascade else 'panel'}({names})"
        self.parameters: Parameters = {"cascade": cascade}
        for member in members:
            self.parameters |= {f"{member.label} {key}": value for key, value in member.parameters.items()}
        self.members = tuple(members)
        self._cascade = cascade

    async def judge(self, request: JudgeRequest) -> Judgement:
        """A verdict on every criterion and mistake of the request. A member that fails is flagged.

        Raises:
            ConfigError: a member's key was refused, or there is no such model.
            NoReply: every member failed; the message has each one's reason.
        """
        return await (self._first_sure(request) if self._cascade else self._median(request))

    async def _median(self, request: JudgeRequest) -> Judgement:
        # All are waited for even where one ends the run: the calls of the others would go on unattended.
        found = await asyncio.gather(
            *(_try(member, request) for member in self.members), return_exceptions=True
        )
        outcomes: list[Judgement | GradingError] = []
        for outcome in found:
            if isinstance(outcome, BaseException) and not isinstance(outcome, GradingError):
                raise outcome
            outcomes.append(outcome)
        judged = [outcome for outcome in outcomes if isinstance(outcome, Judgement)]
        if not judged:
            raise self._all_failed(outcomes)
        verdicts = [judgement.verdicts for judgement in judged]
        mistakes = [judgement.mistakes for judgement in judged]
        flags = _flags(outcomes)
        if _contradict([*zip(*verdicts, strict=True), *zip(*mistakes, strict=True)]):
            flags = (*flags, DISAGREE)
        return self._joined(
            outcomes,
            median_verdicts(verdicts, self.label),
            median_verdicts(mistakes, self.label),
            flags,
        )

    async def _first_sure(self, request: JudgeRequest) -> Judgement:
        outcomes: list[Judgement | GradingError] = []
        for member in self.members:
            outcome = await _try(member, request)
            outcomes.append(outcome)
            if isinstance(outcome, Judgement) and _is_sure(outcome, request):
                break
        judged = [outcome for outcome in outcomes if isinstance(outcome, Judgement)]
        if not judged:
            raise self._all_failed(outcomes)
        # An earlier member's flags were the reason to ask on; they say nothing about the last one's word.
        failed = (FAILED,) if len(judged) < len(outcomes) else ()
        last = judged[-1]
        return self._joined(outcomes, last.verdicts, last.mistakes, (*last.flags, *failed))

    def _joined(
        self,
        outcomes: Sequence[Judgement | GradingError],
        verdicts: tuple[Verdict, ...],
        mistakes: tuple[Verdict, ...],
        flags: tuple[str, ...],
    ) -> Judgement:
        asked = list(zip(self.members, outcomes, strict=False))
        judged = [(member.label, outcome) for member, outcome in asked if isinstance(outcome, Judgement)]
        return Judgement(
            verdicts=verdicts,
            mistakes=mistakes,
            usage=_usage(outcomes),
            reply="\n".join(f"{label}: {outcome.reply}" for label, outcome in judged if outcome.reply)
            or None,
            downgrades=tuple(f"{label}: {what}" for label, outcome in judged for what in outcome.downgrades),
            flags=flags,
        )

    def _all_failed(self, outcomes: Sequence[Judgement | GradingError]) -> NoReply:
        reasons = "; ".join(outcome.message for outcome in outcomes if isinstance(outcome, GradingError))
        return NoReply(f"no member of the panel judged: {reasons}", usage=_usage(outcomes))


async def _try(member: Judge, request: JudgeRequest) -> Judgement | GradingError:
    try:
        return await member.judge(request)
    except GradingError as error:
        return error


def _usage(outcomes: Sequence[Judgement | GradingError]) -> Usage:
    total = Usage()
    for outcome in outcomes:
        if isinstance(outcome, Judgement | NoReply | BadReply):
            total = add(total, outcome.usage)
    return total


def _flags(outcomes: Sequence[Judgement | GradingError]) -> tuple[str, ...]:
    found = [flag for outcome in outcomes if isinstance(outcome, Judgement) for flag in outcome.flags]
    failed = any(isinstance(outcome, GradingError) for outcome in outcomes)
    return tuple(dict.fromkeys([*found, FAILED] if failed else found))


def _contradict(by_item: Sequence[tuple[Verdict, ...]]) -> bool:
    """Whether any item is met for one member and not met for another."""
    return any({"met", "not_met"} <= {verdict.level for verdict in told(verdicts)} for verdicts in by_item)


def _is_sure(judgement: Judgement, request: JudgeRequest) -> bool:
    """An unlisted item of which nothing is known matters only where its group has a place left."""
    levels = {verdict.id: verdict.level for verdict in judgement.verdicts}
    full = {
        group.id
        for group in request.question.groups
        if sum(levels.get(c.id) == "met" for c in request.criteria if c.group == group.id) >= group.choose
    }
    settled = {c.id for c in request.criteria if c.group in full}
    confidences = [
        verdict.confidence
        for verdict in (*judgement.verdicts, *judgement.mistakes)
        if not (abstains(verdict) and verdict.id in settled)
    ]
    return not judgement.flags and all(c is None or c >= SURE for c in confidences)
