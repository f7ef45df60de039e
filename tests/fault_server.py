"""A chat completion server that fails on demand, in the ways that real ones do."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from math import log
from typing import Any

from aiohttp import web

from tests.latency_server import judgement

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
ELSEWHERE = "/elsewhere"
TOKENS = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


class FaultServer:
    """Answers each request with the next fault of its plan.

    Args:
        plan: one for each request.
        otherwise: what it does once the plan is over.
    """

    def __init__(self, plan: Sequence[Fault] = (), otherwise: Fault | None = None) -> None:
        self.plan = list(plan)
        self.otherwise = otherwise or good
        self.bodies: list[Body] = []
        self.headers: list[dict[str, str]] = []
        self.base_url = ""
        self.strays = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        fault = self.plan.pop(0) if self.plan else self.otherwise
        return await fault(request, body)

    async def stray(self, request: web.Request) -> web.Response:
        """A request to where nobody was to go."""
        self.strays += 1
        return web.json_response(completion(json.dumps(GOOD)))

    async def models(self, request: web.Request) -> web.Response:
        """The list of models."""
        return web.json_response({"data": [{"id": "nomic-embed"}, {"id": "small-chat"}]})


@asynccontextmanager
async def fault_server(*plan: Fault, otherwise: Fault | None = None) -> AsyncIterator[FaultServer]:
    """A server on a free port of this machine."""
    server = FaultServer(plan, otherwise)
    application = web.Application()
    application.router.add_route("*", ELSEWHERE, server.stray)
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


def right_text(body: Body) -> str:
    """The right judgement of any answer, in the form that is asked for; its levels are `level_of`'s."""
    if form_of(body) == "plain":
        return "yes" if "make this point" in str(body["messages"]) else "no"
    return judgement(body)[1]


def told(change: Callable[[str], str] = str, **options: Any) -> Fault:
    """The right judgement of any answer, changed in this way."""

    async def fault(request: web.Request, body: Body) -> web.Response:
        return web.json_response(completion(change(right_text(body)), **options))

    return fault


right = told()
"""The right judgement of any answer."""


def status(
    http: int, message: str = "broken", /, *, headers: dict[str, str] | None = None, **error: str
) -> Fault:
    """An HTTP error in OpenAI's form."""

    async def fault(request: web.Request, body: Body) -> web.Response:
        return web.json_response({"error": {"message": message, **error}}, status=http, headers=headers)

    return fault


def raw(content: bytes, content_type: str = "application/json", *, http: int = 200) -> Fault:
    """Exactly these bytes."""

    async def fault(request: web.Request, body: Body) -> web.Response:
        return web.Response(body=content, status=http, headers={"content-type": content_type})

    return fault


def wire(content: bytes) -> Fault:
    """These bytes in place of HTTP, and then the connection is closed."""

    async def fault(request: web.Request, body: Body) -> web.Response:
        assert request.transport is not None
        request.transport.write(content)
        request.transport.close()
        return web.Response()

    return fault


def late(seconds: float, fault: Fault = right) -> Fault:
    """The same after a while."""

    async def later(request: web.Request, body: Body) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await fault(request, body)

    return later


def held(gate: asyncio.Event, fault: Fault = right) -> Fault:
    """The same once the gate is open."""

    async def later(request: web.Request, body: Body) -> web.StreamResponse:
        await gate.wait()
        return await fault(request, body)

    return later


def drips(gap: float, *, bites: int | None = None) -> Fault:
    """The right reply in drops, so many seconds apart: in so many bites, or byte by byte for ever."""

    async def fault(request: web.Request, body: Body) -> web.StreamResponse:
        content = json.dumps(completion(right_text(body))).encode()
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        size = 1 if bites is None else -(-len(content) // bites)
        for at in range(0, len(content), size):
            await response.write(content[at : at + size])
            await asyncio.sleep(gap)
        return response

    return fault


def floods(kind: str = "application/json", *, http: int = 200, mebibytes: int = 64) -> Fault:
    """A reply of which there is far too much."""

    async def fault(request: web.Request, body: Body) -> web.StreamResponse:
        response = web.StreamResponse(status=http, headers={"content-type": kind})
        await response.prepare(request)
        await response.write(b'{"choices": [{"message": {"content": "')
        for _ in range(mebibytes * 4):
            await response.write(bytes(1 << 18))
        return response

    return fault


@cache
def _packed() -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()


async def bomb(request: web.Request, body: Body) -> web.StreamResponse:
    """A small reply that becomes a large one when it is unpacked, though nobody asked for a packed one."""
    headers = {"content-type": "application/json", "content-encoding": "deflate"}
    return web.Response(body=_packed(), headers=headers)


async def redirects(request: web.Request, body: Body) -> web.StreamResponse:
    """Sends the request, with the answer in it, somewhere else."""
    return web.Response(status=307, headers={"location": str(request.url.with_path(ELSEWHERE))})


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
