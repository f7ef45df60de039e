"""One reply from a server that may be busy, slow, broken, or unable to do what is asked."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import openai

from interviewer.backends.completion import (
    Completion,
    Malformed,
    first_tokens,
    read_completion,
    text_of,
    usage_of,
)
from interviewer.backends.failures import LOST_ATTEMPT, NoReply, add, scrub
from interviewer.backends.offer import RUNGS, THE_WORD, Limits, Offer
from interviewer.backends.prices import Price
from interviewer.backends.protocols import ChatReply, ChatRequest
from interviewer.backends.refusals import Refusal, refusal_of
from interviewer.backends.traffic import Call, Traffic
from interviewer.errors import ConfigError
from interviewer.models import Usage

Send = Callable[[dict[str, Any]], Awaitable[object]]
"""Sends one request body and gives the decoded completion, or raises what the openai SDK raises."""
LIKELY_REPLY = 300
"""Tokens of a judgement."""
LONGEST_WORD = 100
"""Characters that are looked at where one word was wanted."""
SPARED = 20
"""Attempts turned away by a server that is too busy for everybody; they do not count as failures."""
_MOST_STEPS = len(RUNGS) + 5
"""Features that a server can refuse one after the other."""


class Caller:
    """Asks one server for replies, and remembers what it cannot do.

    Args:
        send: one attempt.
        label: the model, for error messages.
        offer: what to ask for at first.
        limits: when to give up.
        price: of the model's tokens, where known.
        traffic: what every attempt waits for; None lets all through.
    """

    def __init__(
        self,
        send: Send,
        label: str,
        offer: Offer,
        limits: Limits,
        price: Price | None,
        traffic: Traffic | None = None,
    ) -> None:
        self._send = send
        self.label = label
        self.limits = limits
        self.price = price
        self.offer = offer
        self.traffic = traffic or Traffic()

    async def reply(self, request: ChatRequest) -> ChatReply:
        """The model's reply.

        Raises:
            ConfigError: the key was refused, or there is no such model.
            NoReply: busy or broken until the attempts or the time were used up; or refused for good.
            BadReply: a reply that was cut off or empty.
        """
        ends = asyncio.get_running_loop().time() + self.limits.deadline
        usage, failures, spared = Usage(), 0, 0
        for _ in range(self.limits.retries + 1 + SPARED + _MOST_STEPS):
            offer = self.offer
            outcome, waited = await self._attempt(offer, request, usage, ends)
            ends += waited
            if isinstance(outcome, ChatReply):
                return outcome
            usage = add(usage, outcome.usage)
            word = request.reply_schema is None
            feature = offer.named_in(outcome.complaint, word=word) if outcome.kind == "unsupported" else None
            if feature is not None:
                self.offer = self.offer.without(feature)
                continue
            if outcome.crowded and self.traffic.is_slowed and spared < SPARED:
                # It is not this answer's fault: all of them are being slowed down.
                spared += 1
                await self.wait(outcome, usage, failures + 1, ends)
                continue
            failures += 1
            if outcome.kind != "busy" or failures > self.limits.retries:
                self.give_up(outcome, usage, failures)
            await self.wait(outcome, usage, failures, ends)
        raise NoReply(f"{self.label}: refuses every form of request", usage=usage)

    async def _attempt(
        self, offer: Offer, request: ChatRequest, before: Usage, ends: float
    ) -> tuple[ChatReply | Refusal, float]:
        """What one attempt gave, and the seconds until it could begin, which nobody is to be charged for."""
        clock = asyncio.get_running_loop().time
        asked, body = clock(), offer.body(request)
        need = self._need(body, offer.tokens(request)) if self.traffic.counts_tokens else {}
        async with self.traffic.call(**need) as call:
            waited = clock() - asked
            completion = await self._sent(body, min(self.limits.timeout, ends + waited - clock()), call)
        # Those that wait for the place which is free now send their requests before this reply is looked at.
        await asyncio.sleep(0)
        if isinstance(completion, Refusal):
            return completion, waited
        return _read(completion, offer, request, add(before, usage_of(completion, self.price))), waited

    async def _sent(self, body: dict[str, Any], patience: float, call: Call) -> Completion | Refusal:
        """The server's completion, or what came in its place; what it took stands on the call."""
        try:
            async with asyncio.timeout(patience):
                completion = read_completion(await self._send(body))
        except TimeoutError:
            reason = f"{self.label}: no reply within {patience:.3g} s"
            return Refusal(kind="busy", reason=reason, usage=LOST_ATTEMPT)
        except Malformed as error:
            return Refusal(kind="busy", reason=f"{self.label}: {scrub(str(error))}", usage=LOST_ATTEMPT)
        except openai.OpenAIError as error:
            refusal = refusal_of(error, self.label)
            call.busy, call.retry_after = refusal.crowded, refusal.retry_after
            call.usage = refusal.usage
            return refusal
        call.usage = usage_of(completion, self.price)
        return completion

    def _need(self, body: dict[str, Any], most: int) -> dict[str, Any]:
        """The most that a request may take: no token is shorter than a byte."""
        size = len(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
        worst = self.price.of(size, most) if self.price else 0.0
        # A rate is kept by what calls are likely to take: a token has about four bytes.
        return {"tokens": size // 4 + min(most, LIKELY_REPLY), "worst_usd": worst}

    def give_up(self, refusal: Refusal, usage: Usage, failures: int) -> NoReturn:
        """Raises what so many refused attempts come to.

        Raises:
            ConfigError: the key was refused, or there is no such model.
            NoReply: anything else.
        """
        if refusal.spent:
            self.traffic.quota_spent = refusal.reason
        if refusal.kind == "config":
            raise ConfigError(refusal.reason, hint=refusal.hint)
        after = f" (after {failures} attempts)" if failures > 1 else ""
        raise NoReply(refusal.reason + after, usage=usage, hint=refusal.hint)

    async def wait(self, refusal: Refusal, usage: Usage, failures: int, ends: float) -> None:
        """Waits before the next attempt, as long as the server asks or longer after each failure.

        Raises:
            NoReply: that would pass the end (seconds on the loop's clock).
        """
        limits = self.limits
        if refusal.retry_after is not None:
            # A little later than asked for, so that a crowd does not come back in the same instant.
            seconds = refusal.retry_after * random.uniform(1.0, 1.1)
        else:
            seconds = min(limits.longest_wait, limits.backoff * 2 ** (failures - 1)) * random.uniform(
                0.5, 1.0
            )
        if asyncio.get_running_loop().time() + seconds >= ends:
            raise NoReply(
                f"{refusal.reason}; waiting {seconds:.0f} s more would pass"
                f" the deadline of {limits.deadline:g} s",
                usage=usage,
            )
        await asyncio.sleep(seconds)


def _read(completion: Completion, offer: Offer, request: ChatRequest, usage: Usage) -> ChatReply:
    """What a completion says, and what was not done of what was asked for.

    Raises:
        NoReply: the model refused, or a filter stopped it.
        BadReply: it was cut off, or said nothing.
    """
    if request.reply_schema is None:
        first = first_tokens(completion)
        ignored = f"logprobs → {THE_WORD}" if offer.logprobs and not first else None
        text = text_of(completion, usage, max_tokens=None)[:LONGEST_WORD]
    else:
        first = ()
        ignored = "tool call → text" if offer.rung == "tool call" and not completion.calls_a_tool else None
        text = text_of(completion, usage, max_tokens=offer.max_tokens)
    own = (f"{ignored}, of the server's own accord",) if ignored else ()
    return ChatReply(text=text, usage=usage, downgrades=(*offer.downgrades, *own), first=first)
