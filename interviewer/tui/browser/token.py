"""Who may reach the app over a network: whoever knows the token, which is asked for as a password."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp.typedefs import Middleware

from interviewer.config import is_loopback
from interviewer.config.sources import SERVE_TOKEN
from interviewer.errors import ConfigError

COOKIE = "interviewer"
_TOKEN = re.compile(r"[\x21-\x7e]{16,256}")
_MAKE_ONE = f"export {SERVE_TOKEN}=$(openssl rand -hex 16)"


def token_for(host: str, *, allows_others: bool, environ: Mapping[str, str]) -> str | None:
    """The token that whoever connects has to know; None where this machine is all that can connect.

    Args:
        host: what the server will be bound to.
        allows_others: whether the user said that others may connect.

    Raises:
        ConfigError: others could connect, and that was not said, or there is no token; or it is a weak one.
    """
    token = environ.get(SERVE_TOKEN) or None
    if token is not None and _TOKEN.fullmatch(token) is None:
        raise ConfigError(
            f"{SERVE_TOKEN}: needs 16 or more letters, digits and signs, without spaces", hint=_MAKE_ONE
        )
    if is_loopback(host):
        return token
    if not allows_others:
        raise ConfigError(
            f"--host {host}: others could use your judge and read your history",
            hint=f"if they may: --allow-others, with a token in {SERVE_TOKEN}",
        )
    if token is None:
        raise ConfigError(
            f"--allow-others: whoever connects has to know a token, and {SERVE_TOKEN} is not set",
            hint=_MAKE_ONE,
        )
    return token


def require_token(token: str) -> Middleware:
    """Refuses every request without the token, as the password of any user, or what was given for it.

    A browser asks its user for the password once, and gets a cookie: not every browser sends a password with
    a WebSocket.
    """
    ticket = secrets.token_urlsafe(32)

    @web.middleware
    async def check(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if _same(request.cookies.get(COOKIE, ""), ticket):
            return await handler(request)
        if not _same(_password(request.headers.get("Authorization", "")), token):
            raise web.HTTPUnauthorized(
                text=f"Refused: the password is what {SERVE_TOKEN} holds where the server was started.\n",
                headers={"WWW-Authenticate": 'Basic realm="interviewer", charset="UTF-8"'},
            )
        response = await handler(request)
        if not response.prepared:
            response.set_cookie(COOKIE, ticket, httponly=True, samesite="Strict")
        return response

    return check


def _password(header: str) -> str:
    scheme, _, packed = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(packed.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode())
