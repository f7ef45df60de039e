"""Why a server turned a request down, and whether asking again can help."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Literal, TypeVar

import aiohttp
import httpx
import openai

from interviewer.backends.completion import Malformed
from interviewer.backends.failures import LOST_ATTEMPT, REFUSED_ATTEMPT, scrub, showable
from interviewer.models import Usage, Value

Wrapped = TypeVar("Wrapped", bound=BaseException)

_SPENT = re.compile(
    r"insufficient_quota|billing_hard_limit|credit balance is too low|PerDay|daily limit|out of credits", re.I
)
_TOO_LONG = re.compile(
    r"context_length_exceeded|context (?:length|window|size)|maximum context"
    r"|too many tokens|prompt is too long",
    re.I,
)
_NO_MODEL = re.compile(
    r"model_not_found|model\W.*(?:not found|does not exist)|unknown model|no such model"
    r"|LLM Provider NOT provided",
    re.I,
)
_NO_KEY = re.compile(r"\bmissing\b[^.]{0,40}\b(?:api key|credentials)|unable to locate credentials", re.I)
_KEY_NAME = re.compile(r"\b[A-Z][A-Z0-9_]{1,40}_API_KEY\b")
_FOREVER = 1e9
LONGEST_COMPLAINT = 4000
"""Characters of an error in which we look for what it is about: a server may send millions."""
_BUSY = {408, 409, 425, 429}

_KEYS = "keys are read from the environment, for example OPENAI_API_KEY"


class Refusal(Value):
    """One attempt that gave nothing."""

    kind: Literal["busy", "unsupported", "final", "config"]
    """`busy`: again later. `unsupported`: again with less. `final`: not this answer. `config`: none ever."""
    reason: str
    complaint: str = ""
    """The server's own words, for finding the feature they are about. Not scrubbed: not for showing."""
    retry_after: float | None = None
    crowded: bool = False
    """Whether the server had more to do than it can: fewer calls at once may help."""
    spent: bool = False
    """Whether a quota is used up: nothing more is to be had for now."""
    usage: Usage = REFUSED_ATTEMPT
    hint: str | None = None


def refusal_of(error: openai.OpenAIError, label: str) -> Refusal:
    """What an exception of the openai SDK means; litellm's derive from them."""
    if _is_unreached(error):
        return Refusal(kind="busy", reason=f"{label}: cannot reach the server")
    malformed = _within(error, Malformed)
    if malformed is not None:
        return Refusal(kind="busy", reason=f"{label}: {scrub(str(malformed))}", usage=LOST_ATTEMPT)
    if isinstance(error, openai.APITimeoutError):
        return Refusal(
            kind="busy",
            reason=f"{label}: no reply: the connection timed out or broke off",
            usage=LOST_ATTEMPT,
        )
    whole = _complaint(error)
    said, complaint = scrub(whole), whole[:LONGEST_COMPLAINT]
    # litellm reports a key that it did not find as a broken connection or an HTTP 500.
    if _NO_KEY.search(complaint):
        return _without_key(label, said, _KEY_NAME.search(complaint))
    # Some of litellm's exceptions have a status without being status errors.
    status: int | None = getattr(error, "status_code", None)
    # It reports a connection that broke off as an HTTP 500 as well.
    lost = _within(error, openai.APIConnectionError)
    if lost is not None:
        said = scrub(str(lost.__cause__ or lost)) or said
        return Refusal(kind="busy", reason=f"{label}: connection lost: {said}", usage=LOST_ATTEMPT)
    if status is None:
        return Refusal(kind="busy", reason=f"{label}: {said}", usage=LOST_ATTEMPT)
    return _by_status(status, complaint, f"{label}: HTTP {status}: {said}", _headers(error))


def _is_unreached(error: openai.OpenAIError) -> bool:
    """Whether there was no connection at all, so that nothing can have been used."""
    # For the libraries' own clients one that broke off later may look the same.
    broken = _within(error, aiohttp.ClientConnectionError)
    if broken is not None:
        return isinstance(broken, aiohttp.ClientConnectorError)
    return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)


def _within(error: BaseException | None, kind: type[Wrapped]) -> Wrapped | None:
    """The exception of this kind that a library has wrapped, perhaps more than once."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error


def _without_key(label: str, said: str, name: re.Match[str] | None) -> Refusal:
    if name is None:
        return Refusal(kind="config", reason=f"{label} needs a key: {said}", hint=_KEYS)
    return Refusal(
        kind="config", reason=f"{label} needs a key: {name[0]} is not set", hint=f"export {name[0]}=…"
    )


def _by_status(status: int, complaint: str, reason: str, headers: httpx.Headers) -> Refusal:
    if 300 <= status < 400:
        return Refusal(
            kind="config",
            reason=f"the server sends us elsewhere, which is not followed: {reason}",
            hint="set judge.base_url to the address that answers by itself",
        )
    if status == 401:
        return Refusal(kind="config", reason=f"the key was refused: {reason}", hint=_KEYS)
    if status == 402 or _SPENT.search(complaint):
        return Refusal(kind="final", reason=f"the quota is spent: {reason}", spent=True)
    if status in _BUSY or status >= 500:
        crowded = status in (429, 503, 529)
        return Refusal(kind="busy", reason=reason, retry_after=retry_after(headers), crowded=crowded)
    if status in (400, 404) and _NO_MODEL.search(complaint):
        return Refusal(kind="config", reason=f"no such model: {reason}")
    if _TOO_LONG.search(complaint):
        return Refusal(kind="final", reason=f"too long for the model: {reason}")
    # OpenAI forbids what some of its models cannot do.
    if status in (400, 422) or (status == 403 and "logprobs" in complaint):
        return Refusal(kind="unsupported", reason=reason, complaint=complaint)
    return Refusal(kind="final", reason=reason)


def _complaint(error: openai.OpenAIError) -> str:
    if not isinstance(error, openai.APIError):
        return showable(str(error))
    # litellm's error about parameters that a provider does not take has no body.
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        parts = [body.get(key) for key in ("message", "code", "param", "type")]
        if isinstance(parts[0], str):
            return showable(" ".join(str(part) for part in parts if part))
    return showable(error.message)


def _headers(error: openai.OpenAIError) -> httpx.Headers:
    # litellm puts an empty response in place of the real one, and its headers beside it.
    beside: httpx.Headers | None = getattr(error, "litellm_response_headers", None)
    response: httpx.Response | None = getattr(error, "response", None)
    own = response.headers if response is not None else httpx.Headers()
    return httpx.Headers({**(beside or {}), **own})


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds that the server asks to wait: a number or a date; None where it does not say."""
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        seconds = float(value)
        return min(max(0.0, seconds), _FOREVER) if isfinite(seconds) else None
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
