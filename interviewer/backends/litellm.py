"""Every provider that litellm reaches, asked in the same way as OpenAI."""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import AsyncGenerator
from copy import deepcopy
from functools import cache
from types import ModuleType
from typing import Any

import httpx
import openai

from interviewer.backends.attempts import Caller
from interviewer.backends.bounds import AS_IT_IS, bound
from interviewer.backends.completion import Malformed, read_completion
from interviewer.backends.held import Held
from interviewer.backends.http import decoded
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.openai import NO_KEY
from interviewer.backends.prices import Price, price_of
from interviewer.backends.protocols import ChatReply, ChatRequest, Speech
from interviewer.backends.traffic import Traffic
from interviewer.backends.voice import Voice
from interviewer.errors import ConfigError

_SIGNED_IN_BY = {
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_FEDERATION_RULE_ID"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "mistral": ("MISTRAL_API_KEY", "MISTRAL_AZURE_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
}
"""Variables of which a provider needs one. litellm asks some of them without any, and sends the answer."""


class LiteLLMBackend:
    """A model of any provider.

    Args:
        model: as litellm names it, `provider/model`.
        base_url: of a server that is not the provider's own.
        offer: temperature, seed and length of replies; its model is replaced.
        limits: when to give up.
        price: of its tokens; None takes the provider's list price.
        traffic: what its calls wait for.

    Raises:
        ConfigError: the provider is known to need a key, and there is none.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        offer: Offer | None = None,
        limits: Limits | None = None,
        price: Price | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        if base_url is None:
            _need_key(model)
        library()
        self.label = model
        self._base_url = base_url
        offer = (offer or Offer(model=model, max_tokens=4000)).model_copy(update={"model": model})
        price = price or (price_of(model) if base_url is None else None)
        self.caller = Caller(self._send, model, offer, limits or Limits(), price, traffic)
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
        response = await self._ask(body)
        try:
            return response.model_dump()
        except AttributeError:
            raise Malformed("the provider's reply is no chat completion") from None

    async def _open(self, body: dict[str, object]) -> AsyncGenerator[object, None]:
        return _events(await self._ask(body))

    async def _ask(self, body: dict[str, object]) -> Any:
        options: dict[str, object] = {}
        if self._base_url is not None:
            options["api_base"] = self._base_url
            if self.label.startswith("openai/") and not os.environ.get("OPENAI_API_KEY"):
                options["api_key"] = NO_KEY
        if "tools" in body:
            # Else litellm imports its proxy's tool gateway, which is not installed.
            options["_skip_mcp_handler"] = True
        # Nothing may vanish silently and nothing may be tried behind our back: both are the caller's work.
        litellm = await _LIBRARY.get()
        # It rewrites the schema of a tool in place, and requests share theirs.
        options |= deepcopy(body)
        return await litellm.acompletion(**options, drop_params=False, num_retries=0, max_retries=0)


def _need_key(model: str) -> None:
    provider = model.partition("/")[0]
    names = _SIGNED_IN_BY.get(provider, ())
    # A server of one's own in the provider's place may need none.
    elsewhere = (f"{provider.upper()}_API_BASE", f"{provider.upper()}_BASE_URL")
    if names and not any(os.environ.get(name) for name in (*names, *elsewhere)):
        raise ConfigError(
            f"{model} needs a key: {names[0]} is not set",
            hint=f"export {names[0]}=…, or use --judge embedded",
        )


async def _events(stream: Any) -> AsyncGenerator[object, None]:
    try:
        async for chunk in stream:
            # Where the provider does not count tokens litellm makes a number up, and sends it all the same.
            yield chunk.model_dump(warnings=False, exclude={"usage"})
        counts = [chunk.model_dump(warnings=False).get("usage") for chunk in stream.chunks]
        yield {"usage": next((count for count in reversed(counts) if count), None)}
    except AttributeError:
        raise Malformed("the provider's reply is no stream") from None
    except openai.OpenAIError as error:
        # litellm wraps what happens in the middle of a stream in a made-up HTTP 500.
        cause = getattr(error, "original_exception", None)
        raise (cause if isinstance(cause, openai.OpenAIError) else error) from None
    finally:
        await stream.aclose()


def _opened() -> Any:
    """litellm, with a connection of our own to whatever speaks as OpenAI does."""
    litellm: Any = library()
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

    litellm.aclient_session = AsyncHTTPHandler(event_hooks={"response": [_vet]}).client
    return litellm


def _bound_all(handler: Any) -> None:
    """Has every connection of the library bounded and never redirected, whichever provider it is made for.

    A redirection would get the answer, and the key as well: only one header of many is left out by httpx
    where it is sent on to another host.
    """
    made = handler.create_client

    def create_client(self: Any, *arguments: Any, **options: Any) -> httpx.AsyncClient:
        client: httpx.AsyncClient = made(self, *arguments, **options)
        client.follow_redirects = False
        client.headers.update(AS_IT_IS)
        client.event_hooks["response"].insert(0, bound)
        return client

    handler.create_client = create_client


async def _vet(response: httpx.Response) -> None:
    """Refuses what litellm would wrap in a made-up HTTP 500.

    Raises:
        Malformed: it is no chat completion.
    """
    if response.is_success and not json.loads(response.request.content).get("stream"):
        read_completion(decoded(await response.aread(), response.headers))


async def _close_connections(library: Any) -> None:
    await library.aclient_session.aclose()
    library.aclient_session = None
    await library.close_litellm_async_clients()
    # litellm keeps what it has closed, and would use it again.
    library.in_memory_llm_clients_cache.flush_cache()


@cache
def library() -> ModuleType:
    """litellm, loaded when first needed, without its network look-up, telemetry, banners and warnings."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import litellm
        import openai.resources  # noqa: F401
        from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

        _bound_all(AsyncHTTPHandler)
        litellm.telemetry = False
        litellm.suppress_debug_info = True
        for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        # The first calls import much more, and would hold up the event loop. These go nowhere.
        hello = [{"role": "user", "content": "hello"}]
        litellm.completion(model="openai/none", messages=hello, mock_response="hello")
        list(litellm.completion(model="openai/none", messages=hello, mock_response="hello", stream=True))
    # What it imports with the first call to some providers warns of its own models.
    warnings.filterwarnings("ignore", message="Items? .* on TypedDict class", category=UserWarning)
    return litellm


_LIBRARY = Held(_opened, _close_connections)
"""One for all models: litellm keeps the connections of all of them together."""
