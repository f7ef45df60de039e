"""A judge that is down, slow, wrong or not there at all: the interview goes on and the answer is kept."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

import pytest
from aiohttp import web
from textual.pilot import Pilot

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.models import Ungraded
from interviewer.tui.app import PracticeApp, Wishes
from tests.fault_server import Body, Fault, fault_server, hang, held, says, status
from tests.tui.conftest import MakeApp, sees, type_text, until
from tests.tui.test_session import reply

QUESTION = "vae-elbo"
TEXT = "a bound"


def asks(make_app: MakeApp, base_url: str, **settings: object) -> PracticeApp:
    """The app with a judge at this address, which is asked once."""
    given: dict[str, object] = {"judge__retries": 0, "judge__base_url": base_url}
    given |= {"practice__follow_ups": False, "questions": [QUESTION]}
    return make_app(judge="openai/judge", **{**given, **settings})


def judges(bank: Bank) -> Fault:
    """The judgement that everything is met, whatever the question."""

    async def fault(request: web.Request, body: Body) -> web.StreamResponse:
        asked = re.findall(r"# Question \(([\w-]+)\)", json.dumps(body))[-1]
        return await says(json.dumps(reply(bank, asked, "met", TEXT)["reply"]))(request, body)

    return fault


async def answer(pilot: Pilot[Any]) -> None:
    """Hands an answer in as soon as it can be typed."""
    await sees(pilot, "Nothing typed yet")
    await type_text(pilot, TEXT)
    await pilot.press("ctrl+s")


async def test_a_judge_that_is_down_leaves_the_answer_ungraded(make_app: MakeApp, history: History) -> None:
    app = asks(make_app, "http://127.0.0.1:9/v1")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "not asked yet", "Next, and why")
        await pilot.press("s")
        await answer(pilot)
        await sees(
            pilot, "Not graded: openai/judge", "cannot reach the server", "This is no score, not even 0"
        )
    assert isinstance(history.all_answers()[0].outcome, Ungraded)


LOADS: dict[str, tuple[str, dict[str, object], str]] = {
    "no such script": ("scripted/nowhere.jsonl", {}, "nowhere.jsonl"),
    "no key": ("openai/gpt-4.1-mini", {}, "needs a key"),
    "no such embedder": ("embedded", {"embedding__model": "sentence-transformers//nowhere/model"}, "nowhere"),
}


@pytest.mark.heavy
@pytest.mark.parametrize("name", LOADS)
async def test_a_judge_that_cannot_be_loaded_is_told_at_once_and_the_interview_goes_on(
    make_app: MakeApp, history: History, name: str
) -> None:
    judge, settings, problem = LOADS[name]
    app = make_app(judge=judge, questions=[QUESTION], **settings)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await sees(pilot, "cannot be used", problem, "answers are kept, to be graded later")
        await pilot.press("s")
        await answer(pilot)
        await sees(pilot, "Not graded: ", problem, TEXT)
        await pilot.press("n")
        await sees(pilot, "Graded 0 of 1 answers", "! not graded: ")
        (kept,) = history.all_answers()
        assert isinstance(kept.outcome, Ungraded)
    again = make_app(questions=[QUESTION])
    async with again.run_test(size=(120, 40), notifications=True) as pilot:
        await sees(pilot, "embedded: ready", "ungraded: 1 (g grades them)")
        await pilot.press("g")
        await sees(pilot, "answered so far: 1", gone="ungraded: 1")
        await until(pilot, lambda: history.all_answers()[0].grade is not None)


@pytest.mark.alone
async def test_typing_goes_on_while_a_judge_hangs(make_app: MakeApp, bank: Bank, history: History) -> None:
    async with fault_server(hang, hang) as server:
        app = make_app(
            judge="openai/judge",
            questions=[QUESTION, "conv-parameter-count"],
            wishes=Wishes(n=2, seed=1),
            practice__mode="interview",
            judge__base_url=server.base_url,
        )
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            await sees(pilot, "not asked yet", "Next, and why")
            await pilot.press("s")
            await sees(pilot, "Question 1 of 2", "Nothing typed yet")
            await type_text(pilot, "one two")
            await pilot.press("ctrl+s")
            await sees(pilot, "Question 2 of 2", "grading 1")
            await type_text(pilot, "three four five")
            await sees(pilot, "3 words, kept as you type", "grading 1")
            await pilot.press("ctrl+s")
            await sees(pilot, "Graded 0 of 2 answers, 2 being graded")
            began = time.perf_counter()
        left = time.perf_counter() - began
    assert left < 2
    assert [a.text for a in history.ungraded()] == ["one two", "three four five"]
    assert all(a.outcome is None for a in history.ungraded())


async def test_rate_limits_are_waited_for_while_the_answer_is_kept(make_app: MakeApp, bank: Bank) -> None:
    gate = asyncio.Event()
    busy = status(429, headers={"retry-after": "1"})
    async with fault_server(held(gate, busy), judges(bank)) as server:
        app = asks(make_app, server.base_url, judge__retries=2)
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            await sees(pilot, "not asked yet", "Next, and why")
            await pilot.press("s")
            await answer(pilot)
            await sees(pilot, "Grading … ", "Your answer is kept")
            gate.set()
            await sees(pilot, "of 100 · passed")
    assert len(server.bodies) == 2
