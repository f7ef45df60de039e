"""Figures of a file of grades, against cases worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.errors import DataError
from interviewer.measuring.figures import kappa, pearson, quadratic_kappa, spread
from interviewer.models import GradeRecord
from interviewer.reports.grades.figures import NO_NAME, Figures, all_figures, bins
from interviewer.reports.grades.human import Human, guessed_scale
from interviewer.reports.grades.reading import read_grades
from interviewer.reports.grades.words import human_lines, made_by, result, spent
from tests.reports.grade_records import record, write_records


def figures_of(folder: Path, *records: GradeRecord, human_max: float | None = None) -> tuple[Figures, ...]:
    with read_grades(write_records(folder / "g.jsonl", records)) as grades:
        return all_figures(grades, human_max)


def test_an_ungraded_answer_is_counted_and_in_no_mean(tmp_path: Path) -> None:
    (found,) = figures_of(tmp_path, record(1, 90), record(2, 50), record(3, 10), record(4, None))
    assert (found.mean, found.median, found.spread) == (50, 50, 40)
    assert (found.graded, found.ungraded) == (3, 1)
    assert found.passed == pytest.approx(1 / 3)
    assert "3 of 4 answers graded, 1 ungraded (no score, not in the mean)" in result(found)[0]


def test_a_file_without_a_grade_has_no_mean_not_zero(tmp_path: Path) -> None:
    (found,) = figures_of(tmp_path, record(1, None))
    assert (found.mean, found.median, found.passed) == (None, None, None)
    assert result(found) == ["No mean: 0 of 1 answer graded, 1 ungraded (no score, not in the mean)."]


def test_graders_are_never_averaged_together(tmp_path: Path) -> None:
    first, second = figures_of(tmp_path, record(1, 100, grader="one"), record(2, 0, grader="two"))
    assert (first.grader, first.mean) == ("one", 100)
    assert (second.grader, second.mean) == ("two", 0)


def test_rules_count_with_the_only_judge_and_alone_beside_several(tmp_path: Path) -> None:
    blank = record(3, 0, grader="rule:blank", calls=0)
    (found,) = figures_of(tmp_path, record(1, 100), blank)
    assert (found.grader, found.mean, found.by_rule) == ("judge", 50, 1)
    several = figures_of(tmp_path, record(1, 100), record(2, 80, grader="two"), blank)
    assert [(each.grader, each.mean) for each in several] == [("judge", 100), ("two", 80), ("rules", 0)]


def test_each_question_and_candidate_has_its_own_figures(tmp_path: Path) -> None:
    (found,) = figures_of(
        tmp_path,
        record(1, 80, question_id="b", candidate="Zoe"),
        record(2, 20, question_id="a", candidate="ann"),
        record(3, 40, question_id="a", needs_review=True),
        record(4, None, question_id="a", candidate="ann"),
        record(5, 100, question_id=None, question="What is a batch?", candidate=""),
    )
    assert [(part.name, part.graded, part.ungraded, part.mean, part.review) for part in found.questions] == [
        ("a", 2, 1, 30, 1),
        ("b", 1, 0, 80, 0),
        ("“What is a batch?”", 1, 0, 100, 0),
    ]
    assert [(part.name, part.graded, part.mean) for part in found.candidates] == [
        ("ann", 1, 20),
        ("Zoe", 1, 80),
        (NO_NAME, 2, 70),
    ]
    assert found.questions[1].spread is None


def test_two_prompts_that_begin_alike_are_two_questions(tmp_path: Path) -> None:
    long = "Why " * 40
    (found,) = figures_of(
        tmp_path,
        record(1, question_id=None, question=f"{long}one?"),
        record(2, question_id=None, question=f"{long}two?"),
    )
    assert len({part.name for part in found.questions}) == 2


def test_levels_of_criteria_are_shares_of_the_graded(tmp_path: Path) -> None:
    (found,) = figures_of(
        tmp_path,
        record(1, levels={"value": "met", "working": "partial"}),
        record(2, levels={"value": "met", "working": "not_met"}),
        record(3, None),
    )
    value, working = found.criteria
    assert (value.id, value.count, value.levels) == ("value", 2, {"met": 1.0, "partial": 0.0, "not_met": 0.0})
    assert working.levels == {"met": 0.0, "partial": 0.5, "not_met": 0.5}
    assert working.text == "derives it from the kernel"


def test_the_distribution_has_100_in_its_last_bin() -> None:
    assert bins([0, 9.99, 10, 59, 60, 99, 100]) == (2, 1, 0, 0, 0, 1, 1, 0, 0, 2)


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ([{"calls": 0}], "No model was called."),
        ([{"calls": 0}, {"score": None}], "No model was called."),
        ([{}], "Cost: unknown. Tokens: unknown."),
        (
            [{"cost": 0.25, "tokens": (1000, 20)}, {"cost": 0.5, "tokens": (500, 10)}],
            "Cost: 0.7500 USD. Tokens: 1,500 in, 30 out.",
        ),
        (
            [{"cost": 0.25, "tokens": (10, 2)}, {"score": None}],
            "Cost: 0.2500 USD, and unknown for 1 answer. Tokens: 10 in, 2 out, and unknown for 1 answer.",
        ),
        (
            [{"cost": 0.25, "tokens": (10, 2)}, {"cost": 9.0, "cached": True}],
            "From the cache, at no cost: 1. Cost: 0.2500 USD. Tokens: 10 in, 2 out.",
        ),
    ],
)
def test_unknown_cost_is_never_zero_and_the_cache_costs_nothing(
    records: list[dict[str, float]], says: str, tmp_path: Path
) -> None:
    made = [record(n, given.pop("score", 100), **given) for n, given in enumerate(map(dict, records), 1)]
    (found,) = figures_of(tmp_path, *made)
    assert spent(found) == says


def test_how_it_was_graded_is_said_once_for_each_way_and_left_out_where_unknown(tmp_path: Path) -> None:
    (found,) = figures_of(
        tmp_path,
        record(1, prompt_version="3", parameters={"temperature": 0, "seed": None}),
        record(2, prompt_version="3", parameters={"temperature": 0, "seed": None}),
        record(3),
        record(4, None),
    )
    assert made_by(found) == ["prompt 3 · temperature 0 · interviewer 1.2.3", "interviewer 1.2.3"]


def test_agreement_measures_are_the_known_ones() -> None:
    assert pearson([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert pearson([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)
    assert pearson([1, 1, 1], [1, 2, 3]) is None
    assert spread([2, 4, 4, 4, 5, 5, 7, 9]) == pytest.approx(2.138, abs=1e-3)
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: the usual example of Cohen's kappa, 0.4.
    assert kappa([True] * 25 + [False] * 25, [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15) == (
        pytest.approx(0.4)
    )
    assert kappa([True], [True]) is None
    assert quadratic_kappa([0, 10], [0, 10]) == 1
    assert quadratic_kappa([0, 1, 2], [0, 1, 1]) == pytest.approx(1 - (1 / 3) / 1)


def agreement(folder: Path, *scores: tuple[float | None, float], human_max: float | None = None) -> Human:
    records = [record(n, score, human_score=human) for n, (score, human) in enumerate(scores, 1)]
    (found,) = figures_of(folder, *records, record(99, 30), human_max=human_max)
    assert found.human is not None
    return found.human


def test_agreement_with_people_is_on_0_to_1_and_without_the_ungraded(tmp_path: Path) -> None:
    found = agreement(tmp_path, (100, 5), (50, 4), (0, 0), (None, 5))
    assert (found.scale, found.assumed, found.count, found.ungraded) == (5, True, 3, 1)
    assert found.difference == pytest.approx(-0.1)
    assert found.mae == pytest.approx(0.1)
    assert found.rmse == pytest.approx((0.09 / 3) ** 0.5)
    assert found.worst[0].row.id == "2"
    lines = human_lines(found)
    assert "taken as 0–5 (assumed: the largest is 5; --human-max says otherwise)" in lines[0]
    assert "these figures mean little" in lines[-1]


def test_a_given_scale_is_used_and_what_is_off_it_is_counted(tmp_path: Path) -> None:
    found = agreement(tmp_path, (100, 5), (50, 40), (0, -1), human_max=10)
    assert (found.scale, found.assumed, found.count, found.off_scale) == (10, False, 1, 2)
    assert found.difference == 0.5
    assert found.pearson is None


def test_without_a_human_score_there_is_no_agreement(tmp_path: Path) -> None:
    (found,) = figures_of(tmp_path, record(1))
    assert found.human is None


@pytest.mark.parametrize(
    ("largest", "scale"), [(0, 1), (1, 1), (1.5, 5), (5, 5), (9, 10), (18, 20), (57, 100), (250, 250)]
)
def test_the_scale_is_the_smallest_usual_one_that_fits(largest: float, scale: float) -> None:
    assert guessed_scale(largest) == scale


def test_a_last_line_that_is_cut_is_left_out_and_told(tmp_path: Path) -> None:
    path = write_records(tmp_path / "g.jsonl", [record(1), record(2)], end=record(3).model_dump_json()[:200])
    with read_grades(path) as grades:
        assert [row.id for row in grades.rows] == ["1", "2"]
        assert grades.cut == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no grades"),
        ('{"number": 1', ":1: not valid JSON"),
        ('{"number": 1\n{}\n', ":1: not valid JSON"),
        ('{"question_id": "a", "answer": "b"}\n', ":1: number: is missing"),
        ("{good}\n{good}\nnope\n{good}\n", ":3: not valid JSON"),
        ('{good}\n{"numbr": 1}\n', ":2: unknown key 'numbr'"),
        ("{good}\n\xff\n{good}\n", ":2: not valid JSON"),
    ],
)
def test_any_other_bad_line_is_named(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    path.write_bytes(text.replace("{good}", record(1).model_dump_json()).encode("latin-1"))
    with pytest.raises(DataError) as raised, read_grades(path):
        pass
    assert f"{path}{says}" in raised.value.message or f"{path}: {says}" in raised.value.message


def test_a_later_record_of_an_answer_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    path = write_records(tmp_path / "g.jsonl", [record(2, None), record(1, 40), record(2, 80)])
    with read_grades(path) as grades:
        assert [(row.id, row.score) for row in grades.rows] == [("1", 40), ("2", 80)]
        assert grades.replaced == 1


def test_a_whole_record_is_found_again_also_after_a_byte_order_mark(tmp_path: Path) -> None:
    path = write_records(tmp_path / "g.jsonl", [record(1, answer="größer"), record(2)])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    with read_grades(path) as grades:
        assert [grades.record(row) for row in grades.rows] == [record(1, answer="größer"), record(2)]
