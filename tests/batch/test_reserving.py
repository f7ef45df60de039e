"""Money set aside for calls: no budget is passed, and what is unknown counts as the worst."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.backends.traffic import BudgetReached, Traffic
from tests.batch.calls import Calls, spent, together
from tests.batch.clock import timed


@given(
    st.floats(0, 5),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), max_size=25),
    st.integers(1, 8),
)
def test_no_budget_is_ever_exceeded(
    budget: float, calls: list[tuple[float, float, bool]], at_once: int
) -> None:
    async def one(traffic: Traffic, worst: float, share: float, tells: bool) -> None:
        async with traffic.call(worst_usd=worst) as call:
            await asyncio.sleep(share)
            call.usage = spent(worst * share if tells else None)

    async def work() -> tuple[Traffic, list[Any]]:
        traffic = Traffic(at_once, budget_usd=budget)
        return traffic, await together(*(one(traffic, *call) for call in calls))

    (traffic, results), _ = timed(work())
    assert traffic.spent_usd <= budget + 1e-9
    assert {type(result) for result in results} <= {type(None), BudgetReached}
    assert traffic.is_exact == all(
        tells for (_, _, tells), result in zip(calls, results, strict=True) if result is None
    )
    for (worst, _, _), result in zip(calls, results, strict=True):
        # Nothing was turned away that could have been paid at the end.
        assert result is None or worst > budget - traffic.spent_usd - 1e-9


def test_a_call_that_does_not_fit_waits_for_those_that_run_before_it_gives_up() -> None:
    async def work(actual: float) -> tuple[list[Any], Calls]:
        calls = Calls(Traffic(budget_usd=1.0))
        made = (calls.make(worst_usd=0.6, usage=spent(actual)) for _ in range(3))
        return await together(*made), calls

    (results, calls), seconds = timed(work(0.1))
    assert results == [None] * 3
    assert calls.most == 1
    assert seconds == pytest.approx(3)
    (results, calls), seconds = timed(work(0.5))
    assert [type(result) for result in results] == [type(None), BudgetReached, BudgetReached]
    assert seconds == pytest.approx(1)


def test_a_call_of_unknown_cost_counts_as_its_worst() -> None:
    async def work() -> Traffic:
        traffic = Traffic(budget_usd=1.0)
        await Calls(traffic).make(worst_usd=0.7, usage=spent(None))
        with pytest.raises(BudgetReached, match=r"0\.7000 USD are spent"):
            await Calls(traffic).make(worst_usd=0.4)
        return traffic

    traffic, _ = timed(work())
    assert (traffic.spent_usd, traffic.is_exact) == (0.7, False)


def test_an_attempt_that_hangs_or_breaks_off_costs_its_worst() -> None:
    async def work() -> Traffic:
        traffic = Traffic(budget_usd=1.0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3), traffic.call(worst_usd=0.25):
                await asyncio.sleep(10)
        return traffic

    assert timed(work())[0].spent_usd == 0.25
