"""How similarity should join a judge's share of points: ways to combine them, compared on graded answers.

    python -m benchmarks.combinations GRADES…

GRADES are files of grades with people's marks in them, as `interviewer bench -o FOLDER` keeps them. Nothing
is judged anew: the share comes from the receipts. Whatever has weights is fitted on four fifths of the
questions and measured on the rest, in turn.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from interviewer.grading.scoring import rescored
from interviewer.measuring.figures import centred, pearson, root_mean_square
from interviewer.models import GradeRecord

Floats = NDArray[np.float64]
FOLDS, SEED = 5, 0
FEATURES = ("share", "cosine", "coverage", "without_question", "stated", "recall")


def read(file: Path) -> tuple[Floats, Floats, list[str]]:
    """Features (answers × `FEATURES`; NaN: unknown), marks 0..1 and questions, where there is similarity."""
    rows, marks, questions = [], [], []
    for line in file.read_text(encoding="utf-8").splitlines():
        record = GradeRecord.model_validate_json(line)
        if record.receipt is None or record.receipt.similarity is None or record.human_score is None:
            continue
        near = record.receipt.similarity
        share = (
            rescored(record.receipt.model_copy(update={"similarity": None, "calibration": None})).raw / 100
        )
        rows.append((share, near.cosine, near.coverage, near.without_question, near.stated, near.recall))
        marks.append(record.human_score / 100)
        questions.append(record.question)
    return np.array(rows, float), np.array(marks), questions


Fitted = Callable[[Floats], Floats]


def gate(values: Floats, marks: Floats) -> Fitted:
    """The share as it is."""
    return lambda rows: rows[:, 0]


def blend(values: Floats, marks: Floats) -> Fitted:
    """Share and cosine, by the weight with the least squared error."""
    weights = np.linspace(0, 1, 21)
    errors = [np.mean(((1 - w) * values[:, 0] + w * values[:, 1] - marks) ** 2) for w in weights]
    best = weights[int(np.argmin(errors))]
    return lambda rows: (1 - best) * rows[:, 0] + best * rows[:, 1]


def monotone(values: Floats, marks: Floats) -> Fitted:
    """A monotone map of the share alone."""
    fitted = IsotonicRegression(out_of_bounds="clip").fit(values[:, 0], marks)
    return lambda rows: np.asarray(fitted.predict(rows[:, 0]))


def estimate(*names: str) -> Callable[[Floats, Floats], Fitted]:
    """A logistic function of these features."""
    columns = [FEATURES.index(name) for name in names]

    def fit(values: Floats, marks: Floats) -> Fitted:
        model = LogisticRegression(C=1.0, max_iter=5000)
        chosen = values[:, columns]
        model.fit(
            np.concatenate([chosen, chosen]),
            np.repeat([1, 0], len(marks)),
            np.concatenate([marks, 1 - marks]) + 1e-9,
        )
        return lambda rows: np.asarray(model.predict_proba(rows[:, columns])[:, 1])

    return fit


WAYS: dict[str, Callable[[Floats, Floats], Fitted]] = {
    "gate: share alone": gate,
    "blend: share and cosine": blend,
    "calibrated: monotone in the share": monotone,
    "calibrated: share, cosine, coverage": estimate("share", "cosine", "coverage", "without_question"),
    "calibrated: share, stated, recall": estimate("share", "stated", "recall"),
    "calibrated: all": estimate(*FEATURES),
}
WHOLE = "… and what checks and rules decide"
"""The row for all answers of a file: the first way below, and as they are graded those that it is not for."""
BY_REFERENCE = ("calibrated: share, stated, recall", "calibrated: all")
"""Ways for grades by a reference alone: elsewhere it is not looked for as a whole."""


def held_out(
    way: Callable[[Floats, Floats], Fitted], values: Floats, marks: Floats, questions: Sequence[str]
) -> Floats:
    """What each answer gets from a fit that never saw its question."""
    names = sorted(set(questions))
    np.random.default_rng(SEED).shuffle(names)
    fold_of = {name: place % FOLDS for place, name in enumerate(names)}
    folds = np.array([fold_of[question] for question in questions])
    found = np.zeros(len(marks))
    for fold in sorted(set(folds)):
        out = folds == fold
        found[out] = way(values[~out], marks[~out])(values[out])
    return found


def comparison(files: Mapping[str, Path]) -> str:
    """Markdown: a row for each way, a column for each file of grades by its title."""
    columns = []
    names = [*WAYS]
    names.insert(names.index(BY_REFERENCE[0]) + 1, WHOLE)
    for title, file in files.items():
        values, marks, questions = read(file)
        column = [f"{title} ({len(marks)}; {len(set(questions))})"]
        for name in names:
            way = WAYS[BY_REFERENCE[0] if name == WHOLE else name]
            known = ~np.isnan(values[:, -1]) if name in (*BY_REFERENCE, WHOLE) else np.ones(len(marks), bool)
            asked = [question for question, kept in zip(questions, known, strict=True) if kept]
            if len(set(asked)) < FOLDS:
                column.append("–")
                continue
            found, truth = held_out(way, values[known], marks[known], asked), marks[known]
            if name == WHOLE:
                scores, marks_by_rule, asked_by_rule = by_rule(file)
                found = np.concatenate([found, values[~known, 0], scores])
                truth = np.concatenate([truth, marks[~known], marks_by_rule])
                others = [question for question, kept in zip(questions, known, strict=True) if not kept]
                asked = [*asked, *others, *asked_by_rule]
            inside = pearson(centred(found, asked), centred(truth, asked)) or 0.0
            error = root_mean_square(found - truth)
            column.append(f"{pearson(found, truth) or 0:.2f} / {inside:.2f}; {error:.2f}")
        columns.append(column)
    rows = list(zip(("Pearson / within question; RMSE", *names), *columns, strict=True))
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "| --- " * len(rows[0]) + "|", *lines[1:]])


def carried_over(files: Mapping[str, Path], training: Mapping[str, Path]) -> str:
    """Markdown: an estimate fitted on the other files, or on a file of the same set that is for training.

    The last column has what rules decide too, with the score that they gave.

    Args:
        files: grades by a reference alone, by title.
        training: for some of these titles, more grades, which are fitted on and not measured.
    """
    way = estimate("share", "stated", "recall")
    known = {title: by_reference(file) for title, file in files.items()}
    known = {title: data for title, data in known.items() if len(data[1])}
    lines = [
        "| estimate | fitted on | Pearson / within question; RMSE | with what rules decide |",
        "| --- " * 4 + "|",
    ]
    for title in known:
        others = [data for name, data in known.items() if name != title]
        fits = [("the other sets", others)] if others else []
        if title in training:
            fits.append(("its training part", [by_reference(training[title])]))
        for name, data in fits:
            fitted = way(np.concatenate([d[0] for d in data]), np.concatenate([d[1] for d in data]))
            values, marks, asked = known[title]
            found, (rest, rest_marks, _) = fitted(values), by_rule(files[title])
            inside = pearson(centred(found, asked), centred(marks, asked)) or 0.0
            every, truth = np.append(found, rest), np.append(marks, rest_marks)
            lines.append(
                f"| {title} | {name} | {pearson(found, marks) or 0:.2f} / {inside:.2f};"
                f" {root_mean_square(found - marks):.2f} | {pearson(every, truth) or 0:.2f};"
                f" {root_mean_square(every - truth):.2f} ({len(rest)} more) |"
            )
    return "\n".join(lines)


def by_reference(file: Path) -> tuple[Floats, Floats, list[str]]:
    """The same, of answers whose reference was looked for as a whole."""
    values, marks, questions = read(file)
    kept = [at for at, row in enumerate(values) if not np.isnan(row).any()]
    return values[kept], marks[kept], [questions[at] for at in kept]


def by_rule(file: Path) -> tuple[Floats, Floats, list[str]]:
    """Scores and marks 0..1, and questions, of the answers that rules decide, blank ones above all."""
    records = map(GradeRecord.model_validate_json, file.read_text(encoding="utf-8").splitlines())
    rest = [
        (record.score / 100, record.human_score / 100, record.question or "")
        for record in records
        if record.receipt is not None
        and record.receipt.similarity is None
        and record.score is not None
        and record.human_score is not None
    ]
    return np.array([r[0] for r in rest]), np.array([r[1] for r in rest]), [r[2] for r in rest]


if __name__ == "__main__":
    print(comparison({Path(name).stem: Path(name) for name in sys.argv[1:]}))
