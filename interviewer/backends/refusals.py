"""Why a server turned a request down, and whether asking again can help."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Literal

import httpx
import openai

from interviewer.backends.failures import LOST_ATTEMPT, REFUSED_ATTEMPT, scrub, showable
from interviewer.models import Usage, Value

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
    # A refused connection is a time-out for the client that the openai SDK uses here.
    if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout):
        return Refusal(kind="busy", reason=f"{label}: cannot reach the server")
    if isinstance(error, openai.APITimeoutError):
        return Refusal(
            kind="busy",
            reason=f"{label}: no reply: the connection timed out or broke off",
            usage=LOST_ATTEMPT,
        )
    complaint = _complaint(error)
    said = scrub(complaint)
    # litellm reports a key that it did not find as a broken connection or an HTTP 500.
    if _NO_KEY.search(complaint):
        return _without_key(label, said, _KEY_NAME.search(complaint))
    # Some of litellm's exceptions have a status without being status errors.
    status: int | None = getattr(error, "status_code", None)
    if isinstance(error, openai.APIConnectionError):
        return Refusal(kind="busy", reason=f"{label}: connection lost: {said}", usage=LOST_ATTEMPT)
    if status is None:
        return Refusal(kind="busy", reason=f"{label}: {said}", usage=LOST_ATTEMPT)
    return _by_status(status, complaint, f"{label}: HTTP {status}: {said}", _headers(error))


def _without_key(label: str, said: str, name: re.Match[str] | None) -> Refusal:
    if name is None:
        return Refusal(kind="config", reason=f"{label} needs a key: {said}", hint=_KEYS)
    return Refusal(
        kind="config", reason=f"{label} needs a key: {name[0]} is not set", hint=f"export {name[0]}=…"
    )


def _by_status(status: int, complaint: str, reason: str, headers: httpx.Headers) -> Refusal:
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
        return max(0.0, seconds) if isfinite(seconds) else None
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
