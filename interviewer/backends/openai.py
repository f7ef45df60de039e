"""OpenAI, and every server that speaks its chat completions: vLLM, llama.cpp, Ollama, LM Studio."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator

import httpx
import openai

from interviewer.backends.attempts import Caller
from interviewer.backends.completion import Malformed
from interviewer.backends.held import Held
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.prices import price_of
from interviewer.backends.protocols import ChatReply, ChatRequest, Speech
from interviewer.backends.voice import Voice
from interviewer.errors import ConfigError

OPENAI = "https://api.openai.com/v1"
NO_KEY = "not-needed"
"""Sent to a server of the user's own that asks for no key."""


class OpenAIBackend:
    """A model behind chat completions.

    Args:
        model: as the server calls it.
        base_url: of a compatible server; None is OpenAI itself.
        key: OpenAI's, or the server's.
        offer: temperature, seed and length of replies; its model is replaced.
        limits: when to give up.

    Raises:
        ConfigError: OpenAI itself is asked, and there is no key.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        key: str | None = None,
        offer: Offer | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.label = f"openai/{model}"
        self._base_url = base_url or OPENAI
        official = self._base_url.rstrip("/") == OPENAI
        if official and not key:
            raise ConfigError(
                f"{self.label} needs a key", hint="export OPENAI_API_KEY=…, or use --judge embedded"
            )
        self._key = key or NO_KEY
        self._client = Held(self._connected, openai.AsyncOpenAI.close)
        change = {"model": model, "limit": "max_completion_tokens" if official else "max_tokens"}
        offer = (offer or Offer(model=model, max_tokens=4000)).model_copy(update=change)
        price = price_of(self.label) if official else None
        self.caller = Caller(self._send, self.label, offer, limits or Limits(), price)
        self._voice = Voice(self._open, self.caller)

    async def reply(self, request: ChatRequest) -> ChatReply:
        """The model's reply.

        Raises:
            ConfigError: the key was refused, or there is no such model.
            BackendUnavailable: no usable reply.
            UnreadableReply: a reply that was cut off or empty.
        """
        return await self.caller.reply(request)

    def speak(self, system: str, prompt: str) -> Speech:
        """Plain text in pieces; see `Speaker`."""
        return self._voice.speak(system, prompt)

    async def _send(self, body: dict[str, object]) -> object:
        # The raw response: the SDK's typed one would accept a body that is no completion.
        client = await self._client.get()
        response = await client.post("/chat/completions", cast_to=httpx.Response, body=body)
        try:
            return json.loads(response.content)
        except ValueError:
            kind = response.headers.get("content-type", "no content type")
            raise Malformed(f"the server's reply is not JSON ({kind})") from None

    async def _open(self, body: dict[str, object]) -> AsyncGenerator[object, None]:
        client = await self._client.get()
        stream = await client.post(
            "/chat/completions",
            cast_to=object,
            body=body,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )
        return _events(stream)

    def _connected(self) -> openai.AsyncOpenAI:
        # With many requests at once httpx's own connections cost three times what the requests take.
        return openai.AsyncOpenAI(
            api_key=self._key,
            base_url=self._base_url,
            max_retries=0,
            timeout=None,
            http_client=openai.DefaultAioHttpClient(timeout=None),
        )


async def _events(stream: openai.AsyncStream[object]) -> AsyncGenerator[object, None]:
    async with stream:
        async for event in stream:
            yield event
