"""JSON over HTTP, with nothing between the request and the socket that costs time.

A client library's own layers take two to four times as long as the request itself, which is what limits how
many answers one process can have judged. Failures are raised as the openai SDK raises them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
import openai

from interviewer import __version__
from interviewer.backends.bounds import AS_IT_IS, read_bounded
from interviewer.backends.completion import Malformed


class JsonClient:
    """Sends JSON to one server, over connections that stay open. To be made and used in one event loop.

    Args:
        base_url: what every path is added to.
        headers: sent with every request.
    """

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self._base_url = base_url.rstrip("/")
        # Who calls bounds how many are open, and for how long one may take.
        secure = httpx.create_ssl_context() if self._base_url.startswith("https:") else True
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=secure),
            headers={
                "User-Agent": f"interviewer/{__version__}",
                **headers,
                **AS_IT_IS,
                "Content-Type": "application/json",
            },
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=_proxy_for(self._base_url),
        )

    async def post(self, path: str, body: object) -> object:
        """The decoded reply. No redirection is followed: the answer goes to the configured server only.

        Raises:
            openai.APIConnectionError: the server was not reached, or the connection broke off.
            openai.APIStatusError: an HTTP error, or a redirection.
            Malformed: the reply is not JSON, or too large.
        """
        url = self._base_url + path
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        try:
            async with self._session.post(url, data=data, allow_redirects=False) as response:
                content = await read_bounded(response)
        except aiohttp.ClientConnectorError as error:
            raise _lost(url, error) from httpx.ConnectError(str(error))
        except (aiohttp.ClientError, OSError) as error:
            raise _lost(url, error) from None
        if response.status >= 300:
            raise _refused(url, response.status, dict(response.headers), content)
        return decoded(content, response.headers)

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()


def decoded(content: bytes, headers: Mapping[str, str]) -> object:
    """The JSON value of a reply.

    Raises:
        Malformed: it is none.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        kind = headers.get("content-type", "no content type")
        raise Malformed(f"the server's reply is not JSON ({kind})") from None


def _proxy_for(url: str) -> str | None:
    """The proxy that the environment names for this address; aiohttp would look it up for each request."""
    parts = urlsplit(url)
    if parts.hostname is None or proxy_bypass(parts.hostname):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _lost(url: str, error: Exception) -> openai.APIConnectionError:
    return openai.APIConnectionError(
        message=str(error) or type(error).__name__, request=httpx.Request("POST", url)
    )


def _refused(url: str, status: int, headers: dict[str, str], content: bytes) -> openai.APIStatusError:
    for name in ("Content-Encoding", "Content-Length", "Transfer-Encoding"):
        headers.pop(name, None)
    response = httpx.Response(status, headers=headers, content=content, request=httpx.Request("POST", url))
    text = response.text
    try:
        body: object = json.loads(text)
    except (ValueError, RecursionError):
        body = text
    if isinstance(body, dict):
        body = body.get("error", body)
    return openai.APIStatusError(text or f"HTTP {status}", response=response, body=body)
