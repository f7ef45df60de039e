"""Waiting for a place to call is charged to nobody."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from interviewer.backends.deadline import deadline
from interviewer.backends.protocols import ChatReply
from interviewer.backends.traffic import Traffic
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.panel import PanelJudge
from tests.batch.calls import REQUEST, Calls, caller, together
from tests.batch.clock import timed
from tests.fault_server import GOOD
from tests.judge.samples import request


def test_waiting_for_a_place_counts_against_no_deadline() -> None:
    asking, _ = caller(Traffic(1), takes=25)
    replies, seconds = timed(together(*(asking.reply(REQUEST) for _ in range(8))))
    assert all(isinstance(reply, ChatReply) for reply in replies)
    assert seconds == pytest.approx(200)


def test_every_deadline_around_a_wait_stops_its_clock_and_goes_on_after_it() -> None:
    async def member(calls: Calls, traffic: Traffic, takes: float) -> None:
        async with deadline(5):
            await calls.make()
            await asyncio.sleep(takes)

    async def panel(calls: Calls, traffic: Traffic) -> str:
        try:
            async with deadline(8):
                # The member's own clock stands still as well, and the next one starts with a fresh clock.
                await member(calls, traffic, 2.5)
                await member(calls, traffic, 0)
        except TimeoutError:
            return "late"
        return "in time"

    async def work() -> list[Any]:
        traffic = Traffic(1)
        calls = Calls(traffic, takes=2)
        results = await together(*(panel(calls, traffic) for _ in range(10)))
        with pytest.raises(TimeoutError):
            await member(calls, traffic, 3.1)
        return results

    assert timed(work())[0] == ["in time"] * 10


def test_the_clock_stands_still_while_any_of_several_parts_waits() -> None:
    async def work() -> None:
        traffic = Traffic(1)
        calls = Calls(traffic, takes=2)

        async def answer(parts: int, afterwards: float) -> None:
            async with deadline(3):
                await asyncio.gather(*(calls.make() for _ in range(parts)))
                await asyncio.sleep(afterwards)

        await together(*(answer(4, 0.5) for _ in range(3)))
        with pytest.raises(TimeoutError):
            await answer(2, 1.1)

    assert timed(work())[1] == pytest.approx(24.5 + 5, abs=0.2)


def test_a_panel_whose_members_wait_for_places_fails_nobody() -> None:
    async def work() -> list[Any]:
        traffic = Traffic(1)
        members = [
            ChatJudge(caller(traffic, takes=2, text=json.dumps(GOOD))[0], deadline=3) for _ in range(2)
        ]
        panel = PanelJudge(members)
        return await together(*(panel.judge(request("It has 800 weights.")) for _ in range(5)))

    judgements, seconds = timed(work())
    assert [judgement.flags for judgement in judgements] == [()] * 5
    assert seconds == pytest.approx(20, abs=1e-3)
