from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.errors import DataError
from interviewer.importers import qa
from interviewer.importers.drafts import NEEDS_REFERENCE, NO_ANSWER
from interviewer.models import Question

PATH = Path("some.txt")


def only(text: str) -> Question:
    (question,) = qa.parse(text, PATH)
    return question


def test_paragraphs_of_questions_and_answers_stay_together() -> None:
    question = only("Q: One.\n\nTwo?\nA: Three.\n\nFour.\n\n\n\nFive.\n")
    assert question.prompt == "One.\n\nTwo?"
    assert question.reference == "Three.\n\nFour.\n\nFive."


@pytest.mark.parametrize("answer", ["A:\n", "A:   \n\n", ""])
def test_a_question_without_an_answer_is_kept_and_tagged(answer: str) -> None:
    first, second = qa.parse(f"Q: Why?\n{answer}Q: How?\nA: So.\n", PATH)
    assert (first.prompt, first.reference, first.tags) == ("Why?", NO_ANSWER, (NEEDS_REFERENCE,))
    assert (second.reference, second.tags) == ("So.", ())


@pytest.mark.parametrize(
    "answer",
    ["https://a.example/b", "Inspired by https://a.example/b.", "See [this post](https://a.example)"],
)
def test_an_answer_that_is_only_a_link_is_kept_and_tagged(answer: str) -> None:
    question = only(f"Q: Why?\nA: {answer}")
    assert (question.reference, question.tags) == (answer, (NEEDS_REFERENCE,))


def test_an_answer_with_a_link_and_words_of_its_own_is_not_tagged() -> None:
    assert only("Q: How many?\nA: 800, see https://a.example/b").tags == ()


def test_code_is_fenced_and_changes_only_in_hard_spaces() -> None:
    question = only(
        "Q: What is wrong?\n\nfor a in b:\n\u00a0\u00a0\u00a0\u00a0print(a)  \n \n    c(a)\nA: Nothing."
    )
    assert question.prompt == "What is wrong?\n\n```python\nfor a in b:\n    print(a)  \n \n    c(a)\n```"


def test_code_of_another_language_is_fenced_without_a_name() -> None:
    question = only("Q: What is wrong?\n\nint x = 5;\nif (x) {\n    x++;\n}\nA: Nothing.")
    assert question.prompt == "What is wrong?\n\n```\nint x = 5;\nif (x) {\n    x++;\n}\n```"


def test_fences_that_are_there_are_left_alone_with_marks_in_them() -> None:
    text = "```\nQ: x = 1\nA: y = 2\n```"
    assert only(f"Q: What is\n{text}\nA: Two lines.").prompt == f"What is\n{text}"


@pytest.mark.parametrize(
    "prose",
    [
        "for example, the loss is huge:\nif you see this, stop.",
        "Precision (of a class) is a share\nRecall (of a class) is another",
        "import and export are words\nreturn to the start",
        "1. First = best\n2. Second = rest",
    ],
)
def test_prose_is_not_taken_for_code(prose: str) -> None:
    assert only(f"Q: Why?\nA: {prose}").reference == prose


def test_bullets_become_markdown_and_keep_their_nesting() -> None:
    question = only("Q: Why?\nA:\n  • One\n  • Two\n    ◦ Three\n  • Four")
    assert question.reference == "- One\n- Two\n  - Three\n- Four"


def test_marks_may_be_numbered_bold_or_written_out() -> None:
    text = "**Q1:** One?\n**A1:** Yes, **very**.\n\n**Question 2: Two?**\nAnswer: No.\n"
    assert [(q.prompt, q.reference) for q in qa.parse(text, PATH)] == [
        ("One?", "Yes, **very**."),
        ("Two?", "No."),
    ]


def test_the_first_of_several_choices_is_not_an_answer() -> None:
    question = only("Q: Which?\nA: salt\nB: soda\nA: B")
    assert (question.prompt, question.reference) == ("Which?\nA: salt\nB: soda", "B")


def test_a_second_answer_is_an_alternative() -> None:
    assert only("Q: Why?\nA: So.\nA: Because.").alternatives == ("Because.",)


def test_a_question_about_the_same_depends_on_the_one_before() -> None:
    first, second = qa.parse("Q: How do you bake it?\nA: So.\nQ: The same with a cake.\nA: So too.", PATH)
    assert second.depends_on == first.id
    assert first.depends_on is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nA: So.\nQ: Why?", "some.txt:2: an answer before the first question"),
        ("Q: Why?\nA: So.\nQ:\nA: What?", "some.txt:3: a question without text"),
        ("Why?\nSo.", "some.txt: has no line that begins with 'Q:'"),
        ("Title\nMore\n\nQ: Why?", "some.txt:4: there is text before the first question"),
        ("Q: Why?\n```\nA: So.", "some.txt:2: this code fence is never closed"),
    ],
)
def test_broken_text_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        qa.parse(text, PATH)
    assert caught.value.message == message
