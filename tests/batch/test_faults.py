"""A server that fails in every way now and then: answers are graded rightly, or ungraded with the reason."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from interviewer.bank import Bank
from tests.batch.answers import HandIn, answers, chosen, digest, expected_scores, records
from tests.cli.conftest import Ran, Run
from tests.latency_server import Serving, latency_server

COUNT = 400
REASONS = re.compile(
    r"HTTP (?:429|500)|no reply within|connection lost|timed out or broke off|cut off at \d+ tokens"
    r"|the reply breaks the rules: not one JSON object|would pass the deadline"
)


@pytest.fixture(scope="module")
def clean() -> Iterator[Serving]:
    with latency_server("--latency", "0.05") as server:
        yield server


@pytest.fixture
def failing() -> Iterator[Serving]:
    with latency_server("--latency", "0.05", "--faults", "--seed", "11") as server:
        yield server


@pytest.mark.heavy
@pytest.mark.parametrize("judge", ["openai/m", "litellm"])
def test_every_answer_ends_graded_rightly_or_ungraded_with_its_reason(
    judge: str,
    clean: Serving,
    failing: Serving,
    run: Run,
    hand_in: HandIn,
    bank: Bank,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INTERVIEWER_JUDGE_TIMEOUT", "1")
    monkeypatch.setenv("INTERVIEWER_JUDGE_DEADLINE", "30")

    def grade(server: Serving, output: str) -> tuple[Ran, float]:
        flags = chosen(judge, server.base_url, monkeypatch)
        began = time.perf_counter()
        return run("grade", path, "-o", output, "--no-cache", "-j", 32, *flags), time.perf_counter() - began

    path = hand_in(answers(20))
    grade(clean, "warm.jsonl")
    path = hand_in(answers(COUNT), "many.jsonl")
    undisturbed, quick = grade(clean, "clean.jsonl")
    assert undisturbed.code == 0
    shown, slow = grade(failing, "o.jsonl")
    assert shown.code in (0, 1)
    expected = expected_scores(path, bank)
    found = records("o.jsonl")
    assert [record.number for record in found] == list(range(1, COUNT + 1))
    assert {r.number: r.score for r in records("clean.jsonl")} == expected
    for record in found:
        if record.outcome == "graded":
            assert record.score == expected[record.number]
        else:
            assert record.score is None
            assert REASONS.search(record.reason or ""), record.reason
    ungraded = [record for record in found if record.outcome == "ungraded"]
    assert len(ungraded) < COUNT / 40
    stats = failing.stats()
    assert set(stats["outcomes"]) == {"good", "429", "500", "reset", "malformed", "truncated", "hang"}
    # A good reply ends the asking about its answer.
    assert stats["finished"] == {digest(r.answer): 1 for r in found if r.outcome == "graded"}
    print(f"{judge}: {slow / quick:.2f} × the clean {quick:.2f} s, {len(ungraded)} ungraded of {COUNT}")  # noqa: T201


@pytest.mark.heavy
def test_a_crowded_server_gives_every_grade_and_is_not_pestered(
    run: Run, hand_in: HandIn, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hand_in(answers(80))
    with latency_server("--latency", "0.05", "--rpm", "1200") as server:
        flags = chosen("openai/m", server.base_url, monkeypatch)
        began = time.perf_counter()
        shown = run("grade", path, "-o", "o.jsonl", "-j", 64, *flags)
        seconds = time.perf_counter() - began
        outcomes: Counter[str] = Counter(server.stats()["outcomes"])
    assert shown.code == 0
    assert {record.number: record.score for record in records("o.jsonl")} == expected_scores(path, bank)
    assert outcomes["good"] == 80
    assert 0 < outcomes["429"] < 60
    print(f"{seconds:.1f} s, {outcomes['429']} refused")  # noqa: T201
