"""The calls of a run: how many at once, how fast, and for how much money."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.backends.traffic import Bucket, Traffic
from interviewer.models import Usage
from tests.batch.calls import REQUEST, Calls, caller, spent, together, too_many
from tests.batch.clock import now, timed


def test_no_more_calls_run_at_once_than_allowed_and_no_fewer() -> None:
    async def work() -> Calls:
        calls = Calls(Traffic(3))
        await together(*(calls.make() for _ in range(12)))
        return calls

    calls, seconds = timed(work())
    assert calls.most == 3
    assert seconds == pytest.approx(4)


def test_first_come_first_served() -> None:
    async def work() -> Calls:
        calls = Calls(Traffic(2, rpm=600, tpm=60_000))
        await together(*(calls.make(n, tokens=(n * 37) % 900) for n in range(60)))
        return calls

    calls, _ = timed(work())
    assert calls.order == list(range(60))


@pytest.mark.parametrize(("rpm", "tpm", "tokens"), [(600, None, 0), (None, 6000, 10), (6, None, 0)])
def test_rates_are_kept_and_used_up(rpm: float | None, tpm: float | None, tokens: int) -> None:
    rate = (rpm or 0) / 60 or (tpm or 0) / 60 / tokens
    count = 80

    async def work() -> Calls:
        calls = Calls(Traffic(rpm=rpm, tpm=tpm), takes=0.01)
        usage = Usage(calls=1, prompt_tokens=tokens, completion_tokens=0, cost_usd=0.0)
        await together(*(calls.make(tokens=tokens, usage=usage) for _ in range(count)))
        return calls

    calls, seconds = timed(work())
    burst = max(1.0, rate)
    for first in range(count):
        for last in range(first, count):
            assert last - first + 1 <= burst + rate * (calls.began[last] - calls.began[first]) + 1e-6
    assert seconds <= (count - burst) / rate + 0.1


def test_tokens_that_were_not_foreseen_are_made_up_for() -> None:
    async def work() -> None:
        calls = Calls(Traffic(tpm=6000))
        usage = Usage(calls=1, prompt_tokens=900, completion_tokens=100, cost_usd=0.0)
        for _ in range(4):
            await calls.make(tokens=10, usage=usage)
        assert calls.began[-1] > 20

    timed(work())


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 300)), max_size=30), st.floats(1, 10_000))
def test_a_bucket_never_asks_for_a_longer_wait_than_its_rate_explains(
    takes: list[tuple[float, float]], per_minute: float
) -> None:
    bucket, clock, taken = Bucket(per_minute), 0.0, 0.0
    for pause, amount in takes:
        clock += pause
        clock += bucket.delay(amount, clock)
        assert bucket.delay(amount, clock) <= 1e-6 * max(1.0, clock)
        bucket.take(amount)
        taken += amount
        assert bucket.delay(0, clock) <= taken / per_minute * 60 + 1e-6


ATTEMPTS = 5


@dataclass
class Server:
    """Turns away at once what is beyond its rate, as providers do, and what chance decides."""

    rate: float | None = None
    """Calls a second."""
    takes: float = 0.1
    retry_after: float | None = None
    share: float = 0.0
    refused: int = 0
    lost: int = 0
    """Answers that were given up."""

    def __post_init__(self) -> None:
        self._bucket = Bucket(self.rate and self.rate * 60)
        self._random = random.Random(5)

    async def ask(self, traffic: Traffic) -> None:
        failures = 0
        while failures < ATTEMPTS:
            async with traffic.call() as call:
                call.busy = self._random.random() < self.share or self._bucket.delay(1, now()) > 0
                if not call.busy:
                    self._bucket.take(1)
                    await asyncio.sleep(self.takes)
                    return
                await asyncio.sleep(0.005)
                self.refused += 1
                call.retry_after = self.retry_after
            failures += not traffic.is_slowed
            await asyncio.sleep(
                (self.retry_after or 0.5 * 2 ** max(0, failures - 1)) * self._random.uniform(1, 1.1)
            )
        self.lost += 1


def asked(server: Server, at_once: int, answers: int) -> tuple[Traffic, float]:
    """What is left of the traffic after so many answers, and the seconds that they took."""

    async def work() -> Traffic:
        traffic, room = Traffic(at_once), asyncio.Semaphore(2 * at_once)

        async def one() -> None:
            async with room:
                await server.ask(traffic)

        await together(*(one() for _ in range(answers)))
        return traffic

    return timed(work())


@pytest.mark.parametrize(
    ("server", "at_once", "answers"),
    [
        (Server(10, retry_after=0.2), 64, 600),
        (Server(100, retry_after=0.2), 64, 3000),
        (Server(2, retry_after=0.2), 8, 200),
        (Server(2), 64, 200),
        (Server(50, takes=1, retry_after=0.2), 64, 2000),
        (Server(1, takes=2), 8, 200),
        (Server(0.1, takes=1), 8, 100),
    ],
    ids=str,
)
def test_a_crowded_server_is_asked_at_its_own_rate_and_no_answer_is_lost(
    server: Server, at_once: int, answers: int
) -> None:
    assert server.rate is not None
    _, seconds = asked(server, at_once, answers)
    assert server.lost == 0
    assert server.refused < answers * 0.75
    assert seconds < 1.5 * answers / server.rate


def test_calls_that_are_turned_away_now_and_then_slow_nothing_down() -> None:
    traffic, seconds = asked(Server(share=0.1), 16, 2000)
    assert traffic.at_once == 16
    assert seconds < 1.15 * traffic.calls * 0.1 / 16


def test_after_a_crowd_the_calls_at_once_come_back() -> None:
    async def work() -> Traffic:
        traffic = Traffic(32)
        for busy in [True] * 60 + [False] * 600:
            async with traffic.call() as call:
                call.busy = busy
        return traffic

    traffic, _ = timed(work())
    assert traffic.at_once == 32


def test_an_answer_that_waits_to_try_again_holds_no_place() -> None:
    asking, asked = caller(Traffic(1), too_many(10))
    _, seconds = timed(together(*(asking.reply(REQUEST) for _ in range(4))))
    assert asked[:4] == [pytest.approx(n, abs=1e-3) for n in range(4)]
    assert 11 <= asked[4] <= 12
    assert seconds == pytest.approx(asked[4] + 1)


def test_whoever_is_cancelled_while_waiting_leaves_the_place_to_the_next_and_pays_nothing() -> None:
    async def work() -> tuple[Calls, Traffic]:
        traffic = Traffic(1, budget_usd=10)
        calls = Calls(traffic)
        tasks = [asyncio.create_task(calls.make(n, worst_usd=1)) for n in range(5)]
        await asyncio.sleep(0.5)
        tasks[1].cancel()
        tasks[3].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with traffic.call() as call:
            late = [asyncio.create_task(calls.make(n, worst_usd=1)) for n in (5, 6)]
            await asyncio.sleep(0.5)
            call.usage = spent(0)
        # It has been let in, and has not begun yet.
        late[0].cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return calls, traffic

    (calls, traffic), _ = timed(work())
    assert calls.order == [0, 2, 4, 6]
    assert (traffic.spent_usd, traffic.is_exact) == (0.0, True)


def test_calls_are_cheap_where_nothing_is_limited() -> None:
    async def work() -> Traffic:
        traffic = Traffic()
        for _ in range(5000):
            async with traffic.call() as call:
                call.usage = spent(0.001)
        return traffic

    traffic, _ = timed(work())
    assert (traffic.calls, traffic.prompt_tokens) == (5000, 50_000)
    assert traffic.spent_usd == pytest.approx(5)
