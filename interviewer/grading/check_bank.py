"""What is wrong with a bank: what cannot be judged, and examples that are not graded as they are labelled.

A finding is an error where a grade would be wrong, and a note where a person should look.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Literal

import numpy as np

from interviewer.backends.protocols import Embedder
from interviewer.bank import Bank
from interviewer.grading.derive import with_criteria
from interviewer.grading.pipeline import Grader
from interviewer.grading.scoring import scheme_of, score
from interviewer.language.words import words
from interviewer.models import Example, Grade, Level, Question, Value, Verdict

REFERENCE, FULL, WRONG = 90.0, 75.0, 35.0
"""What a reference and an example labelled full earn at least, and one labelled wrong at most."""
SAME_CRITERION, SAME_QUESTION = 0.9, 0.95
"""Cosine from which two criteria of a question, or two questions, say the same."""
NEEDS_REFERENCE = "needs-reference"
"""The tag that importers leave where a source has no answer."""
THIN = 6
"""Words. A shorter reference of an open question has little to judge an answer by."""


class Finding(Value):
    """One thing that is wrong, or may be."""

    severity: Literal["error", "note"]
    file: str
    question: str
    example: int | None = None
    """Its number in the question; the first is 1."""
    text: str

    def line(self) -> str:
        """`error: file: question, example 2: what is wrong`."""
        place = self.question if self.example is None else f"{self.question}, example {self.example}"
        return f"{self.severity}: {self.file}: {place}: {self.text}"


class Checker:
    """Looks at the questions of one bank."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def read(self, identifier: str) -> Iterator[Finding]:
        """What can be seen by reading one question."""
        question = self._bank.question(identifier)
        for severity, text in (
            *_reference(question),
            *_criteria(question),
            *_mistakes(question),
            *_helps(question),
        ):
            yield self._finding(severity, identifier, text)
        for number, example in enumerate(question.examples, 1):
            for severity, text in self._label(question, example):
                yield self._finding(severity, identifier, text, number)

    def compare(self, identifiers: Sequence[str], embedder: Embedder) -> Iterator[Finding]:
        """Criteria of one question, and questions, that say the same as another."""
        for identifier in identifiers:
            criteria = self._bank.question(identifier).criteria
            texts = [criterion.text for criterion in criteria]
            for one, other, cosine in _alike(texts, embedder, SAME_CRITERION):
                text = f"criteria {criteria[one].id!r} and {criteria[other].id!r} say the same"
                yield self._finding("note", identifier, f"{text} (cosine {cosine:.2f})")
        asked = [self._bank.question(identifier) for identifier in identifiers]
        both = [f"{question.prompt}\n{question.reference}" for question in asked]
        for one, other, cosine in _alike(both, embedder, SAME_QUESTION):
            # A follow-up may well be "the same for a 3×3×3 convolution".
            if asked[one].id != asked[other].depends_on and asked[other].id != asked[one].depends_on:
                text = f"says nearly the same as {asked[other].id!r} (cosine {cosine:.2f})"
                yield self._finding("note", asked[one].id, text)

    def grade(self, identifier: str, grader: Grader) -> list[Finding]:
        """Whether the reference and the examples of one question earn what they should."""
        question = self._bank.question(identifier)
        rubric, parents = self._bank.rubric(question.rubric), self._bank.parents(question)
        found: list[Finding] = []

        def grade(answer: str) -> Grade:
            outcome = asyncio.run(grader.grade(question, rubric, answer, parents=parents))
            assert isinstance(outcome, Grade), "the embedded judge grades everything"
            return outcome

        if not _has_no_reference(question):
            outcome = grade(question.reference)
            missed = _missed(outcome)
            if outcome.score < REFERENCE:
                text = f"the reference earns {outcome.score:g}, should be ≥ {REFERENCE:g}"
                found.append(self._finding("error", identifier, text + _because(missed, outcome)))
            elif missed:
                text = f"the reference does not earn {', '.join(map(repr, missed))}"
                found.append(self._finding("note", identifier, text))
        for number, example in enumerate(question.examples, 1):
            outcome = grade(example.answer)
            problem = _wrongly_graded(example, outcome)
            if problem:
                text = f"is {example.label!r}{f' ({example.note})' if example.note else ''} but earns"
                found.append(self._finding("error", identifier, f"{text} {problem}", number))
        return found

    def _label(self, question: Question, example: Example) -> Iterator[tuple[Literal["error", "note"], str]]:
        """Whether the label fits what the example says it meets."""
        if not example.met and not example.partial and example.label != "wrong":
            yield "note", f"is {example.label!r} but does not say what it meets"
            return
        rubric = self._bank.rubric(question.rubric)
        whole = with_criteria(question)
        scheme = scheme_of(whole, rubric, (*whole.criteria, *rubric.criteria))
        verdicts = [_verdict(name, "met") for name in example.met]
        verdicts += [_verdict(name, "partial") for name in example.partial]
        earned = score(scheme, verdicts, [_verdict(name, "met") for name in example.mistakes]).score
        if example.label == "full" and earned < FULL:
            yield "error", f"is 'full', but what it meets makes {earned:g}, should be ≥ {FULL:g}"
        if example.label == "wrong" and earned > WRONG:
            yield "error", f"is 'wrong', but what it meets makes {earned:g}, should be ≤ {WRONG:g}"
        if example.label == "partial" and not 10 <= earned <= 90:
            yield "note", f"is 'partial', but what it meets makes {earned:g}"

    def _finding(
        self, severity: Literal["error", "note"], identifier: str, text: str, example: int | None = None
    ) -> Finding:
        file = str(self._bank.files[identifier])
        return Finding(severity=severity, file=file, question=identifier, example=example, text=text)


Remark = tuple[Literal["error", "note"], str]


def _reference(question: Question) -> Iterator[Remark]:
    if _has_no_reference(question):
        yield "error", f"has no reference: write one, and take the tag {NEEDS_REFERENCE!r} away"
    elif question.kind == "open" and len(words(question.reference)) < THIN:
        yield "note", f"the reference is thin ({len(words(question.reference))} words)"


def _has_no_reference(question: Question) -> bool:
    return NEEDS_REFERENCE in question.tags


def _criteria(question: Question) -> Iterator[Remark]:
    if not question.criteria:
        yield "note", "has no criteria; they are taken from the reference"
    for criterion in question.criteria:
        found = words(criterion.text)
        content = [word for word in found if word.is_content]
        if criterion.check is None and (len(found) < 3 or not content):
            yield "error", f"criterion {criterion.id!r} is too short to be judged: {criterion.text!r}"
        if len(re.findall(r"\band\b|;", criterion.text)) >= 3:
            yield "note", f"criterion {criterion.id!r} may be several in one"
    texts = [" ".join(word.text for word in words(criterion.text)) for criterion in question.criteria]
    for one, other in combinations(range(len(texts)), 2):
        if texts[one] == texts[other]:
            ids = f"{question.criteria[one].id!r} and {question.criteria[other].id!r}"
            yield "error", f"criteria {ids} are the same"


def _mistakes(question: Question) -> Iterator[Remark]:
    for mistake in question.mistakes:
        if len(words(mistake.text)) < 3 and mistake.check is None:
            yield "error", f"mistake {mistake.id!r} is too short to be recognised: {mistake.text!r}"
        elif not mistake.alternatives and mistake.check is None:
            yield "note", f"mistake {mistake.id!r} has one wording only (alternatives)"


def _helps(question: Question) -> Iterator[Remark]:
    if not question.hints:
        yield "note", "has no hints"
    missing = {"full", "partial", "wrong"} - {example.label for example in question.examples}
    if not question.examples:
        yield "note", "has no examples"
    elif missing:
        yield "note", f"has no example labelled {' or '.join(sorted(missing))}"


def _alike(texts: Sequence[str], embedder: Embedder, least: float) -> Iterator[tuple[int, int, float]]:
    if len(texts) < 2:
        return
    vectors = embedder.embed(texts)
    cosines = vectors @ vectors.T
    for one, other in np.argwhere(np.triu(cosines, k=1) >= least).tolist():
        yield one, other, float(cosines[one, other])


def _verdict(identifier: str, level: Level) -> Verdict:
    return Verdict(id=identifier, level=level, decided_by="example")


def _missed(outcome: Grade) -> list[str]:
    """Criteria outside of groups that earned nothing."""
    grouped = {criterion.id for criterion in outcome.receipt.scheme.criteria if criterion.group}
    return [c.id for c in outcome.criteria if c.level == "not_met" and c.id not in grouped]


def _because(missed: Iterable[str], outcome: Grade) -> str:
    reasons = [f"{name!r} is not met" for name in missed]
    reasons += [f"{c.id!r} is partial" for c in outcome.criteria if c.level == "partial"]
    reasons += [f"mistake {mistake.id!r} is found" for mistake in outcome.mistakes]
    return f": {', '.join(reasons)}" if reasons else ""


def _wrongly_graded(example: Example, outcome: Grade) -> str | None:
    if example.label == "full" and outcome.score < FULL:
        earned = f"{outcome.score:g}, should be ≥ {FULL:g}"
        unmet = [name for name in _missed(outcome) if name in (*example.met, *example.partial)]
        return earned + _because(unmet, outcome)
    if example.label == "wrong" and (outcome.score > WRONG or outcome.passed):
        given = [
            c.id for c in outcome.criteria if c.earned > 0 and c.id not in (*example.met, *example.partial)
        ]
        text = f"{outcome.score:g}{', and passes' if outcome.passed else ''}, should be ≤ {WRONG:g}"
        return text + (f": credited for {', '.join(map(repr, given))}" if given else "")
    return None
