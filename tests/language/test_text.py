"""Words, sentences, clauses and abbreviations."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.language.abbreviations import expand
from interviewer.language.sentences import clauses, sentences, windows, wraps
from interviewer.language.words import content_stems, stem, words


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    text = "Use noise, e.g. dropout at 0.5. Then train; it works."
    assert [span.text for span in sentences(text)] == [
        "Use noise, e.g. dropout at 0.5.",
        "Then train;",
        "it works.",
    ]


def test_a_symbol_or_a_digit_ends_a_sentence() -> None:
    assert [span.text for span in sentences("It is n x n. It is 2. Dr. K. Cho")] == [
        "It is n x n.",
        "It is 2.",
        "Dr. K. Cho",
    ]


def test_a_full_line_goes_on_in_the_next() -> None:
    wrapped = (
        "Dropout zeroes random activations during training, so that\n"
        "no unit can rely on one partner. Early stopping ends it\n"
        "before the validation loss rises. Weights decay by a bit.\n"
        "Mixup blends images."
    )
    assert [" ".join(span.text.split()) for span in sentences(wrapped)] == [
        "Dropout zeroes random activations during training, so that no unit can rely on one partner.",
        "Early stopping ends it before the validation loss rises.",
        "Weights decay by a bit.",
        "Mixup blends images.",
    ]
    assert "Early stopping ends it" not in [span.text for span in clauses(wrapped)]


@pytest.mark.parametrize(
    "text",
    [
        "red\ngreen\nblue",
        "Dropout zeroes random activations of a layer during the training\nWeight decay\nEarly stopping",
        "dropout zeroes random activations during training so units do not co-adapt\n- weight decay",
        "```\nreturn torch.nn.functional.softmax(logits / temperature, dim=-1)\nprint(one)\n```",
    ],
)
def test_other_lines_stand_for_themselves(text: str) -> None:
    assert not wraps(text)


def test_list_items_are_sentences_without_their_bullets() -> None:
    assert [span.text for span in sentences("1. one thing\n- another\n(b) a third")] == [
        "one thing",
        "another",
        "a third",
    ]


def test_clauses_end_at_contrasts() -> None:
    assert [span.text for span in clauses("BERT is masked, while GPT predicts the next")] == [
        "BERT is masked",
        "GPT predicts the next",
    ]


def test_identifiers_fall_into_their_words() -> None:
    assert [word.text for word in words("nn.CrossEntropyLoss(top_p)")] == [
        "nn",
        "cross",
        "entropy",
        "loss",
        "top",
        "p",
    ]


def test_stems_join_the_forms_of_a_word() -> None:
    assert content_stems("regularises regularising the masks masked") == {"regularis", "mask"}


def test_an_abbreviation_is_written_out_in_place() -> None:
    text = "Use BCE w/o softmax"
    expanded = expand(text)
    assert expanded.text == "Use binary cross-entropy without softmax"
    assert text[expanded.origins[expanded.text.index("cross")] :].startswith("BCE")
    assert text[expanded.origins[expanded.text.index("softmax")] :] == "softmax"


@given(st.text(max_size=200))
def test_every_span_is_the_writers_own_text(text: str) -> None:
    for span in (*sentences(text), *clauses(text), *windows(text)):
        assert text[span.start : span.end] == span.text
        assert span.text


@given(st.text(max_size=200))
def test_expanding_keeps_one_origin_a_character(text: str) -> None:
    expanded = expand(text)
    assert len(expanded.origins) == len(expanded.text)
    assert list(expanded.origins) == sorted(expanded.origins)


def test_threads_do_not_disturb_each_others_stems() -> None:
    stem.cache_clear()
    ends = ("ational", "ization", "fulness", "ousness", "ingly", "edly")
    found = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}relat{end}" for n in range(676) for end in ends]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(stem, found))
    finally:
        sys.setswitchinterval(before)
    stem.cache_clear()
    assert together == [stem(word) for word in found]
