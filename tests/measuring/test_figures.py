"""Each statistic beside the value that a well-known library gives, or that a hand can compute."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.metrics import cohen_kappa_score, f1_score, roc_auc_score

from interviewer.measuring.figures import (
    area_under_curve,
    centred,
    dots,
    f1,
    kappa,
    mean,
    partial_correlation,
    pearson,
    quadratic_kappa,
    risks,
    root_mean_square,
    spread,
    steps,
)
from interviewer.measuring.resampling import Resampling

CHANCE = np.random.default_rng(7)
TRUTH = CHANCE.random(60) < 0.4
# Rounded, so that some values are equal.
VALUES = np.round(TRUTH * 0.3 + CHANCE.random(60), 1)
FIRST, SECOND = (CHANCE.integers(0, 6, 80).astype(float) for _ in range(2))


def test_pearson_is_the_one_of_numpy() -> None:
    assert pearson(FIRST, SECOND) == pytest.approx(np.corrcoef(FIRST, SECOND)[0, 1])
    assert pearson([1, 2], [5, 5]) is None
    assert pearson([1], [1]) is None


def test_kappas_are_those_of_scikit_learn() -> None:
    found = quadratic_kappa(FIRST, SECOND)
    assert found == pytest.approx(cohen_kappa_score(FIRST, SECOND, weights="quadratic"))
    assert kappa(TRUTH, VALUES > 0.7) == pytest.approx(cohen_kappa_score(TRUTH, VALUES > 0.7))
    assert quadratic_kappa([3, 3], [3, 3]) is None
    assert quadratic_kappa([], []) is None


def test_area_under_the_curve_and_f1_are_those_of_scikit_learn() -> None:
    assert area_under_curve(TRUTH, VALUES) == pytest.approx(roc_auc_score(TRUTH, VALUES))
    assert f1(TRUTH, VALUES > 0.7) == pytest.approx(f1_score(TRUTH, VALUES > 0.7))
    assert area_under_curve([True, True], [0.1, 0.2]) is None
    assert f1([False], [False]) is None


def test_partial_correlation_is_that_of_what_a_regression_leaves() -> None:
    length = CHANCE.random(80)
    grade, mark = length + FIRST / 9, length + (FIRST + SECOND) / 9
    rest = [
        side - LinearRegression().fit(length[:, None], side).predict(length[:, None])
        for side in (grade, mark)
    ]
    expected = np.corrcoef(*rest)[0, 1]
    assert partial_correlation(grade, mark, length) == pytest.approx(expected)
    assert partial_correlation(grade, mark, np.ones(80)) == pearson(grade, mark)


def test_risks_are_the_mean_errors_of_ever_more_answers() -> None:
    assert risks([0.9, 0.5, 0.7], [0.0, 0.6, 0.3]).tolist() == pytest.approx([0.0, 0.15, 0.3])
    # Which of two equally sure ones is kept first is not known, so their mean stands for both.
    assert risks([0.9, 0.5, 0.5], [0.0, 0.6, 0.2]).tolist() == pytest.approx([0.0, 0.2, 0.8 / 3])


def test_centred_values_are_less_the_mean_of_their_group() -> None:
    assert centred([1, 3, 10], ["a", "a", "b"]).tolist() == [-1, 1, 0]
    assert centred([], []).tolist() == []


def test_steps_round_a_half_up_and_small_measures_say_none_for_nothing() -> None:
    assert steps([0.0, 0.5, 0.7, 1.0], 5).tolist() == [0, 3, 4, 5]
    assert (mean([]), spread([1]), root_mean_square([])) == (None, None, None)
    assert (mean([1, 2]), root_mean_square([3, -3])) == (1.5, 3.0)
    assert spread([1, 3]) == pytest.approx(np.std([1, 3], ddof=1))
    assert dots([(0.0, 1.0), (0.001, 1.0), (0.5, 0.5)]) == ((0.0, 1.0, 2), (0.5, 0.5, 1))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=40))
def test_kappa_and_pearson_stay_within_their_bounds(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = quadratic_kappa(first, second), pearson(first, second)
    assert all(value is None or -1.0 <= value <= 1.0 for value in found)


def test_intervals_hold_the_figure_and_are_the_same_for_the_same_seed() -> None:
    questions = [f"q{number % 8}" for number in range(80)]
    statistic = {"r": lambda at: pearson(FIRST[at], SECOND[at])}
    one, same, other = (Resampling(questions, 200, seed).figures(statistic)["r"] for seed in (0, 0, 1))
    assert one == same
    assert one != other
    assert one.value == pearson(FIRST, SECOND)
    assert None not in (one.low, one.high)
    assert one.low < one.value < one.high  # type: ignore[operator]


def test_whole_questions_are_drawn_not_single_answers() -> None:
    questions = ["a"] * 30 + ["b"] * 10
    seen = set()

    def count(at: np.ndarray) -> float:
        seen.add((int((at < 30).sum()), int((at >= 30).sum())))
        return 0.0

    Resampling(questions, 100, 0).figures({"count": count})
    assert seen == {(60, 0), (30, 10), (0, 20)}


def test_one_question_has_no_interval() -> None:
    found = Resampling(["a", "a"], 100, 0).figures({"mean": lambda at: 1.0})["mean"]
    assert (found.value, found.low, found.high) == (1.0, None, None)
