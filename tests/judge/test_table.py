"""Every judge, through both client libraries, held to the table of faults."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from interviewer.backends.failures import BadReply, NoReply
from interviewer.backends.litellm import LiteLLMBackend, library
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.openai import OpenAIBackend
from interviewer.backends.protocols import ChatBackend, Judge
from interviewer.errors import InterviewerError
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.panel import FAILED, PanelJudge
from interviewer.models import Judgement
from tests.fault_server import FaultServer, fault_server, right
from tests.faults import TABLE, End, Row
from tests.judge.samples import ANSWER, request
from tests.latency_server import level_of

OFFER = Offer(model="fake", max_tokens=500, temperature=0.0, seed=1)
IDS = ("value", "working")
RIGHT = [level_of(ANSWER, identifier) for identifier in IDS]
YES = ["met", "met"]
"""What the server says where it is well, and where it is asked for yes or no."""

At = Callable[[str], ChatBackend]
"""Gives the model, through this client library."""
JUDGES: dict[str, Callable[[At], Judge]] = {
    "one call": lambda at: ChatJudge(at("openai")),
    "one call, litellm": lambda at: ChatJudge(at("litellm")),
    "per criterion": lambda at: ChatJudge(at("openai"), mode="per_criterion"),
    "yes or no": lambda at: ChatJudge(at("openai"), mode="yes_no"),
    "yes or no, litellm": lambda at: ChatJudge(at("litellm"), mode="yes_no"),
    "panel": lambda at: PanelJudge([ChatJudge(at("openai")), ChatJudge(at("litellm"))]),
    "cascade": lambda at: PanelJudge([ChatJudge(at("litellm")), ChatJudge(at("openai"))], cascade=True),
}
YES_NO, PANELS = ("yes or no", "yes or no, litellm"), ("panel", "cascade")


@pytest.fixture(scope="module", autouse=True)
def litellm_is_loaded() -> None:
    """It takes longer than the patience with a silent server."""
    library()


def judge_of(kind: str, row: Row, server: FaultServer) -> Judge:
    patience = 1.0 if row.is_silence else 120.0
    limits = Limits(timeout=patience, deadline=150.0, retries=1, backoff=0.01)

    def at(library: str) -> ChatBackend:
        if library == "openai":
            return OpenAIBackend("fake", base_url=server.base_url, offer=OFFER, limits=limits)
        return LiteLLMBackend("openai/fake", base_url=server.base_url, offer=OFFER, limits=limits)

    return JUDGES[kind](at)


def end_of(row: Row, kind: str) -> End:
    if kind not in YES_NO:
        return row.end
    word = row.word or row.end
    return row.litellm_word or word if "litellm" in kind else word


async def outcome(judge: Judge) -> Judgement | InterviewerError:
    try:
        return await judge.judge(request())
    except InterviewerError as error:
        return error


def is_right(found: Judgement, kind: str) -> bool:
    assert [verdict.id for verdict in found.verdicts] == list(IDS)
    assert {verdict.level for verdict in found.mistakes} == {"not_met"}
    return [verdict.level for verdict in found.verdicts] == (YES if kind in YES_NO else RIGHT)


async def on_every_judge(check: Callable[[str], Awaitable[None]]) -> None:
    """Side by side: most faults take their time, and no processor."""
    results = await asyncio.gather(*map(check, JUDGES), return_exceptions=True)
    failed = {kind: result for kind, result in zip(JUDGES, results, strict=True) if result is not None}
    assert not failed


IN_TABLE = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)


@IN_TABLE
async def test_a_fault_that_passes_leaves_the_right_judgement_or_a_reason(row: Row) -> None:
    async def check(kind: str) -> None:
        end = end_of(row, kind)
        async with fault_server(row.fault, otherwise=right) as server:
            found = await outcome(judge_of(kind, row, server))
        if isinstance(found, InterviewerError):
            assert not end.recovers
            assert isinstance(found, end.error or ())
            assert re.search(row.reason, found.message)
            return
        assert is_right(found, kind)
        assert found.usage.calls == len(server.bodies)
        # Where it does not recover, another member of a panel has judged.
        assert found.flags == (() if end.recovers else (FAILED,))
        if kind.startswith("one call"):
            assert len(server.bodies) == end.calls

    await on_every_judge(check)


@IN_TABLE
async def test_a_fault_that_never_stops_ends_with_its_reason_and_no_level(row: Row) -> None:
    async def check(kind: str) -> None:
        end = end_of(row, kind)
        async with fault_server(otherwise=row.fault) as server:
            found = await outcome(judge_of(kind, row, server))
        assert server.strays == 0
        if isinstance(found, Judgement):
            assert end.error is None
            assert is_right(found, kind)
            return
        assert isinstance(found, NoReply if kind in PANELS and end.error is BadReply else end.error or ())
        assert re.search(row.reason, found.message)
        assert found.message.isprintable()
        assert len(found.message) < 1000
        if isinstance(found, NoReply | BadReply):
            assert found.usage.calls == len(server.bodies)
        if kind in ("one call", "one call, litellm", "per criterion"):
            assert len(server.bodies) == end.calls

    await on_every_judge(check)
