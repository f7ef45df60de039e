"""Calls to make, and a caller whose server fails as it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx
import openai

from interviewer.backends.attempts import Caller
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.protocols import ChatRequest
from interviewer.backends.traffic import Traffic
from interviewer.models import Usage
from tests.batch.clock import now
from tests.fault_server import completion

REQUEST = ChatRequest(system="Mark.", prompt="It is 800.", reply_schema={"type": "object"})


@dataclass
class Calls:
    """Makes calls, and keeps when each began and how many ran."""

    traffic: Traffic
    takes: float = 1.0
    began: list[float] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    running: int = 0
    most: int = 0

    async def make(self, number: int = 0, *, usage: Usage | None = None, **need: Any) -> None:
        async with self.traffic.call(**need) as call:
            self.began.append(now())
            self.order.append(number)
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(self.takes)
            self.running -= 1
            call.usage = usage or Usage(calls=1, prompt_tokens=0, completion_tokens=0, cost_usd=0.0)


async def together(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    return await asyncio.gather(*work, return_exceptions=True)


def spent(usd: float | None) -> Usage:
    return Usage(calls=1, prompt_tokens=10, completion_tokens=10, cost_usd=usd)


def caller(
    traffic: Traffic, *outcomes: Exception | None, takes: float = 1.0, text: str = "{}"
) -> tuple[Caller, list[float]]:
    """A caller whose server raises these one after the other, and then replies; and when it was asked."""
    left, asked = list(outcomes), []

    async def send(body: dict[str, Any]) -> object:
        asked.append(now())
        await asyncio.sleep(takes)
        error = left.pop(0) if left else None
        if error is not None:
            raise error
        return completion(text)

    limits = Limits(timeout=30, deadline=40, retries=4)
    return Caller(send, "openai/m", Offer(model="m", max_tokens=100), limits, None, traffic), asked


def too_many(seconds: float) -> openai.RateLimitError:
    response = httpx.Response(
        429, headers={"retry-after": str(seconds)}, request=httpx.Request("POST", "http://server")
    )
    return openai.RateLimitError("too many requests", response=response, body=None)
