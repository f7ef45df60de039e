"""`interviewer check`: what is wrong with a bank, one line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run

Write = Callable[[str, str | bytes], Path]

GOOD = """
title = "Light"
topic = "light"

[[question]]
id = "sky"
prompt = "Why is the sky blue?"
reference = "Air molecules scatter blue light much more than red light."
hints = ["What happens to light in air?"]

[[question.criterion]]
id = "scatter"
text = "Air molecules scatter blue light more than red light"
required = true

[[question.mistake]]
id = "ocean"
text = "The sky reflects the colour of the ocean"
alternatives = ["It mirrors the sea"]

[[question.example]]
label = "full"
answer = "Because molecules in the air scatter blue light more than red light."
met = ["scatter"]

[[question.example]]
label = "partial"
answer = "It has to do with light that is scattered."
partial = ["scatter"]

[[question.example]]
label = "wrong"
answer = "I don't know"
"""

FINDINGS = {
    "no reference": (
        'tags = ["needs-reference"]\n[[question.criterion]]',
        "[[question.criterion]]",
        "error: bank/light.toml: sky: has no reference",
    ),
    "thin reference": (
        'reference = "Blue scatters more."',
        'reference = "Air molecules scatter blue light much more than red light."',
        "note: bank/light.toml: sky: the reference is thin (3 words)",
    ),
    "criterion too short": (
        'text = "Scatter"',
        'text = "Air molecules scatter blue light more than red light"',
        "error: bank/light.toml: sky: criterion 'scatter' is too short to be judged: 'Scatter'",
    ),
    "compound criterion": (
        'text = "Air scatters blue and red and green light; and it bends"',
        'text = "Air molecules scatter blue light more than red light"',
        "note: bank/light.toml: sky: criterion 'scatter' may be several in one",
    ),
    "one wording": (
        "",
        'alternatives = ["It mirrors the sea"]',
        "note: bank/light.toml: sky: mistake 'ocean' has one wording only",
    ),
    "no hints": ("", 'hints = ["What happens to light in air?"]', "note: bank/light.toml: sky: has no hints"),
    "label missing": (
        'label = "wrong"\nanswer = "It is red"',
        'label = "partial"\nanswer = "It has to do with light that is scattered."\npartial = ["scatter"]',
        "note: bank/light.toml: sky: has no example labelled partial",
    ),
    "label against its own criteria": (
        'label = "wrong"\nanswer = "I don\'t know"\nmet = ["scatter"]',
        'label = "wrong"\nanswer = "I don\'t know"',
        "error: bank/light.toml: sky, example 3: is 'wrong', but what it meets makes 100, should be ≤ 35",
    ),
}


def test_a_good_bank_passes_with_a_summary(run: Run, write: Write) -> None:
    write("bank/light.toml", GOOD)
    shown = run("check", "bank")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out == "1 question, 3 examples: 0 errors, 0 notes\n"


@pytest.mark.parametrize("case", FINDINGS)
def test_each_kind_of_fault_is_found_by_reading(case: str, run: Run, write: Write) -> None:
    new, old, finding = FINDINGS[case]
    assert old in GOOD
    write("bank/light.toml", GOOD.replace(old, new))
    shown = run("check", "bank", "--no-grade")
    assert any(line.startswith(finding) for line in shown.out.splitlines()), shown.out
    assert shown.code == (1 if finding.startswith("error") else 0)
    assert "nothing graded" in shown.out.splitlines()[-1]


def test_an_example_graded_against_its_label_is_an_error(run: Run, write: Write) -> None:
    right = '"Because molecules in the air scatter blue light more than red light."'
    bank = GOOD.replace('answer = "I don\'t know"', f"answer = {right}").replace(
        f'label = "full"\nanswer = {right}', 'label = "full"\nanswer = "I don\'t know"'
    )
    write("bank/light.toml", bank)
    shown = run("check", "bank")
    assert shown.code == 1
    assert "error: bank/light.toml: sky, example 1: is 'full' but earns 0, should be ≥ 75" in shown.out
    assert (
        "error: bank/light.toml: sky, example 3: is 'wrong' but earns 100, and passes, should be ≤ 35"
        in shown.out
    )


def test_a_reference_that_misses_its_own_criterion_is_an_error(run: Run, write: Write) -> None:
    bank = GOOD.replace(
        "Air molecules scatter blue light much more than red light.", "Because of the weather on that day."
    )
    write("bank/light.toml", bank)
    assert "sky: the reference earns 0, should be ≥ 90: 'scatter' is not met" in run("check", "bank").out


def test_questions_that_say_the_same_are_noted(run: Run, write: Write) -> None:
    second = GOOD.split('topic = "light"\n')[1].replace('"sky"', '"sky-again"')
    write("bank/light.toml", GOOD + second)
    assert "sky: says nearly the same as 'sky-again'" in run("check", "bank", "--no-grade").out


def test_an_imported_question_without_an_answer_is_an_error(run: Run, write: Write) -> None:
    write("notes.txt", "Q: What is attention?\nA:\n\nQ: What is two?\nA: One and one.\n")
    run("import", "notes.txt", "-o", "bank")
    shown = run("check", "bank", "--no-grade")
    assert shown.code == 1
    assert "what-is-attention: has no reference" in shown.out


def test_findings_come_as_json(run: Run, write: Write) -> None:
    write("bank/light.toml", GOOD.replace('hints = ["What happens to light in air?"]', ""))
    shown = run("check", "bank", "--no-grade", "--json")
    assert json.loads(shown.out) == [
        {
            "severity": "note",
            "file": "bank/light.toml",
            "question": "sky",
            "example": None,
            "text": "has no hints",
        }
    ]
    assert shown.err == "1 question, 3 examples, nothing graded: 0 errors, 1 note\n"


def test_one_file_of_the_shipped_bank_can_be_checked_alone(run: Run) -> None:
    file = Path(__file__).parents[2] / "questions" / "deep-learning" / "losses.toml"
    assert run("check", file, "--no-grade").out.splitlines()[-1].startswith("2 questions, ")
