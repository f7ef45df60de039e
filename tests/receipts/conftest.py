"""A small bank, a scripted judge, and answers that a person has graded too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run, home, run, spawn, write  # noqa: F401  (fixtures)

QUESTIONS = 6
JUDGE = "scripted/script.jsonl"
TOPICS = ("light", "sound", "heat", "water", "iron", "glass", "sand", "wind")
WORDS = ("first", "second", "third", "fourth")
"""What an answer says for each criterion: the judge meets those that it says."""


def bank_text(points: Mapping[str, int] | None = None, *, required: str = "") -> str:
    """Questions with four criteria, `a` to `d`."""
    parts = ['title = "Small"', 'topic = "small"']
    for number in range(QUESTIONS):
        parts.append(
            f'[[question]]\nid = "q{number}"\nrubric = "short-answer"\n'
            f'prompt = "What is to be known about {TOPICS[number]}?"\n'
            'reference = "It has a first, a second, a third and a fourth property."'
        )
        for name, word in zip("abcd", WORDS, strict=True):
            parts.append(
                f'[[question.criterion]]\nid = "{name}"\ntext = "Names the {word} property"\n'
                f"points = {(points or {}).get(name, 1)}\nrequired = {str(name == required).lower()}"
            )
    return "\n".join(parts)


def script_text(met: Sequence[str] = WORDS) -> str:
    """A judge that meets each criterion whose word is in the answer, one reply for each count of words."""
    replies = []
    for count in range(len(met), -1, -1):
        said = met[:count]
        findings = {
            name: {"reason": "so", "quote": f"the {word} one", "level": "met"}
            if word in said
            else {"reason": "missing", "quote": "", "level": "not_met"}
            for name, word in zip("abcd", WORDS, strict=True)
        }
        words = f"It has {' and '.join(f'the {word} one' for word in said)}" if said else "It has none"
        replies.append(
            json.dumps({"reply": {"criteria": findings, "mistakes": {}}, "answer": words, "repeat": True})
        )
    # What `interviewer doctor` asks a judge.
    value = {"reason": "so", "quote": "800 weights", "level": "met"}
    replies.append(json.dumps({"reply": {"criteria": {"value": value}}, "question_id": "probe"}))
    return "\n".join(replies) + "\n"


def answer_of(count: int, number: int = 0) -> str:
    """An answer that says so many of the words."""
    said = " and ".join(f"the {word} one" for word in WORDS[:count])
    return f"It has {said or 'none'}, as I remember from number {number} of my notes."


@pytest.fixture
def small(write: Callable[[str, str | bytes], Path]) -> Callable[..., Path]:  # noqa: F811
    """Writes bank, script and answers; the person's score is what `person` makes of the words said, 0–4."""

    def made(person: Callable[[int, int], float | None], count: int = 24) -> Path:
        write("bank/small.toml", bank_text())
        write("script.jsonl", script_text())
        lines = []
        for number in range(count):
            said = number * 7 % 5
            line = {"question_id": f"q{number % QUESTIONS}", "answer": answer_of(said, number)}
            score = person(said, number)
            lines.append(line | ({} if score is None else {"human_score": score}))
        return write("answers.jsonl", "".join(json.dumps(line) + "\n" for line in lines))

    return made


@pytest.fixture
def graded(run: Run, small: Callable[..., Path]) -> Callable[..., Ran]:  # noqa: F811
    """Grades such answers into `grades.jsonl`."""

    def made(
        person: Callable[[int, int], float | None] = lambda said, _: None, count: int = 24, *flags: str
    ) -> Ran:
        small(person, count)
        return grade(run, *flags)

    return made


def grade(run: Run, *flags: str) -> Ran:  # noqa: F811
    """Grades `answers.jsonl` with the scripted judge."""
    return run(
        "grade",
        "answers.jsonl",
        "-o",
        "grades.jsonl",
        "--bank",
        "bank",
        "--judge",
        JUDGE,
        "--no-cache",
        *flags,
    )


def generous(said: int, number: int) -> float:
    """A person who finds more in half an answer than its words, by 25 of 100, give or take 5."""
    return min(100.0, said * 18.75 + 25 + (5 if number % 2 else -5))


def records(path: str = "grades.jsonl") -> list[dict[str, object]]:
    """The records of a file."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
