from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.errors import DataError
from interviewer.importers import markdown

PATH = Path("soil.md")


def test_headings_are_topics_and_questions() -> None:
    questions = markdown.parse("# Loam & Clay\n## Why?\nSo.\n# Sand\n## How?\nThus.\n", PATH)
    assert [(q.topic, q.prompt, q.reference) for q in questions] == [
        ("loam-clay", "Why?", "So."),
        ("sand", "How?", "Thus."),
    ]


def test_without_a_topic_the_file_names_it() -> None:
    assert markdown.parse("## Why?\nSo.", PATH)[0].topic == "soil"


@pytest.mark.parametrize(
    "mark",
    ["**Answer**", "**Answer:**", "**Answer**:", "### Answer", "#### answer:", "__Answer__", "Answer:"],
)
def test_a_long_question_goes_on_to_the_answer_mark(mark: str) -> None:
    (question,) = markdown.parse(f"## Why?\n\nIn detail.\n\n{mark}\n\nSo.\n\n### Answer\n", PATH)
    assert question.prompt == "Why?\n\nIn detail."
    assert question.reference == "So.\n\n### Answer"


def test_an_answer_may_begin_beside_its_mark() -> None:
    assert markdown.parse("## Why?\nMore.\n\n**Answer:** So.\n", PATH)[0].reference == "So."


def test_headings_and_marks_in_fences_are_code() -> None:
    code = "````\n# a\n## b\n```\n**Answer**\n```\n````"
    (question,) = markdown.parse(f"## Why?\n{code}", PATH)
    assert question.reference == code


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Topic\n\ntext", "soil.md: has no question"),
        ("## Why?\nSo.\n##\nWhat?", "soil.md:3: a question without text"),
        ("## Why?\n~~~\n## How?", "soil.md:2: this code fence is never closed"),
    ],
)
def test_broken_markdown_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        markdown.parse(text, PATH)
    assert caught.value.message == message
