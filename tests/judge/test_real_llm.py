"""Real replies of a real LLM. SmolLM2-135M is no judge, so only the form is tested, never the marks."""

from __future__ import annotations

import json
from contextlib import aclosing
from pathlib import Path

import jsonschema
import pytest

from interviewer.backends.failures import BadReply, NoReply
from interviewer.backends.litellm import LiteLLMBackend
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.openai import OpenAIBackend
from interviewer.backends.protocols import ChatModel
from interviewer.errors import GradingError
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.evidence import find_quote
from interviewer.grading.probe import probe
from interviewer.grading.prompt import chat_request
from interviewer.grading.yes_no import read_yes_no, yes_no_requests
from interviewer.models import Judgement
from tests.judge.samples import QUESTION, RUBRIC, request
from tests.judge.test_choice import settings, unwanted
from tests.llm_server import MODEL

pytestmark = pytest.mark.heavy

OFFER = Offer(model=MODEL, max_tokens=220, temperature=0.0, seed=1)
LIMITS = Limits(timeout=100, deadline=120, retries=0)
SMALL = QUESTION.model_copy(update={"mistakes": (), "examples": ()})
ONE = request("800", SMALL.model_copy(update={"criteria": SMALL.criteria[:1]}))
ONE_CRITERION = chat_request(ONE)
REQUEST = request("It has 800 weights: 5 times 5 times 4 for each of 8 filters.", SMALL, rubric=RUBRIC)


def backend(provider: str, base_url: str) -> ChatModel:
    if provider == "openai":
        return OpenAIBackend(MODEL, base_url=base_url, offer=OFFER, limits=LIMITS)
    return LiteLLMBackend(f"openai/{MODEL}", base_url=base_url, offer=OFFER, limits=LIMITS)


async def judged(model: ChatModel) -> Judgement | GradingError:
    try:
        return await ChatJudge(model, deadline=LIMITS.deadline).judge(REQUEST)
    except GradingError as error:
        return error


async def test_an_answer_is_judged_or_there_is_a_reason(llm: str) -> None:
    # Both libraries get the same reply: see below.
    outcome = await judged(backend("openai", llm))
    if isinstance(outcome, Judgement):
        assert [verdict.id for verdict in outcome.verdicts] == ["value", "working"]
        assert outcome.downgrades == ()
        for verdict in outcome.verdicts:
            assert verdict.decided_by == f"openai/{MODEL}"
            assert (verdict.quote is None) == (verdict.level == "not_met")
            assert verdict.quote is None or find_quote(verdict.quote, REQUEST.answer) == verdict.quote
        usage = outcome.usage
    else:
        assert isinstance(outcome, BadReply)
        assert MODEL in outcome.message
        usage = outcome.usage
    assert usage.calls >= 1
    assert usage.prompt_tokens is not None
    assert usage.prompt_tokens > 300
    assert usage.completion_tokens is not None
    assert usage.cost_usd is None


async def test_the_same_answer_gets_the_same_reply_in_the_form_asked_for(llm: str) -> None:
    replies = [await backend(provider, llm).reply(ONE_CRITERION) for provider in ("openai", "litellm")]
    assert len({reply.text for reply in replies}) == 1
    jsonschema.validate(json.loads(replies[0].text), ONE_CRITERION.reply_schema)
    assert {reply.downgrades for reply in replies} == {()}


@pytest.mark.parametrize("provider", ["openai", "litellm"])
async def test_a_yes_or_no_comes_with_how_likely_it_was(provider: str, llm: str) -> None:
    reply = await backend(provider, llm).reply(yes_no_requests(ONE)[0])
    said = read_yes_no(reply)
    assert said.is_likelihood
    assert 0 < said.share < 1
    assert reply.downgrades == ()
    judgement = await ChatJudge(backend(provider, llm), mode="yes_no").judge(ONE)
    assert judgement.verdicts[0].share == round(said.share, 4)


async def test_the_doctor_finds_out_what_the_server_can_do(llm: str, tmp_path: Path) -> None:
    report = await probe(settings(tmp_path, f"openai/{MODEL}", base_url=llm, max_tokens=220), unwanted, {})
    lines = {line.name: line for line in report.lines}
    assert lines["form of replies"].text == "json_schema"
    assert lines["speed"].text.endswith("tokens a second")


@pytest.mark.filterwarnings("ignore:Accessing the 'model_:DeprecationWarning")
@pytest.mark.parametrize("provider", ["openai", "litellm"])
async def test_a_question_is_streamed_in_more_than_one_piece(provider: str, llm: str) -> None:
    speech = backend(provider, llm).speak("Ask one short question and stop.", "Ask me about convolutions.")
    pieces: list[str] = []

    async def listen() -> None:
        async with aclosing(speech):
            async for piece in speech:
                pieces.append(piece)

    # So small a model does not stop at one question.
    with pytest.raises(NoReply, match="cut off at 80 tokens"):
        await listen()
    assert len(pieces) > 1
    assert "".join(pieces).strip()
    assert speech.usage.prompt_tokens
    assert speech.usage.completion_tokens
