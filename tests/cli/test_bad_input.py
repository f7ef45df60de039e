"""Whatever is wrong with a file: one clear line, exit 2, and nothing written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run

Write = Callable[[str, str | bytes], Path]

QUESTION = """
[[question]]
id = "a"
prompt = "Why is the sky blue?"
reference = "Air scatters blue light more than red light."
"""
BANK = f'title = "T"\ntopic = "t"\n{QUESTION}'

ANSWERS: dict[str, tuple[str, str | bytes, str]] = {
    "unknown key": (
        "a.jsonl",
        '{"question_id": "vae-elbo", "anwser": "x"}',
        "a.jsonl:1: unknown key 'anwser'",
    ),
    "no answer": ("a.jsonl", '\n{"question_id": "vae-elbo"}', "a.jsonl:2: answer: is missing"),
    "no question": ("a.jsonl", '{"answer": "x"}', "a.jsonl:1: needs 'question_id', or 'question'"),
    "unknown question": (
        "a.jsonl",
        '{"question_id": "vae-elbow", "answer": "x"}',
        "a.jsonl:1: no question 'vae-elbow' in the bank",
    ),
    "unknown rubric": (
        "a.jsonl",
        '{"question": "Q?", "reference": "R is this.", "rubric": "shrt-answer", "answer": "x"}',
        "a.jsonl:1: no rubric 'shrt-answer'",
    ),
    "no reference": (
        "a.jsonl",
        '{"question": "Q?", "answer": "x"}',
        "a.jsonl:1: 'question' is there without 'reference'",
    ),
    "criteria without a question": (
        "a.jsonl",
        '{"question_id": "vae-elbo", "criteria": ["x"], "answer": "x"}',
        "a.jsonl:1: 'criteria' is there without 'question'",
    ),
    "criterion twice": (
        "a.jsonl",
        '{"question": "Q?", "reference": "R", "answer": "x",'
        ' "criteria": [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]}',
        "a.jsonl:1: criterion 'a' is there twice",
    ),
    "malformed JSON": ("a.jsonl", '{"answer": "x"', "a.jsonl:1: not valid JSON"),
    "key twice": ("a.jsonl", '{"answer": "x", "answer": "y"}', "the key 'answer' is there twice"),
    "not a number": ("a.jsonl", '{"answer": "x", "human_score": NaN}', "NaN is not a JSON value"),
    "not an object": (
        "a.jsonl",
        '{"answer":"x","question_id":"vae-elbo"}\n[1]',
        "a.jsonl:2: not a JSON object",
    ),
    "an array": ("a.json", '[{"answer": "x"}]', "a.json: is a JSON array, not JSON lines"),
    "deeply nested": ("a.jsonl", '{"answer": ' + "[" * 100_000, "a.jsonl:1: not valid JSON"),
    "lone surrogate": (
        "a.jsonl",
        '{"question_id": "vae-elbo", "answer": "\\ud800"}',
        "a.jsonl:1: not valid JSON: half of a surrogate pair",
    ),
    "wrong encoding": ("a.jsonl", '{"answer": "für"}'.encode("latin-1"), "a.jsonl:1: not UTF-8"),
    "UTF-16": ("a.jsonl", '{"answer": "x"}'.encode("utf-16"), "a.jsonl:1: not UTF-8"),
    "empty": ("a.jsonl", "", "a.jsonl: the file is empty"),
    "blank lines": ("a.jsonl", "\n \n", "a.jsonl: the file is empty"),
    "50 MB line": (
        "a.jsonl",
        b'{"answer": "' + b"x" * 50_000_000 + b'"}',
        "a.jsonl:1: the line is longer than",
    ),
    "unknown column": ("a.csv", "question_id,anwser\nvae-elbo,x\n", "a.csv:1: unknown column 'anwser'"),
    "no answer column": ("a.csv", "question_id,id\nvae-elbo,x\n", "a.csv:1: there is no column 'answer'"),
    "column twice": ("a.csv", "answer,answer\nx,y\n", "a.csv:1: the column 'answer' is there twice"),
    "short row": ("a.csv", "question_id,answer\nvae-elbo\n", "a.csv:2: has 1 cells, but the header has 2"),
    "open quote": ("a.csv", 'question_id,answer\nvae-elbo,"x\n\n', "a.csv:2: not valid CSV"),
    "header only": ("a.csv", "question_id,answer\n", "a.csv: has no answers"),
    "bad score": ("a.csv", "question_id,answer,human_score\nvae-elbo,x,good\n", "a.csv:2: human_score: "),
}

BANKS: dict[str, tuple[str | bytes, str]] = {
    "unknown key": (BANK + 'refrence = "x"', "question 'a': unknown key 'refrence'"),
    "duplicate id": (BANK + QUESTION, "question 'a' is already in"),
    "missing rubric": (BANK + 'rubric = "shrt-answer"', "there is no rubric 'shrt-answer'"),
    "cycle": (BANK + 'depends_on = "a"', "depends_on goes in a circle: a → a"),
    "missing parent": (BANK + 'depends_on = "b"', "depends_on 'b', which is not in the bank"),
    "malformed TOML": (BANK + "[[", "not valid TOML"),
    "wrong encoding": (BANK.replace("sky", "söky").encode("latin-1"), "not UTF-8"),
    "empty": ("", "the file is empty"),
    "no question": ('title = "T"\ntopic = "t"', "has no [[question]]"),
    "empty reference": (
        BANK.replace("Air scatters blue light more than red light.", " "),
        "question 'a', reference: ",
    ),
    "50 MB line": (BANK.encode() + b'source = "' + b"x" * 50_000_000 + b'"', "larger than 32 MiB"),
}


def is_one_clear_line(err: str, says: str) -> bool:
    """Message, and perhaps a blank line and a hint; no traceback."""
    lines = err.splitlines()
    hinted = len(lines) == 1 or (len(lines) == 3 and not lines[1] and lines[2].startswith("hint: "))
    return hinted and lines[0].startswith("interviewer: ") and says in lines[0] and len(lines[0]) < 400


@pytest.mark.parametrize("case", ANSWERS)
def test_a_bad_file_of_answers_costs_nothing_and_writes_nothing(case: str, run: Run, write: Write) -> None:
    name, content, says = ANSWERS[case]
    write(name, content)
    shown = run("grade", name, "-o", "out.jsonl")
    assert (shown.code, shown.out) == (2, "")
    assert is_one_clear_line(shown.err, says), shown.err
    assert [path.name for path in Path().iterdir()] == [name]


def test_the_last_line_is_checked_before_the_first_answer_is_graded(run: Run, write: Write) -> None:
    good = '{"question_id": "vae-elbo", "answer": "x"}\n'
    write("a.jsonl", good * 200 + '{"question_id": "vae-elbo"}\n')
    shown = run("grade", "a.jsonl")
    assert (shown.code, shown.out) == (2, "")
    assert "a.jsonl:201: answer: is missing" in shown.err


@pytest.mark.parametrize(
    "command", [["check"], ["questions", "list", "--bank"], ["ask", "--bank"]], ids=" ".join
)
@pytest.mark.parametrize("case", BANKS)
def test_a_bad_bank_is_refused_by_every_command_that_reads_it(
    case: str, command: list[str], run: Run, write: Write
) -> None:
    content, says = BANKS[case]
    write("bank/t.toml", content)
    shown = run(*command, "bank")
    assert (shown.code, shown.out) == (2, "")
    assert is_one_clear_line(shown.err, says), shown.err
    assert "t.toml" in shown.err


def test_an_unknown_key_names_the_nearest(run: Run, write: Write) -> None:
    write("a.jsonl", '{"question_id": "vae-elbo", "anwser": "x"}')
    assert "hint: did you mean 'answer'?" in run("grade", "a.jsonl").err


def test_an_unknown_question_names_the_nearest(run: Run, write: Write) -> None:
    write("a.jsonl", '{"question_id": "vae-elbow", "answer": "x"}')
    assert "hint: did you mean 'vae-elbo'?" in run("grade", "a.jsonl").err
    assert "hint: did you mean 'vae-elbo'?" in run("ask", "vae-elbow").err
    assert "hint: did you mean 'vae-elbo'?" in run("questions", "show", "vae-elbow").err


@pytest.mark.parametrize("command", ["grade", "import", "check"])
def test_a_missing_file_and_a_folder_are_refused(command: str, run: Run) -> None:
    shown = run(command, "missing.jsonl")
    assert shown.code == 2
    assert is_one_clear_line(shown.err, "missing.jsonl: no such file")
    Path("folder").mkdir()
    shown = run(command, "folder")
    assert shown.code == 2
    assert is_one_clear_line(shown.err, "folder: ")


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("missing/out.jsonl", "there is no folder"),
        (".", "is a folder"),
        ("a.jsonl", "is the file of answers"),
        ("loop.jsonl", "is a link to itself"),
        ("-", "is no file"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_grading(
    output: str, says: str, run: Run, write: Write
) -> None:
    path = write("a.jsonl", '{"question_id": "vae-elbo", "answer": "x"}')
    Path("loop.jsonl").symlink_to("loop.jsonl")
    shown = run("grade", "a.jsonl", "-o", output)
    assert shown.code == 2
    assert is_one_clear_line(shown.err, says)
    assert path.read_text() == '{"question_id": "vae-elbo", "answer": "x"}'


@pytest.mark.parametrize("arguments", [["--config", "no.toml"], ["--judge", "nobody"]], ids=" ".join)
def test_a_setting_that_cannot_be_used_is_refused(arguments: list[str], run: Run, write: Write) -> None:
    write("a.jsonl", '{"question_id": "vae-elbo", "answer": "x"}')
    shown = run("grade", "a.jsonl", *arguments)
    assert (shown.code, shown.out) == (2, "")
    assert is_one_clear_line(shown.err, arguments[1])


def test_a_stream_that_is_closed_is_no_bug(write: Write) -> None:
    write("a.jsonl", '{"question_id": "vae-elbo", "answer": "idk"}\n')
    program = f"{sys.executable} -m interviewer grade --judge embedded"
    for command, code, says in (
        (f"{program} - <&-", 2, "standard input: the file is empty"),
        (f"{program} a.jsonl >&-", 2, "standard output: cannot be written: Bad file descriptor"),
        (f"{program} a.jsonl -o out.jsonl <&- >&-", 0, "graded 1/1"),
    ):
        ran = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
        assert ran.returncode == code
        assert says in ran.stderr
        assert "bug" not in ran.stderr


def test_a_number_that_is_refused_is_called_by_its_flag(run: Run, write: Write) -> None:
    write("a.jsonl", '{"question_id": "vae-elbo", "answer": "idk"}\n')
    for flag, value in (("--rpm", "0"), ("--tpm", "inf"), ("--jobs", "100000"), ("--budget-usd", "inf")):
        shown = run("grade", "a.jsonl", flag, value)
        assert shown.code == 2
        assert is_one_clear_line(shown.err, f"interviewer: {flag}: ")
