"""Marked answers that the embedded judge's weights are fitted on, as the grader sees them.

    python scripts/marked_answers.py

prints those that are marked by a reference alone, as `interviewer bench` reads them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training_pairs import OWN, marked

from interviewer.bank import Bank
from interviewer.grading.scoring import scheme_of, score
from interviewer.models import Criterion, Example, Level, Mistake, Question, Rubric, Verdict

MARKS = Path(__file__).parent / "marks"
"""Questions with a reference and nine answers each, a file an area; no network was trained on them."""
TRAPS = 0.3
"""Weight of an answer written as a trap: in life there are fewer of them than in our files."""


@dataclass(frozen=True)
class Marked:
    """One answer with what people say of it."""

    question: Question
    answer: str
    levels: dict[str, float]
    """Criterion → met 1, partial ½; what is missing is not met."""
    makes: frozenset[str]
    """Mistakes."""
    score: float
    """Of the whole, 0..1."""
    label: str
    """`full`, `partial` or `wrong`; empty where nobody says."""
    weight: float = 1.0
    """In every fit."""


def of_bank(bank: Bank) -> list[Marked]:
    """The graded examples of the shipped bank, and each reference, which meets everything."""
    rubrics = bank.rubrics
    found = []
    for question in bank.questions.values():
        whole = Example(label="full", answer=question.reference, met=tuple(c.id for c in question.criteria))
        for example in (*question.examples, whole):
            if example.answer.strip():
                levels = {**dict.fromkeys(example.met, 1.0), **dict.fromkeys(example.partial, 0.5)}
                mark = true_score(question, rubrics[question.rubric], example) / 100
                makes = frozenset(example.mistakes)
                found.append(Marked(question, example.answer, levels, makes, mark, example.label))
    return found


def of_areas(areas: Sequence[str]) -> list[Marked]:
    """The written answers of these areas."""
    found = []
    for m in marked():
        if m.group.split("/")[1] in areas:
            question = Question(
                id=m.group.replace("/", "-"),
                prompt=m.question,
                reference=m.reference,
                criteria=tuple(
                    Criterion(id=name, text=text, points=worth) for name, text, worth in m.criteria
                ),
                mistakes=tuple(Mistake(id=name, text=text) for name, text in m.mistakes),
            )
            weight = TRAPS if m.source.startswith("traps/") else 1.0
            found.append(Marked(question, m.answer, m.met, m.makes, m.score, "", weight))
    return found


_TRAPS = frozenset({"trap", "wrong", "echo", "keywords", "verbose", "guess"})
"""Kinds that are three of ten in those files."""


def of_references() -> list[Marked]:
    """Answers marked by a reference alone, without criteria."""
    found = []
    for file in sorted(MARKS.glob("*.jsonl")):
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            question = Question(
                id=f"{file.stem}-{row['id']}", prompt=row["question"], reference=row["reference"]
            )
            found += [
                Marked(
                    question,
                    answer["text"],
                    levels={},
                    makes=frozenset(),
                    score=answer["score"],
                    label="",
                    weight=TRAPS if answer["kind"] in _TRAPS else 1.0,
                )
                for answer in row["answers"]
            ]
    return found


def of_writers(bank: Bank) -> list[Marked]:
    """Answers to the bank by writers who saw neither its criteria's alternatives nor the grader; the half of
    the questions that is for fitting."""
    found = []
    for row in map(json.loads, OWN.read_text(encoding="utf-8").splitlines()):
        if row["half"] == "fit" and row["answer"].strip():
            levels = {**dict.fromkeys(row["met"], 1.0), **dict.fromkeys(row["partial"], 0.5)}
            question = bank.questions[row["question_id"]]
            found.append(
                Marked(question, row["answer"], levels, frozenset(row["mistakes"]), row["score"], "")
            )
    return found


def without_mistakes(m: Marked) -> Marked:
    """The answer to the question as if its criteria came from a reference: one wording each, no mistakes."""
    criteria = tuple(criterion.model_copy(update={"alternatives": ()}) for criterion in m.question.criteria)
    question = m.question.model_copy(update={"criteria": criteria, "mistakes": ()})
    return replace(m, question=question)


def true_score(question: Question, rubric: Rubric, example: Example) -> float:
    """The score that the labels of an example earn."""
    levels: dict[str, Level] = {
        **dict.fromkeys(example.met, "met"),
        **dict.fromkeys(example.partial, "partial"),
    }
    verdicts = [Verdict(id=i, level=level, decided_by="label") for i, level in levels.items()]
    faults = [Verdict(id=i, level="met", decided_by="label") for i in example.mistakes]
    return score(scheme_of(question, rubric, (*question.criteria, *rubric.criteria)), verdicts, faults).score


if __name__ == "__main__":
    for m in of_references():
        asked = {"question_id": m.question.id, "question": m.question.prompt}
        given = {"reference": m.question.reference, "answer": m.answer, "score": m.score}
        print(json.dumps(asked | given, ensure_ascii=False))
