"""Answers side by side: each distinct one asked once, records in order, and what is done is kept."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given as drawn
from hypothesis import strategies as st

from interviewer.answers.file import read_answers
from interviewer.answers.line import GivenAnswer
from interviewer.backends.traffic import Traffic
from interviewer.bank import Bank
from interviewer.batch.cache import GradeCache
from interviewer.batch.plan import Keys
from interviewer.batch.record import Findings
from interviewer.batch.runner import InOrder, Runner
from interviewer.grading.pipeline import Grader
from interviewer.models import GradeRecord
from tests.batch.answers import (
    JUDGE,
    OUT,
    SKY,
    Asked,
    HandIn,
    Line,
    answer,
    answers,
    in_lines,
    records,
    settled_file,
)
from tests.cli.conftest import Run
from tests.fault_server import Body, Fault, FaultServer, fault_server, says, status


def judged(*criteria: str, quote: str = "Molecules of group") -> Fault:
    """A right reply about these criteria."""
    finding = {"reason": "", "quote": quote, "level": "met"}
    return says(json.dumps({"criteria": dict.fromkeys(criteria or ("criterion-1", "criterion-2"), finding)}))


@pytest.mark.parametrize("cache", ["--cache", "--no-cache"])
def test_equal_answers_are_asked_once(cache: str, run: Run, hand_in: HandIn, server: Asked) -> None:
    lines = [answer(0, id=f"t{number}", candidate=f"c{number}") for number in range(40)]
    hand_in([answer(3), *lines, answer(6)])
    shown = run("grade", "a.jsonl", "-o", OUT, "-j", 4, cache, *JUDGE)
    assert (shown.code, server.requests) == (0, 3)
    found = records(OUT)
    assert [record.id for record in found] == ["a3", *(f"t{number}" for number in range(40)), "a6"]
    assert [record.candidate for record in found[1:-1]] == [f"c{number}" for number in range(40)]
    twins = found[1:-1]
    assert len({record.key for record in twins}) == len({record.score for record in twins}) == 1
    assert sum(not record.cached for record in twins) == 1


def test_twins_far_apart_are_asked_once_thanks_to_the_cache(run: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in([*answers(30), *answers(30)])
    assert run("grade", "a.jsonl", "-o", OUT, "-j", 2, *JUDGE).code == 0
    assert server.requests == 30
    assert len(records(OUT)) == 60


def test_the_twins_of_an_ungraded_answer_are_ungraded_for_the_same_reason(
    run: Run, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_JUDGE_RETRIES", "0")
    monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", "http://127.0.0.1:9/v1")
    hand_in([answer(0)] * 5)
    assert run("grade", "a.jsonl", "-o", OUT, *JUDGE).code == 1
    assert {(record.outcome, record.reason, record.cached) for record in records(OUT)} == {
        ("ungraded", "openai/m: cannot reach the server", False)
    }


@dataclass
class Kept:
    """Takes every record."""

    lines: list[str] = field(default_factory=list)

    def append(self, number: int, line: str) -> None:
        self.lines.append(line)

    def expects(self, number: int) -> bool:
        return True


@pytest.fixture
def given(bank: Bank, hand_in: HandIn) -> Callable[[list[Line]], list[GivenAnswer]]:
    """The answers of these lines, read from a file."""
    return lambda lines: list(read_answers(hand_in(lines), bank))


async def test_an_answer_that_no_judge_can_be_asked_about_is_ungraded_and_asks_nobody(
    given: Callable[[list[Line]], list[GivenAnswer]], grader: Grader
) -> None:
    first, second, third = given([answer(0), answer(3), answer(0)])
    lost = second._replace(ungradable="the bank has no question like this one")
    kept, traffic = Kept(), Traffic(2)
    told: list[tuple[float | None, bool]] = []

    def tell(answer: GivenAnswer, found: Findings, cached: bool) -> None:
        told.append((found.score, cached))

    runner = Runner(grader, Keys(lambda: grader), kept, GradeCache(None), traffic, 4, tell)
    await runner.run([first, lost, third])
    found = {r.number: r for r in map(GradeRecord.model_validate_json, kept.lines)}
    assert sorted(found) == [1, 2, 3]
    assert (found[2].outcome, found[2].reason) == ("ungraded", "the bank has no question like this one")
    assert (found[2].score, found[2].receipt) == (None, None)
    assert found[1].score == found[3].score
    assert sorted(told, key=str) == sorted([(found[n].score, found[n].cached) for n in (1, 2, 3)], key=str)


async def test_records_come_out_in_order_though_replies_do_not(
    run: Run, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[str] = []
    others = asyncio.Event()

    async def first_last(request: web.Request, body: Body) -> web.StreamResponse:
        text = body["messages"][-1]["content"]
        if "group 0 " in text:
            await others.wait()
        served.append(text.split("Molecules of group ")[1].split()[0])
        if len(served) == 9:
            others.set()
        return await judged()(request, body)

    hand_in([answer(number, **SKY) for number in range(12)])
    async with fault_server(*[first_last] * 12) as server:
        monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", server.base_url)
        shown = await asyncio.to_thread(run, "grade", "a.jsonl", "-j", 3, *JUDGE)
    assert shown.code == 0
    assert served.index("0") >= 9
    assert [json.loads(line)["id"] for line in shown.out.splitlines()] == [f"a{n}" for n in range(12)]


@drawn(st.permutations(range(1, 31)), st.integers(1, 12))
def test_few_records_wait_for_an_earlier_one(order: list[int], most: int) -> None:
    written: list[str] = []
    sink = InOrder(written.append, most)
    expected, taken = 0, set[int]()
    rank = {number: place for place, number in enumerate(order)}
    while len(taken) < 30:
        while expected < 30 and sink.expects(expected + 1):
            expected += 1
        assert expected - len(written) <= most
        # Of those begun, the one that the draw ends first.
        number = min((n for n in range(1, expected + 1) if n not in taken), key=lambda n: rank[n])
        sink.append(number, str(number))
        taken.add(number)
    assert written == [str(number) for number in range(1, 31)]


def test_what_waits_for_a_record_that_never_comes_is_written_at_the_end() -> None:
    written: list[str] = []
    sink = InOrder(written.append, 5)
    assert all(sink.expects(number) for number in range(1, 6))
    for number in (5, 1, 3):
        sink.append(number, str(number))
    assert written == ["1"]
    sink.rest()
    assert written == ["1", "3", "5"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_begins_nothing_new_and_keeps_what_is_done(
    sent: signal.Signals, run: Run, hand_in: HandIn, server: Asked
) -> None:
    hand_in(answers(60))
    command = ["grade", "a.jsonl", "-o", str(OUT), "-j", "1", "--no-cache", *JUDGE]
    process = subprocess.Popen(
        [sys.executable, "-m", "interviewer", *command],
        stderr=subprocess.PIPE,
        # The tests themselves may have been started with nohup, which their children would inherit.
        preexec_fn=lambda: signal.signal(sent, signal.SIG_DFL),
    )
    while not (OUT.exists() and OUT.stat().st_size):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(sent)
    _, err = process.communicate(timeout=30)
    kept = len(records(OUT))
    assert process.returncode == 130
    assert err.decode().splitlines()[
        1
    ] == f"stopped: {kept} grades are in {OUT}; the same command goes on".replace(
        "1 grades are", "1 grade is"
    )
    assert 0 < kept < 60
    # Nothing but the call that ran, and perhaps its follower, was lost.
    assert server.requests - kept <= 2
    assert run(*command, "-j", "8").code == 0
    assert server.requests == 60 - kept
    assert [record.number for record in records(OUT)] == [*range(1, 61)]


def test_a_run_that_was_started_with_nohup_outlives_its_terminal(hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(40))
    command = ["grade", "a.jsonl", "-o", str(OUT), "-j", "1", "--no-cache", *JUDGE]
    process = subprocess.Popen(
        ["nohup", sys.executable, "-m", "interviewer", *command], stderr=subprocess.DEVNULL
    )
    while not (OUT.exists() and OUT.stat().st_size):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=30) == 0
    assert len(records(OUT)) == 40


async def graded_by(server: FaultServer, run: Run, monkeypatch: pytest.MonkeyPatch, *flags: str) -> Any:
    monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", server.base_url)
    return await asyncio.to_thread(run, "grade", "a.jsonl", "-o", OUT, "--no-cache", *JUDGE, *flags)


async def test_a_key_that_is_refused_on_the_way_ends_the_run_and_keeps_what_is_done(
    run: Run, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in([answer(number, **SKY) for number in range(20)])
    async with fault_server(*[judged()] * 7, *[status(401, "revoked")] * 20) as server:
        shown = await graded_by(server, run, monkeypatch, "-j", "4")
        assert shown.code == 2
        assert f"stopped: 7 grades are in {OUT}; the same command goes on\n" in shown.err
        assert "interviewer: the key was refused: openai/m: HTTP 401: revoked\n\nhint: " in shown.err
        assert [record.outcome for record in records(OUT)] == ["graded"] * 7
        # Those that were begun, and none after.
        assert len(server.bodies) <= 7 + 8
        server.plan.clear()
        server.plan.extend([judged()] * 13)
        asked = len(server.bodies)
        assert (await graded_by(server, run, monkeypatch)).code == 0
        assert len(server.bodies) - asked == 13
    assert [record.number for record in records(OUT)] == [*range(1, 21)]


def test_a_bad_line_in_a_pipe_keeps_what_was_finished(spawn: Run, hand_in: HandIn, server: Asked) -> None:
    good = in_lines(answers(20))
    command = ("grade", "-", "-o", OUT, "--no-cache", *JUDGE)
    shown = spawn(*command, input=(good + "{not json}\n").encode())
    assert shown.code == 2
    assert "interviewer: standard input:21: not valid JSON" in shown.err
    assert f"stopped: 20 grades are in {OUT}" in shown.err
    assert server.requests == 20
    assert spawn(*command, input=good.encode()).code == 0
    assert server.requests == 0
    assert [record.number for record in records(OUT)] == [*range(1, 21)]


def test_how_many_run_at_once_changes_nothing_in_the_file(run: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in([*answers(20), *answers(5), {**SKY, "answer": ""}])
    for jobs in (1, 64):
        assert run("grade", "a.jsonl", "-o", f"{jobs}.jsonl", "-j", jobs, *JUDGE, "--no-cache").code == 0
    assert settled_file("1.jsonl") == settled_file("64.jsonl")


@pytest.mark.usefixtures("server")
def test_a_pipe_that_is_slow_holds_up_nobody(hand_in: HandIn) -> None:
    command = [sys.executable, "-m", "interviewer", "grade", "-", "-o", str(OUT), *JUDGE]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    for number in (1, 2):
        process.stdin.write(in_lines([answer(number)]).encode())
        process.stdin.flush()
        # The next line comes only once this one is graded.
        ends = time.monotonic() + 30
        while not (OUT.exists() and OUT.read_bytes().count(b"\n") == number):
            assert process.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    _, err = process.communicate()
    assert b"Traceback" not in err
    assert b"Fatal" not in err
    assert b"stopped: 2 grades are in" in err
