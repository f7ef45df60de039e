"""Which side an answer takes, and what it denies."""

import pytest

from interviewer.language.polarity import negated_spans, says_the_opposite, verdict


@pytest.mark.parametrize(
    "text",
    [
        "False",
        "false.",
        "No.",
        "Nope, it does not",
        "F",
        "Wrong!",
        "That is not correct",
        "It's not true that they are useless",
        "I think it's false because of the noise",
        "I disagree",
        "I'd disagree. They mix channels.",
        "Not necessarily, it depends",
        "Absolutely not",
        "The statement is wrong since it ignores depth",
        "The correct answer is False",
        "FALSE: gradients are noisy",
        "It is true that noise is bad, but the claim is false",
        "Hmm, I'd go with no. It is tiny.",
        "Probably not.",
    ],
)
def test_a_denial_is_false(text: str) -> None:
    assert verdict(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "True",
        "true, because",
        "Yes",
        "Yes.",
        "This statement is true",
        "Correct",
        "I agree",
        "T",
        "Okay, yes",
    ],
)
def test_an_agreement_is_true(text: str) -> None:
    assert verdict(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1x1 convolutions mix channels",
        "Neither true nor false",
        "It depends on the data",
        "Not only that",
    ],
)
def test_an_answer_that_takes_no_side_has_none(text: str) -> None:
    assert verdict(text) is None


def test_a_negation_reaches_to_the_end_of_its_clause() -> None:
    text = "It does not use dropout, but weight decay"
    [(start, end)] = negated_spans(text)
    assert "dropout" in text[start:end]
    assert "weight" not in text[start:end]


def test_not_only_is_no_negation() -> None:
    assert negated_spans("It not only regularises") == ()


def test_taking_everything_back_is_noticed() -> None:
    assert says_the_opposite("Sigmoid per class. Actually the opposite is true.")
    assert says_the_opposite("It rises. In fact, none of this is true")
    assert not says_the_opposite("Batch norm does the opposite of nothing")
    assert not says_the_opposite("Precision rises with the threshold. For recall the opposite is true.")
