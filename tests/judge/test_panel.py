"""Several judges as one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from interviewer.backends.failures import NoReply
from interviewer.backends.protocols import JudgeRequest
from interviewer.errors import BackendUnavailable, ConfigError, GradingError
from interviewer.grading.agreement import median_verdict
from interviewer.grading.panel import PanelJudge
from interviewer.models import Criterion, Group, Judgement, Level, Usage, Verdict
from tests.judge.samples import QUESTION, request


class Fixed:
    """A judge that says the same of every criterion, or fails."""

    def __init__(
        self,
        label: str,
        says: Level | GradingError,
        *,
        confidence: float | None = None,
        flags: tuple[str, ...] = (),
        downgrades: tuple[str, ...] = (),
    ) -> None:
        self.label = label
        self.parameters: dict[str, str | int | float | bool | None] = {"seed": 1}
        self.asked = 0
        self._says, self._confidence, self._flags, self._downgrades = says, confidence, flags, downgrades

    async def judge(self, request: JudgeRequest) -> Judgement:
        self.asked += 1
        if isinstance(self._says, GradingError):
            raise self._says
        return Judgement(
            verdicts=tuple(self._verdict(c.id, self._says) for c in request.criteria),
            mistakes=tuple(self._verdict(m.id, "not_met") for m in request.mistakes),
            usage=Usage(calls=1, prompt_tokens=10, completion_tokens=2),
            downgrades=self._downgrades,
            flags=self._flags,
        )

    def _verdict(self, identifier: str, level: Level) -> Verdict:
        return Verdict(
            id=identifier, level=level, reason=self.label, decided_by=self.label, confidence=self._confidence
        )


def verdicts(levels: Sequence[Level]) -> list[Verdict]:
    return [Verdict(id="a", level=level, decided_by="x") for level in levels]


@pytest.mark.parametrize(
    ("levels", "median", "confidence"),
    [
        (["met", "met", "met"], "met", 1.0),
        (["met", "not_met", "met"], "met", 0.667),
        (["met", "partial", "met"], "met", 0.833),
        (["met", "not_met"], "not_met", 0.5),
        (["met", "partial"], "partial", 0.75),
        (["not_met", "partial", "met"], "partial", 0.667),
    ],
)
def test_the_median_is_the_lower_middle_and_confidence_the_agreement(
    levels: list[Level], median: Level, confidence: float
) -> None:
    verdict = median_verdict(verdicts(levels), "panel")
    assert (verdict.level, verdict.confidence, verdict.decided_by) == (median, confidence, "panel")


async def test_a_panel_takes_the_median_of_all() -> None:
    panel = PanelJudge([Fixed("a", "met"), Fixed("b", "not_met"), Fixed("c", "met", downgrades=("x → y",))])
    judgement = await panel.judge(request())
    assert panel.label == "panel(a, b, c)"
    assert panel.parameters == {"cascade": False, "a seed": 1, "b seed": 1, "c seed": 1}
    assert [v.id for v in judgement.verdicts] == ["value", "working"]
    assert {v.level for v in judgement.verdicts} == {"met"}
    assert {v.decided_by for v in judgement.verdicts} == {"panel(a, b, c)"}
    assert judgement.usage == Usage(calls=3, prompt_tokens=30, completion_tokens=6)
    assert judgement.downgrades == ("c: x → y",)
    assert judgement.flags == ("members-disagree",)


async def test_a_failed_member_is_flagged_and_the_rest_goes_on() -> None:
    panel = PanelJudge([Fixed("a", BackendUnavailable("HTTP 500")), Fixed("b", "met")])
    judgement = await panel.judge(request())
    assert {v.level for v in judgement.verdicts} == {"met"}
    assert judgement.flags == ("member-failed",)


async def test_a_member_that_ends_the_run_leaves_no_other_at_work() -> None:
    class Slow(Fixed):
        async def judge(self, request: JudgeRequest) -> Judgement:
            await asyncio.sleep(0)
            return await super().judge(request)

    class Refused(Fixed):
        async def judge(self, request: JudgeRequest) -> Judgement:
            raise ConfigError("the key was refused")

    slow = Slow("b", "met")
    with pytest.raises(ConfigError, match="the key was refused"):
        await PanelJudge([Refused("a", "met"), slow]).judge(request())
    assert slow.asked == 1


@pytest.mark.parametrize("cascade", [False, True])
async def test_when_all_members_fail_there_is_no_judgement(cascade: bool) -> None:
    lost = NoReply("timed out", usage=Usage(calls=3))
    panel = PanelJudge([Fixed("a", BackendUnavailable("HTTP 500")), Fixed("b", lost)], cascade=cascade)
    with pytest.raises(NoReply, match="HTTP 500; timed out") as caught:
        await panel.judge(request())
    assert caught.value.usage.calls == 3


async def test_a_sure_cheap_judge_spares_the_dear_one() -> None:
    cheap, dear = Fixed("cheap", "met", confidence=0.9), Fixed("dear", "not_met")
    judgement = await PanelJudge([cheap, dear], cascade=True).judge(request())
    assert (dear.asked, {v.level for v in judgement.verdicts}) == (0, {"met"})
    assert {v.decided_by for v in judgement.verdicts} == {"cheap"}
    assert judgement.usage.calls == 1


@pytest.mark.parametrize(
    "cheap",
    [
        Fixed("cheap", "met", confidence=0.69),
        Fixed("cheap", "met", flags=("unverified-quote",)),
        Fixed("cheap", BackendUnavailable("HTTP 500")),
    ],
    ids=["unsure", "flagged", "failed"],
)
async def test_an_unsure_cheap_judge_leaves_it_to_the_dear_one(cheap: Fixed) -> None:
    judgement = await PanelJudge([cheap, Fixed("dear", "not_met")], cascade=True).judge(request())
    assert {v.level for v in judgement.verdicts} == {"not_met"}
    assert "unverified-quote" not in judgement.flags


async def test_a_failing_dear_judge_leaves_the_word_of_the_cheap_one() -> None:
    cheap, dear = Fixed("cheap", "met", confidence=0.5), Fixed("dear", BackendUnavailable("HTTP 500"))
    judgement = await PanelJudge([cheap, dear], cascade=True).judge(request())
    assert ({v.level for v in judgement.verdicts}, judgement.flags) == ({"met"}, ("member-failed",))


def test_who_cannot_tell_has_no_vote_where_another_can() -> None:
    item = "items.other-1"
    knows = Verdict(id=item, level="met", decided_by="llm", confidence=0.9)
    abstains = Verdict(id=item, level="not_met", decided_by="embedded", confidence=0.0)
    found = median_verdict([abstains, knows], "panel")
    assert (found.level, found.confidence, found.decided_by) == ("met", 0.9, "panel")
    nobody = median_verdict([abstains, abstains], "panel")
    assert (nobody.level, nobody.confidence) == ("not_met", 0)
    # Of a listed criterion a doubtful no is a vote.
    doubtful = [v.model_copy(update={"id": "item-1"}) for v in (abstains, knows)]
    assert median_verdict(doubtful, "panel").level == "not_met"


@pytest.mark.parametrize(("listed", "asked"), [("met", 0), ("not_met", 1)])
async def test_a_cascade_asks_on_about_unlisted_items_only_where_a_place_is_left(
    listed: Level, asked: int
) -> None:
    class Lists(Fixed):
        def _verdict(self, identifier: str, level: Level) -> Verdict:
            if ".other-" in identifier:
                return Verdict(id=identifier, level="not_met", decided_by=self.label, confidence=0.0)
            return super()._verdict(identifier, level)

    items = tuple(Criterion(id=name, text=name, group="items") for name in ("a", "items.other-1"))
    group = Group(id="items", choose=1, open=True, text="any name")
    question = QUESTION.model_copy(update={"criteria": items[:1], "groups": (group,), "mistakes": ()})
    dear = Fixed("dear", "met")
    cheap = Lists("cheap", listed, confidence=1.0)
    await PanelJudge([cheap, dear], cascade=True).judge(request(question=question, criteria=items))
    assert dear.asked == asked
