"""Both client libraries, and a server that cannot do all, or does too much. See also `tests.faults`."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from interviewer.backends.bounds import LARGEST_REPLY
from interviewer.backends.failures import NoReply
from interviewer.backends.litellm import LiteLLMBackend
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.openai import OpenAIBackend
from interviewer.errors import ConfigError
from interviewer.grading.chat_judge import ChatJudge
from interviewer.models import Usage
from tests.fault_server import (
    GOOD,
    Fault,
    FaultServer,
    breaks_off,
    completion,
    fault_server,
    floods,
    form_of,
    good,
    hang,
    raw,
    says,
    status,
    unless,
)
from tests.judge.samples import request

LIMITS = Limits(timeout=10.0, deadline=30.0, retries=2, backoff=0.01)
HASTY = LIMITS.model_copy(update={"timeout": 1.0})
BOTH = pytest.mark.parametrize("provider", ["openai", "litellm"])
OFFER = Offer(model="fake", max_tokens=500, temperature=0.0, seed=1)


@dataclass(frozen=True)
class Case:
    """What a server cannot do, or says in its own way, and what it leads to."""

    name: str
    plan: Sequence[Fault]
    calls: int
    """Requests that reach the server."""
    downgrades: tuple[str, ...]


def lacks(*forms: str) -> list[Fault]:
    complaint = "'response_format' and 'tools' are not supported by this model"
    return [unless(lambda body: form_of(body) not in forms, complaint) for _ in range(len(forms) + 1)]


CASES = [
    Case(
        "tools ignored",
        [*lacks("json_schema")[:1], says(json.dumps(GOOD))],
        2,
        ("json_schema → tool call", "tool call → text, of the server's own accord"),
    ),
    Case("no JSON schema", lacks("json_schema"), 2, ("json_schema → tool call",)),
    Case(
        "no schema and no tools",
        lacks("json_schema", "tool call"),
        3,
        ("json_schema → tool call", "tool call → json_object"),
    ),
    Case(
        "nothing but text",
        lacks("json_schema", "tool call", "json_object"),
        4,
        ("json_schema → tool call", "tool call → json_object", "json_object → plain"),
    ),
    Case(
        "no temperature",
        [
            unless(
                lambda body: "temperature" not in body, "'temperature' is not supported", param="temperature"
            )
        ],
        2,
        ("temperature=0 → the server's own",),
    ),
    Case(
        "no seed",
        [unless(lambda body: "seed" not in body, "unknown parameter: seed")],
        2,
        ("seed=1 → none",),
    ),
    Case(
        "another name for the limit",
        [unless(lambda body: "max_tokens" not in body, "use 'max_completion_tokens' instead")],
        2,
        ("max_tokens → max_completion_tokens",),
    ),
]


def judge_at(
    server: FaultServer, provider: str, base_url: str | None = None, limits: Limits = LIMITS
) -> ChatJudge:
    base_url = base_url or server.base_url
    if provider == "openai":
        backend = OpenAIBackend("fake", base_url=base_url, offer=OFFER, limits=limits)
        return ChatJudge(backend, deadline=limits.deadline)
    other = LiteLLMBackend("openai/fake", base_url=base_url, offer=OFFER, limits=limits)
    return ChatJudge(other, deadline=limits.deadline)


@BOTH
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_what_a_server_cannot_do_is_asked_for_in_another_way(case: Case, provider: str) -> None:
    async with fault_server(*case.plan) as server:
        judgement = await judge_at(server, provider).judge(request())
    assert [verdict.level for verdict in judgement.verdicts] == ["met", "not_met"]
    assert {verdict.decided_by for verdict in judgement.verdicts} == {"openai/fake"}
    assert judgement.downgrades == case.downgrades
    assert judgement.usage.calls == len(server.bodies) == case.calls


@BOTH
async def test_attempts_end_with_how_many_there_were_or_before_a_wait_that_is_too_long(provider: str) -> None:
    hour = status(429, headers={"retry-after": "3600"})
    async with fault_server(*[breaks_off] * 3, hour) as server:
        judge = judge_at(server, provider)
        with pytest.raises(NoReply, match=r"connection lost: .* \(after 3 attempts\)") as caught:
            await judge.judge(request())
        # Nobody knows what the server has done before the connection broke off.
        assert caught.value.usage == Usage(calls=3)
        with pytest.raises(
            NoReply, match=r"HTTP 429: .*; waiting 3\d{3} s more would pass the deadline of 30 s"
        ):
            await judge.judge(request())
    assert len(server.bodies) == 4


@BOTH
async def test_a_reply_without_end_is_not_kept_in_memory(provider: str) -> None:
    async with fault_server(good, otherwise=floods(mebibytes=256)) as server:
        judge = judge_at(
            server, provider, limits=LIMITS.model_copy(update={"timeout": 30.0, "deadline": 90.0})
        )
        await judge.judge(request())
        tracemalloc.start()
        try:
            with pytest.raises(NoReply, match="larger than 4 MiB"):
                await judge.judge(request())
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    # Client and server share the process.
    assert most < 8 * LARGEST_REPLY


@pytest.mark.parametrize(
    ("provider", "tokens"),
    [("openai", -5), ("openai", 10**30), ("openai", "many"), ("openai", [1]), ("litellm", -5)],
)
async def test_a_bill_that_makes_no_sense_is_unknown_and_the_judgement_stays(
    provider: str, tokens: object
) -> None:
    reply = completion(json.dumps(GOOD)) | {"usage": {"prompt_tokens": tokens, "completion_tokens": tokens}}
    async with fault_server(raw(json.dumps(reply).encode())) as server:
        judgement = await judge_at(server, provider).judge(request())
    assert [verdict.level for verdict in judgement.verdicts] == ["met", "not_met"]
    assert judgement.usage == Usage(calls=1)


@BOTH
async def test_a_downgrade_is_remembered_and_stays_visible(provider: str) -> None:
    async with fault_server(*lacks("json_schema")) as server:
        judge = judge_at(server, provider)
        await judge.judge(request())
        second = await judge.judge(request("Another answer: 800 weights."))
    assert [form_of(body) for body in server.bodies] == ["json_schema", "tool call", "tool call"]
    assert second.downgrades == ("json_schema → tool call",)


@BOTH
async def test_attempts_that_failed_are_counted_and_unknown_tokens_stay_unknown(provider: str) -> None:
    async with fault_server(status(500), good, hang, good) as server:
        judge = judge_at(server, provider, limits=HASTY)
        refused = await judge.judge(request())
        hung = await judge.judge(request())
    assert (refused.usage.calls, refused.usage.prompt_tokens, refused.usage.completion_tokens) == (2, 100, 20)
    assert (hung.usage.calls, hung.usage.prompt_tokens) == (2, None)
    assert refused.usage.cost_usd is None


@BOTH
async def test_the_deadline_bounds_everything(provider: str) -> None:
    async with fault_server(*[hang] * 9) as server:
        judge = judge_at(server, provider)
        judge = ChatJudge(judge.backend, deadline=0.2)
        with pytest.raises(NoReply, match=r"no judgement within 0\.2 s") as caught:
            await judge.judge(request())
    assert (caught.value.usage.calls, caught.value.usage.prompt_tokens) == (1, None)


@BOTH
async def test_no_key_is_ever_shown(
    provider: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    canary = "sk-canary-0123456789abcdef"
    monkeypatch.setenv("OPENAI_API_KEY", canary)
    caplog.set_level(logging.DEBUG)
    echo = f"Incorrect API key provided: {canary}. See https://x/?key={canary}"
    async with fault_server(status(500, echo), status(401, echo)) as server:
        judge = judge_at(server, provider)
        with pytest.raises(ConfigError) as caught:
            await judge.judge(request())
    shown = f"{caught.value!r} {caught.value.message} {caught.value.hint} {caught.value.__cause__!r}"
    assert canary not in shown
    assert "[key]" in caught.value.message
    out, err = capfd.readouterr()
    assert canary not in out + err


@BOTH
async def test_the_key_goes_out_as_a_bearer_token_only(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789abcdef")
    async with fault_server() as server:
        judge = judge_at(server, provider)
        await judge.judge(request())
    assert "canary" not in json.dumps(server.bodies)


@BOTH
async def test_a_closed_port_is_no_time_out(provider: str) -> None:
    judge = judge_at(FaultServer(), provider, "http://127.0.0.1:9/v1")
    with pytest.raises(NoReply, match="cannot reach the server"):
        await judge.judge(request())


# litellm leaves a coroutine of its own unawaited when it refuses a parameter.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:coroutine")
async def test_a_parameter_that_a_provider_does_not_take_is_left_out_not_a_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-0123456789abcdef")
    limits = LIMITS.model_copy(update={"retries": 0})
    backend = LiteLLMBackend(
        "anthropic/claude-haiku-4-5", base_url="http://127.0.0.1:9", offer=OFFER, limits=limits
    )
    with pytest.raises(NoReply):
        await ChatJudge(backend).judge(request())
    assert "seed=1 → none" in backend.caller.offer.downgrades
    gc.collect()


async def test_a_provider_that_there_is_not_stops_the_run() -> None:
    with pytest.raises(ConfigError, match="no such model"):
        await ChatJudge(LiteLLMBackend("nobody/model", offer=OFFER, limits=LIMITS)).judge(request())


def test_two_models_of_litellm_close_their_connections_in_peace() -> None:
    async def ask() -> None:
        async with fault_server() as server:
            await asyncio.gather(*(judge_at(server, "litellm").judge(request()) for _ in range(3)))

    complaints: list[object] = []
    with asyncio.Runner() as runner:
        runner.get_loop().set_exception_handler(lambda _, context: complaints.append(context))
        runner.run(ask())
    assert not complaints
