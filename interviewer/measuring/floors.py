"""What a judge has to beat on the same answers, and what people reach among themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from interviewer.language.words import words
from interviewer.measuring.figures import centred, mean, pearson, root_mean_square
from interviewer.measuring.graded import GradedRow
from interviewer.measuring.resampling import Places, Resampling, Statistic
from interviewer.measuring.results import Beside

Values = NDArray[np.float64]
LENGTH = "log word count"


def word_counts(rows: Sequence[GradedRow]) -> Values:
    """The logarithm of one more than the words of each answer."""
    return np.log1p([float(len(words(row.given.text))) for row in rows])


def overlaps(rows: Sequence[GradedRow]) -> dict[str, Values]:
    """How many words an answer shares with the reference, as share of the reference's (recall) and as F1.

    Words are compared as they are written, without those that carry no content.
    """
    recall, harmonic = [], []
    for row in rows:
        wanted, said = _content(row.given.question.reference), _content(row.given.text)
        shared = len(wanted & said)
        recall.append(shared / max(1, len(wanted)))
        harmonic.append(2 * shared / max(1, len(wanted) + len(said)))
    return {"token recall": np.array(recall), "token F1": np.array(harmonic)}


def _content(text: str) -> set[str]:
    return {word.text for word in words(text) if word.is_content}


def floors(
    human: Values, questions: Sequence[str], rivals: dict[str, Values], resampling: Resampling
) -> tuple[Beside, ...]:
    """The constant mean, and each rival: a number for every answer that takes no judge."""
    middle = float(human.mean()) if len(human) else 0.0
    statistics: dict[str, Statistic] = {
        "constant mean/rmse": lambda places: root_mean_square(human[places] - middle)
    }
    for name, values in rivals.items():
        statistics |= _correlations(name, values, human, questions)
        if name in ("token recall", "token F1", "cosine"):
            # These are on 0–1 already, so they can be taken for a grade.
            statistics[f"{name}/rmse"] = _error(values, human)
    found = resampling.figures(statistics)
    names = dict.fromkeys(name.partition("/")[0] for name in found)
    return tuple(
        Beside(
            name=name,
            figures={
                key.partition("/")[2]: value for key, value in found.items() if key.startswith(f"{name}/")
            },
        )
        for name in names
    )


def _correlations(name: str, values: Values, human: Values, questions: Sequence[str]) -> dict[str, Statistic]:
    own, theirs = centred(values, questions), centred(human, questions)
    return {
        f"{name}/pearson": lambda places: pearson(values[places], human[places]),
        f"{name}/within": lambda places: pearson(own[places], theirs[places]),
    }


def _error(values: Values, human: Values) -> Statistic:
    return lambda places: root_mean_square(values[places] - human[places])


def between_people(rows: Sequence[GradedRow], resampling: Resampling) -> Beside | None:
    """How graders agree with each other, the mean over pairs of them; None where no answer has two."""
    count = max((len(row.graders) for row in rows), default=0)
    marks = np.full((len(rows), count), np.nan)
    for place, row in enumerate(rows):
        marks[place, : len(row.graders)] = [np.nan if mark is None else mark for mark in row.graders]
    pairs = []
    for one, other in combinations(range(count), 2):
        both = ~np.isnan(marks[:, one]) & ~np.isnan(marks[:, other])
        if both.sum() > 1:
            pairs.append((one, other, both))
    if not pairs:
        return None
    within = np.full_like(marks, np.nan)
    for grader in range(count):
        given = np.flatnonzero(~np.isnan(marks[:, grader]))
        within[given, grader] = centred(marks[given, grader], [rows[int(place)].question for place in given])

    def over_pairs(measure: Callable[[Values, Values], float | None], table: Values) -> Statistic:
        def statistic(places: Places) -> float | None:
            kept = [(one, other, places[both[places]]) for one, other, both in pairs]
            found = [measure(table[rows, one], table[rows, other]) for one, other, rows in kept]
            return mean([value for value in found if value is not None])

        return statistic

    figures = resampling.figures(
        {
            "rmse": over_pairs(lambda one, other: root_mean_square(one - other), marks),
            "pearson": over_pairs(pearson, marks),
            "within": over_pairs(pearson, within),
        }
    )
    return Beside(name="people, each other", figures=figures)
