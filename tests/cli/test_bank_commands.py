"""`interviewer import` and `questions`: JSON with the keys of the bank files, and files that load again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.bank import load_bank
from tests.cli.conftest import Run

Write = Callable[[str, str | bytes], Path]

TEXT = """Q: How many weights does a 3×3 convolution from 2 to 4 channels have?
A: 3·3·2·4 = 72

Q: What is dropout?
A: A regulariser that sets random activations to zero during training.

Q: What is attention?
A:
"""


def test_import_says_what_it_found_and_writes_nothing(run: Run, write: Write) -> None:
    write("notes.txt", TEXT)
    shown = run("import", "notes.txt")
    assert shown.code == 0
    assert shown.out.startswith("3 questions: ")
    assert "1 without a model answer: what-is-attention" in shown.out
    assert "hint: interviewer import notes.txt -o DIR" in shown.err
    assert [path.name for path in Path().iterdir()] == ["notes.txt"]


def test_what_import_prints_as_json_is_what_it_writes_and_the_bank_loads(run: Run, write: Write) -> None:
    write("notes.txt", TEXT)
    printed = json.loads(run("import", "notes.txt", "--json", "--topic", "nets").out)
    assert run("import", "notes.txt", "-o", "bank", "--topic", "nets").code == 0
    listed = json.loads(run("questions", "list", "--bank", "bank", "--json").out)
    assert printed == listed
    assert {question["topic"] for question in listed} == {"nets"}
    assert [question["prompt"] for question in listed][1] == "What is dropout?"


def test_import_replaces_a_file_only_when_told_to(run: Run, write: Write) -> None:
    write("notes.txt", TEXT)
    assert run("import", "notes.txt", "-o", "bank").code == 0
    shown = run("import", "notes.txt", "-o", "bank")
    assert (shown.code, shown.out) == (2, "")
    assert "is already there\n\nhint: --force replaces it" in shown.err
    assert run("import", "notes.txt", "-o", "bank", "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "qaa"], "no import format 'qaa'"),
        (["--topic", "My Topic"], "--topic 'My Topic' is not a topic"),
    ],
)
def test_import_refuses_what_it_does_not_know(
    arguments: list[str], says: str, run: Run, write: Write
) -> None:
    write("notes.txt", TEXT)
    shown = run("import", "notes.txt", *arguments)
    assert shown.code == 2
    assert says in shown.err


def test_questions_list_names_every_question_of_the_shipped_bank(run: Run) -> None:
    shown = run("questions", "list")
    bank = load_bank()
    assert [line.split()[0] for line in shown.out.splitlines()] == list(bank.questions)
    assert (
        shown.err.strip()
        == f"{len(bank.questions)} questions, {len({q.topic for q in bank.questions.values()})} topics"
    )


def test_questions_can_be_chosen_by_topic_and_difficulty(run: Run) -> None:
    found = json.loads(run("questions", "list", "--topic", "cnn", "--difficulty", 300, "--json").out)
    assert {(question["topic"], question["difficulty"]) for question in found} == {("cnn", 300)}
    assert json.loads(run("questions", "list", "--topic", "cnn", "--difficulty", 123, "--json").out) == []


def test_questions_show_prints_all_that_earns_and_costs_points(run: Run) -> None:
    shown = " ".join(run("questions", "show", "vae-elbo").out.split())
    question = load_bank().question("vae-elbo")
    for text in [c.text for c in question.criteria] + [m.text for m in question.mistakes]:
        assert " ".join(text.split()) in shown


def test_questions_show_gives_json_under_the_keys_of_the_bank_files(run: Run) -> None:
    found = json.loads(run("questions", "show", "vae-elbo", "--json").out)
    assert found["id"] == "vae-elbo"
    assert {"prompt", "reference", "criterion", "mistake", "example"} <= set(found)


def test_the_shipped_bank_can_be_joined_by_an_own_one(run: Run, write: Write) -> None:
    write("notes.txt", TEXT)
    run("import", "notes.txt", "-o", "bank")
    both = json.loads(run("questions", "list", "--bank", "shipped", "--bank", "bank", "--json").out)
    assert len(both) == len(load_bank().questions) + 3
    Path("interviewer.toml").write_text('[paths]\nquestions = ["bank"]\n')
    assert json.loads(run("questions", "list", "--json").out) == both
