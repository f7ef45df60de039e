"""How much of a reply is read: a server that never stops must not fill the memory."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Mapping

import aiohttp
import httpx

from interviewer.backends.completion import Malformed

LARGEST_REPLY = 4 << 20
"""Bytes. No judgement comes near it."""
LARGEST_RESULTS = 256 << 20
"""Bytes of the results of a provider's batch: 128 KiB for each of its requests, and a judgement has 2."""
LARGEST_COMPLAINT = 1 << 13
"""Bytes of an error; the rest is left out. litellm searches all of it for keys, for seconds on end."""
AS_IT_IS = {"Accept-Encoding": "identity"}
"""Sent with every request: a few compressed bytes can become any number of others."""


async def bound(response: httpx.Response, largest: int = LARGEST_REPLY) -> None:
    """Bounds what will be read of a response; an event hook for httpx.

    Args:
        largest: bytes of a reply.

    Raises:
        Malformed: it is compressed, and could become anything.
    """
    _refuse_compressed(response.headers)
    assert isinstance(response.stream, httpx.AsyncByteStream)
    response.stream = _Bounded(response.stream, largest if response.is_success else LARGEST_COMPLAINT)


async def bound_results(response: httpx.Response) -> None:
    """The same, for what a provider's batch has brought."""
    await bound(response, LARGEST_RESULTS)


async def read_bounded(response: aiohttp.ClientResponse) -> bytes:
    """The whole body.

    Raises:
        Malformed: it is compressed, or has no end in sight.
    """
    _refuse_compressed(response.headers)
    limit = LARGEST_REPLY if response.status < 300 else LARGEST_COMPLAINT
    pieces = _bounded(response.content.iter_any(), limit)
    return b"".join([piece async for piece in pieces])


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _bounded(self._stream, self._limit)

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bounded(pieces: AsyncIterable[bytes], limit: int) -> AsyncIterator[bytes]:
    left = limit
    async for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left < 0:
            if limit != LARGEST_COMPLAINT:
                raise Malformed(f"the server's reply is larger than {limit >> 20} MiB")
            return


def _refuse_compressed(headers: Mapping[str, str]) -> None:
    if headers.get("content-encoding", "identity") != "identity":
        raise Malformed("the server's reply is compressed, which it was asked not to be")
