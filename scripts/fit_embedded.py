"""Fit the embedded judge's weights on the bank's own graded examples; prints how well they carry over.

    python scripts/fit_embedded.py [--write]

Every (example, criterion) pair of the shipped bank is one row; the label is the example's: met 1, partial ½, else 0.
Of several wordings of a criterion the most probable one counts, so fitting and choosing alternate. The figures are from
cross-validation that holds out whole questions; the weights written are fitted on all of them.
Needs scikit-learn (`pip install .[all]`).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score

from interviewer.backends.onnx import MiniLM
from interviewer.backends.protocols import JudgeRequest
from interviewer.bank import Bank, load_bank
from interviewer.embedded.features import NAMES
from interviewer.embedded.judge import WEIGHTS, AnswerView, EmbeddedJudge

Floats = NDArray[np.float64]
SIGNS = {"negated": -1, "opposite": -1, "unbound": -1, "number": -1, "dump": -1, "taken_back": -1}
STRENGTH = 1.0
ROUNDS = 6
FOLDS = 10


@dataclass(frozen=True)
class Row:
    """One claim looked for in one example answer."""

    question: str
    wordings: Floats
    """Shape (wordings, features)."""
    label: float
    weight: float


def rows(bank: Bank, judge: EmbeddedJudge, *, mistakes: bool) -> list[Row]:
    """Every claim of every question, looked for in every example of it."""
    found = []
    for question in bank.questions.values():
        for example in question.examples:
            if not example.answer.strip():
                continue
            request = JudgeRequest(
                question=question,
                rubric=bank.rubrics[question.rubric],
                criteria=question.criteria,
                mistakes=question.mistakes,
                answer=example.answer,
            )
            view = AnswerView(request, judge)
            claims = question.mistakes if mistakes else question.criteria
            for claim in claims:
                made = example.mistakes if mistakes else example.met
                label = 1.0 if claim.id in made else 0.5 if claim.id in example.partial else 0.0
                values = np.array([v for v, _ in view.features(claim)], float)
                found.append(Row(question.id, values, label, 1 / len(claims)))
    return found


def fit(data: list[Row], start: Floats) -> Floats:
    """Weights (features, then bias) after alternating between choosing wordings and fitting."""
    weights = start
    labels = np.array([row.label for row in data])
    importance = np.array([row.weight for row in data])
    for _ in range(ROUNDS):
        chosen = np.array([row.wordings[np.argmax(row.wordings @ weights[:-1])] for row in data])
        model = LogisticRegression(C=STRENGTH, max_iter=2000)
        # A partial is half a met and half a not met.
        model.fit(
            np.concatenate([chosen, chosen]),
            np.concatenate([np.ones(len(data)), np.zeros(len(data))]),
            np.concatenate([labels * importance, (1 - labels) * importance]) + 1e-9,
        )
        weights = np.append(model.coef_[0], model.intercept_[0])
        for i, name in enumerate(NAMES):
            if SIGNS.get(name, 1) * weights[i] < 0:
                weights[i] = 0.0
    return weights


def predict(data: list[Row], weights: Floats) -> Floats:
    """The probability of each row's most probable wording."""
    logits = np.array([(row.wordings @ weights[:-1]).max() + weights[-1] for row in data])
    return np.asarray(1 / (1 + np.exp(-logits)))


def cross_validate(data: list[Row], start: Floats) -> Floats:
    """Probabilities from weights that never saw the row's question."""
    questions = sorted({row.question for row in data})
    np.random.default_rng(0).shuffle(questions)
    out = np.zeros(len(data))
    for fold in range(FOLDS):
        held = set(questions[fold::FOLDS])
        weights = fit([row for row in data if row.question not in held], start)
        at = [i for i, row in enumerate(data) if row.question in held]
        out[at] = predict([data[i] for i in at], weights)
    return out


def report(name: str, data: list[Row], probability: Floats) -> None:
    """AUC and F1 of what is clearly met or not."""
    labels = np.array([row.label for row in data])
    clear = labels != 0.5
    truth, chance = labels[clear] == 1, probability[clear]
    print(
        f"{name}: {len(data)} rows, {truth.mean():.2f} met, AUC {roc_auc_score(truth, chance):.3f},"
        f" F1 met {f1_score(truth, chance >= 0.5):.3f}, F1 not met {f1_score(~truth, chance < 0.5):.3f}"
    )


def main() -> None:
    """Fit, report, and write with `--write`."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()
    bank, judge = load_bank(), EmbeddedJudge(MiniLM())
    start = np.array([3.0, 0, 2, 0, 1, -2, -2, -2, -2, -2, -2, -3])
    out = {}
    for name, mistakes in (("criterion", False), ("mistake", True)):
        data = rows(bank, judge, mistakes=mistakes)
        report(f"{name}, by question", data, cross_validate(data, start))
        weights = fit(data, start)
        report(f"{name}, on itself", data, predict(data, weights))
        out[name] = dict(zip([*NAMES, "bias"], np.round(weights, 3).tolist(), strict=True))
    result = {
        "version": "1",
        **out,
        "met": 0.6,
        "partial": 0.35,
        "made": 0.6,
        "fitted_on": f"the graded examples of {len(bank.questions)} shipped questions",
    }
    print(json.dumps(result, indent=2))
    if options.write:
        WEIGHTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
