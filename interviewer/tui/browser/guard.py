"""Who may reach the app in the browser: no page of another site, whatever name it goes by."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from interviewer.config import is_loopback

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HEADERS = {
    # Everything is loaded from here. The terminal in the page sets styles of its own, hence 'unsafe-inline'.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}
"""Sent with every response."""
_PLACE = re.compile(r"(?:([\w.-]+)|\[([0-9a-f:.]+)\])(?::\d{1,5})?", re.ASCII)


def guard(host: str) -> Middleware:
    """Refuses requests that a page of another site makes a browser send.

    The name in `Host` must be one of this machine: a page whose own name was made to lead here (DNS
    rebinding) sends that name. And where there is an `Origin`, which every browser sends with a WebSocket,
    it must be the same place.

    Args:
        host: what the server is bound to.
    """
    machine = socket.gethostname().lower()
    own = LOOPBACK | {host.lower()}
    if not is_loopback(host):
        own |= {machine, f"{machine}.local"}

    def is_own(name: str) -> bool:
        # Reached over a network, it may have any address; a rebound name is no address.
        return name in own or (not is_loopback(host) and _is_address(name))

    @web.middleware
    async def check(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        place = request.headers.get("Host", "").lower()
        found = _PLACE.fullmatch(place)
        if found is None or not is_own(found[1] or found[2]):
            raise web.HTTPForbidden(text="Refused: this server does not go by the name that was asked for.\n")
        origin = request.headers.get("Origin", "" if request.path == "/ws" else None)
        if origin is not None and origin.lower() not in (f"http://{place}", f"https://{place}"):
            raise web.HTTPForbidden(text="Refused: only this server's own page may do that.\n")
        return await handler(request)

    return check


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tells the browser to load nothing from elsewhere, and to let no other page look in."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
