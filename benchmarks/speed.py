"""Times, as ratios beside a floor (what cannot be beaten) and a ceiling measured in the same run."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.onnx import MiniLM
from interviewer.bank import load_bank
from interviewer.embedded.judge import EmbeddedJudge
from interviewer.grading.pipeline import Grader
from interviewer.grading.similarity import Comparer

MANY = 1000
"""Answers graded at once."""


def best(action: Callable[[], object], times: int = 5) -> float:
    """Seconds of the fastest of several runs."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def run() -> None:
    """Print start-up, embedding and grading times."""
    start_up()
    embedding()
    grading()
    many()


def start_up() -> None:
    """`interviewer --help` beside the bare interpreter and one that imports typer."""
    bare = best(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    typer = best(lambda: subprocess.run([sys.executable, "-c", "import typer"], check=True))
    command = [sys.executable, "-m", "interviewer", "--help"]
    ours = best(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    print(f"--help {ours:.3f} s: {ours / bare:.1f} × interpreter ({bare:.3f} s), {ours / typer:.2f} × typer")


def embedding() -> None:
    """The shipped embedder beside the raw session (its floor)."""
    model = MiniLM()
    texts = [e.answer for q in load_bank().questions.values() for e in q.examples][:200]
    model.embed(texts[:4])
    ours = best(lambda: model.embed(texts), 3)
    encodings = [model._tokenizer.encode(text).ids for text in texts]

    def raw() -> None:
        for ids in encodings:
            row = np.array([ids], dtype=np.int64)
            model._session.run(
                None,
                {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)},
            )

    floor = best(raw, 3)
    print(f"embedding {len(texts) / ours:.0f} texts/s: {floor / ours:.2f} × the raw session fed tokens")


def grading() -> None:
    """The embedded judge, per answer and per criterion, when a question is new and when it is known."""
    model, bank = MiniLM(), load_bank()
    memory = RememberingEmbedder(model)
    grader = Grader(EmbeddedJudge(model, memory), Comparer(memory), model)
    model.embed(["warm"])
    new: list[float] = []
    known: list[float] = []
    criteria = 0
    for question in list(bank.questions.values())[:10]:
        for number, example in enumerate(question.examples[:4]):
            began = time.perf_counter()
            asyncio.run(grader.grade(question, bank.rubrics[question.rubric], example.answer))
            (known if number else new).append(time.perf_counter() - began)
            criteria += len(question.criteria) if number else 0
    print(
        f"embedded judge: {1000 * float(np.median(new)):.0f} ms for the first answer to a question,"
        f" {1000 * float(np.median(known)):.0f} ms for further ones,"
        f" {1000 * sum(known) / criteria:.1f} ms a criterion (target ≤ 20)"
    )


def many() -> None:
    """Answers to questions of four criteria, all at once, and the memory that they take."""
    model, bank = MiniLM(), load_bank()
    memory = RememberingEmbedder(model)
    memory.embed(["warm"])
    before = _peak()
    grader = Grader(EmbeddedJudge(model, memory), Comparer(memory), model)
    pairs = [
        (question.model_copy(update={"criteria": question.criteria[:4]}), example.answer)
        for question in bank.questions.values()
        if len(question.criteria) >= 4 and not question.groups
        for example in question.examples
    ]
    pairs = (pairs * (MANY // len(pairs) + 1))[:MANY]

    async def grade() -> None:
        rubrics = bank.rubrics
        await asyncio.gather(
            *(grader.grade(question, rubrics[question.rubric], text) for question, text in pairs)
        )

    seconds = best(lambda: asyncio.run(grade()), 1)
    print(
        f"embedded judge: {MANY} answers of 4 criteria in {seconds:.0f} s (target ≤ 60),"
        f" {_peak() - before:.0f} MB beyond the embedder (target ≤ 400)"
    )


def _peak() -> float:
    """Most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
