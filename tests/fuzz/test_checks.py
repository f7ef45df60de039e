"""Checks never fail, quote only the answer, and know numbers and verdicts however they are written."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from interviewer.grading.checks import run_check
from interviewer.language.numbers import numbers
from interviewer.language.polarity import negated_spans, verdict
from interviewer.models import Check, NumberCheck, VerdictCheck
from tests.fuzz.cases import VALUES, misfit, texts, tries

CHECK: TypeAdapter[Check] = TypeAdapter(Check)
CHECKS: list[dict[str, Any]] = [
    {"kind": "number", "value": 800, "tolerance": 0.5, "unit": "MB"},
    {"kind": "verdict", "value": True},
    {"kind": "choice", "answer": "b", "options": ["a", "b", "b c", "It is"]},
    {
        "kind": "set",
        "items": [["weight decay", "L2"], ["dropout"], ["a-b c"]],
        "choose": 2,
        "otherwise": "not_met",
    },
    {"kind": "pattern", "pattern": r"\(?h\s*[,x×]\s*w", "wrong": r"\d+", "otherwise": "not_met"},
]
PIECES = [
    "(",
    ")",
    "(5x5)x4x8",
    "=",
    " = ",
    "^",
    "**",
    "times",
    "million",
    "k",
    "%",
    "−",
    "1e999",
    "not true",
    "isn't",
    "800 MB",
]
ANSWERS = st.text("0123456789.,+-*/x^()= eE%k", max_size=60) | texts(
    *PIECES, "I agree", "that is wrong", "never", "neither", "(h, w", "a-b  c", "L2s", "and", "nought"
)
NOTATIONS = ["{}", "{:,}", "{:.1f}", "{:e}", "({})", "= {}", "{} %", "{}/1", "{}·1", "1*{}", "{}.00", "+ {}"]


@given(ANSWERS)
@tries(300)
def test_every_number_is_finite_and_stands_in_the_text(text: str) -> None:
    end = 0
    for number in numbers(text):
        assert math.isfinite(number.value)
        assert text[number.start : number.end].strip() == number.text != ""
        assert end <= number.start
        end = number.end


@given(st.integers(0, 10**12), st.sampled_from(NOTATIONS))
@tries(150)
def test_a_number_is_known_in_every_notation(value: int, notation: str) -> None:
    check = NumberCheck(kind="number", value=value, tolerance=1e-6 * value)
    found = run_check("a", check, f"So {notation.format(value)} in all.")
    assert found is not None
    assert found.level == "met"


@given(
    st.integers(2, 10**6),
    st.integers(2, 10**6),
    st.sampled_from(["{}", "It is {}.", "I get {} weights", "= {}"]),
)
@tries(100)
def test_another_number_is_not_the_number_and_a_denied_one_decides_nothing(
    value: int, other: int, answer: str
) -> None:
    check = NumberCheck(kind="number", value=value)
    found = run_check("a", check, answer.format(other))
    assert found is not None
    assert (found.level == "met") == (value == other)
    assert run_check("a", check, f"It is not {other}") is None


@given(st.sampled_from(CHECKS).flatmap(lambda check: misfit(check, VALUES) | st.just(check)), ANSWERS)
@tries(400)
def test_any_check_of_any_answer_quotes_it_or_nothing(data: Any, answer: str) -> None:
    try:
        check = CHECK.validate_python(data)
    except ValidationError:
        return
    found = run_check("a", check, answer)
    if found is not None:
        assert found.level in ("met", "not_met")
        assert found.quote is None or found.quote in answer
        assert found.quote is None or found.level == "met"


@given(
    st.sampled_from(
        [("True", True), ("yes", True), ("I agree", True), ("False", False), ("no", False), ("Wrong", False)]
    ),
    st.sampled_from(["", ".", "!", ", because it is", ": of course", " - so", "\n\nMore."]),
    st.sampled_from(["", " ", "\n", "**", "“", "- "]),
    st.booleans(),
)
@tries(80)
def test_the_first_word_of_an_answer_takes_its_side(
    said: tuple[str, bool], after: str, before: str, upper: bool
) -> None:
    word, side = said
    answer = f"{before}{word.upper() if upper else word}{after}"
    assert verdict(answer) is side
    found = run_check("a", VerdictCheck(kind="verdict", value=side), answer)
    assert found is not None
    assert found.level == "met"


@given(ANSWERS)
@tries(150)
def test_negations_reach_over_stretches_one_behind_the_other(text: str) -> None:
    end = 0
    for start, stop in negated_spans(text):
        assert end <= start < stop <= len(text)
        end = stop


@pytest.mark.parametrize("text", ["1e308k", "9e307·9e307"])
def test_a_number_beyond_all_numbers_is_none(text: str) -> None:
    assert numbers(text) == []


def test_a_number_word_behind_digits_counts_once() -> None:
    assert [number.value for number in numbers("1.5 million, one, 2 thousand")] == [1.5e6, 1, 2000]
