"""A run stops before it costs more than it may, and goes on from there."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from interviewer.backends.prices import price_of
from tests.batch.answers import Asked, HandIn, answers, records, settled_file
from tests.cli.conftest import Ran, Run
from tests.fault_server import Fault, fault_server, says, status

JUDGE = ("--judge", "openai/m", "--no-cache")
PRICES = ("--price-in", "1", "--price-out", "2")
OUT = Path("o.jsonl")
SPENT = status(429, "You exceeded your current quota", code="insufficient_quota", type="insufficient_quota")


@pytest.fixture
def grade(run: Run) -> Run:
    """Grades the file of answers into the file of grades, at known prices."""

    def grade(*more: str | Path) -> Ran:
        return run("grade", "a.jsonl", "-o", OUT, *JUDGE, *PRICES, *more)

    return grade


def cost(path: Path = OUT) -> float:
    """What the grades in a file have cost, by their receipts."""
    receipts = [record.receipt for record in records(path)]
    return sum(receipt.usage.cost_usd or 0.0 for receipt in receipts if receipt)


def prompt_tokens() -> int:
    """Of all records."""
    receipts = [record.receipt for record in records(OUT)]
    return sum(receipt.usage.prompt_tokens or 0 for receipt in receipts if receipt)


def test_a_run_stops_before_its_budget_and_goes_on_to_the_same_end(
    grade: Run, hand_in: HandIn, server: Asked
) -> None:
    hand_in(answers(24))
    assert grade().code == 0
    whole, total = settled_file(OUT), cost()
    OUT.unlink()
    runs, done = 0, 0
    budget = total / 24 + 0.0125
    while (shown := grade("--budget-usd", f"{budget}", "-j", "4")).code == 4:
        before, done = done, len(records(OUT))
        assert done > before
        found = re.search(r"the budget of ([\d.]+) USD is reached: ([\d.]+) USD are spent", shown.err)
        assert found is not None
        assert float(found[2]) <= float(found[1])
        assert "hint: run the same command again" in shown.err
        # What is said of an answer is of those of this run.
        a_call = re.search(r"(\d+) calls?, (\d+) prompt and", shown.err)
        assert a_call is not None
        assert int(a_call[1]) == done - before
        assert int(a_call[2]) == pytest.approx(prompt_tokens() / done, rel=0.2)
        assert all(record.outcome == "graded" for record in records(OUT))
        runs += 1
    assert shown.code == 0
    assert 2 <= runs <= 15
    assert settled_file(OUT) == whole


@pytest.mark.parametrize("jobs", [1, 8, 40])
def test_the_cap_holds_however_many_calls_run_at_once(
    jobs: int, grade: Run, hand_in: HandIn, server: Asked
) -> None:
    hand_in(answers(60))
    _ = server.requests
    assert grade("--budget-usd", "0.03", "-j", str(jobs)).code == 4
    done = len(records(OUT))
    assert 0 < done < 60
    assert server.requests == done
    # What is left would not have paid the worst case of one more.
    assert 0.03 - 0.0115 < cost() <= 0.03


def test_a_budget_for_nothing_asks_nothing(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(3))
    shown = grade("--budget-usd", "0")
    assert (shown.code, server.requests) == (4, 0)
    assert not OUT.exists()


def test_a_model_that_costs_nothing_needs_no_budget(run: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(3))
    free = ("--price-in", "0", "--price-out", "0", "--budget-usd", "0")
    assert run("grade", "a.jsonl", *JUDGE, *free).code == 0


def test_a_budget_with_an_unknown_price_is_refused_before_anything_is_asked(
    run: Run, hand_in: HandIn, server: Asked
) -> None:
    hand_in(answers(3))
    command = ("grade", "a.jsonl", "-o", OUT, *JUDGE)
    for known in ((), ("--price-in", "1"), ("--price-out", "1")):
        shown = run(*command, "--budget-usd", "1", *known)
        assert shown.code == 2
        assert "--budget-usd: what openai/m costs is unknown" in shown.err
        assert "--price-in N --price-out N" in shown.err
    assert server.requests == 0
    assert not OUT.exists()
    assert run(*command, "--budget-usd", "1", *PRICES).code == 0


def test_without_a_price_the_cost_is_unknown_and_not_nothing(
    run: Run, hand_in: HandIn, server: Asked
) -> None:
    hand_in(answers(3))
    shown = run("grade", "a.jsonl", *JUDGE)
    assert re.search(r"tokens: cost unknown \(--price-in and --price-out tell it\)\n", shown.err)
    assert re.search(r"reply tokens an answer, cost unknown\n", shown.err)
    assert "USD" not in shown.err.replace("USD for", "")


def test_a_listed_model_is_estimated_at_its_list_price(
    run: Run, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    price = price_of("openai/gpt-4.1-mini")
    assert price is not None
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-test-test-test")
    hand_in(answers(1000))
    shown = run("grade", "a.jsonl", "--judge", "openai/gpt-4.1-mini", "--dry-run")
    found = re.search(
        r"1000 calls, about (\d+) k prompt and (\d+) k reply tokens: about ([\d.]+) USD", shown.err
    )
    assert found is not None
    usd = price.of(int(found[1]) * 1000, int(found[2]) * 1000)
    assert float(found[3]) == pytest.approx(usd, rel=0.05, abs=0.01)


def test_a_yes_or_no_for_each_criterion_is_estimated_as_so_many_short_calls(
    run: Run, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-test-test-test")
    hand_in(answers(30))
    found = {}
    for mode in ("one_call", "yes_no"):
        monkeypatch.setenv("INTERVIEWER_JUDGE_MODE", mode)
        shown = run("grade", "a.jsonl", "--judge", "openai/gpt-4.1-mini", "--dry-run")
        line = re.search(r"(\d+) calls, about ([\d.]+) k prompt and ([\d.]+)( k)? reply tokens", shown.err)
        assert line is not None
        found[mode] = line
    assert (int(found["one_call"][1]), int(found["yes_no"][1])) == (30, 60)
    # Two tokens a call, and all prompts together about as long as the one prompt.
    assert found["yes_no"][3] == "120"
    assert 0.5 < float(found["yes_no"][2]) / float(found["one_call"][2]) < 1.5


def test_what_was_estimated_is_about_what_was_used(grade: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(200))
    shown = grade()
    estimated = re.search(r"about ([\d.]+) USD, at most ([\d.]+) USD", shown.err)
    used = re.search(r"200 calls, (\d+) prompt and (\d+) reply tokens an answer, ([\d.]+) USD", shown.err)
    assert estimated is not None
    assert used is not None
    assert float(used[3]) == pytest.approx(cost(), abs=1e-4)
    # The server says that four bytes are a token, whatever they are.
    assert 0.5 < float(estimated[1]) / float(used[3]) < 2
    assert float(used[3]) < float(estimated[2])


async def grade_with(
    run: Run, monkeypatch: pytest.MonkeyPatch, *plan: Fault, flags: tuple[str, ...] = ()
) -> Ran:
    async with fault_server(*plan) as server:
        monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", server.base_url)
        return await asyncio.to_thread(run, "grade", "a.jsonl", "-o", OUT, *JUDGE, *flags)


def met(*criteria: str) -> Fault:
    """A right reply about these criteria."""
    finding = {"reason": "", "quote": "Molecules of group", "level": "met"}
    return says(json.dumps({"criteria": dict.fromkeys(criteria, finding)}))


@pytest.mark.parametrize("jobs", ["1", "8"])
async def test_a_spent_quota_stops_the_run_and_nothing_is_ungraded_for_it(
    jobs: str, run: Run, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in([line for line in answers(60) if "sky" in line["question"]])
    good = met("criterion-1", "criterion-2")
    shown = await grade_with(run, monkeypatch, *[good] * 6, *[SPENT] * 100, flags=("-j", jobs))
    assert shown.code == 4
    assert "the quota is spent: openai/m: HTTP 429: You exceeded your current quota" in shown.err
    assert "hint: run the same command again once there is some, to go on" in shown.err
    assert "graded 6/20, 0 ungraded, 14 left" in shown.err
    assert [record.outcome for record in records(OUT)] == ["graded"] * 6
