"""Inline questions without a rubric get criteria from their reference."""

import textwrap

import pytest

from interviewer.bank import Bank
from interviewer.grading.checks import run_check
from interviewer.grading.derive import with_criteria
from interviewer.grading.lists import aliases
from interviewer.grading.pipeline import Grader
from interviewer.models import Grade, NumberCheck, Question, SetCheck, VerdictCheck

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


@pytest.mark.parametrize(
    ("prompt", "reference", "names"),
    [
        ("Name three colours.", "The primary colours are red, green and blue.", ["red", "green", "blue"]),
        ("Name two colours.", "1. red\n2. green\n3. blue", ["red", "green", "blue"]),
        ("Name three methods.", "`GET`, POST, PUT, etc.", ["GET", "POST", "PUT"]),
        ("Name two sorts.", "Merge sort (stable), heap sort.", ["Merge sort (stable)", "heap sort"]),
        ("What are the two causes?", "Hold and wait, no preemption.", ["Hold and wait", "no preemption"]),
        ("Name two phases.", "Lexing: makes tokens. Parsing: builds a tree.", ["Lexing", "Parsing"]),
        (
            "Define a queue and name two uses.",
            "A queue gives back first what came first. Scheduling and buffering are uses.",
            ["Scheduling", "buffering"],
        ),
        (
            "Name two pillars of observability.",
            "Logs and metrics. Logs record events. Others are traces and profiles.",
            ["Logs", "metrics", "traces", "profiles"],
        ),
        # What only looks like a list.
        (
            "Give two reasons for fibre.",
            "It keeps the bowel moving, prevents constipation and fills us up.",
            [],
        ),
        ("What are the steps to merge two branches?", "Fetch, merge, push.", []),
        ("Name two layers.", "One is batch normalisation, which takes the mean, the other dropout.", []),
        (
            "Name two causes of skew.",
            "Two pipelines compute a feature in different ways. A feature is stale when it is read. A shared"
            " pipeline, or a feature store, helps.",
            [],
        ),
    ],
)
def test_only_a_plain_list_is_taken_for_names(prompt: str, reference: str, names: list[str]) -> None:
    derived = with_criteria(Question(id="q", prompt=prompt, reference=reference))
    found = [c.text.removeprefix("Names ") for c in derived.criteria if isinstance(c.check, SetCheck)]
    assert found == names


@pytest.mark.parametrize(
    ("reference", "texts"),
    [
        ("It falls by a factor of 10, e.g. 300 m to 30 m.", ["It falls by a factor of 10."]),
        (
            "The sender and the receiver keep a window of frames, and they agree on its size and its start.",
            [
                "The sender and the receiver keep a window of frames",
                "they agree on its size and its start.",
            ],
        ),
        ("The uses are:\n- caching of results", ["caching of results"]),
        ("DISTINCT. It goes behind the SELECT.", ["DISTINCT.", "It goes behind the SELECT."]),
        ("Stores, e.g. Redis, keep all data in memory.", ["Stores, e.g. Redis, keep all data in memory."]),
    ],
)
def test_a_statement_is_whole_and_no_example(reference: str, texts: list[str]) -> None:
    derived = with_criteria(Question(id="q", prompt="What happens?", reference=reference))
    assert [c.text for c in derived.criteria] == texts


def test_as_much_as_is_asked_for_earns_everything() -> None:
    prompt = "Name two ways in which a diffusion model differs from a GAN."
    steps = "It draws a sample in many steps. It has no discriminator. It trains stably. It covers all modes."
    derived = with_criteria(Question(id="q", prompt=prompt, reference=steps))
    assert (len(derived.criteria), derived.groups[0].choose) == (4, 2)


@pytest.mark.parametrize(
    ("prompt", "reference", "texts"),
    [
        ("Will they see it train faster?", "No. The rate is too small.", ["Says that it is false"]),
        (
            "True or false: it is deep.",
            "True: it has ten layers.",
            ["Says that it is true: True: it has ten layers."],
        ),
        (
            "What does it mean to be NP-hard?",
            "Every problem in NP reduces to it. No fast algorithm is known.",
            [],
        ),
        ("What is it?", "No single thing, but a family of them.", []),
        ("What is a type I error?", "False-positive: rejecting what is true.", []),
        ("Can you explain a mutex?", "Never hold it for long.", []),
        ("Is it interpreted or compiled?", "No clear line can be drawn.", []),
    ],
)
def test_a_side_is_one_that_the_reference_takes(prompt: str, reference: str, texts: list[str]) -> None:
    derived = with_criteria(Question(id="q", prompt=prompt, reference=reference))
    assert [c.text for c in derived.criteria if isinstance(c.check, VerdictCheck)] == texts


@pytest.mark.parametrize(
    ("prompt", "reference", "value"),
    [
        ("How many weights are there?", "800. Each of the 8 filters has 5·5·4 = 100.", 800),
        ("How many of the 40 are left after 3 rounds?", "After 3 rounds 5 of 40 are left.", 5),
        ("Compute the load.", "With 9 of 10 in use the load is 9/10 = 0.9.", 0.9),
        ("How many nodes, and why?", "3, because a majority has to agree when one fails.", 3),
        # Which of several it is, or whether it is one at all, only a reader knows.
        ("How many subsets are there?", "2^n", None),
        ("How many edges has a tree?", "n - 1", None),
        ("How many hours?", "2-3 hours", None),
        ("How many percent?", "20%", None),
        ("What does a computer's cache line hold?", "64 bytes.", None),
        ("Compute precision and recall.", "0.8 and 8/12 = 0.667", None),
        ("Compute both times.", "The first takes 266.67, the second 466.67 ms.", None),
        (
            "How many are there in general, and for 64 filters?",
            "3 · 64 = 192 and 64 biases: 256 in all.",
            None,
        ),
        (
            "How much is left after 24 days, with a half-life of 8?",
            "After three half-lives one eighth.",
            None,
        ),
        ("How many comparisons does it take?", "9 (or 10) comparisons.", None),
    ],
)
def test_a_result_is_what_leaves_no_doubt(prompt: str, reference: str, value: float | None) -> None:
    derived = with_criteria(Question(id="q", prompt=prompt, reference=reference))
    found = [c.check.value for c in derived.criteria if isinstance(c.check, NumberCheck)]
    assert found == ([] if value is None else [value])


@pytest.mark.parametrize(
    ("reference", "right", "wrong"),
    [
        ("3x5", "(3, 5)", "(5, 3)"),
        ("(h - 2, w - 2, 2)", "(h-2, w-2, 2)", "(h, w, 2)"),
        ("nxd", "n × d", "d x n"),
    ],
)
def test_a_shape_is_read_however_it_is_written(reference: str, right: str, wrong: str) -> None:
    asked = Question(id="q", prompt="What is the shape of the output?", reference=reference)
    (criterion,) = with_criteria(asked).criteria
    assert criterion.check is not None
    levels = [run_check("q", criterion.check, answer) for answer in (right, wrong)]
    assert [verdict.level for verdict in levels if verdict] == ["met", "not_met"]


def test_no_reference_is_too_long_or_too_odd() -> None:
    long = "\n".join(f"the cat {number} sat down" for number in range(300))
    spaced = "it holds pages" + " " * 5000 + "near the user."
    for reference in (long, spaced, "(" + "x" * 5000, "3 x " * 2000, "and it " * 2000):
        assert with_criteria(Question(id="q", prompt="What is the shape?", reference=reference)).criteria


def test_a_wrapped_reference_is_no_other() -> None:
    whole = (
        "(h, w, 2). A 3x3 window with one pixel of padding keeps the height and width. Each filter spans all"
        " the channels and sums over them, so that it yields a single map."
    )
    asked = "What is the shape of the output of two filters?"
    texts = [
        [c.text for c in with_criteria(Question(id="q", prompt=asked, reference=reference)).criteria]
        for reference in (whole, textwrap.fill(whole, 60))
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) == 4


def test_a_shape_is_no_other_than_the_one_asked_for() -> None:
    asked = "What is the shape of the output of a 3x3 convolution on an (h, w, c) input?"
    begins = Question(id="q", prompt=asked, reference="(h, w, 2). Each 3x3 filter gives one of (h, w).")
    many = Question(id="q", prompt=asked, reference="First (h, w, 8), then it is pooled to (p, p, 8).")
    none = Question(id="q", prompt=asked, reference="As many maps as filters; a 3x3 window keeps h and w.")
    assert [with_criteria(q).criteria[0].text for q in (begins, many, none)] == [
        "Gives (h, w, 2)",
        "First (h, w, 8), then it is pooled to (p, p, 8).",
        "As many maps as filters",
    ]


async def test_a_rounded_result_is_right(grader: Grader, bank: Bank) -> None:
    asked = Question(id="q", prompt="How many seconds is it up?", reference="60 · 0.9492 = 56.952")
    for answer, least, most in (("about 57 s", 90, 100), ("56.95", 90, 100), ("58 s", 0, 10)):
        outcome = await grader.grade(asked, bank.rubrics["short-answer"], answer)
        assert isinstance(outcome, Grade)
        assert least <= outcome.score <= most, answer


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
