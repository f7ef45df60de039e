"""The shipped bank: complete, in order, and as its own examples say."""

from collections import Counter

import pytest

from interviewer.bank import Bank, read_questions, shipped
from interviewer.grading.scoring import scheme_of, score, without_contradicted
from interviewer.models import Level, Question, Verdict

FIRST, SECOND = "000_6cd8d8912ec5d302", "004_8e7c577bafe85789"


def test_every_question_of_both_documents_is_there(bank: Bank) -> None:
    sources = Counter(
        name for q in bank.questions.values() for name in (FIRST, SECOND) if name in (q.source or "")
    )
    assert sources == {FIRST: 9, SECOND: 30}


def test_the_values_of_the_quiz_board_are_kept_as_difficulty(bank: Bank) -> None:
    board = [q for q in bank.questions.values() if SECOND in (q.source or "")]
    assert Counter(q.difficulty for q in board) == dict.fromkeys((100, 200, 300, 400, 500), 6)


def test_every_rubric_and_every_kind_is_used(bank: Bank) -> None:
    assert {q.rubric for q in bank.questions.values()} == set(bank.rubrics)
    assert {q.kind for q in bank.questions.values()} == {
        "open", "true_false", "list", "numeric", "code", "review",
    }  # fmt: skip


def test_every_question_is_complete(bank: Bank) -> None:
    for question in bank.questions.values():
        assert len(question.hints) >= 2, question.id
        assert question.mistakes, question.id
        assert question.time_limit, question.id
        assert question.source, question.id
        assert any(c.follow_up for c in question.criteria), question.id
        assert {e.label for e in question.examples} == {"full", "partial", "wrong"}, question.id


def test_the_follow_up_question_comes_after_its_parent(bank: Bank) -> None:
    [child] = [q for q in bank.questions.values() if q.depends_on]
    assert [parent.id for parent in bank.parents(child)] == ["recover-linear-weights"]


def label_score(question: Question, bank: Bank, number: int) -> float:
    """The score that the labels of an example earn."""
    example = question.examples[number]
    levels: dict[str, Level] = {
        **dict.fromkeys(example.met, "met"),
        **dict.fromkeys(example.partial, "partial"),
    }
    rubric = bank.rubrics[question.rubric]
    scheme = scheme_of(question, rubric, (*question.criteria, *rubric.criteria))
    made = [Verdict(id=i, level="met", decided_by="label") for i in example.mistakes]
    found = [Verdict(id=i, level=level, decided_by="label") for i, level in levels.items()]
    return score(scheme, without_contradicted(found, question.mistakes, made), made).score


def test_every_example_earns_by_its_labels_what_it_is_called(bank: Bank) -> None:
    bands = {"full": (75, 100), "partial": (35, 80), "wrong": (0, 35)}
    for question in bank.questions.values():
        for number, example in enumerate(question.examples):
            least, most = bands[example.label]
            assert least <= label_score(question, bank, number) <= most, (question.id, number + 1)


@pytest.mark.parametrize("file", sorted(shipped("questions").rglob("*.toml")), ids=lambda path: path.stem)
def test_every_file_names_its_schema(file: object) -> None:
    text = file.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert text.startswith("#:schema ../../schemas/questions.schema.json\n")
    assert read_questions(file)  # type: ignore[arg-type]
