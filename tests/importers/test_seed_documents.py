"""The two documents this program began with. They lie beside the checkout, not in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.importers import import_file
from interviewer.importers.drafts import NEEDS_REFERENCE, NO_ANSWER

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents are not here")


def seed(number: str) -> Path:
    (path,) = SEEDS.glob(f"{number}_*.txt")
    return path


def test_all_nine_questions_of_the_first_are_recovered() -> None:
    questions = import_file(seed("000"))
    assert len(questions) == 9
    assert [NEEDS_REFERENCE in question.tags for question in questions] == [n in (1, 8) for n in range(1, 10)]
    assert questions[0].reference == NO_ANSWER
    assert questions[2].reference.count("\n- ") == 9
    assert questions[4].depends_on == questions[3].id


def test_the_code_of_the_first_is_fenced_and_unchanged() -> None:
    source = seed("000").read_text(encoding="utf-8")
    questions = import_file(seed("000"))
    blocks = [
        block.split("\n```")[0]
        for text in (questions[2].prompt, questions[3].reference, questions[4].reference)
        for block in text.split("```python\n")[1:]
    ]
    assert [len(block.split("\n")) for block in blocks] == [29, 8, 18]
    assert all(block in source for block in blocks)


def test_all_thirty_tiles_of_the_second_are_recovered_with_their_values() -> None:
    questions = import_file(seed("004"))
    assert len(questions) == 30
    assert [question.difficulty for question in questions] == [100, 200, 300, 400, 500] * 6
    assert [question.tags for question in questions] == [(f"category-{1 + n // 5}",) for n in range(30)]


def test_what_spans_paragraphs_in_the_second_is_whole_and_nothing_is_lost() -> None:
    questions = import_file(seed("004"))
    spans = [(n, q.prompt.count("\n\n"), q.reference.count("\n\n")) for n, q in enumerate(questions, 1)]
    assert [span for span in spans if span[1:] != (0, 0)] == [(24, 0, 2), (30, 1, 0)]
    everything = "\n\n".join(f"{question.prompt}\n\n{question.reference}" for question in questions)
    assert seed("004").read_text(encoding="utf-8").strip().endswith(everything)
