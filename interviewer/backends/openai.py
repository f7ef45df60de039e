"""OpenAI, and every server that speaks its chat completions: vLLM, llama.cpp, Ollama, LM Studio."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator

import openai

from interviewer.backends.attempts import Caller
from interviewer.backends.bounds import AS_IT_IS, bound, bound_results
from interviewer.backends.held import Held
from interviewer.backends.http import JsonClient
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.prices import Price, price_of
from interviewer.backends.protocols import ChatReply, ChatRequest, Speech
from interviewer.backends.provider_batch import ProviderBatches
from interviewer.backends.traffic import Traffic
from interviewer.backends.voice import Voice
from interviewer.errors import ConfigError

OPENAI = "https://api.openai.com/v1"
NO_KEY = "not-needed"
"""Sent to a server of the user's own that asks for no key."""
_PATIENT = Limits(timeout=1e9, deadline=1e9, backoff=0.0)
"""A batch takes as long as it takes, and who was turned away waits for the next one."""
_ACCOUNT = {"OpenAI-Organization": "OPENAI_ORG_ID", "OpenAI-Project": "OPENAI_PROJECT_ID"}
"""Headers that say who pays, and the variables they come from."""


class OpenAIBackend:
    """A model behind chat completions.

    Args:
        model: as the server calls it.
        base_url: of a compatible server; None is OpenAI itself.
        key: OpenAI's, or the server's.
        offer: temperature, seed and length of replies; its model is replaced.
        limits: when to give up.
        price: of its tokens; None looks OpenAI's own models up.
        traffic: what its calls wait for.
        batches: what its calls go through, at half the price, in place of straight to the model.

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
        price: Price | None = None,
        traffic: Traffic | None = None,
        batches: ProviderBatches | None = None,
    ) -> None:
        self.label = f"openai/{model}"
        self._base_url = base_url or OPENAI
        official = self._base_url.rstrip("/") == OPENAI
        key = (key or "").strip()
        if not key.isprintable():
            raise ConfigError(f"{self.label}: OPENAI_API_KEY holds a line break or another control character")
        if official and not key:
            raise ConfigError(
                f"{self.label} needs a key", hint="export OPENAI_API_KEY=…, or use --judge embedded"
            )
        self._key = key or NO_KEY
        self._client = Held(self._connected, JsonClient.close)
        self._streams = Held(self._sdk, openai.AsyncOpenAI.close)
        change = {"model": model, "limit": "max_completion_tokens" if official else "max_tokens"}
        offer = (offer or Offer(model=model, max_tokens=4000)).model_copy(update=change)
        price = price or (price_of(self.label) if official else None)
        self._batches = batches
        if batches is not None:
            batches.connect(self._streams.get, model=model, base_url=self._base_url)
            price = price.halved if price else None
            limits = _PATIENT.model_copy(update={"retries": (limits or Limits()).retries})
        self.caller = Caller(self._send, self.label, offer, limits or Limits(), price, traffic)
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
        if self._batches is not None:
            return await self._batches.completion(body)
        client = await self._client.get()
        return await client.post("/chat/completions", body)

    async def _open(self, body: dict[str, object]) -> AsyncGenerator[object, None]:
        client = await self._streams.get()
        stream = await client.post(
            "/chat/completions",
            cast_to=object,
            body=body,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )
        return _events(stream)

    def _connected(self) -> JsonClient:
        headers = {"Authorization": f"Bearer {self._key}"}
        if self._base_url.rstrip("/") == OPENAI:
            headers |= {name: value for name, key in _ACCOUNT.items() if (value := os.environ.get(key))}
        return JsonClient(self._base_url, headers)

    def _sdk(self) -> openai.AsyncOpenAI:
        # What a batch has brought is as large as the batch.
        hooks = {"response": [bound if self._batches is None else bound_results]}
        return openai.AsyncOpenAI(
            api_key=self._key,
            base_url=self._base_url,
            max_retries=0,
            timeout=None,
            default_headers=AS_IT_IS,
            http_client=openai.DefaultAioHttpClient(timeout=None, follow_redirects=False, event_hooks=hooks),
        )


async def _events(stream: openai.AsyncStream[object]) -> AsyncGenerator[object, None]:
    async with stream:
        async for event in stream:
            yield event
