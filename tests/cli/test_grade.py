"""`interviewer grade`: a record for each answer, in order, whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from interviewer.models import GradeRecord
from tests.cli.conftest import Run

Write = Callable[[str, str | bytes], Path]

LINES: list[dict[str, Any]] = [
    {"id": "x", "question_id": "conv-parameter-count", "answer": "800", "candidate": "Ann", "human_score": 1},
    {"question_id": "deeper-always-preferable", "answer": ""},
    {"question": "What is the capital of France?", "reference": "Paris is the capital.", "answer": "Paris"},
    {
        "question_id": "my-own-7",
        "question": "Why is the sky blue?",
        "reference": "Air scatters blue light more than red light.",
        "criteria": ["Air scatters light", {"criterion": "Blue light is scattered most", "points": 2}],
        "rubric": "short-answer",
        "kind": "open",
        "answer": "Because the air scatters blue light more strongly than red light.",
    },
]  # fmt: skip


def jsonl(lines: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def numbers_in(file: str | Path) -> list[int]:
    return [record["number"] for record in records(Path(file).read_text(encoding="utf-8"))]


def without_seconds(text: str) -> list[dict[str, Any]]:
    found = records(text)
    for record in found:
        if record["receipt"]:
            del record["receipt"]["seconds"]
        del record["cached"]
    return found


def test_each_answer_gives_one_record_in_order(run: Run, write: Write) -> None:
    write("a.jsonl", jsonl(LINES))
    shown = run("grade", "a.jsonl", "--judge", "embedded")
    assert shown.code == 0
    found = [GradeRecord.model_validate_json(line) for line in shown.out.splitlines()]
    assert [record.id for record in found] == ["x", "2", "3", "4"]
    assert [record.question_id for record in found] == [
        "conv-parameter-count", "deeper-always-preferable", None, "my-own-7",
    ]  # fmt: skip
    assert (found[0].candidate, found[0].human_score) == ("Ann", 1)
    assert found[1].score == 0
    assert found[1].flags == ("blank",)
    assert [c.id for c in found[3].criteria] == ["criterion-1", "criterion-2"]
    assert [c.points for c in found[3].criteria] == [1, 2]


def test_the_closing_line_counts_and_names_the_judge(run: Run, write: Write) -> None:
    write("a.jsonl", jsonl([{"question_id": "vae-elbo", "answer": text} for text in ("idk", "", "pass")]))
    shown = run("grade", "a.jsonl", "--judge", "embedded")
    assert shown.err == "graded 3/3, 0 ungraded, mean 0.0 of the graded; judge embedded\n"


def test_two_runs_give_the_same_but_for_the_time(run: Run, write: Write) -> None:
    write("a.jsonl", jsonl(LINES * 3))
    first = run("grade", "a.jsonl", "--judge", "embedded", "-j", 1)
    second = run("grade", "a.jsonl", "--judge", "embedded", "-j", 7)
    assert without_seconds(first.out) == without_seconds(second.out)


def test_csv_and_standard_input_give_what_jsonl_gives(run: Run, spawn: Run, write: Write) -> None:
    write("a.jsonl", jsonl(LINES[:3]))
    table = (
        "id,question_id,question,reference,answer,candidate,human_score\r\n"
        "x,conv-parameter-count,,,800,Ann,1\r\n"
        "2,deeper-always-preferable,,,,,\r\n"
        "3,,What is the capital of France?,Paris is the capital.,Paris,,\r\n"
    )
    write("a.csv", table)
    expected = without_seconds(run("grade", "a.jsonl", "--judge", "embedded").out)
    assert without_seconds(run("grade", "a.csv", "--judge", "embedded").out) == expected
    assert without_seconds(spawn("grade", "-", "--judge", "embedded", input=table.encode()).out) == expected


def test_a_cell_may_span_lines_and_errors_name_the_line_it_began_on(run: Run, write: Write) -> None:
    write("a.csv", '\ufeffquestion_id;answer\nvae-elbo;"one\ntwo"\n\nvae-elbow;x\n')
    assert "a.csv:5: no question 'vae-elbow'" in run("grade", "a.csv").err


def test_an_output_file_appears_whole_and_stdout_stays_empty(run: Run, write: Write) -> None:
    write("a.jsonl", jsonl(LINES))
    shown = run("grade", "a.jsonl", "-o", "out.jsonl", "--judge", "embedded")
    assert (shown.code, shown.out) == (0, "")
    assert len(Path("out.jsonl").read_text().splitlines()) == len(LINES)
    assert sorted(path.name for path in Path().iterdir()) == ["a.jsonl", "out.jsonl"]


def test_a_missed_threshold_has_its_own_exit_code(run: Run, write: Write) -> None:
    write("a.jsonl", jsonl([{"question_id": "conv-parameter-count", "answer": "idk"}]))
    assert run("grade", "a.jsonl", "--threshold", 50).code == 100
    assert run("grade", "a.jsonl", "--threshold", 0).code == 0


def test_a_closed_pipe_is_no_error(write: Write) -> None:
    write("a.jsonl", jsonl([{"question_id": "vae-elbo", "answer": "idk"}] * 400))
    done = subprocess.run(
        f"{sys.executable} -m interviewer grade a.jsonl | head -n 1",
        shell=True,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == b""


def test_ctrl_c_exits_with_130_and_keeps_what_was_finished(write: Write, run: Run) -> None:
    answers = [
        {"question_id": "vae-elbo", "answer": f"It is a lower bound, number {n}."} for n in range(2000)
    ]
    write("a.jsonl", jsonl(answers))
    command = ["grade", "a.jsonl", "-o", "out.jsonl", "--judge", "embedded"]
    process = subprocess.Popen([sys.executable, "-m", "interviewer", *command], stderr=subprocess.PIPE)
    out = Path("out.jsonl")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not (out.exists() and out.stat().st_size):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    numbers = numbers_in(out)
    assert process.returncode == 130
    kept = "1 grade is" if len(numbers) == 1 else f"{len(numbers)} grades are"
    assert f"stopped: {kept} in out.jsonl; the same command goes on\n" in err.decode()
    assert b"Traceback" not in err
    assert 0 < len(numbers) < 2000
    assert run(*command, "--limit", max(numbers)).code == 0
    assert numbers_in(out) == [*range(1, max(numbers) + 1)]


def test_the_name_of_a_file_in_a_folder_cannot_command_the_terminal(write: Write, run: Run) -> None:
    write("calls/\x1b]0;mine\x07.vtt", "no cue")
    write("calls/\x1b[2J.pdf", "no transcript")
    shown = run("grade", "calls")
    assert shown.code == 2
    assert "left out, it is no transcript" in shown.err
    assert "has no cue" in shown.err
    assert not {"\x1b", "\x07"} & set(shown.err)


def test_a_judge_that_fails_leaves_answers_ungraded_and_says_so(run: Run, write: Write) -> None:
    write("script.jsonl", json.dumps({"error": "HTTP 503", "repeat": True}) + "\n")
    answers = [{"question_id": "vae-elbo", "answer": "It bounds the evidence."}, LINES[1]]
    write("a.jsonl", jsonl(answers))
    shown = run("grade", "a.jsonl", "--judge", "scripted/script.jsonl", "--threshold", 0)
    failed, blank = records(shown.out)
    assert (failed["outcome"], failed["score"], failed["receipt"]) == ("ungraded", None, None)
    assert "HTTP 503" in failed["reason"]
    assert blank["score"] == 0
    assert shown.code == 1
    assert shown.err == (
        "graded 1/2, 1 ungraded, mean 0.0 of the graded; judge scripted/script.jsonl\nungraded, 1: HTTP 503\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_clear_line(run: Run, write: Write) -> None:
    write("a.jsonl", jsonl([LINES[1]]))
    shown = run("grade", "a.jsonl", "-o", "/dev/full")
    assert (shown.code, shown.err) == (
        2,
        "interviewer: /dev/full: cannot be written: No space left on device\n",
    )


def test_a_full_disk_is_named_and_what_was_finished_is_kept(write: Write) -> None:
    write("a.jsonl", jsonl([LINES[1]] * 40))
    command = f"ulimit -f 8; exec {sys.executable} -m interviewer grade a.jsonl -o out.jsonl --no-cache"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    kept = len(numbers_in("out.jsonl"))
    assert 0 < kept < 40
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"stopped: {kept} grades are in out.jsonl; the same command goes on",
        f"graded {kept}/40, 0 ungraded, {40 - kept} left, mean 0.0 of the graded; judge embedded",
        "interviewer: out.jsonl: cannot be written: No space left on device",
    ]


def test_a_bad_line_in_a_pipe_stops_with_its_line_number_and_keeps_what_was_finished(spawn: Run) -> None:
    shown = spawn("grade", "-", "-o", "out.jsonl", input=(jsonl([LINES[1]]) + '{"x": 1}\n').encode())
    assert shown.code == 2
    assert "stopped: 1 grade is in out.jsonl; the same command goes on\n" in shown.err
    assert "\ninterviewer: standard input:2: unknown key 'x'\n\nhint: " in shown.err
    assert numbers_in("out.jsonl") == [1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_closed_to_us_is_refused_before_grading(run: Run, write: Write) -> None:
    write("a.jsonl", jsonl(LINES))
    Path("closed").mkdir(mode=0o500)
    assert run("grade", "a.jsonl", "-o", "closed/out.jsonl").code == 2
