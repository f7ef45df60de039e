"""What litellm asks in a language of the provider's own is bounded too, and not sent on to somebody else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from interviewer.backends.bounds import LARGEST_REPLY
from interviewer.backends.failures import NoReply
from interviewer.backends.litellm import LiteLLMBackend
from interviewer.backends.offer import Limits
from interviewer.backends.protocols import ChatRequest
from interviewer.errors import InterviewerError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PROVIDERS = {
    "anthropic/claude-haiku-4-5": "ANTHROPIC_API_KEY",
    "gemini/gemini-2.5-flash": "GEMINI_API_KEY",
    "mistral/mistral-small-2603": "MISTRAL_API_KEY",
    "groq/openai/gpt-oss-20b": "GROQ_API_KEY",
    "deepseek/deepseek-chat": "DEEPSEEK_API_KEY",
    "xai/grok-4": "XAI_API_KEY",
}
REQUEST = ChatRequest(system="You mark.", prompt="Mark it.", reply_schema=None)


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """The address of a server that does the same on every path."""
    application = web.Application(client_max_size=1 << 24)
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def backend(model: str, url: str, monkeypatch: pytest.MonkeyPatch) -> LiteLLMBackend:
    """The provider's model, behind this address."""
    monkeypatch.setenv(PROVIDERS[model], "canary-0123456789")
    return LiteLLMBackend(model, base_url=url, limits=Limits(timeout=10, deadline=20, retries=0))


@pytest.mark.parametrize("model", PROVIDERS)
async def test_a_reply_without_end_is_left_after_a_few_megabytes(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = 0

    async def floods(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"id": "1", "content": [{"type": "text", "text": "')
        while sent < 1 << 28:
            await response.write(b"x" * (1 << 16))
            sent += 1 << 16
        return response

    async with serving(floods) as url:
        with pytest.raises(NoReply):
            await backend(model, url, monkeypatch).reply(REQUEST)
    # And what was on its way in the buffers of the two.
    assert 0 < sent <= 3 * LARGEST_REPLY


@pytest.mark.parametrize("model", PROVIDERS)
async def test_neither_answer_nor_key_is_sent_on_to_where_the_provider_points(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    pointed = 0

    async def hears(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.json_response({})

    async with serving(hears) as elsewhere:

        async def points(request: web.Request) -> web.StreamResponse:
            nonlocal pointed
            pointed += 1
            return web.Response(status=307, headers={"Location": f"{elsewhere}{request.path}"})

        async with serving(points) as url:
            with pytest.raises(InterviewerError) as refused:
                await backend(model, url, monkeypatch).reply(REQUEST)
    assert (pointed, asked) == (1, [])
    assert "canary" not in str(refused.value)


async def test_what_is_bounded_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async def replies(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "identity"
        said = {"type": "text", "text": json.dumps({"level": "met"})}
        usage = {"input_tokens": 3, "output_tokens": 2}
        kind = {"id": "1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn"}
        return web.json_response({**kind, "content": [said], "usage": usage})

    async with serving(replies) as url:
        found = await backend("anthropic/claude-haiku-4-5", url, monkeypatch).reply(REQUEST)
    assert found.text == '{"level": "met"}'
