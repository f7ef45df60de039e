"""Replies that come piece by piece, whole or broken."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from tests.fault_server import TOKENS, Body, Fault


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


async def trickles(request: web.Request, body: Body) -> web.StreamResponse:
    """A word now and then, for ever."""
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    for _ in range(1000):
        await response.write(event({"content": "and "}))
        await asyncio.sleep(0.02)
    return response


def event(delta: Body, finish: str | None = None) -> bytes:
    """One event of a stream."""
    return data({**_EVENT, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def data(content: Body) -> bytes:
    """Any JSON as a server-sent event."""
    return f"data: {json.dumps(content)}\n\n".encode()
