"""A chat completion server that fails on demand, in the ways that real ones do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from math import log
from typing import Any

from aiohttp import web

Body = dict[str, Any]
Fault = Callable[[web.Request, Body], Awaitable[web.StreamResponse]]

GOOD = {
    "criteria": {
        "value": {"reason": "It gives the number.", "quote": "800 weights", "level": "met"},
        "working": {"reason": "No derivation.", "quote": "", "level": "not_met"},
    },
    "mistakes": {"spatial": {"quote": "", "made": False}},
}
"""The right reply about `tests.judge.samples.REQUEST`."""
TOKENS = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


class FaultServer:
    """Answers each request with the next fault of its plan, and with good replies once the plan is over."""

    def __init__(self, plan: Sequence[Fault] = ()) -> None:
        self.plan = list(plan)
        self.bodies: list[Body] = []
        self.headers: list[dict[str, str]] = []
        self.base_url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        fault = self.plan.pop(0) if self.plan else good
        return await fault(request, body)

    async def models(self, request: web.Request) -> web.Response:
        """The list of models."""
        return web.json_response({"data": [{"id": "nomic-embed"}, {"id": "small-chat"}]})


@asynccontextmanager
async def fault_server(*plan: Fault) -> AsyncIterator[FaultServer]:
    """A server on a free port of this machine."""
    server = FaultServer(plan)
    application = web.Application()
    application.router.add_post("/v1/chat/completions", server.handle)
    application.router.add_get("/v1/models", server.models)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()


def completion(
    text: str | None, *, finish: str = "stop", usage: bool = True, **message: Any
) -> dict[str, Any]:
    """The body of a reply."""
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
    }
    return body | ({"usage": TOKENS} if usage else {})


def says(text: str | None, **options: Any) -> Fault:
    """A well-formed completion with this text."""

    async def fault(request: web.Request, body: Body) -> web.Response:
        return web.json_response(completion(text, **options))

    return fault


def likely(text: str, **chances: float) -> Fault:
    """One word with the probabilities of what else it might have been, for whoever asks for them."""

    async def fault(request: web.Request, body: Body) -> web.Response:
        reply = completion(text, finish="length")
        if body.get("logprobs"):
            tokens = [{"token": token, "logprob": log(chance)} for token, chance in chances.items()]
            place = {"token": text, "logprob": log(chances.get(text, 0.01)), "top_logprobs": tokens}
            reply["choices"][0]["logprobs"] = {"content": [place]}
        return web.json_response(reply)

    return fault


async def good(request: web.Request, body: Body) -> web.Response:
    """The right reply, as a tool call where one is asked for."""
    text = json.dumps(GOOD)
    if "tools" in body:
        call = {"id": "1", "type": "function", "function": {"name": "judgement", "arguments": text}}
        return web.json_response(completion(None, finish="tool_calls", tool_calls=[call]))
    return web.json_response(completion(text))


def status(
    http: int, message: str = "broken", /, *, headers: dict[str, str] | None = None, **error: str
) -> Fault:
    """An HTTP error in OpenAI's form."""

    async def fault(request: web.Request, body: Body) -> web.Response:
        return web.json_response({"error": {"message": message, **error}}, status=http, headers=headers)

    return fault


def raw(content: bytes, content_type: str = "application/json") -> Fault:
    """HTTP 200 with exactly these bytes."""

    async def fault(request: web.Request, body: Body) -> web.Response:
        return web.Response(body=content, headers={"content-type": content_type})

    return fault


async def reset(request: web.Request, body: Body) -> web.Response:
    """The connection is closed without a reply."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def breaks_off(request: web.Request, body: Body) -> web.StreamResponse:
    """The connection is closed in the middle of the reply."""
    response = web.StreamResponse(headers={"content-type": "application/json", "content-length": "500"})
    await response.prepare(request)
    await response.write(b'{"choices": [')
    assert request.transport is not None
    request.transport.abort()
    return response


async def hang(request: web.Request, body: Body) -> web.Response:
    """No reply for longer than anybody waits."""
    await asyncio.sleep(5)
    return web.Response()


def streams(
    *pieces: str, finish: str | None = "stop", usage: bool = True, then: Fault | None = None, **delta: str
) -> Fault:
    """A stream of these pieces.

    Args:
        finish: the reason in the last event; None leaves it out.
        usage: whether the tokens are told, to whoever asks for them.
        then: what becomes of the connection after the pieces, in place of an end.
        delta: what else stands in the first event.
    """

    async def fault(request: web.Request, body: Body) -> web.StreamResponse:
        assert body["stream"] is True
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        await response.write(event({"role": "assistant", "content": "", **delta}))
        for piece in pieces:
            await response.write(event({"content": piece}))
        if then is not None:
            await then(request, body)
            return response
        if finish is not None:
            await response.write(event({}, finish))
        if usage and "stream_options" in body:
            await response.write(data({**_EVENT, "choices": [], "usage": TOKENS}))
        await response.write(b"data: [DONE]\n\n")
        return response

    return fault


_EVENT = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake"}


def event(delta: Body, finish: str | None = None) -> bytes:
    """One event of a stream."""
    return data({**_EVENT, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def data(content: Body) -> bytes:
    """Any JSON as a server-sent event."""
    return f"data: {json.dumps(content)}\n\n".encode()


def unless(accepts: Callable[[Body], bool], message: str, **error: str) -> Fault:
    """HTTP 400 with this message while the body has what the server cannot do, else the right reply."""

    async def fault(request: web.Request, body: Body) -> web.StreamResponse:
        if accepts(body):
            return await good(request, body)
        return await status(400, message, headers=None, **error)(request, body)

    return fault


def form_of(body: Body) -> str:
    """Which form of reply a request asks for."""
    if "tools" in body:
        return "tool call"
    return str(body.get("response_format", {}).get("type", "plain"))
