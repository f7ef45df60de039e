"""A chat completion as servers send it: the text in it, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WrapValidator

from interviewer.backends.failures import BadReply, NoReply, scrub
from interviewer.backends.prices import Price
from interviewer.models import Usage

Count = Annotated[int, Field(ge=0, le=2**53)]
"""Of tokens: below nothing it would give money back, and beyond this no file or database keeps it."""
LONGEST_TOKEN = 16
"""Characters of a token, on average over a whole reply: an honest one stays far below."""


class Malformed(Exception):
    """The server sent something that is no chat completion; it may do better next time."""


class _Sent(BaseModel):
    """Part of a server's message. Servers add fields of their own, so unknown ones are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Function(_Sent):
    arguments: str


class _ToolCall(_Sent):
    function: _Function


class _OfProvider(_Sent):
    refusal: str | None = None


class _Message(_Sent):
    content: str | None = None
    refusal: str | None = None
    provider_specific_fields: _OfProvider | None = None
    """Where litellm puts a refusal."""
    tool_calls: tuple[_ToolCall, ...] | None = None


class _Choice(_Sent):
    finish_reason: str | None = None
    message: _Message
    logprobs: Any = None
    """Read only where it was asked for: servers put many things here."""


class _Token(_Sent):
    token: str
    logprob: float


class _Place(_Token):
    top_logprobs: tuple[_Token, ...] = ()


class _Logprobs(_Sent):
    content: tuple[_Place, ...]


class _Cached(_Sent):
    cached_tokens: Count | None = None


class _Tokens(_Sent):
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    prompt_tokens_details: _Cached | None = None


def _or_unknown(value: object, read: Callable[[object], _Tokens | None]) -> _Tokens | None:
    """A bill that makes no sense is no reason to throw the judgement away."""
    try:
        return read(value)
    except ValidationError:
        return None


_Bill = Annotated[_Tokens | None, WrapValidator(_or_unknown)]


class _Delta(_Sent):
    content: str | None = None
    refusal: str | None = None


class _Part(_Sent):
    finish_reason: str | None = None
    delta: _Delta = _Delta()


class Chunk(_Sent):
    """The parts of one event of a stream that matter here."""

    choices: tuple[_Part, ...] = ()
    usage: _Bill = None

    @property
    def text(self) -> str:
        """What it adds."""
        return self.choices[0].delta.content or "" if self.choices else ""

    @property
    def finish(self) -> str | None:
        """Why the model has stopped; None while it goes on."""
        part = self.choices[0] if self.choices else None
        return None if part is None else "refusal" if part.delta.refusal else part.finish_reason


class Completion(_Sent):
    """The parts of a completion that matter here."""

    choices: tuple[_Choice, ...]
    usage: _Bill = None

    @property
    def calls_a_tool(self) -> bool:
        """Whether the reply is a tool call rather than text."""
        return bool(self.choices[0].message.tool_calls)


def read_completion(data: object) -> Completion:
    """The completion in a decoded body.

    Raises:
        Malformed: it is none, or an empty one.
    """
    try:
        completion = Completion.model_validate(data)
    except ValidationError as error:
        raise Malformed(f"the server's reply is no chat completion ({_place(error)})") from None
    if not completion.choices:
        raise Malformed("the server's reply has no choices")
    return completion


def read_chunk(data: object) -> Chunk:
    """One decoded event of a stream.

    Raises:
        Malformed: it is none.
    """
    try:
        return Chunk.model_validate(data)
    except ValidationError as error:
        raise Malformed(f"the server's stream is no chat completion ({_place(error)})") from None


def _place(error: ValidationError) -> str:
    return ".".join(map(str, error.errors(include_url=False)[0]["loc"])) or "body"


def usage_of(completion: Completion | Chunk, price: Price | None) -> Usage:
    """Tokens as the server counted them, and their cost where the price is known."""
    tokens = completion.usage
    if tokens is None:
        return Usage(calls=1)
    cached = tokens.prompt_tokens_details.cached_tokens if tokens.prompt_tokens_details else None
    cost = None
    if price is not None and tokens.prompt_tokens is not None and tokens.completion_tokens is not None:
        cost = price.of(tokens.prompt_tokens, tokens.completion_tokens, cached=cached or 0)
    return Usage(
        calls=1,
        prompt_tokens=tokens.prompt_tokens,
        completion_tokens=tokens.completion_tokens,
        cost_usd=cost,
    )


def first_tokens(completion: Completion) -> tuple[tuple[str, float], ...]:
    """Tokens that the reply might have begun with, and how likely each was; empty where that is unknown."""
    try:
        places = _Logprobs.model_validate(completion.choices[0].logprobs).content
    except ValidationError:
        return ()
    first = next((place for place in places if place.token.strip()), None)
    if first is None:
        return ()
    likely = [(found.token, found.logprob) for found in first.top_logprobs]
    if first.token not in [token for token, _ in likely]:
        likely.append((first.token, first.logprob))
    return tuple((token, exp(min(0.0, logprob))) for token, logprob in likely if logprob == logprob)


def text_of(completion: Completion, usage: Usage, *, max_tokens: int | None) -> str:
    """What the model said.

    Args:
        max_tokens: that it was given for a whole reply; None: where a part is enough.

    Raises:
        NoReply: it refused, or a filter stopped it.
        BadReply: it was cut off, too long, or said nothing.
    """
    choice = completion.choices[0]
    own = choice.message.provider_specific_fields
    refusal = choice.message.refusal or (own.refusal if own else None)
    if refusal:
        raise NoReply(f"the model refused: {scrub(refusal)}", usage=usage)
    if choice.finish_reason in ("content_filter", "safety", "refusal"):
        raise NoReply("the provider's content filter stopped the reply", usage=usage)
    calls = choice.message.tool_calls
    text = calls[0].function.arguments if calls else choice.message.content or ""
    if choice.finish_reason == "length" and max_tokens is not None:
        raise BadReply(
            f"the reply was cut off at {max_tokens} tokens",
            usage=usage,
            reply=text,
            hint="raise judge.max_tokens, or judge.mode = 'per_criterion'",
        )
    if max_tokens is not None and len(text) > LONGEST_TOKEN * max_tokens:
        raise BadReply(f"the reply is longer than {max_tokens} tokens can be", usage=usage)
    if not text.strip():
        raise BadReply("the reply is empty", usage=usage)
    return text
