"""Answers by the hundred, what comes of them, and what it should be."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from interviewer.answers.file import read_answers
from interviewer.answers.line import GivenAnswer
from interviewer.bank import Bank
from interviewer.grading.marking import marking_of
from interviewer.grading.scoring import scheme_of, score
from interviewer.models import GradeRecord, Verdict
from tests.latency_server import Serving, level_of

JUDGE = ("--judge", "openai/m")
OUT = Path("o.jsonl")
"""Who grades, and into which file."""
Line = dict[str, Any]
HandIn = Callable[..., Path]

SKY: Line = {
    "question": "Why is the sky blue?",
    "reference": "Air scatters blue light more than red light.",
    "criteria": ["Air scatters light", {"text": "Blue is scattered most", "points": 2}],
}
TIDES: Line = {
    "question": "What makes the tides?",
    "reference": "The moon's pull, and the sun's, differ from one side of the earth to the other.",
    "criteria": [
        {"text": "Names the moon", "required": True},
        "Names the sun",
        {"text": "Says that the pull differs across the earth", "points": 3},
    ],
}
SALT: Line = {
    "question": "Why does salt melt ice?",
    "reference": "Dissolved salt lowers the freezing point of water.",
}
QUESTIONS = (SKY, TIDES, SALT)


def answer(number: int, **change: Any) -> Line:
    """One of endlessly many answers, each different."""
    text = f"Molecules of group {number} deflect short waves sideways, which nobody would expect."
    return {**QUESTIONS[number % len(QUESTIONS)], "id": f"a{number}", "answer": text, **change}


def answers(count: int, first: int = 0) -> list[Line]:
    """So many of them."""
    return [answer(number) for number in range(first, first + count)]


def in_lines(lines: Iterable[Line]) -> str:
    """As JSONL."""
    return "".join(json.dumps(line) + "\n" for line in lines)


def records(path: Path | str) -> list[GradeRecord]:
    """The records of a file, each of which has to be valid."""
    text = Path(path).read_text(encoding="utf-8")
    return [GradeRecord.model_validate_json(line) for line in text.splitlines()]


def settled(lines: Iterable[str]) -> list[Line]:
    """What is the same in every run: all but the time that it took, and whether it was cached."""
    found = []
    for line in lines:
        record = json.loads(line)
        del record["cached"]
        if record["receipt"]:
            del record["receipt"]["seconds"]
        found.append(record)
    return found


def settled_file(path: Path | str) -> list[Line]:
    """The same of a file."""
    return settled(Path(path).read_text(encoding="utf-8").splitlines())


def expected_scores(path: Path, bank: Bank) -> dict[int, float]:
    """The score that each answer of a file gets from the latency server, by its number."""
    return {given.number: expected_score(given) for given in read_answers(path, bank)}


def expected_score(given: GivenAnswer) -> float:
    """The score that an answer gets from the latency server."""
    marking = marking_of(given.question, given.rubric)
    verdicts = [
        Verdict(id=c.id, level=level_of(given.text, c.id), decided_by="server") for c in marking.judged
    ]
    return score(scheme_of(marking.question, marking.rubric, marking.judged), verdicts).score


def digest(text: str) -> str:
    """How the latency server names an answer."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def chosen(judge: str, base_url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The flags and settings that send answers to this address through that client."""
    if judge == "litellm":
        monkeypatch.setenv("INTERVIEWER_JUDGE_BACKEND", "litellm")
        monkeypatch.setenv("INTERVIEWER_JUDGE_MODEL", "openai/m")
        monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", base_url)
        return ()
    monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", base_url)
    return ("--judge", judge)


class Asked:
    """Counts what a server is asked from now on."""

    def __init__(self, serving: Serving) -> None:
        self.base_url = serving.base_url
        self._serving = serving
        self._before = serving.stats()

    @property
    def requests(self) -> int:
        """Since it was last asked."""
        before, self._before = self._before, self._serving.stats()
        return int(self._before["requests"] - before["requests"])

    def finished(self) -> Counter[str]:
        """Good replies by the digest of the answer, since it was last asked."""
        before, self._before = self._before, self._serving.stats()
        return Counter(self._before["finished"]) - Counter(before["finished"])
