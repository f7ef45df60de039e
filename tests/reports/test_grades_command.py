"""`interviewer report` as a user meets it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.__main__ import main
from interviewer.answers.line import GivenAnswer
from interviewer.bank import Bank
from interviewer.batch.record import record_of
from interviewer.grading.pipeline import Grader
from interviewer.models import GradeRecord
from tests.reports.grade_records import record, write_records

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process; gives exit code, stdout and stderr."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["report", *map(str, arguments)])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


async def bank_records(bank: Bank, grader: Grader) -> list[GradeRecord]:
    """Examples of six of the bank's questions, by four candidates."""
    found: list[GradeRecord] = []

    async def graded(number: int, question_id: str, text: str, name: str) -> GradeRecord:
        question = bank.question(question_id)
        rubric = bank.rubric(question.rubric)
        answer = GivenAnswer(
            number=number, id=str(number), question_id=question_id, question=question, rubric=rubric,
            parents=(), text=text, candidate=name, human_score=number % 6,
        )  # fmt: skip
        return record_of(answer, f"key {number}", await grader.grade(question, rubric, text))

    for question in list(bank.questions.values())[:6]:
        for place, name in enumerate(("Ann", "Bo", "Chidi", "Zoë")):
            text = question.examples[place].answer
            found.append(await graded(len(found) + 1, question.id, text, name))
    return found


def test_real_grades_give_a_whole_page(bank: Bank, grader: Grader, tmp_path: Path, run: Run) -> None:
    records = asyncio.run(bank_records(bank, grader))
    path = write_records(tmp_path / "g.jsonl", [*records, record(25, None, grader="embedded")])
    code, out, err = run(path, "-o", tmp_path / "r.html")
    assert (code, out, err) == (0, "", f"wrote {tmp_path / 'r.html'}\n")
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "24 of 25 answers graded" in html
    assert "Graded by <bdi>embedded</bdi>" in html
    assert "Agreement with people" in html
    assert html.count('<details class="answer">') == 25
    assert "<mark>" in html


def test_without_a_flag_a_summary_is_printed(tmp_path: Path, run: Run) -> None:
    code, out, err = run(write_records(tmp_path / "g.jsonl", [record(1, 80)]))
    assert (code, err) == (0, "")
    assert out.startswith("# Grades: ")
    assert "| weights  |      1 | 80.0 |" in out


def test_two_files_are_compared(tmp_path: Path, run: Run) -> None:
    first = write_records(tmp_path / "a.jsonl", [record(1, 80)])
    second = write_records(tmp_path / "b.jsonl", [record(1, 30)])
    code, out, _ = run(first, second)
    assert code == 0
    assert "1 flipped: 1 from pass to fail" in out


def test_a_line_that_is_not_whole_is_told_beside_the_report(tmp_path: Path, run: Run) -> None:
    path = write_records(tmp_path / "g.jsonl", [record(1)], end='{"number": 2, "key')
    code, out, err = run(path, "--csv")
    assert (code, len(out.splitlines()), err) == (0, 2, f"{path}:2: not whole, left out\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["g.jsonl", "--html", "--csv"], "--html and --csv: a report has one format"),
        (["g.jsonl", "-o", "r.txt"], "r.txt: its name does not say which format it is"),
        (["g.jsonl", "g.jsonl", "--junit"], "two files cannot be compared as JUnit"),
        (["g.jsonl", "g.jsonl", "g.jsonl"], "3 files: one can be reported on, or two compared"),
        (["-", "-"], "- can stand for one file only"),
        (["none.jsonl"], "none.jsonl: no such file"),
        (["."], ".: is a folder, not a file"),
        (["g.jsonl", "--markdown", "-o", "g.jsonl"], "g.jsonl: is a file of grades itself"),
        (["g.jsonl", "--csv", "--answers", "3"], "--answers is for --html and --markdown"),
        (["g.jsonl", "--human-max", "0"], "--human-max should be above 0"),
        (["g.jsonl", "g.jsonl", "--human-max", "5"], "--human-max is for a report on one file"),
        (["bad.jsonl"], "bad.jsonl:1: unknown key 'text'"),
        (["g.jsonl", "-o", "missing/r.html"], "missing/r.html: there is no folder"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    arguments: list[str], says: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_records(Path("g.jsonl"), [record(1)])
    Path("bad.jsonl").write_text('{"question": "q", "answer": "a", "text": ""}\n', encoding="utf-8")
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert says in err.splitlines()[0]


def test_the_standard_input_and_pipes_are_read_too(tmp_path: Path) -> None:
    path = write_records(tmp_path / "g.jsonl", [record(1, 80), record(2, None)])
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = f'cat g.jsonl > pipe & cat g.jsonl | "{sys.executable}" -m interviewer report - pipe --csv'
    done = subprocess.run(
        command, shell=True, cwd=path.parent, capture_output=True, text=True, timeout=60, check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert [line.split(",")[3] for line in done.stdout.splitlines()] == ["in", "both", "both"]
