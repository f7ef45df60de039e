"""Fit the embedded judge's weights; prints how well they carry over to questions that were not fitted on.

    python scripts/fit_embedded.py [--yes-no GRADES] [--write]

The cross-encoder is trained before, by `train_cross_encoder.py`, on other answers than those used here: the
graded examples of the shipped bank (of whose criteria it has seen statements), the half of
`benchmarks/own_answers.jsonl` that is for fitting, and the written answers of the areas that it left out (its
manifest names them). Every pair of an answer and a criterion is a row; the label is met 1, partial ½, else 0.
Mistakes likewise. The weights for criteria taken from a reference see one wording of each and no mistakes.
The estimate of a whole mark is fitted on answers marked by a reference alone (`scripts/marks`), which are in
no other fit, and on the examples and the fitting half by weights that never saw the question. The figures are
from cross-validation that holds out whole questions; the weights written are fitted on all of them. Needs
scikit-learn (`.[all]`).

With GRADES it also fits the estimate for small LLMs in `yes_no` mode, else it keeps that one. They are made
by such an LLM, from 280 answers:

    python scripts/marked_answers.py > marks.jsonl
    INTERVIEWER_JUDGE_MODE=yes_no interviewer bench marks.jsonl --limit 280 --judge openai/MODEL -o FOLDER
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from fit_rows import Floats, Row, Whole, graded_by_llm, rows, wholes
from marked_answers import of_areas, of_bank, of_references, of_writers, true_score, without_mistakes
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score

from interviewer.backends.onnx import MiniLM
from interviewer.bank import Bank, load_bank
from interviewer.embedded.answer import ClaimReader
from interviewer.embedded.cross_encoder import FOLDER
from interviewer.embedded.features import CONTEXT, DOUBTS, NAMES
from interviewer.embedded.judge import WEIGHTS, EmbeddedJudge, Fit, Weights, shipped_weights
from interviewer.grading.pipeline import Grader
from interviewer.grading.scoring import estimated
from interviewer.grading.similarity import Comparer
from interviewer.models import Estimate, Example, Grade, Question

ALL = (*NAMES, *CONTEXT)
STRENGTH = 0.3
"""Inverse of the ridge penalty."""
FOLDS = 5
MET = 0.5
"""Cut to `met` for written criteria. On the fitting half of our own answers, by weights that never saw them,
it agrees better with people than the cut of least squared error by criterion, 0.65."""
MADE = 0.5
"""Highest cut to a mistake made: more likely than not is enough, however dear a false alarm."""
CAUTION = 3.0
"""How much worse a mistake seen where there is none is than one overlooked."""
RISING, FALLING, FREE = 1, -1, 0
"""Whether a feature may only speak for a claim, only against it, or either."""
_EITHER = frozenset({"subject", "cosine", *CONTEXT})
SIGNS = tuple(FALLING if n in DOUBTS else FREE if n in _EITHER else RISING for n in ALL)


def logistic(
    values: Floats, labels: Floats, importance: Floats, signs: Sequence[int]
) -> tuple[list[float], float]:
    """Weights and bias for labels 0..1; a weight that points the wrong way is left out."""
    allowed = np.ones(values.shape[1], bool)
    while True:
        model = LogisticRegression(C=STRENGTH, max_iter=5000)
        # A partial is half a met and half a not met.
        model.fit(
            np.concatenate([values, values]) * allowed,
            np.concatenate([np.ones(len(labels)), np.zeros(len(labels))]),
            np.concatenate([labels * importance, (1 - labels) * importance]) + 1e-9,
        )
        weights = model.coef_[0] * allowed
        wrong = weights * np.array(signs) < 0
        if not wrong.any():
            return [round(float(w), 3) for w in weights], round(float(model.intercept_[0]), 3)
        allowed &= ~wrong


def fit_estimate(data: Sequence[Whole]) -> Estimate:
    """Logistic weights to the mark; none is negative."""
    values = np.array([(w.share, w.stated, w.recall) for w in data])
    marks = np.array([w.score for w in data])
    weights, bias = logistic(values, marks, np.array([w.weight for w in data]), (RISING,) * 3)
    return Estimate(bias=bias, share=weights[0], stated=weights[1], recall=weights[2])


def fit_weights(data: Sequence[Row]) -> dict[str, float]:
    """Logistic weights by feature, and `bias`."""
    weights, bias = logistic(
        np.array([row.values for row in data]),
        np.array([row.label for row in data]),
        np.array([row.weight for row in data]),
        SIGNS,
    )
    return {name: weight for name, weight in zip(ALL, weights, strict=True) if weight} | {"bias": bias}


def predict(data: Sequence[Row], weights: dict[str, float]) -> Floats:
    """The probability of each row."""
    vector = np.array([weights.get(name, 0.0) for name in ALL])
    return np.asarray(1 / (1 + np.exp(-(np.array([row.values for row in data]) @ vector + weights["bias"]))))


def fit(data: Sequence[Row], *, met: float | None = None) -> Fit:
    """Weights, and cuts to `met` (unless given) and `partial` with the least squared error by answer."""
    weights = fit_weights(data)
    probability = predict(data, weights)
    labels = np.array([row.label for row in data])
    _, answers = np.unique([row.answer for row in data], return_inverse=True)
    count = np.bincount(answers)
    truth = np.bincount(answers, labels) / count
    grid = np.arange(0.1, 0.81, 0.05)

    def error(cuts: tuple[float, float]) -> float:
        level = np.where(probability >= cuts[0], 1.0, np.where(probability >= cuts[1], 0.5, 0.0))
        return float(((np.bincount(answers, level) / count - truth) ** 2).mean())

    cuts = ((m, p) for m, p in itertools.product(grid if met is None else [met], grid) if p <= m)
    met, partial = min(cuts, key=error)
    return Fit(weights=weights, met=round(float(met), 2), partial=round(float(partial), 2))


def fit_mistakes(data: Sequence[Row]) -> Fit:
    """Weights, and the cut from which a mistake is made; a false alarm costs `CAUTION` times a miss."""
    weights = fit_weights(data)
    probability = predict(data, weights)
    made = np.array([row.label == 1 for row in data])
    grid = np.arange(0.3, 0.91, 0.05)
    cost = [(~made & (probability >= c)).sum() * CAUTION + (made & (probability < c)).sum() for c in grid]
    cut = min(round(float(grid[int(np.argmin(cost))]), 2), MADE)
    return Fit(weights=weights, met=cut, partial=cut)


def make_weights(
    criteria: Sequence[Row], mistakes: Sequence[Row], derived: Sequence[Row], fitted_on: str
) -> Weights:
    """Everything that is fitted but the estimate, from these rows."""
    return Weights(
        criterion=fit(criteria, met=MET),
        bare=fit(derived),
        mistake=fit_mistakes(mistakes),
        fitted_on=fitted_on,
    )


def report(name: str, data: Sequence[Row], held_out: dict[str, Weights], kind: str) -> None:
    """AUC and F1 of what is clearly met or not, by weights that never saw the question."""
    probability, cut = np.zeros(len(data)), np.zeros(len(data))
    for i, row in enumerate(data):
        found: Fit = getattr(held_out[row.question], kind)
        probability[i], cut[i] = predict([row], found.weights)[0], found.met
    labels = np.array([row.label for row in data])
    clear = labels != 0.5
    truth, chance, said = labels[clear] == 1, probability[clear], (probability >= cut)[clear]
    print(
        f"{name}: {len(data)} rows, {truth.mean():.2f} met, AUC {roc_auc_score(truth, chance):.3f},"
        f" F1 met {f1_score(truth, said):.3f}, F1 not met {f1_score(~truth, ~said):.3f}"
    )


def report_scores(bank: Bank, model: MiniLM, judges: Mapping[str, EmbeddedJudge]) -> None:
    """Grade every example with weights that never saw its question; compare with the score of its labels."""
    truth, labels = [], []
    comparer = Comparer(model)
    pairs = [(question, example) for question in bank.questions.values() for example in question.examples]

    def graded(pair: tuple[Question, Example]) -> float:
        question, example = pair
        grader = Grader(judges[question.id], comparer, model)
        outcome = asyncio.run(grader.grade(question, bank.rubrics[question.rubric], example.answer))
        assert isinstance(outcome, Grade)
        return outcome.score

    with ThreadPoolExecutor() as threads:
        given = list(threads.map(graded, pairs))
    for question, example in pairs:
        truth.append(true_score(question, bank.rubrics[question.rubric], example))
        labels.append(example.label)
    t, g, kind = np.array(truth), np.array(given), np.array(labels)
    print(
        f"scores: {len(t)} answers, Pearson {np.corrcoef(t, g)[0, 1]:.3f},"
        f" RMSE {np.sqrt(np.mean((t - g) ** 2)):.1f} (constant mean {t.std():.1f}),"
        f" full ≥ 75: {np.mean(g[kind == 'full'] >= 75):.2f},"
        f" wrong ≤ 35: {np.mean(g[kind == 'wrong'] <= 35):.2f},"
        f" wrong that pass: {np.mean(g[kind == 'wrong'] >= 60):.2f}"
    )


def report_wholes(title: str, data: Sequence[Whole]) -> None:
    """The estimate by weights that never saw the question, beside each of what it rests on."""
    truth = np.array([w.score for w in data])
    importance = np.array([w.weight for w in data])
    found = np.zeros(len(data))

    def correlation(one: Floats, other: Floats) -> float:
        spread = np.cov(one, other, aweights=importance)
        return float(spread[0, 1] / np.sqrt(spread[0, 0] * spread[1, 1]))

    asked = sorted({w.question for w in data})
    np.random.default_rng(0).shuffle(asked)
    for fold in range(FOLDS):
        out = set(asked[fold::FOLDS])
        by = fit_estimate([w for w in data if w.question not in out])
        held = [i for i, w in enumerate(data) if w.question in out]
        found[held] = [estimated(by, data[i].share, data[i].stated, data[i].recall) for i in held]
    for name, values in (
        ("estimate", found),
        ("share alone (gate)", np.array([w.share for w in data])),
        ("whole reference alone", np.array([w.stated for w in data])),
        ("recall alone", np.array([w.recall for w in data])),
    ):
        error = np.sqrt(np.average((values - truth) ** 2, weights=importance))
        print(f"{title}, {name}: Pearson {correlation(values, truth):.3f}, RMSE {error:.3f}")


def main() -> None:
    """Cross-validate, report, fit on everything, and write with `--write`."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--yes-no", type=Path, metavar="GRADES")
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()
    bank, model = load_bank(), MiniLM()
    areas = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["without"]
    rubric = bank.rubrics["short-answer"]
    reader = ClaimReader(model)
    answers = [*of_bank(bank), *of_writers(bank), *of_areas(areas)]
    criteria, mistakes, read = rows(answers, rubric, reader)
    derived = rows(map(without_mistakes, answers), rubric, reader).criteria
    questions = sorted({m.question.id for m in answers})
    np.random.default_rng(0).shuffle(questions)
    folds = [set(questions[fold::FOLDS]) for fold in range(FOLDS)]
    held_out: dict[str, Weights] = {}
    for out in folds:
        stated, made, taken = (
            [row for row in data if row.question not in out] for data in (criteria, read, derived)
        )
        held_out |= dict.fromkeys(out, make_weights(stated, made, taken, "cross-validation"))
    report("criteria", criteria, held_out, "criterion")
    report("criteria from references", derived, held_out, "bare")
    report("mistakes", mistakes, held_out, "mistake")
    by_weights = {
        id(w): EmbeddedJudge(model, weights=w, cross_encoder=reader.cross_encoder) for w in held_out.values()
    }
    judges = {question: by_weights[id(weights)] for question, weights in held_out.items()}
    report_scores(bank, model, judges)
    on = (
        f"the examples of the {len(bank.questions)} shipped questions, the fitting half of own_answers.jsonl,"
        f" written answers ({', '.join(areas)}); the estimates: scripts/marks, one the examples and"
        " the fitting half too"
    )
    fitted = make_weights(criteria, read, derived, on)
    by_reference = of_references()
    whole = EmbeddedJudge(model, weights=fitted, cross_encoder=reader.cross_encoder)
    judges |= dict.fromkeys((m.question.id for m in by_reference), whole)
    graded = wholes([*by_reference, *of_writers(bank), *of_bank(bank)], rubric, reader, judges)
    report_wholes("references alone", graded)
    estimates = {"estimate": fit_estimate(graded), "yes_no": shipped_weights().yes_no}
    if options.yes_no:
        asked = graded_by_llm(options.yes_no)
        report_wholes("references alone, yes or no", asked)
        estimates["yes_no"] = fit_estimate(asked)
    result = fitted.model_copy(update=estimates).model_dump_json(indent=2) + "\n"
    print(result)
    if options.write:
        WEIGHTS.write_text(result, encoding="utf-8")


if __name__ == "__main__":
    main()
