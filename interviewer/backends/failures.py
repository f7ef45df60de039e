"""How a backend fails: with a reason that shows no key, and with what the failed attempts took."""

from __future__ import annotations

import os
import re
from typing import TypeVar

from interviewer.errors import BackendUnavailable, UnreadableReply
from interviewer.models import Usage

REFUSED_ATTEMPT = Usage(calls=1, prompt_tokens=0, completion_tokens=0, cost_usd=0.0)
"""An attempt that the server turned down before it used a token."""
LOST_ATTEMPT = Usage(calls=1)
"""An attempt without an answer: what it took is unknown."""
LONGEST_REASON = 300

Number = TypeVar("Number", int, float)

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$")
_SECRETS = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|AIza)[-_]?[\w*.-]{12,}"
    r"|(?<=Bearer )\S+"
    r"|(?<=[?&]key=)[^&\s\"']+"
    r"|(?<=://)[^/@\s]+(?=@)"
)
_TRACEBACK = re.compile(r"Traceback \(most recent call last\):.*", re.S)
_OBJECT = re.compile(r"(?: ssl:)?<([^<>]{1,200}?)(?: object)? at 0x[0-9a-fA-F]+>")
"""A Python object as it prints itself; aiohttp puts one between the address and what was wrong with it."""
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class NoReply(BackendUnavailable):
    """No usable reply; says what the attempts took."""

    def __init__(self, message: str, *, usage: Usage, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.usage = usage


class BadReply(UnreadableReply):
    """A reply in the wrong form; says what the attempts took."""

    def __init__(self, message: str, *, usage: Usage, reply: str = "", hint: str | None = None) -> None:
        super().__init__(message, reply=reply, hint=hint)
        self.usage = usage


def add(first: Usage, second: Usage) -> Usage:
    """Both together. A number that one of them does not know is unknown."""
    if not first.calls or not second.calls:
        return second if not first.calls else first
    return Usage(
        calls=first.calls + second.calls,
        prompt_tokens=_sum(first.prompt_tokens, second.prompt_tokens),
        completion_tokens=_sum(first.completion_tokens, second.completion_tokens),
        cost_usd=_sum(first.cost_usd, second.cost_usd),
    )


def _sum(first: Number | None, second: Number | None) -> Number | None:
    return None if first is None or second is None else first + second


def showable(text: str) -> str:
    """The text with a question mark for each half of a character, which cannot be written out."""
    return text.encode("utf-8", "replace").decode()


def without_keys(text: str) -> str:
    """The text with `[key]` in place of every key of the environment."""
    for name, value in os.environ.items():
        if len(value) >= 8 and _SECRET_NAME.search(name):
            text = text.replace(value, "[key]")
    return text


def scrub(text: str) -> str:
    """The text in one line that any terminal can show, cut to a readable length, with every key taken out."""
    text = _UNSHOWABLE.sub("�", _TRACEBACK.sub("", showable(text)))
    text = _OBJECT.sub(lambda found: "" if found[0].startswith(" ssl:") else found[1], text)
    text = " ".join(_SECRETS.sub("[key]", without_keys(text)).split())
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
