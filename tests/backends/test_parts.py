"""The small parts that chat backends share."""

from __future__ import annotations

import asyncio
import email.utils
import gc
import subprocess
import sys
import time

import httpx
import pytest

from interviewer.backends.failures import LOST_ATTEMPT, REFUSED_ATTEMPT, add, scrub
from interviewer.backends.held import Held
from interviewer.backends.offer import Offer
from interviewer.backends.prices import price_of
from interviewer.backends.refusals import retry_after
from interviewer.models import Usage

KNOWN = Usage(calls=1, prompt_tokens=10, completion_tokens=5, cost_usd=0.01)


def test_usage_adds_up_and_unknown_stays_unknown() -> None:
    assert add(Usage(), KNOWN) == add(KNOWN, Usage()) == KNOWN
    assert add(KNOWN, KNOWN) == Usage(calls=2, prompt_tokens=20, completion_tokens=10, cost_usd=0.02)
    assert add(REFUSED_ATTEMPT, KNOWN) == KNOWN.model_copy(update={"calls": 2})
    assert add(LOST_ATTEMPT, KNOWN) == Usage(calls=2)


def test_openai_is_used_and_priced_without_loading_litellm() -> None:
    code = (
        "import sys; from interviewer.backends.openai import OpenAIBackend;"
        "from interviewer.backends.prices import price_of;"
        "OpenAIBackend('gpt-4.1-mini', key='none'); price_of('openai/gpt-4.1-mini').prompt;"
        "sys.exit('litellm' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_price_is_that_of_the_model_and_provider() -> None:
    price = price_of("openai/gpt-4.1-mini")
    assert price is not None
    assert price.of(1_000_000, 0) == pytest.approx(price.prompt * 1_000_000)
    assert price.of(1000, 10, cached=400) < price.of(1000, 10)
    assert price_of("openai/no-such-model") is None
    assert price_of("anthropic/gpt-4.1-mini") is None


@pytest.mark.parametrize(
    "text",
    [
        "key sk-proj-abcdefghijkl1234 refused",
        "Authorization: Bearer abc.def.ghi-jkl",
        "GET https://host/v1?alt=json&key=AIzaSyA1234567890abcdefghij failed",
        "https://user:hunter2hunter2@host/v1",
    ],
)
def test_what_looks_like_a_key_is_not_shown(text: str) -> None:
    shown = scrub(text)
    assert "[key]" in shown
    assert not any(part in shown for part in ("abcdefghijkl", "abc.def", "AIza", "hunter2"))


def test_a_reason_drives_no_terminal_and_shows_no_traceback() -> None:
    said = "bad \x1b[31mred\u202e Traceback (most recent call last): File x"
    assert scrub(said) == "bad �[31mred�"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("host x:443 ssl:<ssl.SSLContext object at 0x7f32ef5010> [no]", "host x:443 [no]"),
        ("got <openai.Reply object at 0x7F32>", "got openai.Reply"),
        ("<bound method Client.post of <Client object at 0x1>>", "<bound method Client.post of Client>"),
        ("a < b at 0x10 > c", "a < b at 0x10 > c"),
    ],
)
def test_a_reason_shows_no_python_object(said: str, shown: str) -> None:
    assert scrub(said) == shown


def test_keys_of_the_environment_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "unusual/format=key")
    assert scrub("it said unusual/format=key!\n twice") == "it said [key]! twice"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("2", 2.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("inf", None), ("nan", None), (None, None)],
)
def test_retry_after_is_a_number(value: str | None, seconds: float | None) -> None:
    assert retry_after(httpx.Headers({} if value is None else {"Retry-After": value})) == seconds


def test_retry_after_is_a_date() -> None:
    later = email.utils.formatdate(time.time() + 60, usegmt=True)
    seconds = retry_after(httpx.Headers({"retry-after": later}))
    assert seconds is not None
    assert 50 < seconds <= 60


def test_an_offer_gives_up_only_what_it_still_has() -> None:
    offer = Offer(model="m", max_tokens=10, seed=1)
    lower = offer.without("json_schema")
    assert lower.rung == "tool call"
    # A second request that was sent before the first refusal came back.
    assert lower.without("json_schema") == lower
    assert offer.without("seed").without("seed").downgrades == ("seed=1 → none",)


@pytest.mark.parametrize(
    ("complaint", "feature"),
    [
        ("Unsupported value: 'temperature' does not support 0", "temperature"),
        ("litellm.UnsupportedParamsError: x does not support parameters: ['seed']", "seed"),
        ("use 'max_completion_tokens' instead", "max_tokens"),
        ("Invalid parameter: 'response_format' of type 'json_schema' is not supported", "json_schema"),
        ("messages: text is missing", None),
    ],
)
def test_a_refusal_names_its_feature(complaint: str, feature: str | None) -> None:
    assert Offer(model="m", max_tokens=10, seed=1).named_in(complaint) == feature


def test_what_is_held_is_opened_once_a_loop_and_closed_with_it() -> None:
    events: list[str] = []

    async def close(thing: str) -> None:
        await asyncio.sleep(0)
        events.append(f"close {thing}")

    def opened() -> str:
        events.append("open")
        return f"thing {len(events)}"

    held = Held(opened, close)

    async def use() -> list[str]:
        return list(await asyncio.gather(held.get(), held.get()))

    assert asyncio.run(use()) == ["thing 1", "thing 1"]
    assert asyncio.run(use()) == ["thing 3", "thing 3"]
    assert events == ["open", "close thing 1", "open", "close thing 3"]


def test_what_is_held_is_closed_even_when_its_owner_is_gone() -> None:
    closed: list[str] = []

    async def close(thing: str) -> None:
        closed.append(thing)

    async def use() -> None:
        await Held(lambda: "thing", close).get()
        gc.collect()
        assert closed == []

    asyncio.run(use())
    assert closed == ["thing"]
