"""Replies that break a rule are refused, and the rule is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interviewer.errors import UnreadableReply
from interviewer.grading.reply import parse_reply
from tests.judge.samples import finding, reply, request

GOOD = json.dumps(reply(finding("met", "800 weights")))
RULES: list[tuple[str, str, str]] = [
    ("no JSON", "I think the answer is good.", "not one JSON object"),
    ("nothing", "", "not one JSON object"),
    ("prose before it", f"Sure! {GOOD}", "not one JSON object"),
    ("prose behind it", f"{GOOD} Hope that helps.", "not one JSON object"),
    ("two objects", GOOD + GOOD, "not one JSON object"),
    ("cut off", GOOD[:-5], "not one JSON object"),
    ("a list", "[]", "the reply: "),
    ("NaN", '{"criteria": NaN}', "NaN is not a JSON value"),
    ("nested without end", "[" * 100_000, "nested too deeply"),
    (
        "a key twice",
        GOOD.replace('"value": {', '"value": {"reason": "", "quote": "", "level": "not_met"}, "value": {'),
        "the key 'value' is there twice",
    ),
    ("a score", json.dumps({**reply(), "score": 100}), "score: unknown key"),
    (
        "an unknown field",
        json.dumps(reply({**finding("not_met"), "points": "2"})),
        "criteria.value.points: unknown",
    ),
    ("an unknown level", json.dumps(reply(finding("excellent", "800"))), "criteria.value.level"),
    ("a number for a text", json.dumps(reply({**finding("met"), "quote": 800})), "criteria.value.quote"),  # type: ignore[dict-item]
    ("a word for a truth", json.dumps(reply(spatial={"quote": "", "made": "no"})), "mistakes.spatial.made"),
    (
        "a missing level",
        json.dumps(reply({"reason": "", "quote": ""})),
        "criteria.value.level: field required",
    ),
    ("met without a quote", json.dumps(reply(finding("met"))), "'value' is met, but without a quote"),
    ("partial without one", json.dumps(reply(finding("partial", " "))), "'value' is partial, but without"),
    (
        "made without one",
        json.dumps(reply(spatial={"quote": "", "made": True})),
        "'spatial' is made, but without",
    ),
]


@pytest.mark.parametrize(("text", "problem"), [rule[1:] for rule in RULES], ids=[rule[0] for rule in RULES])
def test_a_broken_rule_is_named(text: str, problem: str) -> None:
    with pytest.raises(UnreadableReply) as caught:
        parse_reply(text, request())
    assert problem in caught.value.message
    assert caught.value.reply == text


def test_a_missing_and_an_unknown_criterion_are_named() -> None:
    missing, unknown = reply(), reply()
    del missing["criteria"]["working"]
    unknown["criteria"]["style"] = finding("not_met")
    with pytest.raises(UnreadableReply, match="criterion 'working' is missing"):
        parse_reply(json.dumps(missing), request())
    with pytest.raises(UnreadableReply, match="there is no criterion 'style'"):
        parse_reply(json.dumps(unknown), request())
    with pytest.raises(UnreadableReply, match="mistake 'spatial' is missing"):
        parse_reply(json.dumps({"criteria": reply()["criteria"]}), request())


@pytest.mark.parametrize(
    "text",
    [GOOD, f"\n{GOOD}\n", f"```json\n{GOOD}\n```", f"```\n{GOOD}\n```", f"<think>{{}} maybe</think>\n{GOOD}"],
)
def test_a_fence_and_thoughts_around_the_json_are_allowed(text: str) -> None:
    assert parse_reply(text, request()).criteria["value"].level == "met"


def test_null_is_no_quote() -> None:
    value: Any = {"reason": "", "quote": None, "level": "not_met"}
    assert parse_reply(json.dumps(reply(value)), request()).criteria["value"].quote is None


def test_a_made_up_name_cannot_flood_the_message() -> None:
    with pytest.raises(UnreadableReply) as caught:
        parse_reply(json.dumps({"criteria": {"x" * 10_000: finding("not_met")}}), request())
    assert len(caught.value.message) < 300
