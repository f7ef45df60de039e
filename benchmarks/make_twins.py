"""Makes `twins.jsonl`: right sentences about the bank's questions, and the same with one change, wrong.

For `interviewer bench --twins benchmarks/twins.jsonl`. Every pair is about one statement of a question: a
criterion, which stands in the file as the reference. The right sentence says it in other words, the wrong one
says the right one with two things swapped, a direction turned, a negation more or less, another number, or
the other verdict. Only those questions are asked of which the embedded judge's training saw nothing: the half
of `own_answers.jsonl` that is for reporting. Written again by `python -m benchmarks.make_twins`, without a
model and always the same; what a person who read the pairs struck out is in `twin_skips`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from benchmarks.twin_grammar import capital, denies_twice, negated, small, turned_sentences
from benchmarks.twin_rules import EXCHANGED, NEGATED, NUMBERED, OPENERS, REWORDED, TURNED
from benchmarks.twin_skips import PARTIAL, SKIPPED
from interviewer.bank import load_bank
from interviewer.models import Criterion, Question, SetCheck

FILE = Path(__file__).with_name("twins.jsonl")
OWN = Path(__file__).with_name("own_answers.jsonl")
EACH = 3
"""Pairs of one statement, at most."""
OF_QUESTION = 20
"""Pairs of one question, at most."""
OF_LIST = 3
"""Names used of a question that asks for some of many, at most."""


class Twin(NamedTuple):
    """A right sentence and the same made wrong."""

    right: str
    wrong: str
    change: str
    source: str
    """By which `twin_skips` names it: question/criterion: what became what."""


def rows(half: str = "report") -> list[dict[str, str]]:
    """The lines of the file, or pairs about the other half of the questions, to look at while designing."""
    answers = map(json.loads, OWN.read_text(encoding="utf-8").splitlines())
    asked = {row["question_id"] for row in answers if row["half"] == half}
    lines = []
    for question in load_bank().questions.values():
        if question.id not in asked:
            continue
        pairs = [
            (_flat(criterion.text), twin)
            for criterion in _used(question)
            for twin in twins_of(question, criterion)
        ]
        some = sorted(pairs, key=lambda pair: crc32(pair[1].right.encode()))[:OF_QUESTION]
        for text, twin in sorted(some, key=lambda pair: pair[1].source):
            lines.append({"question": question.prompt.strip(), "reference": text, **twin._asdict()})
    return lines


def twins_of(question: Question, criterion: Criterion) -> list[Twin]:
    """At most three pairs about a criterion, of different kinds and from different wordings where it can."""
    if criterion.id == "verdict":
        return _verdicts(question)
    found: list[tuple[str, Twin]] = []
    for body, contrary in bodies(criterion):
        # What denies a denial only has one of the two taken away: more is a riddle.
        options = [] if denies_twice(body) else list(changed(body, question.prompt))
        if contrary:
            options.append((contrary, "negation", "not"))
        for wrong, kind, what in options:
            source = f"{question.id}/{criterion.id}: {what}"
            if source not in SKIPPED and wrong.lower() != body.lower():
                found.append((body, _said(body, wrong, kind, source)))
    # Numbers are few, so they come first.
    found.sort(key=lambda pair: (pair[1].change != "number", crc32(f"{pair[0]}|{pair[1].source}".encode())))
    return _varied(found)


def bodies(criterion: Criterion) -> Iterator[tuple[str, str | None]]:
    """Right sentences for a criterion, and each denied where that is simple."""
    text = _flat(criterion.text)
    other = reworded(text)
    for body, contrary in turned_sentences(other):
        if text.lower() not in body.lower():
            yield body, contrary
    if because := re.fullmatch(r"(.+?), (?:because|since) (.+)", text):
        yield f"since {reworded(because[2])}, {small(reworded(because[1]))}", None
    if other != text:
        yield other, None
    if isinstance(criterion.check, SetCheck):
        return  # its other wordings are examples of what is named
    for wording in map(_flat, criterion.alternatives):
        letters = re.sub(r"[^a-z ]", "", wording.lower())
        if len(wording.split()) >= 4 and len(letters) >= 12 and wording not in PARTIAL:
            yield wording, negated(wording)


def reworded(text: str) -> str:
    """The text with other words for the same."""
    for old, new in _pairs(REWORDED):
        text = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, text, count=1)
    return text


def changed(body: str, prompt: str) -> Iterator[tuple[str, str, str]]:
    """The sentence with one change, the kind of change, and what became what."""
    for one, other in _pairs(EXCHANGED, "<>"):
        if swapped := _exchanged(body, one, other, prompt):
            yield swapped, "swap", f"{one} <> {other}"
    for kind, listed in (("number", NUMBERED), ("direction", TURNED), ("negation", NEGATED)):
        for old, new in _pairs(listed):
            if found := _whole(old if kind == "number" else re.escape(old)).search(body):
                yield body[: found.start()] + new + body[found.end() :], kind, f"{old} => {new}"


def _exchanged(body: str, one: str, other: str, prompt: str) -> str | None:
    places = [(_whole(re.escape(side)).search(body), side) for side in (one, other)]
    found = sorted((place.start(), place.end(), side) for place, side in places if place)
    if len(found) == 2 and found[0][1] <= found[1][0]:
        (start, end, side), (next_start, next_end, next_side) = found
        return f"{body[:start]}{next_side}{body[end:next_start]}{side}{body[next_end:]}"
    if found and all(side.lower() in prompt.lower() for side in (one, other)):
        start, end, side = found[0]
        return body[:start] + (other if side == one else one) + body[end:]
    return None


def _varied(found: list[tuple[str, Twin]]) -> list[Twin]:
    chosen: list[Twin] = []
    kinds: Counter[str] = Counter()
    used: set[str] = set()
    for most in (1, 2):
        for body, twin in found:
            if len(chosen) < EACH and body not in used and kinds[twin.change] < most:
                chosen.append(twin)
                used.add(body)
                kinds[twin.change] += 1
    return chosen


def _said(right: str, wrong: str, change: str, source: str) -> Twin:
    how = OPENERS[crc32(f"{right}|{source}".encode()) % len(OPENERS)]
    right, wrong = (capital(how.format(small(text))) for text in (right, wrong))
    return Twin(right, wrong, change, source)


def _verdicts(question: Question) -> list[Twin]:
    """Pairs that say whether a claim is true, and nothing else."""
    prompt = _flat(question.prompt)
    claim = re.search(r"\*([^*`]+?)\.?\*|(?:explain why|and why): (.+?)\.?$", prompt)
    if claim:
        said = small(claim[1] or claim[2])
        ways = [
            (
                f"A colleague who insists that {said} has got it wrong.",
                f"A colleague who insists that {said} has got it right.",
            ),
            ("My verdict on this claim: it does not hold.", "My verdict on this claim: it holds."),
            (f"That {said} is an old wives' tale.", f"That {said} is the plain truth."),
            ("My stamp on this one reads 'false'.", "My stamp on this one reads 'true'."),
        ]
    else:
        ways = [
            ("I expect no large improvement.", "I expect a large improvement."),
            ("I'd bet against a large improvement.", "I'd bet on a large improvement."),
            ("Between yes and no I come down on no.", "Between yes and no I come down on yes."),
            ("The large improvement won't come.", "The large improvement will come."),
        ]
    sources = (f"{question.id}/verdict: {place}" for place in range(len(ways)))
    return [
        Twin(right, wrong, "verdict", source) for (right, wrong), source in zip(ways, sources, strict=True)
    ]


def _used(question: Question) -> Iterator[Criterion]:
    names = 0
    for criterion in question.criteria:
        names += isinstance(criterion.check, SetCheck)
        if names <= OF_LIST or not isinstance(criterion.check, SetCheck):
            yield criterion


@cache
def _whole(pattern: str) -> re.Pattern[str]:
    """The pattern as words of their own, and not in "no longer", "any more" or "more and more"."""
    before = r"(?<![\w-])(?<!no )(?<!any )(?<!and )"
    return re.compile(rf"{before}(?:{pattern})(?![\w-])(?! and (?:more|less|over)\b)(?!['’]t\b)", re.I)


@cache
def _pairs(listed: str, sign: str = "=>") -> tuple[tuple[str, str], ...]:
    halves = (entry.partition(sign) for entry in re.split(r"\n| \| ", listed.strip()))
    return tuple((old.strip(), new.strip()) for old, _, new in halves)


def _flat(text: str) -> str:
    return " ".join(text.split())


def main() -> None:
    """Write the file."""
    FILE.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()), encoding="utf-8")


if __name__ == "__main__":
    main()
