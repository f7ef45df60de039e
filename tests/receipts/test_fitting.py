"""A fitted map never turns an order around, stays near what it was for few pairs, and finds what is there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.grading.calibration import calibrated, score_map
from interviewer.models import ScoreMap
from interviewer.receipts.fitting import SHRINKAGES, Fit, Shape, fit, fitted, folds

shares = st.floats(0, 1, allow_nan=False)
pairs = st.lists(st.tuples(shares, shares), min_size=2, max_size=80)


def made(found: list[tuple[float, float]], shape: Shape, shrinkage: float) -> Fit:
    raw, human = np.array(found).T
    return fit(raw, human, shape, shrinkage)


@given(found=pairs, shape=st.sampled_from(["line", "steps"]), shrinkage=st.sampled_from(SHRINKAGES))
@settings(max_examples=150, deadline=None)
def test_no_map_falls_or_leaves_the_scale(
    found: list[tuple[float, float]], shape: Shape, shrinkage: float
) -> None:
    scores = made(found, shape, shrinkage).of(np.linspace(0, 1, 201))
    assert np.all(np.diff(scores) >= -1e-12)
    assert scores.min() >= 0
    assert scores.max() <= 1


@given(found=pairs)
@settings(max_examples=60, deadline=None)
def test_a_map_is_the_same_in_the_file_as_in_the_fit(found: list[tuple[float, float]]) -> None:
    fitted_map = made(found, "line", 5)
    knots = tuple((100 * raw, 100 * score) for raw, score in fitted_map.knots)
    for raw in (0.0, 12.5, 50.0, 99.9, 100.0):
        assert calibrated(score_map(knots).knots, raw) == pytest.approx(
            100 * float(fitted_map.of(np.array([raw / 100]))[0])
        )


def test_ten_noisy_pairs_do_not_make_a_wild_map() -> None:
    for seed in range(20):
        chance = np.random.default_rng(seed)
        raw = chance.uniform(0, 1, 10)
        human = np.clip(raw + chance.normal(0, 0.2, 10), 0, 1)
        found = fitted(raw, human, np.arange(10))
        grid = np.linspace(0, 1, 21)
        assert np.abs(found.of(grid) - grid).max() < 0.3
        assert found.shape == "line"


def test_what_a_person_finds_is_found_the_better_the_more_pairs_there_are() -> None:
    chance = np.random.default_rng(1)

    def distance(count: int) -> float:
        raw = chance.uniform(0, 1, count)
        human = np.clip(0.3 + 0.7 * raw + chance.normal(0, 0.05, count), 0, 1)
        found = fitted(raw, human, np.arange(count))
        return float(abs(found.of(np.array([0.2]))[0] - 0.44))

    assert distance(200) < 0.03
    assert distance(20) < 0.12


def test_many_pairs_may_have_more_than_one_slope() -> None:
    chance = np.random.default_rng(2)
    raw = chance.uniform(0, 1, 400)
    human = np.clip(np.where(raw < 0.5, 0.1, 0.9) + chance.normal(0, 0.03, 400), 0, 1)
    found = fitted(raw, human, np.arange(400))
    assert found.shape == "steps"
    assert found.of(np.array([0.3, 0.7])) == pytest.approx([0.1, 0.9], abs=0.05)


def test_the_answers_to_one_question_are_left_out_together() -> None:
    groups = np.array([number % 7 for number in range(50)])
    parts = folds(groups)
    assert len(set(parts.tolist())) == 7
    assert all(len(set(parts[groups == name].tolist())) == 1 for name in range(7))


@pytest.mark.parametrize("knots", [((0, 10), (100, 5)), ((50, 1), (50, 2)), ((0, 0),), ((0, 0), (100, 101))])
def test_a_file_with_a_map_that_falls_is_refused(knots: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="knots"):
        ScoreMap(digest="x", knots=knots)


def test_beyond_its_knots_a_map_goes_on_level() -> None:
    knots = ((20.0, 30.0), (80.0, 90.0))
    assert [calibrated(knots, raw) for raw in (0, 20, 50, 80, 100)] == [30, 30, 60, 90, 90]
