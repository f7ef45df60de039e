"""Which of the things that decide a grade are not what they were when it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from interviewer.answers.line import GivenAnswer
from interviewer.grading.calibration import difference, is_judged
from interviewer.grading.pipeline import Grader
from interviewer.grading.prompt import prompt_digest
from interviewer.models import GradeRecord, Receipt

Ingredient = Literal[
    "answer", "question", "rubric", "judge", "parameters", "prompt", "embedder", "calibration", "program"
]


class Change(NamedTuple):
    """One ingredient that is another one now."""

    ingredient: Ingredient
    text: str
    """What it was and is, in words."""


def changes(old: GradeRecord, answer: GivenAnswer, grader: Grader) -> Iterator[Change]:
    """What has changed between a record and grading the answer now, in the order in which it matters.

    Args:
        answer: with its question and rubric as they are now.
    """
    which = f"answer {old.number} ({old.id})"
    if old.answer != answer.text:
        yield Change("answer", f"{which} is not the answer that was graded")
    receipt, now = old.receipt, grader.ingredients(answer.question, answer.rubric)
    if old.question != answer.question.prompt or (receipt and receipt.question_digest != now["question"]):
        yield Change("question", f"the question of {which} has changed since it was graded")
    if receipt and receipt.rubric_digest != now["rubric"]:
        yield Change("rubric", f"the rubric of {which} has changed since it was graded")
    if old.grader.startswith("rule:"):
        return
    found = list(judge_changes(old, grader))
    yield from (change for change in found if change.ingredient != "embedder")
    told = grader.request(answer.question, answer.rubric, answer.text, answer.parents)
    if receipt and _is_same(old, receipt, now, grader) and receipt.prompt_digest != prompt_digest(told):
        yield Change(
            "prompt", f"what the judge is told about {which} has changed: examples, or questions asked before"
        )
    yield from (change for change in found if change.ingredient == "embedder")
    if receipt and is_judged(receipt.verdicts) and _digest(receipt) != now["calibration"]:
        was, is_ = (f"by {each}" if each else "not" for each in (_digest(receipt), now["calibration"]))
        yield Change("calibration", f"{which} was calibrated {was}, and is {is_} now")


def judge_changes(old: GradeRecord, grader: Grader) -> Iterator[Change]:
    """What has changed in who grades, whatever was asked."""
    which, receipt = f"answer {old.number} ({old.id})", old.receipt
    if old.grader != grader.label:
        yield Change("judge", f"{which} was graded by {old.grader}, and the judge is {grader.label} now")
    elif receipt and receipt.parameters != grader.parameters:
        what = difference(receipt.parameters, grader.parameters)
        yield Change("parameters", f"{which} was graded with other parameters of the judge: {what}")
    if receipt and receipt.embedder not in (None, grader.embedder):
        yield Change("embedder", f"{which} was compared by another embedder ({receipt.embedder})")


def _is_same(old: GradeRecord, receipt: Receipt, now: Mapping[str, object], grader: Grader) -> bool:
    """Whether the same prompt is to be expected: where something else changed, that is why it is another."""
    return (
        receipt.prompt_digest is not None
        and old.grader == grader.label
        and (receipt.question_digest, receipt.rubric_digest, receipt.parameters)
        == (now["question"], now["rubric"], now["parameters"])
    )


def _digest(receipt: Receipt) -> str | None:
    return receipt.calibration.digest if receipt.calibration else None
