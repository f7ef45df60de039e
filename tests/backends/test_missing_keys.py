"""A key that is not there: said at once with its variable's name, and never tried again."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from interviewer.backends.failures import NoReply
from interviewer.backends.litellm import LiteLLMBackend
from interviewer.backends.offer import Limits
from interviewer.errors import ConfigError
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.judges import BY_KEY
from tests.backends.test_faults import LIMITS, OFFER
from tests.judge.samples import request

# litellm leaves coroutines of its own unawaited, and its first call to some providers warns of its models.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:coroutine", "ignore:Items? .* on TypedDict"
)


@pytest.fixture(autouse=True)
def _unawaited() -> Iterator[None]:
    """Lets what litellm leaves behind go within the test that made it."""
    yield
    gc.collect()


# The judge may not try again: each of these would wait for minutes.
PATIENT = Limits(timeout=30, deadline=300, retries=9, backoff=60)
KEYS = {
    "anthropic/claude-haiku-4-5": "ANTHROPIC_API_KEY",
    "gemini/gemini-2.5-flash": "GEMINI_API_KEY",
    "mistral/mistral-small-2603": "MISTRAL_API_KEY",
    "groq/openai/gpt-oss-20b": "GROQ_API_KEY",
    "deepseek/deepseek-chat": "DEEPSEEK_API_KEY",
}


@pytest.mark.parametrize("model", KEYS)
def test_a_key_that_is_known_to_be_missing_stops_the_run_before_anything_is_sent(model: str) -> None:
    with pytest.raises(ConfigError) as caught:
        LiteLLMBackend(model, offer=OFFER, limits=PATIENT)
    assert caught.value.message == f"{model} needs a key: {KEYS[model]} is not set"
    assert caught.value.hint == f"export {KEYS[model]}=…, or use --judge embedded"


def test_every_provider_that_a_key_chooses_is_known_to_need_it() -> None:
    assert {name: key for key, name in BY_KEY if not name.startswith("openai/")} == KEYS


@pytest.mark.parametrize(
    ("model", "base_url", "name"),
    [
        ("gemini/gemini-2.5-flash", "http://127.0.0.1:9", "GEMINI_API_KEY"),
        ("anthropic/claude-haiku-4-5", "http://127.0.0.1:9", "ANTHROPIC_API_KEY"),
        ("openai/gpt-4.1-mini", None, "OPENAI_API_KEY"),
        ("perplexity/sonar", None, "PERPLEXITY_API_KEY"),
    ],
)
async def test_a_key_that_litellm_finds_missing_stops_the_run_at_once(
    model: str, base_url: str | None, name: str
) -> None:
    backend = LiteLLMBackend(model, base_url=base_url, offer=OFFER, limits=PATIENT)
    with pytest.raises(ConfigError) as caught:
        await ChatJudge(backend).judge(request())
    assert caught.value.message == f"{model} needs a key: {name} is not set"
    assert caught.value.hint == f"export {name}=…"


async def test_a_closed_port_is_told_in_the_same_words_as_by_the_other_library() -> None:
    limits = LIMITS.model_copy(update={"retries": 0})
    backend = LiteLLMBackend("ollama/x", base_url="http://127.0.0.1:9", offer=OFFER, limits=limits)
    with pytest.raises(NoReply) as caught:
        await ChatJudge(backend).judge(request())
    assert caught.value.message == "ollama/x: cannot reach the server"
