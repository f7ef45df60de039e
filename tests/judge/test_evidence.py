"""When a quote counts as the answer's own words."""

from __future__ import annotations

import pytest

from interviewer.grading.evidence import find_quote, is_echo

ANSWER = (
    "I think it’s **800** weights — 5×5×4 per filter,\n  and 8 filters. The learning_rate is 1,800.5 × `lr`."
)

FOUND = [
    ("800", "800"),
    ("800 weights", "800** weights"),
    ("it's 800 weights - 5*5*4 per filter", "it’s **800** weights — 5×5×4 per filter"),
    ("PER FILTER, AND 8 FILTERS.", "per filter,\n  and 8 filters"),
    ('"8 filters"', "8 filters"),
    ("learning_rate", "learning_rate"),
    ("it's 800 … 8 filters", "it’s **800 … 8 filters"),
    ("I think [...] 8 filters", "I think … 8 filters"),
    ("8 filters...", "8 filters"),
    ("1,800.5", "1,800.5"),
    ("× lr", "× `lr"),
]
LOST = [
    ("", "nothing"),
    ("   ", "blanks"),
    ("...", "only an ellipsis"),
    ("?!", "only punctuation"),
    ("900 weights", "another number"),
    ("80", "part of a number"),
    ("800.5", "the end of a longer number"),
    ("1,800", "the start of a longer number"),
    ("weight", "part of a word"),
    ("8 filters … I think", "parts in the wrong order"),
    ("I … 8 filters", "a part so short that any answer has it"),
    ("800 weights in total", "more than was said"),
]


@pytest.mark.parametrize(("quote", "words"), FOUND)
def test_a_faithful_quote_is_found(quote: str, words: str) -> None:
    assert find_quote(quote, ANSWER) == words


@pytest.mark.parametrize("quote", [quote for quote, _ in LOST], ids=[why for _, why in LOST])
def test_anything_else_is_not(quote: str) -> None:
    assert find_quote(quote, ANSWER) is None


def test_unicode_forms_do_not_matter() -> None:
    assert find_quote("cafe\u0301 ﬁne", "un café fine") == "café fine"
    assert find_quote("x2", "x² is it") == "x²"
    assert find_quote("over\u200bfit", "they overfit") == "overfit"


def test_bullets_and_headings_may_be_left_out() -> None:
    assert (
        find_quote("dropout weight decay", "# Ways\n- dropout\n- weight decay") == "dropout\n- weight decay"
    )


def test_chinese_is_quoted_without_spaces() -> None:
    assert find_quote("过拟合", "模型会过拟合的") == "过拟合"


def test_code_and_symbols_can_be_quoted() -> None:
    assert find_quote("loss.backward()", "then `loss.backward()` and step") == "loss.backward()"
    assert find_quote("∞", "it goes to ∞ there") == "∞"
    assert find_quote("5*5*4", "55 4") is None


def test_an_echo_is_more_than_three_words_of_the_question() -> None:
    prompts = ["Does dropout help the network to generalise better? Answer True or False."]
    assert is_echo("dropout help the network to generalise", prompts)
    assert not is_echo("True", prompts)
    assert not is_echo("dropout helps because units cannot rely on each other", prompts)


def test_an_accent_by_itself_is_not_taken_for_the_one_on_another_letter() -> None:
    assert find_quote("¨", "00Ü¨") is None
    assert find_quote("Ü", "00 Ü ¨") == "Ü"
