"""Fit the thresholds that match interviewers' turns to questions; prints how well they carry over.

    python scripts/fit_alignment.py

Reads `alignment_examples.jsonl`: questions of the shipped bank as an interviewer might say them, follow-ups
with the answer they react to, technical questions that the bank does not have, small talk, and comments. What
belongs to one half of the bank's questions, and every other one of the rest, is fitted on; the other half is
reported. The constants stand in `interviewer/transcripts/matching.py`; where a peak rests on few examples, a
value of the plateau beside it was taken. The transcripts of the tests are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.onnx import MiniLM
from interviewer.bank import Bank, load_bank
from interviewer.transcripts.matching import MARGIN, RELATED, SMALL_TALK, SURE, THRESHOLD, Match, Matcher
from interviewer.transcripts.speech import asks, leans, parts

EXAMPLES = Path(__file__).with_name("alignment_examples.jsonl")
SWEEP = [round(float(value), 2) for value in np.arange(0.0, 0.80, 0.02)]


@dataclass(frozen=True)
class Said:
    """Something an interviewer says, and what it is."""

    text: str
    kind: str
    question: str | None
    answer: str
    fitted: bool


def examples() -> list[Said]:
    """All of them; half of the bank's questions, and half of the rest, are marked to be fitted on."""
    records = [json.loads(line) for line in EXAMPLES.read_text("utf-8").splitlines()]
    ids = sorted({record["question"] for record in records if "question" in record})
    return [
        Said(
            record["text"],
            record["kind"],
            record.get("question"),
            record.get("answer", ""),
            (ids.index(record["question"]) if "question" in record else at) % 2 == 0,
        )
        for at, record in enumerate(records)
    ]


@dataclass(frozen=True)
class Case:
    """What a threshold decides about: how near, whether it should count, and whether it would rightly."""

    value: float
    wanted: bool
    right: bool = True


def f_half(cases: Sequence[Case], threshold: float) -> float:
    """F½ of counting what reaches the threshold: a wrong finding is graded, a missed one only reported."""
    hits = sum(case.wanted and case.right and case.value >= threshold for case in cases)
    counted = sum(case.value >= threshold for case in cases)
    wanted = sum(case.wanted for case in cases)
    return 1.25 * hits / (counted + 0.25 * wanted) if wanted else 0.0


def nearest(said: Sequence[Said], matcher: Matcher) -> list[tuple[Said, Match]]:
    """What comes near to a question of the bank, with the nearest; follow-ups are decided by RELATED, too."""
    found = [
        (item, next(iter(matcher.matches(item.text)), None)) for item in said if item.kind != "follow_up"
    ]
    return [(item, match) for item, match in found if match is not None]


def question_cases(said: Sequence[Said], matcher: Matcher) -> list[Case]:
    """Bank questions against everything else."""
    return [
        Case(match.similarity, item.kind == "question", match.question_id == item.question)
        for item, match in nearest(said, matcher)
    ]


def margin_cases(said: Sequence[Said], matcher: Matcher) -> list[Case]:
    """By how much matches lead that are near but not sure; those just below, too, for they are few."""
    return [
        Case(match.margin, match.question_id == item.question)
        for item, match in nearest(said, matcher)
        if THRESHOLD - 0.1 <= match.similarity < SURE
    ]


def related_cases(said: Sequence[Said], matcher: Matcher, bank: Bank) -> list[Case]:
    """Follow-ups that do not lean on words like "it", against foreign questions asked at the same places."""
    places = [item for item in said if item.kind == "follow_up" and item.question is not None]

    def related(text: str, place: Said) -> float:
        question = bank.questions[place.question or ""]
        return matcher.related(text, question, question.prompt, place.answer)

    wanted = [Case(related(item.text, item), True) for item in places if not leans(item.text)]
    foreign = [item for item in said if item.kind == "foreign"]
    return wanted + [
        Case(related(item.text, places[at % len(places)]), False) for at, item in enumerate(foreign)
    ]


def small_talk_cases(said: Sequence[Said], matcher: Matcher) -> list[Case]:
    """Small talk against all the rest that is no question of the bank."""
    return [
        Case(max(matcher.small_talk(piece) for piece in parts(item.text)), item.kind == "small_talk")
        for item in said
        if item.kind != "question"
    ]


def report(
    name: str, now: float, cases_of: Callable[[Sequence[Said]], Sequence[Case]], said: Sequence[Said]
) -> None:
    """The sweep on the fitted half, and what its best threshold and the one in force do on the other half."""
    fitted = cases_of([item for item in said if item.fitted])
    held_out = cases_of([item for item in said if not item.fitted])
    scores = {threshold: f_half(fitted, threshold) for threshold in SWEEP}
    top = max(scores.values())
    plateau = [threshold for threshold, score in scores.items() if score == top]
    best = plateau[len(plateau) // 2]
    print(f"\n{name}: fitted on {len(fitted)}, reported on {len(held_out)}")
    near = [f"{threshold:.2f}:{score:.2f}" for threshold, score in scores.items() if score > top - 0.15]
    print(f"  {'  '.join(near)}")
    print(f"  best {best:.2f} (plateau {plateau[0]:.2f}–{plateau[-1]:.2f})")
    for label, threshold in (("best", best), ("in force", now)):
        print(
            f"  {label} {threshold:.2f}: F½ {f_half(fitted, threshold):.3f} fitted,"
            f" {f_half(held_out, threshold):.3f} held out"
        )


def main() -> None:
    """Print every sweep, and what the rules of wording find."""
    bank, said = load_bank(), examples()
    matcher = Matcher(bank, RememberingEmbedder(MiniLM()))
    report("THRESHOLD", THRESHOLD, lambda items: question_cases(items, matcher), said)
    right = [match for item, match in nearest(said, matcher) if match.question_id == item.question]
    print(f"  nearest is the right one: {len(right)}/{sum(item.kind == 'question' for item in said)}")
    for what in ("similarity", "margin"):
        values = np.percentile([getattr(match, what) for match in right], [0, 5, 25, 50, 75])
        print(f"  {what}, percentiles 0 5 25 50 75: {values.round(2)}")
    report("MARGIN below SURE", MARGIN, lambda items: margin_cases(items, matcher), said)
    report("RELATED", RELATED, lambda items: related_cases(items, matcher, bank), said)
    report("SMALL_TALK", SMALL_TALK, lambda items: small_talk_cases(items, matcher), said)
    for kind in ("question", "foreign", "follow_up", "small_talk", "comment"):
        texts = [item.text for item in said if item.kind == kind]
        asking = sum(any(map(asks, parts(text))) for text in texts)
        print(f"{kind}: {asking} of {len(texts)} ask, {sum(map(leans, texts))} lean")


if __name__ == "__main__":
    main()
