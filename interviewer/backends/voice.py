"""A short text from a server, given on piece by piece while it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import httpx
import openai

from interviewer.backends.attempts import Caller
from interviewer.backends.completion import Chunk, Malformed, read_chunk, usage_of
from interviewer.backends.failures import LOST_ATTEMPT, NoReply, add, scrub
from interviewer.backends.offer import SPEECH_TOKENS
from interviewer.backends.protocols import Speech
from interviewer.backends.refusals import Refusal, refusal_of
from interviewer.models import Usage

Events = AsyncGenerator[object, None]
Open = Callable[[dict[str, Any]], Awaitable[Events]]
"""Begins a stream of decoded events, or raises what the openai SDK raises."""
RETRIES = 1
"""Whoever waits for a sentence does not wait long."""
_MOST_STEPS = 6
"""Attempts in all, with those that only find out what the server does not take."""


class SpokenText:
    """A speech made of what a generator yields.

    Args:
        pieces: makes the generator, which keeps `usage` of what it is given up to date.
    """

    def __init__(self, pieces: Callable[[SpokenText], AsyncGenerator[str, None]]) -> None:
        self.usage = Usage()
        self._pieces = pieces(self)

    def __aiter__(self) -> SpokenText:
        return self

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        """Ends it."""
        await self._pieces.aclose()


class Voice:
    """Lets one server speak.

    Args:
        open: begins one attempt.
        caller: of the same server: its limits hold here too, and what it cannot do is learnt together.
    """

    def __init__(self, open: Open, caller: Caller) -> None:
        self._open = open
        self._caller = caller
        self._counted = True

    def speak(self, system: str, prompt: str) -> Speech:
        """What the model says to this."""
        return SpokenText(lambda speech: self._pieces(speech, system, prompt))

    async def _pieces(self, speech: SpokenText, system: str, prompt: str) -> AsyncGenerator[str, None]:
        label, limits = self._caller.label, self._caller.limits
        ends = asyncio.get_running_loop().time() + limits.deadline
        events, until = await self._begun(speech, system, prompt, ends)
        before, finish, said = speech.usage, None, False
        speech.usage = add(before, LOST_ATTEMPT)
        async with aclosing(events):
            while (chunk := await self._next(events, until, speech.usage)) is not None:
                finish = finish if finish == "refusal" else chunk.finish or finish
                if chunk.usage is not None:
                    speech.usage = add(before, usage_of(chunk, self._caller.price))
                if chunk.text:
                    said = said or not chunk.text.isspace()
                    yield chunk.text
        problem = _problem(finish, said=said)
        if problem is not None:
            raise NoReply(f"{label}: {problem}", usage=speech.usage)

    async def _begun(self, speech: SpokenText, system: str, prompt: str, ends: float) -> tuple[Events, float]:
        """The events of the first attempt that the server takes, and when it has to be over."""
        caller, failures = self._caller, 0
        for _ in range(_MOST_STEPS):
            until = min(ends, asyncio.get_running_loop().time() + caller.limits.timeout)
            try:
                async with asyncio.timeout_at(until):
                    return await self._open(caller.offer.speech(system, prompt, counted=self._counted)), until
            except TimeoutError:
                refusal = self._silence(LOST_ATTEMPT)
            except openai.OpenAIError as error:
                refusal = refusal_of(error, caller.label)
            speech.usage = add(speech.usage, refusal.usage)
            if refusal.kind == "unsupported" and self._asks_for_less(refusal.complaint):
                continue
            failures += 1
            if refusal.kind != "busy" or failures > min(RETRIES, caller.limits.retries):
                caller.give_up(refusal, speech.usage, failures)
            await caller.wait(refusal, speech.usage, failures, ends)
        raise NoReply(f"{caller.label}: refuses every form of request", usage=speech.usage)

    async def _next(self, events: Events, until: float, usage: Usage) -> Chunk | None:
        """The next event; None at the end."""
        label = self._caller.label
        try:
            async with asyncio.timeout_at(until):
                event = await anext(events, None)
            return None if event is None else read_chunk(event)
        except TimeoutError:
            reason = self._silence(usage).reason
        except Malformed as error:
            reason = f"{label}: {scrub(str(error))}"
        except openai.OpenAIError as error:
            reason = refusal_of(error, label).reason
        except (httpx.HTTPError, ValueError) as error:
            reason = f"{label}: the stream broke off: {scrub(str(error))}"
        raise NoReply(reason, usage=usage)

    def _silence(self, usage: Usage) -> Refusal:
        seconds = self._caller.limits.timeout
        reason = f"{self._caller.label}: no whole reply within {seconds:.3g} s"
        return Refusal(kind="busy", reason=reason, usage=usage)

    def _asks_for_less(self, complaint: str) -> bool:
        """Whether something that the complaint is about could be left out."""
        if self._counted and "stream_options" in complaint:
            self._counted = False
            return True
        offer = self._caller.offer
        feature = offer.named_in(complaint)
        if feature is None or feature == offer.rung:
            return False
        self._caller.offer = offer.without(feature)
        return True


def _problem(finish: str | None, *, said: bool) -> str | None:
    """What is wrong with a speech that has ended."""
    if finish == "refusal":
        return "the model refused"
    if finish in ("content_filter", "safety"):
        return "the provider's content filter stopped the reply"
    if finish == "length":
        return f"the reply was cut off at {SPEECH_TOKENS} tokens"
    if not said:
        return "the reply is empty"
    return "the reply broke off" if finish is None else None
