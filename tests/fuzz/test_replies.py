"""Whatever a model or its server says, it is a reply that keeps the rules, or it is refused; nothing else."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.backends.completion import Malformed, first_tokens, read_chunk, read_completion
from interviewer.backends.protocols import ChatReply
from interviewer.batch.record import findings_of
from interviewer.errors import UnreadableReply
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.reply import parse_reply
from interviewer.grading.yes_no import read_yes_no
from interviewer.history.rows import json_of
from interviewer.models import OUTCOME
from tests.fuzz.cases import ROUNDS, VALUES, damaged, given_or_refused, misfit, texts, tried, tries
from tests.judge.samples import ANSWER, finding, reply, request, script
from tests.practised import graded

FAULT = {"quote": "800 weights", "made": True}
WHOLE: dict[str, Any] = reply(finding("met", "800 weights"), finding("partial", "It has 800"), FAULT)
GOOD = json.dumps(WHOLE)
PIECES = [
    GOOD, "```json\n", "\n```", "<think>", "</think>", '{"criteria": ', '"value": ', '"level": "met"',
    '"quote": ', "null", "NaN", "-Infinity", "[[", "{}", '"\\ud83d"', "\\u0000", "1e999", "9" * 5000,
    "true", "Sure! ",
]  # fmt: skip
HALF = VALUES | st.sampled_from(["\ud83d", "a\udc80b", "800 weights\ud83d"])
REPLIES = st.one_of(texts(*PIECES), damaged([GOOD], PIECES), misfit(WHOLE, HALF).map(json.dumps))


@given(REPLIES)
@tries(400)
def test_any_reply_keeps_all_rules_or_is_refused_in_a_line(text: str) -> None:
    found = given_or_refused(lambda: parse_reply(text, request()), naming="the reply breaks the rules: ")
    if found is None:
        return
    assert set(found.criteria) == {"value", "working"}
    assert set(found.mistakes) == {"spatial"}
    assert all(each.level == "not_met" or (each.quote or "").strip() for each in found.criteria.values())
    found.model_dump_json()


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["met", "partial", "not_met"]))
@tries(20)
def test_no_beginning_of_a_reply_is_taken_for_the_whole(reason: str, quote: str, level: str) -> None:
    whole = json.dumps(reply(finding(level, f"x{quote}", reason)), ensure_ascii=False)
    ends = range(len(whole)) if ROUNDS > 1 else range(len(reason), len(whole), 17)
    for end in ends:
        with pytest.raises(UnreadableReply):
            parse_reply(whole[:end], request())
    tried["beginnings of replies"] += len(ends)


@given(REPLIES, REPLIES, st.sampled_from(["one_call", "per_criterion"]))
@tries(60)
def test_a_judgement_of_any_replies_quotes_the_answer_and_can_be_kept(
    first: str, second: str, mode: Any
) -> None:
    judge = ChatJudge(script(first, second, first, second, GOOD, first, second), mode=mode)
    judgement = given_or_refused(lambda: asyncio.run(judge.judge(request())))
    if judgement is None:
        return
    for verdict in (*judgement.verdicts, *judgement.mistakes):
        assert verdict.quote is None or verdict.quote in ANSWER
        assert verdict.level == "not_met" or verdict.quote
    grade = graded({})
    receipt = grade.receipt.model_copy(
        update={"verdicts": judgement.verdicts, "mistakes": judgement.mistakes, "reply": judgement.reply}
    )
    kept = grade.model_copy(update={"receipt": receipt})
    findings_of(kept).text.encode()
    assert OUTCOME.validate_json(json_of(kept)) == kept


TOKENS = st.sampled_from(["yes", " Yes", "no", "NO.", "▁no", "maybe", ""]) | st.text(max_size=3)
LIKELY = st.lists(st.tuples(TOKENS, st.floats(0, 1)), max_size=5).map(tuple)


@given(texts("yes", "No.", "**Yes**", "yes and no", longest=4), LIKELY)
@tries(200)
def test_a_yes_or_no_is_a_share_or_is_refused(text: str, first: tuple[tuple[str, float], ...]) -> None:
    said = given_or_refused(lambda: read_yes_no(ChatReply(text=text, first=first)))
    assert said is None or 0 <= said.share <= 1


COMPLETION: dict[str, Any] = {
    "choices": [
        {
            "finish_reason": "stop",
            "message": {"content": "yes", "refusal": None, "tool_calls": [{"function": {"arguments": "{}"}}]},
            "delta": {"content": "yes"},
            "logprobs": {
                "content": [
                    {"token": "yes", "logprob": -0.1, "top_logprobs": [{"token": "no", "logprob": -9}]}
                ]
            },
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 0}},
}


@given(misfit(COMPLETION, HALF) | VALUES)
@tries(200)
def test_any_completion_is_read_or_malformed(body: Any) -> None:
    with suppress(Malformed):
        read_chunk(body)
    with suppress(Malformed):
        assert all(0 <= likely <= 1 for _, likely in first_tokens(read_completion(body)))


@pytest.mark.parametrize("field", ["reason", "quote"])
def test_half_a_character_in_a_reply_does_not_stop_the_grade_from_being_kept(field: str) -> None:
    said = json.dumps(reply({**finding("met", "800 weights"), field: "800 weights \ud83d"}))
    found = parse_reply(said, request()).criteria["value"]
    assert getattr(found, field) == "800 weights ?"
    judgement = asyncio.run(ChatJudge(script(said, said, said)).judge(request()))
    judgement.model_dump_json()


def test_a_made_up_name_does_not_break_the_line_of_a_refusal() -> None:
    with pytest.raises(UnreadableReply) as caught:
        parse_reply(json.dumps({"criteria": {"a\nb\ud83d": 1}}), request())
    assert len(caught.value.message.splitlines()) == 1
    caught.value.message.encode()
