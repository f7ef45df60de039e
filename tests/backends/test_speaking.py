"""A model that speaks: what arrives, what it took, and what becomes of every way to fail."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from interviewer.backends.failures import NoReply
from interviewer.backends.litellm import LiteLLMBackend, library
from interviewer.backends.offer import SPEECH_TOKENS, Limits, Offer
from interviewer.backends.openai import OpenAIBackend
from interviewer.backends.protocols import ChatModel, ChatRequest
from interviewer.backends.scripted import ScriptedBackend, ScriptedReply
from interviewer.errors import BackendUnavailable, ConfigError, InterviewerError
from interviewer.grading.prompt import chat_request
from interviewer.models import Usage
from tests.fault_server import (
    Body,
    Fault,
    FaultServer,
    fault_server,
    floods,
    form_of,
    good,
    hang,
    raw,
    redirects,
    reset,
    says,
    status,
)
from tests.judge.samples import request
from tests.streams import data, event, streams, trickles

# litellm looks at all attributes of its own chunks, the deprecated ones too.
pytestmark = pytest.mark.filterwarnings("ignore:Accessing the 'model_:DeprecationWarning")

LIMITS = Limits(timeout=10.0, deadline=30.0, retries=2, backoff=0.01)
HASTY = LIMITS.model_copy(update={"timeout": 0.5, "deadline": 4.0})
OFFER = Offer(model="fake", max_tokens=500, temperature=0.0, seed=1)
PIECES = ("How many", " filters", " are there?")
BOTH = pytest.mark.parametrize("provider", ["openai", "litellm"])


def chat() -> ChatRequest:
    return chat_request(request())


@pytest.fixture(scope="module", autouse=True)
def litellm_is_loaded() -> None:
    """On a busy machine it takes longer than an attempt may."""
    library()


def model(server: FaultServer, provider: str, limits: Limits = LIMITS) -> ChatModel:
    if provider == "openai":
        return OpenAIBackend("fake", base_url=server.base_url, offer=OFFER, limits=limits)
    return LiteLLMBackend("openai/fake", base_url=server.base_url, offer=OFFER, limits=limits)


async def heard(speaker: ChatModel) -> tuple[list[str], Usage, InterviewerError | None]:
    """What was said, what it took, and how it failed."""
    pieces: list[str] = []
    speech = speaker.speak("Be brief.", "Ask.")
    try:
        async with aclosing(speech):
            async for piece in speech:
                pieces.append(piece)
    except InterviewerError as error:
        return pieces, speech.usage, error
    return pieces, speech.usage, None


@BOTH
async def test_a_speech_arrives_in_pieces_and_tells_what_it_took(provider: str) -> None:
    async with fault_server(streams(*PIECES)) as server:
        pieces, usage, error = await heard(model(server, provider))
    assert error is None
    assert tuple(pieces) == PIECES
    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens) == (1, 100, 20)
    body = server.bodies[0]
    assert (body["max_tokens"], body["temperature"], body["seed"]) == (SPEECH_TOKENS, 0.0, 1)
    assert [message["content"] for message in body["messages"]] == ["Be brief.", "Ask."]
    assert form_of(body) == "plain"


@BOTH
async def test_tokens_that_the_server_does_not_count_are_unknown(provider: str) -> None:
    async with fault_server(streams(*PIECES, usage=False)) as server:
        pieces, usage, error = await heard(model(server, provider))
    assert (pieces, error) == (list(PIECES), None)
    assert usage == Usage(calls=1)


@BOTH
async def test_the_first_piece_is_there_before_the_last_is_sent(provider: str) -> None:
    listened = asyncio.Event()

    async def wait(request: object, body: Body) -> object:
        await listened.wait()
        return None

    async with fault_server(streams("What", " next?", then=wait)) as server:  # type: ignore[arg-type]
        speech = model(server, provider).speak("", "Ask.")
        async with aclosing(speech):
            assert await anext(speech) == "What"
            assert speech.usage == Usage(calls=1)
            listened.set()


@dataclass(frozen=True)
class Case:
    """A plan of faults and what is heard."""

    name: str
    plan: Sequence[Fault]
    calls: int
    """Requests that reach the server."""
    said: str
    error: type[InterviewerError] | None = None
    reason: str = ""
    only: str = ""
    """A provider, where the other cannot tell."""


RIGHT = streams(*PIECES)
WHOLE = "".join(PIECES)
REFUSES_OPTIONS = status(400, "unknown field: stream_options")
OUT_OF_MEMORY = data({"error": {"message": "out of memory"}})
CASES = [
    Case("429, then a good stream", [status(429), RIGHT], 2, WHOLE),
    Case("429 for ever", [status(429)] * 9, 2, "", NoReply, "HTTP 429"),
    Case(
        "429 with a Retry-After beyond the deadline",
        [status(429, headers={"retry-after": "3600"})],
        1,
        "",
        NoReply,
        "would pass the deadline",
    ),
    Case("503, then a good stream", [status(503), RIGHT], 2, WHOLE),
    Case("a reset connection", [reset, RIGHT], 2, WHOLE),
    Case("a server that hangs before it speaks", [hang] * 9, 2, "", NoReply, "within 0.5 s"),
    Case("a refused key", [status(401, "bad key")], 1, "", ConfigError, "the key was refused"),
    Case("a bad request", [status(400, "no")], 1, "", NoReply, "HTTP 400"),
    Case("no stream options", [REFUSES_OPTIONS, RIGHT], 2, WHOLE),
    Case("no temperature", [status(400, "temperature is not supported"), RIGHT], 2, WHOLE),
    Case(
        "a stream that breaks off",
        [streams("How many", then=reset)] * 9,
        1,
        "How many",
        NoReply,
        "broke off|connection lost",
    ),
    Case("a stream that hangs", [streams("How many", then=hang)] * 9, 1, "How many", NoReply, "within 0.5 s"),
    Case("a stream without an end", [streams("How", finish=None)], 1, "How", NoReply, "broke off", "openai"),
    Case("an empty stream", [streams()], 1, "", NoReply, "empty"),
    Case("white space only", [streams(" ", "\n")], 1, "", NoReply, "empty"),
    Case("a speech that is too long", [streams("How", finish="length")], 1, "How", NoReply, "80 tokens"),
    Case("a content filter", [streams("How", finish="content_filter")], 1, "How", NoReply, "filter"),
    Case("a refusal", [streams(refusal="I will not.")], 1, "", NoReply, "refused", "openai"),
    Case("no stream but JSON", [says("How many?")], 1, "", NoReply),
    Case("HTML instead of a stream", [raw(b"<html>log in</html>", "text/html")], 1, "", NoReply),
    Case("events that are not JSON", [raw(b"data: {\n\n", "text/event-stream")], 1, "", NoReply),
    Case("events of another kind", [raw(b'data: {"choices": 7}\n\n', "text/event-stream")], 1, "", NoReply),
    Case("invalid UTF-8", [raw(b"data: \xff\xfe\n\n", "text/event-stream")], 1, "", NoReply),
    Case(
        "an error in the stream",
        [
            raw(
                event({"content": "How"}) + b'data: {"error": {"message": "out of memory"}}\n\n',
                "text/event-stream",
            )
        ],
        1,
        "How",
        NoReply,
        "out of memory",
    ),
]


@BOTH
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_every_fault_leads_to_the_whole_speech_or_a_reason(case: Case, provider: str) -> None:
    limits = HASTY if "within" in case.reason else LIMITS
    async with fault_server(*case.plan) as server:
        pieces, usage, error = await heard(model(server, provider, limits))
    assert "".join(pieces).strip() == case.said or case.only not in ("", provider)
    assert len(server.bodies) == case.calls
    assert usage.calls == case.calls
    if case.error is None:
        assert error is None
        is_unknown = REFUSES_OPTIONS in case.plan or reset in case.plan
        assert usage.completion_tokens == (None if is_unknown else 20)
    elif case.only in ("", provider):
        assert isinstance(error, case.error)
        assert re.search(case.reason, error.message)
        assert "\n" not in error.message


@BOTH
async def test_a_speech_that_never_ends_is_left_in_time_and_is_not_kept_in_memory(provider: str) -> None:
    async with fault_server(trickles, floods("text/event-stream", mebibytes=256)) as server:
        speaker = model(server, provider, HASTY)
        began = time.monotonic()
        pieces, _, error = await heard(speaker)
        assert time.monotonic() - began < 2
        assert len(pieces) > 1
        assert "no whole reply within 0.5 s" in str(error)
        _, _, error = await heard(speaker)
    assert "larger than 4 MiB" in str(error)


@BOTH
async def test_a_speech_is_not_had_elsewhere(provider: str) -> None:
    async with fault_server(redirects) as server:
        assert isinstance((await heard(model(server, provider)))[2], ConfigError)
    assert server.strays == 0


@BOTH
async def test_what_the_judge_has_learnt_about_its_server_holds_for_the_speech(provider: str) -> None:
    async with fault_server(status(400, "unknown parameter: seed"), good, RIGHT) as server:
        both = model(server, provider)
        await both.reply(chat())
        pieces, _, error = await heard(both)
    assert ("".join(pieces), error) == (WHOLE, None)
    assert ["seed" in body for body in server.bodies] == [True, False, False]


@BOTH
async def test_a_speech_can_be_cancelled_in_the_middle_and_leaves_nothing_open(provider: str) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with fault_server(streams("How many", then=hang), RIGHT) as server:
        both = model(server, provider)
        begun = asyncio.Event()

        async def listen() -> None:
            try:
                async with aclosing(both.speak("", "Ask.")) as speech:
                    async for _ in speech:
                        begun.set()
            finally:
                begun.set()

        task = asyncio.create_task(listen())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert "".join((await heard(both))[0]) == WHOLE
    assert complaints == []


@BOTH
async def test_a_key_in_a_broken_stream_is_not_shown(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "sk-canary-0123456789abcdef"
    monkeypatch.setenv("OPENAI_API_KEY", canary)
    error = json.dumps({"error": {"message": f"bad key {canary}"}})
    async with fault_server(raw(f"data: {error}\n\n".encode(), "text/event-stream")) as server:
        _, _, caught = await heard(model(server, provider))
    assert caught is not None
    assert canary not in caught.message


async def test_a_script_speaks_word_by_word_and_keeps_judgements_apart() -> None:
    backend = ScriptedBackend(
        [
            ScriptedReply(reply="a judgement"),
            ScriptedReply(reply="How many\nfilters?", spoken=True, answer="Ask."),
        ]
    )
    pieces, usage, error = await heard(backend)
    assert (pieces, error) == (["How", " many", "\nfilters?"], None)
    assert usage == Usage(calls=1, prompt_tokens=0, completion_tokens=0, cost_usd=0.0)
    assert (await backend.reply(chat())).text == "a judgement"
    with pytest.raises(BackendUnavailable, match="no reply left"):
        await anext(backend.speak("", "Ask."))
