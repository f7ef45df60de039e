"""Inline questions without a rubric get criteria from their reference."""

import pytest

from interviewer.bank import Bank
from interviewer.grading.derive import aliases, with_criteria
from interviewer.grading.pipeline import Grader
from interviewer.models import Grade, Question

WEIGHTS = Question(
    id="weights",
    prompt="How many weights does a 3x3 convolution from 16 to 32 channels have, without biases?",
    reference="It has 3x3x16x32 = 4608 weights.",
)
VERDICT = Question(
    id="verdict",
    prompt="True or false, and explain why: a larger batch always generalises better.",
    reference="False. Large batches follow a less noisy gradient and tend to end in sharp minima.",
)
LIST = Question(
    id="list",
    prompt="Name three activation functions.",
    reference="ReLU, GELU, the hyperbolic tangent (tanh), sigmoid and Swish.",
)
SHAPE = Question(
    id="shape",
    prompt="What is the shape of the attention matrix for n tokens?",
    reference="It is n x n. There is one weight for each pair of tokens.",
)
TWO = Question(
    id="two",
    prompt="How do a CNN and an RNN read a sentence?",
    reference="A CNN slides filters over neighbouring words, while an RNN carries a hidden state"
    " from word to word.",
)


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        (WEIGHTS, ["number"]),
        (VERDICT, ["verdict", None]),
        (LIST, ["set"] * 5),
        (SHAPE, ["pattern", None]),
        (TWO, [None, None]),
    ],
)
def test_the_reference_is_taken_apart(question: Question, kinds: list[str | None]) -> None:
    derived = with_criteria(question)
    assert [c.check.kind if c.check else None for c in derived.criteria] == kinds


def test_written_criteria_are_left_alone(bank: Bank) -> None:
    for question in bank.questions.values():
        assert with_criteria(question) is question


def test_a_list_item_has_all_its_names() -> None:
    assert set(aliases("Masked Autoencoders (MAE)")) == {"Masked Autoencoders", "MAE"}
    assert {"L1", "L2", "L2 regularization"} <= set(aliases("L2/L1 regularization"))


@pytest.mark.parametrize(
    ("question", "answer", "least", "most"),
    [
        (WEIGHTS, "4608", 90, 100),
        (WEIGHTS, "3*3*16*32", 90, 100),
        (WEIGHTS, "144", 0, 10),
        (VERDICT, "False", 15, 45),
        (VERDICT, "True. The gradient is less noisy and the minima are sharp.", 0, 40),
        (LIST, "tanh, relu and sigmoid", 100, 100),
        (LIST, "relu", 30, 35),
        (LIST, "Adam, SGD, RMSProp", 0, 0),
        (SHAPE, "n × n", 60, 100),
        (SHAPE, "n x d", 0, 35),
        (
            TWO,
            "An RNN slides filters over neighbouring words, a CNN carries a hidden state from word to word.",
            0,
            59,
        ),
    ],
)
async def test_an_inline_answer_earns_what_it_deserves(
    question: Question, answer: str, least: float, most: float, grader: Grader, bank: Bank
) -> None:
    outcome = await grader.grade(question, bank.rubrics["short-answer"], answer)
    assert isinstance(outcome, Grade)
    assert least <= outcome.score <= most, [(c.id, c.level, c.reason) for c in outcome.criteria]


async def test_every_reference_earns_full_marks_inline(grader: Grader, bank: Bank) -> None:
    for question in (WEIGHTS, VERDICT, LIST, SHAPE, TWO):
        outcome = await grader.grade(question, bank.rubrics["short-answer"], question.reference)
        assert isinstance(outcome, Grade)
        assert outcome.score >= 75, (question.id, [(c.id, c.level, c.reason) for c in outcome.criteria])
