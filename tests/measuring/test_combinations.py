"""The ways to combine share and similarity: what is fitted never saw the question it is measured on."""

import numpy as np
import pytest

from benchmarks.combinations import FEATURES, WAYS, estimate, held_out

QUESTIONS = [f"q{number % 12}" for number in range(240)]


def answers(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features of which share, recall and the whole reference each tell a third of the mark."""
    rng = np.random.default_rng(seed)
    told = rng.random((4, len(QUESTIONS)))
    values = np.zeros((len(QUESTIONS), len(FEATURES)))
    for name, column in zip(("share", "recall", "stated", "cosine"), told, strict=True):
        values[:, FEATURES.index(name)] = column
    return values, told[:3].mean(axis=0)


def error(name: str) -> float:
    """Root mean square, held out."""
    values, marks = answers()
    return float(np.sqrt(np.mean((held_out(WAYS[name], values, marks, QUESTIONS) - marks) ** 2)))


def test_a_gate_is_the_share_itself() -> None:
    values, marks = answers()
    assert np.array_equal(held_out(WAYS["gate: share alone"], values, marks, QUESTIONS), values[:, 0])


def test_what_tells_more_is_found_to_be_better() -> None:
    assert error("calibrated: share, stated, recall") < 0.6 * error("calibrated: monotone in the share")
    assert error("blend: share and cosine") >= error("calibrated: monotone in the share") * 0.9


def test_nothing_is_learnt_from_the_question_itself() -> None:
    """Marks that only depend on the question cannot be guessed from other questions."""
    values, _ = answers()
    names = sorted(set(QUESTIONS))
    luck = dict(zip(names, np.random.default_rng(1).random(len(names)), strict=True))
    marks = np.array([luck[question] for question in QUESTIONS])
    found = held_out(estimate("share", "recall"), values, marks, QUESTIONS)
    assert abs(np.corrcoef(found, marks)[0, 1]) < 0.5
    assert found.std() < 0.1 * marks.std() + 0.05


@pytest.mark.parametrize("name", list(WAYS))
def test_every_way_gives_marks(name: str) -> None:
    values, marks = answers()
    found = held_out(WAYS[name], values, marks, QUESTIONS)
    assert ((found >= 0) & (found <= 1)).all()
