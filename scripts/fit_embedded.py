"""Fit the embedded judge's weights; prints how well they carry over to questions that were not fitted on.

    python scripts/fit_embedded.py [--write]

Every (example, criterion) pair of the shipped bank is a row; the label is the example's: met 1, partial ½,
else 0. Mistakes likewise. The weights for criteria that are taken from a reference are fitted on the same
rows with one wording of each criterion and no mistakes. The figures are from cross-validation that holds out
whole questions; the weights written are fitted on all of them. Needs scikit-learn (`pip install .[all]`).
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score

from interviewer.backends.onnx import MiniLM
from interviewer.backends.protocols import JudgeRequest
from interviewer.bank import Bank, load_bank
from interviewer.embedded.features import CONTEXT, DOUBTS, NAMES
from interviewer.embedded.judge import WEIGHTS, AnswerView, EmbeddedJudge, Fit, Weights
from interviewer.grading.checks import run_check
from interviewer.grading.pipeline import Grader
from interviewer.grading.scoring import scheme_of, score
from interviewer.grading.similarity import Comparer
from interviewer.models import Example, Grade, Level, Question, Scheme, Verdict

Floats = NDArray[np.float64]
ALL = (*NAMES, *CONTEXT)
STRENGTH = 1.0
FOLDS = 5
MET = 0.7
"""Cut to `met` for written criteria: the one at which most of the bank's examples, full and wrong, score
as they are called. The squared error alone would put it at 0.75."""
CAUTION = 3.0
"""How much worse a mistake seen where there is none is than one overlooked."""


@dataclass(frozen=True)
class Row:
    """One claim looked for in one example answer."""

    question: str
    answer: int
    values: Floats
    """The features of the claim and of the whole answer."""
    label: float
    weight: float


def rows(questions: Iterable[Question], bank: Bank, judge: EmbeddedJudge) -> tuple[list[Row], list[Row]]:
    """Every criterion and every mistake, looked for in every example; what a check decides is left out."""
    criteria: list[Row] = []
    mistakes: list[Row] = []
    for question in questions:
        for example in (*question.examples, as_example(question)):
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
            number = len(criteria)
            for criterion in question.criteria:
                if criterion.check and run_check(criterion.id, criterion.check, example.answer):
                    continue
                label = {True: 0.5}.get(criterion.id in example.partial, float(criterion.id in example.met))
                values = np.append(view.criteria[criterion.id].values, view.context).astype(float)
                criteria.append(Row(question.id, number, values, label, 1 / len(question.criteria)))
            for mistake, finding in zip(question.mistakes, view.mistakes, strict=True):
                values = np.append(finding.values, view.context).astype(float)
                label = float(mistake.id in example.mistakes)
                mistakes.append(Row(question.id, number, values, label, 1 / len(question.mistakes)))
    return criteria, mistakes


def reference_only(question: Question) -> Question:
    """The question as if its criteria had been taken from a reference: one wording each, no mistakes."""
    criteria = tuple(criterion.model_copy(update={"alternatives": ()}) for criterion in question.criteria)
    return question.model_copy(update={"criteria": criteria, "mistakes": ()})


def as_example(question: Question) -> Example:
    """The reference, which meets every criterion."""
    met = tuple(criterion.id for criterion in question.criteria)
    return Example(label="full", answer=question.reference, met=met)


def fit_weights(data: Sequence[Row]) -> dict[str, float]:
    """Logistic weights by feature; a doubt that comes out as a recommendation is left out."""
    values = np.array([row.values for row in data])
    labels = np.array([row.label for row in data])
    importance = np.array([row.weight for row in data])
    allowed = np.ones(len(ALL), bool)
    while True:
        model = LogisticRegression(C=STRENGTH, max_iter=5000)
        # A partial is half a met and half a not met.
        model.fit(
            np.concatenate([values, values]) * allowed,
            np.concatenate([np.ones(len(data)), np.zeros(len(data))]),
            np.concatenate([labels * importance, (1 - labels) * importance]) + 1e-9,
        )
        weights = model.coef_[0] * allowed
        wrong = np.array([name in DOUBTS for name in ALL]) & (weights > 0)
        if not wrong.any():
            break
        allowed &= ~wrong
    named = zip(ALL, weights.tolist(), strict=True)
    return {name: round(value, 3) for name, value in named if value} | {"bias": round(model.intercept_[0], 3)}


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
    cut = round(float(grid[int(np.argmin(cost))]), 2)
    return Fit(weights=weights, met=cut, partial=cut)


def make_weights(
    criteria: Sequence[Row], mistakes: Sequence[Row], derived: Sequence[Row], fitted_on: str
) -> Weights:
    """Everything that is fitted, from these rows."""
    return Weights(
        version="1",
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


def report_scores(bank: Bank, model: MiniLM, held_out: dict[str, Weights], *, bare: bool) -> None:
    """Grade every example with weights that never saw its question; compare with the score of its labels.

    Args:
        bare: against the reference alone, as a question that is given with the answer.
    """
    truth, given, labels = [], [], []
    judges = {id(weights): EmbeddedJudge(model, weights=weights) for weights in held_out.values()}
    comparer = Comparer(model)
    for question in bank.questions.values():
        grader = Grader(judges[id(held_out[question.id])], comparer, model)
        rubric, scheme = bank.rubrics[question.rubric], scheme_for(question, bank)
        if bare:
            question = Question(
                id=question.id, kind=question.kind, prompt=question.prompt, reference=question.reference
            )
        for example in bank.questions[question.id].examples:
            outcome = asyncio.run(grader.grade(question, rubric, example.answer))
            assert isinstance(outcome, Grade)
            truth.append(true_score(scheme, example))
            given.append(outcome.score)
            labels.append(example.label)
    t, g, kind = np.array(truth), np.array(given), np.array(labels)
    print(
        f"scores{' from references alone' if bare else ''}: {len(t)} answers,"
        f" Pearson {np.corrcoef(t, g)[0, 1]:.3f},"
        f" RMSE {np.sqrt(np.mean((t - g) ** 2)):.1f} (constant mean {t.std():.1f}),"
        f" full ≥ 75: {np.mean(g[kind == 'full'] >= 75):.2f},"
        f" wrong ≤ 35: {np.mean(g[kind == 'wrong'] <= 35):.2f},"
        f" wrong that pass: {np.mean(g[kind == 'wrong'] >= 60):.2f}"
    )


def scheme_for(question: Question, bank: Bank) -> Scheme:
    """How an answer to a question of the bank is scored."""
    rubric = bank.rubrics[question.rubric]
    return scheme_of(question, rubric, (*question.criteria, *rubric.criteria))


def true_score(scheme: Scheme, example: Example) -> float:
    """The score that the labels of an example earn."""
    levels: dict[str, Level] = {
        **dict.fromkeys(example.met, "met"),
        **dict.fromkeys(example.partial, "partial"),
    }
    verdicts = [Verdict(id=i, level=level, decided_by="label") for i, level in levels.items()]
    faults = [Verdict(id=i, level="met", decided_by="label") for i in example.mistakes]
    return score(scheme, verdicts, faults).score


def main() -> None:
    """Cross-validate, report, fit on everything, and write with `--write`."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()
    bank, model = load_bank(), MiniLM()
    judge = EmbeddedJudge(model)
    criteria, mistakes = rows(bank.questions.values(), bank, judge)
    derived, _ = rows(map(reference_only, bank.questions.values()), bank, judge)
    questions = sorted(bank.questions)
    np.random.default_rng(0).shuffle(questions)
    held_out: dict[str, Weights] = {}
    for fold in range(FOLDS):
        out = set(questions[fold::FOLDS])
        stated, made, taken = (
            [row for row in data if row.question not in out] for data in (criteria, mistakes, derived)
        )
        held_out |= dict.fromkeys(out, make_weights(stated, made, taken, "cross-validation"))
    report("criteria", criteria, held_out, "criterion")
    report("mistakes", mistakes, held_out, "mistake")
    report_scores(bank, model, held_out, bare=False)
    report_scores(bank, model, held_out, bare=True)
    on = f"the graded examples of the {len(questions)} shipped questions"
    result = make_weights(criteria, mistakes, derived, on).model_dump_json(indent=2) + "\n"
    print(result)
    if options.write:
        WEIGHTS.write_text(result, encoding="utf-8")


if __name__ == "__main__":
    main()
