"""What becomes of every way in which a server can fail, for both chat judges."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from interviewer.backends.failures import BadReply, NoReply
from interviewer.backends.litellm import LiteLLMBackend
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.openai import OpenAIBackend
from interviewer.errors import ConfigError, InterviewerError
from interviewer.grading.chat_judge import ChatJudge
from tests.fault_server import (
    GOOD,
    Fault,
    FaultServer,
    breaks_off,
    fault_server,
    form_of,
    good,
    hang,
    raw,
    reset,
    says,
    status,
    unless,
)
from tests.judge.samples import finding, request

LIMITS = Limits(timeout=0.5, deadline=4.0, retries=2, backoff=0.01)
OFFER = Offer(model="fake", max_tokens=500, temperature=0.0, seed=1)


@dataclass(frozen=True)
class Case:
    """A plan of faults and what it has to lead to."""

    name: str
    plan: Sequence[Fault]
    calls: int
    """Requests that reach the server."""
    error: type[InterviewerError] | None = None
    says: str = ""
    """Part of the error's message."""
    downgrades: tuple[str, ...] = ()


def lacks(*forms: str) -> list[Fault]:
    complaint = "'response_format' and 'tools' are not supported by this model"
    return [unless(lambda body: form_of(body) not in forms, complaint) for _ in range(len(forms) + 1)]


WRONG = {"criteria": {"value": finding("met", "800 weights")}}
CASES = [
    Case("a good reply", [good], 1),
    Case("429 without Retry-After", [status(429)], 2),
    Case("429 with Retry-After", [status(429, headers={"retry-after": "0.05"})], 2),
    Case(
        "429 with a Retry-After beyond the deadline",
        [status(429, headers={"retry-after": "3600"})],
        1,
        NoReply,
        "would pass the deadline",
    ),
    Case("429 for ever", [status(429)] * 9, 3, NoReply, "HTTP 429"),
    Case(
        "a spent quota",
        [status(429, "You exceeded your quota", code="insufficient_quota", type="insufficient_quota")],
        1,
        NoReply,
        "the quota is spent",
    ),
    Case("500", [status(500)], 2),
    Case("503 for ever", [status(503, "overloaded")] * 9, 3, NoReply, "HTTP 503"),
    Case("a refused key", [status(401, "bad key")], 1, ConfigError, "the key was refused"),
    Case(
        "an unknown model",
        [status(404, "The model 'fake' does not exist", code="model_not_found")],
        1,
        ConfigError,
        "no such model",
    ),
    Case("no permission", [status(403, "not for you")], 1, NoReply, "HTTP 403"),
    Case(
        "an overlong prompt",
        [status(400, "maximum context length is 10 tokens", code="context_length_exceeded")],
        1,
        NoReply,
        "too long for the model",
    ),
    Case("another bad request", [status(400, "no")], 1, NoReply, "HTTP 400"),
    Case("a reset connection", [reset], 2),
    Case("a connection that breaks off in the reply", [breaks_off], 2),
    Case("half a character in an error", [status(400, "\ud83d")], 1, NoReply, "HTTP 400: ?"),
    Case("half a character in a reply", [raw(b'{"choices": [{"message": {"content": "\\ud83d"}}]}')], 2),
    Case("a server that always breaks off", [breaks_off] * 9, 3, NoReply, "(after 3 attempts)"),
    Case("a hanging server", [hang], 2),
    Case("a server that always hangs", [hang] * 9, 3, NoReply, "no reply within 0.5 s"),
    Case("a truncated body", [raw(b'{"id": "1", "choices": [{"ind')], 2),
    Case("truncated bodies", [raw(b'{"id": "1", "choices": [{"ind')] * 9, 3, NoReply),
    Case("nesting without end", [raw(b"[" * 100_000)], 2),
    Case("invalid UTF-8", [raw(b'{"choices": [{"message": {"content": "\xff\xfe"}}]}')], 2),
    Case("HTML instead of JSON", [raw(b"<html>log in</html>", "text/html")], 2),
    Case("always HTML", [raw(b"<html>log in</html>", "text/html")] * 9, 3, NoReply),
    Case("JSON that is no completion", [raw(b'{"hello": "world"}')] * 9, 3, NoReply),
    Case("no choices", [raw(b'{"choices": []}')], 2),
    Case("a refusal", [says(None, refusal="I will not.")], 1, NoReply, "refused: I will not."),
    Case("a content filter", [says("", finish="content_filter")], 1, NoReply, "content filter"),
    Case("an empty reply, then a good one", [says("")], 2),
    Case("only empty replies", [says("")] * 9, 2, BadReply, "empty"),
    Case("a reply that was cut off, then a good one", [says('{"criteria', finish="length")], 2),
    Case(
        "only replies that were cut off",
        [says('{"criteria', finish="length")] * 9,
        2,
        BadReply,
        "cut off at 500 tokens",
    ),
    Case("the wrong schema, then the right one", [says(json.dumps(WRONG))], 2),
    Case("always the wrong schema", [says(json.dumps(WRONG))] * 9, 2, BadReply, "'working' is missing"),
    Case(
        "prose around the JSON", [says(f"Here you are: {json.dumps(GOOD)}")] * 9, 2, BadReply, "not one JSON"
    ),
    Case("JSON in a code fence", [says(f"```json\n{json.dumps(GOOD)}\n```")], 1),
    Case("thoughts before the JSON", [says(f"<think>hm {{</think>\n{json.dumps(GOOD)}")], 1),
    Case("a reply without usage", [says(json.dumps(GOOD), usage=False)], 1),
    Case(
        "tools ignored",
        [*lacks("json_schema")[:1], says(json.dumps(GOOD))],
        2,
        downgrades=("json_schema → tool call", "tool call → text, of the server's own accord"),
    ),
    Case("no JSON schema", lacks("json_schema"), 2, downgrades=("json_schema → tool call",)),
    Case(
        "no schema and no tools",
        lacks("json_schema", "tool call"),
        3,
        downgrades=("json_schema → tool call", "tool call → json_object"),
    ),
    Case(
        "nothing but text",
        lacks("json_schema", "tool call", "json_object"),
        4,
        downgrades=("json_schema → tool call", "tool call → json_object", "json_object → plain"),
    ),
    Case(
        "no temperature",
        [
            unless(
                lambda body: "temperature" not in body, "'temperature' is not supported", param="temperature"
            )
        ],
        2,
        downgrades=("temperature=0 → the server's own",),
    ),
    Case(
        "no seed",
        [unless(lambda body: "seed" not in body, "unknown parameter: seed")],
        2,
        downgrades=("seed=1 → none",),
    ),
    Case(
        "another name for the limit",
        [unless(lambda body: "max_tokens" not in body, "use 'max_completion_tokens' instead")],
        2,
        downgrades=("max_tokens → max_completion_tokens",),
    ),
]


def judge_at(server: FaultServer, provider: str, base_url: str | None = None) -> ChatJudge:
    base_url = base_url or server.base_url
    if provider == "openai":
        backend = OpenAIBackend("fake", base_url=base_url, offer=OFFER, limits=LIMITS)
        return ChatJudge(backend, deadline=LIMITS.deadline)
    other = LiteLLMBackend("openai/fake", base_url=base_url, offer=OFFER, limits=LIMITS)
    return ChatJudge(other, deadline=LIMITS.deadline)


@pytest.mark.parametrize("provider", ["openai", "litellm"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_every_fault_leads_to_a_judgement_or_a_reason(case: Case, provider: str) -> None:
    async with fault_server(*case.plan) as server:
        judge = judge_at(server, provider)
        if case.error is None:
            judgement = await judge.judge(request())
            assert [verdict.level for verdict in judgement.verdicts] == ["met", "not_met"]
            assert judgement.usage.calls == case.calls
            assert judgement.downgrades == case.downgrades
            assert {verdict.decided_by for verdict in judgement.verdicts} == {"openai/fake"}
        else:
            with pytest.raises(case.error) as caught:
                await judge.judge(request())
            assert case.says in caught.value.message
            if isinstance(caught.value, NoReply | BadReply):
                assert caught.value.usage.calls == case.calls
        assert len(server.bodies) == case.calls


@pytest.mark.parametrize("provider", ["openai", "litellm"])
async def test_a_downgrade_is_remembered_and_stays_visible(provider: str) -> None:
    async with fault_server(*lacks("json_schema")) as server:
        judge = judge_at(server, provider)
        await judge.judge(request())
        second = await judge.judge(request("Another answer: 800 weights."))
    assert [form_of(body) for body in server.bodies] == ["json_schema", "tool call", "tool call"]
    assert second.downgrades == ("json_schema → tool call",)


@pytest.mark.parametrize("provider", ["openai", "litellm"])
async def test_attempts_that_failed_are_counted_and_unknown_tokens_stay_unknown(provider: str) -> None:
    async with fault_server(status(500), good, hang, good) as server:
        judge = judge_at(server, provider)
        refused = await judge.judge(request())
        hung = await judge.judge(request())
    assert (refused.usage.calls, refused.usage.prompt_tokens, refused.usage.completion_tokens) == (2, 100, 20)
    assert (hung.usage.calls, hung.usage.prompt_tokens) == (2, None)
    assert refused.usage.cost_usd is None


@pytest.mark.parametrize("provider", ["openai", "litellm"])
async def test_the_deadline_bounds_everything(provider: str) -> None:
    async with fault_server(*[hang] * 9) as server:
        judge = judge_at(server, provider)
        judge = ChatJudge(judge.backend, deadline=0.2)
        with pytest.raises(NoReply, match=r"no judgement within 0\.2 s") as caught:
            await judge.judge(request())
    assert (caught.value.usage.calls, caught.value.usage.prompt_tokens) == (1, None)


@pytest.mark.parametrize("provider", ["openai", "litellm"])
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


@pytest.mark.parametrize("provider", ["openai", "litellm"])
async def test_the_key_goes_out_as_a_bearer_token_only(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789abcdef")
    async with fault_server() as server:
        judge = judge_at(server, provider)
        await judge.judge(request())
    assert "canary" not in json.dumps(server.bodies)


@pytest.mark.parametrize("provider", ["openai", "litellm"])
async def test_a_closed_port_is_no_time_out(provider: str) -> None:
    judge = judge_at(FaultServer(), provider, "http://127.0.0.1:9/v1")
    with pytest.raises(NoReply, match=r"cannot reach|Connection error"):
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
