"""Loaded by every Python that starts with this folder on its path: it connects to one port only.

`GUARD_PORT` is that port of this machine; every attempt is a line of the file `GUARD_RECORD`.
"""

from __future__ import annotations

import os
import sys

_PORT, _RECORD = int(os.environ["GUARD_PORT"]), os.environ["GUARD_RECORD"]
_HERE = ("127.0.0.1", "::1")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        allowed = isinstance(address, tuple) and address[0] in _HERE and address[1] == _PORT
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[:2]
        allowed = arguments[0] in (None, "localhost", *_HERE)
    else:
        return
    with open(_RECORD, "a", encoding="utf-8") as record:
        record.write(f"{'allowed' if allowed else 'refused'} {event} {address!r}\n")
    if not allowed:
        raise PermissionError(f"{event} {address!r}: refused by the test")


sys.addaudithook(_watch)
