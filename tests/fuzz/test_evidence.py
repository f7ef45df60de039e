"""A quote counts only where the answer has it; what is found is the answer's own, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.grading.evidence import find_quote, find_spans, is_echo
from tests.fuzz.cases import texts, tries

PIECES = [
    "- dropout\n",
    "# Ways\n",
    "> a",
    "```python\n",
    "learning_rate",
    "1,800.5",
    " … ",
    "...",
    "[...]",
    "过拟合",
    "x²",
    "I",
]
ANSWERS = texts(*PIECES)
PLAIN_WORDS = ["dropout", "800", "it's", "a_b", "über", "İstanbul", "naïve", "x", "1,024", "loss.step"]
STRANGER = "zqjxkv"
"""A word that no answer here has."""


@given(ANSWERS, ANSWERS, st.integers(0, 60), st.integers(0, 60), st.booleans())
@tries(300)
def test_what_is_found_is_in_the_answer_part_after_part(
    answer: str, other: str, start: int, length: int, own: bool
) -> None:
    quote = answer[start : start + length] if own else other
    end = 0
    for begin, stop in find_spans(quote, answer):
        assert end <= begin < stop <= len(answer)
        end = stop


@given(ANSWERS, st.integers(0, 60), st.integers(1, 60))
@tries(200)
def test_what_is_found_is_found_again(answer: str, start: int, length: int) -> None:
    found = find_quote(answer[start : start + length], answer)
    if found is not None and " … " not in found:
        assert find_quote(found, answer) is not None


@given(ANSWERS, ANSWERS)
@tries(200)
def test_a_quote_with_a_word_that_the_answer_lacks_is_not_found(quote: str, answer: str) -> None:
    assert find_quote(f"{quote} {STRANGER}", answer) is None
    assert find_quote(f"{STRANGER} {quote}", answer) is None
    assert find_quote(f"{quote} … {STRANGER}", answer) is None


@given(st.lists(st.sampled_from(PLAIN_WORDS), min_size=1, max_size=9), st.data())
@tries(200)
def test_neither_case_nor_space_nor_emphasis_hides_a_run_of_words(
    words: list[str], data: st.DataObject
) -> None:
    spaces = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", "\u200b "])
    shapes = st.sampled_from(["{}", "**{}**", "`{}`", "_{}_"])
    said = "".join(data.draw(shapes).format(word) + data.draw(spaces) for word in words)
    at = data.draw(st.integers(0, len(words) - 1))
    quote = " ".join(words[at : at + data.draw(st.integers(1, 9))])
    assert find_quote(quote.upper() if data.draw(st.booleans()) else quote, f"Well: {said}") is not None


@given(ANSWERS, st.lists(ANSWERS, max_size=3))
@tries(100)
def test_any_quote_is_an_echo_or_not(quote: str, prompts: list[str]) -> None:
    assert is_echo(quote, prompts) in (True, False)


@pytest.mark.parametrize(
    ("quote", "words"),
    [("dropout ... ... weight", "dropout … weight"), (" … dropout", "dropout"), ("dropout …", "dropout")],
)
def test_an_ellipsis_stands_for_what_is_left_out_however_often(quote: str, words: str) -> None:
    assert find_quote(quote, "dropout and then weight decay") == words
