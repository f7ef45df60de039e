"""Graded answers as they are read: marks, criteria, what is left out, and what is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.bank import Bank
from interviewer.errors import ConfigError, DataError
from interviewer.measuring.graded import Condition, GradedFile, GradedRow, read_graded
from interviewer.measuring.twins import read_twins
from tests.measuring.samples import Line, line, row, written


def only(path: Path, bank: Bank, **change: object) -> GradedRow:
    return read_graded(written(path / "g.jsonl", [line(**change)]), bank).rows[0]


def test_a_row_of_a_data_set_keeps_its_marks_on_0_to_1(tmp_path: Path, bank: Bank) -> None:
    found = only(tmp_path, bank, score=0.7, max_score=5, grader_scores=[3, 4, None], split="test", fold=3)
    assert (found.human, found.graders, found.full_marks) == (0.7, (0.6, 0.8, None), 5)
    assert (found.given.number, found.given.human_score, found.question) == (1, 70.0, "ice")
    assert found.truth == {}


def test_criteria_of_a_data_set_become_the_questions_and_their_marks_the_truth(
    tmp_path: Path, bank: Bank
) -> None:
    criteria = [
        {"criterion_id": "Point1", "criterion": "Ice is less dense", "points": 2, "met": True},
        {"criterion_id": "Point 2", "criterion": "Water expands", "met": False, "alternative_group": "Why"},
        {"criterion_id": "P3", "criterion": "Hydrogen bonds", "met": True, "alternative_group": "Why"},
        {"criterion_id": "P4", "criterion": "Nobody has looked at this", "met": None},
    ]
    found = only(tmp_path, bank, criteria=criteria, reference="")
    question = found.given.question
    assert [(c.id, c.points, c.group) for c in question.criteria] == [
        ("point1", 2, None), ("point-2", 1, "why"), ("p3", 1, "why"), ("p4", 1, None),
    ]  # fmt: skip
    assert [(group.id, group.choose) for group in question.groups] == [("why", 1)]
    assert found.truth == {"point1": 1.0, "point-2": 0.0, "p3": 1.0}
    assert "Water expands" in question.reference


def test_an_own_answer_names_what_it_meets_of_a_question_of_the_bank(tmp_path: Path, bank: Bank) -> None:
    own = {"question_id": "conv-parameter-count", "answer": "800", "human_score": 90, "trap": "short"}
    names = [criterion.id for criterion in bank.question("conv-parameter-count").criteria]
    found = read_graded(
        written(tmp_path / "own.jsonl", [own | {"met": names[:1], "partial": names[1:2]}]), bank
    )
    assert found.rows[0].truth == {name: [1.0, 0.5][at] if at < 2 else 0.0 for at, name in enumerate(names)}
    assert (found.rows[0].human, found.rows[0].trap) == (0.9, "short")
    assert found.rows[0].given.question is bank.question("conv-parameter-count")


def test_equal_questions_are_one_object(tmp_path: Path, bank: Bank) -> None:
    rows = read_graded(
        written(tmp_path / "g.jsonl", [line(), line(answer="Another."), line(kind="echo")]), bank
    )
    assert len({id(each.given.question) for each in rows.rows}) == 1
    assert rows.rows[2].trap == "echo"


def test_rows_without_reference_and_criteria_are_left_out_and_counted(tmp_path: Path, bank: Bank) -> None:
    lines = [line(), line(reference=" "), line(reference=None), line(flags=["blank_answer"], answer="none")]
    found = read_graded(written(tmp_path / "g.jsonl", lines), bank)
    assert (len(found.rows), found.skipped) == (2, 2)
    assert [each.is_blank for each in found.rows] == [False, True]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"score": 4.5}, "g.jsonl:1: score: input should be less than or equal to 1, not 4.5"),
        ({"score": None}, "g.jsonl:1: needs 'score' (0 to 1) or 'human_score' (0 to 100)"),
        ({"answer": None}, "g.jsonl:1: answer: should be text, not None"),
        ({"question": None, "question_id": None}, "g.jsonl:1: needs 'question_id' of the bank"),
        ({"question": None, "question_id": "no-such"}, "g.jsonl:1: no question 'no-such' in the bank"),
        ({"grader_scores": [1, 2]}, "g.jsonl:1: 'grader_scores' is there without 'max_score'"),
        ({"met": ["b"], "criteria": ["one"]}, "g.jsonl:1: met: there is no criterion 'b'"),
        ({"criteria": [{"id": "a", "text": "x"}, {"id": "A", "text": "y"}]}, "criterion 'a' is there twice"),
        ({"criteria": [{"id": "a", "text": "x", "points": 0}]}, "g.jsonl:1: criteria 'a', points: "),
        ({"rubric": "no-such"}, "g.jsonl:1: no rubric 'no-such'"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_in_one_line(change: Line, says: str, tmp_path: Path, bank: Bank) -> None:
    with pytest.raises(DataError) as error:
        only(tmp_path, bank, **change)
    assert says in error.value.message
    assert "\n" not in error.value.message


def test_a_marking_guide_in_place_of_a_rubrics_name_is_left_alone(tmp_path: Path, bank: Bank) -> None:
    assert only(tmp_path, bank, rubric="1 point for the density").given.rubric.name == "short-answer"


def test_conditions_choose_by_any_field(tmp_path: Path, bank: Bank) -> None:
    lines = [line(split="test", flags=["odd"]), line(split="train", flags=[]), line(split=None)]
    path = written(tmp_path / "g.jsonl", lines)

    def numbers(*texts: str) -> list[int]:
        rows = read_graded(path, bank, [Condition(text) for text in texts]).rows
        return [each.given.number for each in rows]

    assert numbers("split=te*") == [1]
    assert numbers("split!=test") == [2, 3]
    assert numbers("flags!=odd", "split=train") == [2]
    with pytest.raises(DataError, match="none is left by --filter"):
        numbers("split=dev")
    with pytest.raises(DataError, match="no line has 'spilt'"):
        numbers("spilt!=dev")
    with pytest.raises(ConfigError, match="is not FIELD=PATTERN"):
        Condition("split")


def test_a_limit_is_spread_over_the_questions_and_fewer_are_among_more() -> None:
    rows = tuple(row(number, 0.5, f"q{number // 10}") for number in range(1, 50))
    file = GradedFile("f", rows, len(rows))
    few, more = file.spread(5, 0), file.spread(12, 0)
    assert {each.question for each in few.rows} == {f"q{n}" for n in range(5)}
    assert {each.given.number for each in few.rows} < {each.given.number for each in more.rows}
    assert file.spread(5, 1).rows != few.rows
    assert [each.given.number for each in more.rows] == sorted(each.given.number for each in more.rows)
    assert file.spread(None, 0) is file


def test_marks_are_stepped_as_they_were_given() -> None:
    def steps(*tops: float | None) -> int:
        return GradedFile("f", tuple(row(1, 0.5, full_marks=top) for top in tops), 1).steps

    assert (steps(5, 5), steps(3), steps(1), steps(40), steps(5, 4), steps(None)) == (5, 3, 10, 10, 10, 10)


def test_twins_are_two_answers_a_line(tmp_path: Path, bank: Bank) -> None:
    lines = [
        {"question": "Is it?", "reference": "It is.", "right": "Yes.", "wrong": "No.", "change": "verdict"},
        {"question_id": "conv-parameter-count", "right": "800", "wrong": "80"},
    ]
    found = read_twins(written(tmp_path / "t.jsonl", lines), bank)
    assert [(a.number, a.text) for a in found.answers] == [(1, "Yes."), (2, "No."), (3, "800"), (4, "80")]
    assert found.changes == ("verdict", "other")
    with pytest.raises(DataError, match=r"t\.jsonl:1: wrong: is missing"):
        read_twins(written(tmp_path / "t.jsonl", [{"question": "a", "reference": "b", "right": "c"}]), bank)
