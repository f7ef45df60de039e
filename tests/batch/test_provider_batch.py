"""`interviewer grade --provider-batch`: half the price, and nothing is handed in twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.batch.answers import HandIn, answer, answers, records
from tests.batch_server import BatchServer, batch_server
from tests.cli.conftest import Ran, Run
from tests.fault_server import TOKENS

Grade = Callable[..., Ran]
OUT = Path("out.jsonl")
NOTES = Path("out.jsonl.batches.jsonl")
PRICES = ("--price-in", 2, "--price-out", 10)
HALF = (TOKENS["prompt_tokens"] * 2 + TOKENS["completion_tokens"] * 10) / 1e6 / 2
"""US dollars for one reply in a batch."""


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchServer]:
    """A server with a batch endpoint, chosen by the settings, and looked at without delay."""
    with batch_server() as server:
        monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", server.base_url)
        monkeypatch.setenv("INTERVIEWER_BATCH_POLL", "0.1")
        yield server


@pytest.fixture
def grade(run: Run, batches: BatchServer) -> Grade:
    """Runs `grade` on a.jsonl, through batches into out.jsonl."""

    def grade(*options: object) -> Ran:
        return run(
            "grade", "a.jsonl", "--judge", "openai/fake", "-o", OUT, "--provider-batch", *map(str, options)
        )

    return grade


@pytest.fixture
def program(batches: BatchServer) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the same as a process of its own."""
    begun: list[subprocess.Popen[str]] = []

    def program(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "interviewer", "grade", "a.jsonl", "--judge", "openai/fake"]
        command += ["-o", str(OUT), "--provider-batch", *options]
        begun.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    yield program
    for process in begun:
        process.kill()
        process.communicate()


def without_what_differs(path: Path | str) -> list[dict[str, Any]]:
    """The records but for the time, the price, and whether a twin was there first."""
    found = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        del record["cached"]
        if record["receipt"]:
            del record["receipt"]["seconds"], record["receipt"]["usage"]["cost_usd"]
        found.append(record)
    return found


def test_one_batch_grades_all_as_single_calls_would_for_half_the_price(
    hand_in: HandIn, run: Run, grade: Grade, batches: BatchServer
) -> None:
    hand_in([*answers(40), answer(3, id="twin"), answer(41, answer="idk")])
    shown = grade("--no-cache", *PRICES)
    assert shown.code == 0
    assert batches.sizes == [40]
    assert "batch batch_1 is handed in, with 40 requests" in shown.err
    assert f"{40 * HALF:.4f} USD" in shown.err
    assert records(OUT)[0].receipt.usage.cost_usd == pytest.approx(HALF)  # type: ignore[union-attr]
    assert not NOTES.exists()
    alone = run(
        "grade", "a.jsonl", "--judge", "openai/fake", "-o", "alone.jsonl", "--no-cache", *map(str, PRICES)
    )
    assert alone.code == 0
    assert without_what_differs(OUT) == without_what_differs("alone.jsonl")


def test_the_estimate_knows_of_the_half_price(hand_in: HandIn, run: Run, grade: Grade) -> None:
    hand_in(answers(3))
    options = ("--dry-run", "--price-in", "2000", "--price-out", "10000")
    half = grade(*options).err
    full = run("grade", "a.jsonl", "--judge", "openai/fake", *options).err
    costs = [float(line.split("about ")[-1].split(" USD")[0]) for line in (half, full)]
    assert costs[1] == pytest.approx(2 * costs[0], rel=0.01)


def test_more_answers_than_may_wait_go_in_several_batches_and_repairs_in_one_more(
    hand_in: HandIn, grade: Grade, batches: BatchServer
) -> None:
    hand_in(answers(45))
    batches.malformed = {answer(number)["answer"] for number in (1, 41, 44)}
    assert grade("-j", 20).code == 0
    assert [record.outcome for record in records(OUT)] == ["graded"] * 45
    # 20 first; 19 new ones and a repair; then the rest, and at last the repairs of that.
    assert batches.sizes == [20, 20, 6, 2]


def test_a_killed_run_collects_its_batch_and_hands_nothing_in_again(
    hand_in: HandIn,
    grade: Grade,
    program: Callable[..., subprocess.Popen[str]],
    batches: BatchServer,
    run: Run,
) -> None:
    hand_in(answers(30))
    batches.held = True
    process = program("-j", "20")
    assert batches.polled.wait(20)
    process.send_signal(signal.SIGKILL)
    process.wait()
    batches.held = False
    shown = grade("-j", 20)
    assert shown.code == 0
    assert "batch batch_1 was handed in by an earlier run, and is collected" in shown.err
    assert batches.sizes == [20, 10]
    assert set(batches.asked.values()) == {1}
    assert not NOTES.exists()
    assert run("grade", "a.jsonl", "--judge", "openai/fake", "-o", "alone.jsonl", "--no-cache").code == 0
    assert without_what_differs(OUT) == without_what_differs("alone.jsonl")


def test_a_batch_whose_name_was_not_noted_any_more_is_found_by_its_file(
    hand_in: HandIn,
    grade: Grade,
    program: Callable[..., subprocess.Popen[str]],
    batches: BatchServer,
) -> None:
    hand_in(answers(5))
    batches.held = True
    process = program()
    assert batches.polled.wait(20)
    process.send_signal(signal.SIGKILL)
    process.wait()
    batches.held = False
    first, second = NOTES.read_text().splitlines()
    NOTES.write_text(f"{first}\n{second[:9]}")
    assert grade().code == 0
    assert batches.sizes == [5]
    assert len(records(OUT)) == 5


def test_ctrl_c_leaves_the_batch_to_the_provider_and_says_so(
    hand_in: HandIn, grade: Grade, program: Callable[..., subprocess.Popen[str]], batches: BatchServer
) -> None:
    hand_in(answers(5))
    batches.held = True
    process = program()
    assert batches.polled.wait(20)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "batch batch_1 goes on at the provider; the same command collects it" in err
    assert "Traceback" not in err
    batches.held = False
    assert grade().code == 0
    assert batches.sizes == [5]


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_what_a_batch_left_undone_is_handed_in_again_and_nothing_else(
    hand_in: HandIn, grade: Grade, batches: BatchServer, end: str
) -> None:
    hand_in(answers(10))
    batches.ends = [end]
    shown = grade(*PRICES)
    assert shown.code == 0
    assert batches.sizes == [10, 5]
    assert [record.outcome for record in records(OUT)] == ["graded"] * 10
    assert f"{10 * HALF:.4f} USD" in shown.err
    assert "at most" not in shown.err.splitlines()[-1]


def test_errors_of_single_requests_are_tried_again_and_then_said(
    hand_in: HandIn, grade: Grade, batches: BatchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_JUDGE_RETRIES", "2")
    hand_in(answers(6))
    texts = [answer(number)["answer"] for number in range(6)]
    batches.faults = {texts[0]: [429], texts[1]: [500, 503], texts[2]: [429] * 9, texts[3]: [403]}
    assert grade().code == 1
    assert batches.sizes == [6, 3, 2]
    found = records(OUT)
    assert [record.outcome for record in found] == [
        "graded", "graded", "ungraded", "ungraded", "graded", "graded",
    ]  # fmt: skip
    assert found[2].reason == "openai/fake: HTTP 429: fault 429 (after 3 attempts)"
    assert found[3].reason == "openai/fake: HTTP 403: fault 403"


def test_a_server_that_is_away_for_a_while_costs_only_time(
    hand_in: HandIn, grade: Grade, batches: BatchServer
) -> None:
    hand_in(answers(5))
    batches.unavailable, batches.lost_replies = 3, 1
    assert grade().code == 0
    assert batches.sizes == [5]


def test_a_batch_that_is_refused_stops_the_run_in_the_providers_words(
    hand_in: HandIn, grade: Grade, batches: BatchServer
) -> None:
    hand_in(answers(5))
    batches.ends = ["failed"]
    batches.refusal = {"code": "invalid_model", "message": "fake\x1b[31m takes no batches"}
    shown = grade()
    assert shown.code == 2
    assert "the provider refuses batch batch_1: fake�[31m takes no batches" in shown.err
    assert not OUT.exists()
    assert grade().code == 0
    assert batches.sizes == [5, 5]


def test_batches_that_are_too_much_for_the_providers_queue_become_smaller(
    hand_in: HandIn, grade: Grade, batches: BatchServer
) -> None:
    hand_in(answers(50))
    batches.room = 13
    assert grade().code == 0
    assert [record.outcome for record in records(OUT)] == ["graded"] * 50
    assert set(batches.asked.values()) == {1}


def test_a_server_without_the_endpoint_is_said_to_have_none(
    hand_in: HandIn, grade: Grade, batches: BatchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(answers(2))
    monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", f"{batches.base_url}/nowhere")
    shown = grade()
    assert shown.code == 2
    assert "HTTP 404" in shown.err
    assert "needs a server that has /files and /batches" in shown.err


def test_a_budget_lets_in_what_it_surely_pays_for_and_collects_that(
    hand_in: HandIn, grade: Grade, batches: BatchServer
) -> None:
    hand_in(answers(12))
    # Until a reply is there it counts as the longest that there could be.
    prices = ("--price-in", 0, "--price-out", 10)
    reply, longest = TOKENS["completion_tokens"] * 5e-6, 4000 * 5e-6
    shown = grade("--budget-usd", longest + 4.5 * reply, *prices)
    assert shown.code == 4
    assert "the budget of" in shown.err
    assert [record.outcome for record in records(OUT)] == ["graded"] * 5
    assert sum(batches.sizes) == 5
    assert grade("--budget-usd", 1, *prices).code == 0
    assert batches.sizes[5:] == [7]


@pytest.mark.parametrize(
    "judge", ["embedded", "anthropic/claude-haiku-4-5", "scripted/replies.jsonl", "panel"]
)
def test_only_the_openai_judge_works_by_batches(hand_in: HandIn, run: Run, judge: str) -> None:
    hand_in(answers(1))
    shown = run("grade", "a.jsonl", "-o", OUT, "--provider-batch", "--judge", judge)
    assert shown.code == 2
    assert shown.err.startswith("interviewer: --provider-batch: the judge")
    assert not OUT.exists()


@pytest.mark.parametrize("output", [(), ("-o", os.devnull)])
def test_batches_need_a_file_to_be_noted_beside(hand_in: HandIn, run: Run, output: tuple[str, ...]) -> None:
    hand_in(answers(1))
    shown = run("grade", "a.jsonl", *output, "--provider-batch", "--judge", "openai/fake")
    assert shown.code == 2
    assert shown.err.startswith("interviewer: --provider-batch needs -o FILE")


def test_a_file_of_something_else_in_the_place_of_the_notes_is_refused(
    hand_in: HandIn, grade: Grade, batches: BatchServer
) -> None:
    hand_in(answers(1))
    NOTES.write_text("my own notes\n")
    shown = grade()
    assert shown.code == 2
    assert f"{NOTES}:1: is not a note of a provider batch" in shown.err
    assert NOTES.read_text() == "my own notes\n"
