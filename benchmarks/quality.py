"""Grading quality of the embedded judge on graded answers, with both floors beside it.

Nothing here is fitted on what it is measured on: weights are the shipped ones, questions are graded inline.
Data: JSONL with `question`, `reference`, `answer`, `score` (0–1), `question_id`.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.onnx import MiniLM
from interviewer.bank import load_bank
from interviewer.embedded.judge import EmbeddedJudge
from interviewer.grading.pipeline import Grader
from interviewer.grading.similarity import Comparer
from interviewer.language.words import content_stems, words
from interviewer.models import Grade, Question

MOST = 600
"""Answers of one file that are graded: every k-th, so that all questions are there."""


def run(files: list[str]) -> None:
    """Print agreement with people on each file."""
    if not files:
        print("quality: give graded JSONL with --data FILE…")
        return
    model = MiniLM()
    memory = RememberingEmbedder(model)
    grader = Grader(EmbeddedJudge(model, memory), Comparer(memory), model)
    rubric = load_bank().rubrics["short-answer"]
    for file in files:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
        rows = [row for row in map(json.loads, lines) if row["reference"].strip() and row["answer"].strip()]
        rows = rows[:: max(1, len(rows) // MOST)]
        truth, given, length, recall, cosine = [], [], [], [], []
        for row in rows:
            question = Question(id="q", prompt=row["question"], reference=row["reference"])
            outcome = asyncio.run(grader.grade(question, rubric, row["answer"]))
            assert isinstance(outcome, Grade)
            truth.append(row["score"])
            given.append(outcome.score / 100)
            length.append(np.log1p(len(words(row["answer"]))))
            wanted = content_stems(row["reference"])
            recall.append(len(wanted & content_stems(row["answer"])) / max(1, len(wanted)))
            cosine.append(outcome.similarity or 0.0)
        groups = [row["question_id"] for row in rows]
        print(f"{Path(file).name}: {len(rows)} answers, {len(set(groups))} questions")
        for name, values in (
            ("embedded judge", given),
            ("floor: log word count", length),
            ("floor: word recall", recall),
            ("floor: cosine", cosine),
        ):
            pooled, within = (
                correlation(values, truth),
                correlation(centred(values, groups), centred(truth, groups)),
            )
            print(f"  {name:24} Pearson {pooled:.3f} pooled, {within:.3f} within question")
        error = float(np.sqrt(np.mean((np.array(truth) - np.array(given)) ** 2)))
        print(f"  RMSE {error:.3f}, constant mean {float(np.std(truth)):.3f}")


def correlation(a: list[float], b: list[float]) -> float:
    """Pearson's r."""
    return float(np.corrcoef(a, b)[0, 1])


def centred(values: list[float], groups: list[str]) -> list[float]:
    """Each value less the mean of its group."""
    by_group: dict[str, list[float]] = defaultdict(list)
    for value, group in zip(values, groups, strict=True):
        by_group[group].append(value)
    return [v - float(np.mean(by_group[g])) for v, g in zip(values, groups, strict=True)]
