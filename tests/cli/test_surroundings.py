"""Readers that go away, full disks, homes that cannot be written, damaged files: one line, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from interviewer.history import History
from interviewer.wiring import data_folder
from tests.cli.conftest import Run
from tests.practised import practised

Write = Callable[[str, str | bytes], Path]
Done = tuple[Sequence[str], int, str]
ANSWER = '{"question_id": "vae-elbo", "answer": "It is a bound.", "human_score": 1}\n'
QUESTION = """title = "T"
topic = "t"

[[question]]
id = "sky"
prompt = "Why is the sky blue?"
reference = "Air scatters blue light more than red light."
"""
NOTHING_WRONG = ("bug", "Traceback", "Exception ignored")

TALKING = (
    ("--help",),
    ("questions", "list"),
    ("import", "q.md", "--json"),
    ("check", "q.toml", "--no-grade", "--json"),
    ("config", "show"),
    ("history",),
    ("stats", "--json"),
    ("export",),
    ("report", "o.jsonl"),
    ("report", "o.jsonl", "--html"),
    ("replay", "o.jsonl"),
    ("verify", "o.jsonl", "--judge", "embedded"),
    ("grade", "a.jsonl", "--judge", "embedded"),
    ("doctor", "--judge", "embedded"),
)
"""Every command that prints what it found."""


@pytest.fixture
def material(run: Run, write: Write) -> None:
    """Something for each of them to talk about."""
    write("a.jsonl", ANSWER)
    write("q.toml", QUESTION)
    write("q.md", "## Why is the sky blue?\n\nAir scatters blue light.\n")
    assert run("grade", "a.jsonl", "-o", "o.jsonl", "--judge", "embedded").code == 0
    history = History(data_folder())
    practised(history, {})
    history.close()


def all_to(stdout: int) -> list[Done]:
    """Exit codes and complaints of all of them, a few at a time, with this as their standard output."""
    done: list[Done] = []
    for first in range(0, len(TALKING), 4):
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "interviewer", *command],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=subprocess.PIPE,
                text=True,
            )
            for command in TALKING[first : first + 4]
        ]
        for command, process in zip(TALKING[first:], started, strict=False):
            err = process.communicate(timeout=120)[1]
            done.append((command, process.returncode, err))
    return done


@pytest.mark.usefixtures("material")
def test_a_reader_that_has_gone_is_no_error_of_any_command() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        for command, code, err in all_to(writing):
            assert code == 141, (command, code, err)
            assert not [word for word in NOTHING_WRONG if word in err], (command, err)
    finally:
        os.close(writing)


@pytest.mark.usefixtures("material")
def test_a_full_disk_is_one_line_of_every_command() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        for command, code, err in all_to(full):
            assert code == 2, (command, code, err)
            assert err.count("No space left on device") == 1, (command, err)
            assert not [word for word in NOTHING_WRONG if word in err], (command, err)
    finally:
        os.close(full)


HOMELESS = {
    ("grade", "a.jsonl", "-o", "o.jsonl", "--judge", "scripted/s.jsonl"): (1, "grades are not cached"),
    ("ask", "vae-elbo", "--judge", "embedded"): (0, "Answers cannot be kept"),
    ("history",): (0, "nothing was practised yet"),
    ("stats",): (0, "nothing was practised yet"),
    ("due",): (0, "nothing is scheduled yet"),
    ("export",): (2, "nothing was practised yet"),
    ("config", "show"): (0, ""),
    ("config", "init"): (2, "Not a directory"),
    ("cache", "stats"): (2, "Not a directory"),
    ("cache", "clear"): (2, "Not a directory"),
    ("calibrate", "--show"): (0, "no calibration is stored"),
    ("calibrate", "--history"): (2, ""),
    ("doctor", "--judge", "embedded"): (0, ""),
    ("check", "q.toml", "--no-grade"): (0, ""),
}
"""What each command makes of a home in which nothing can be read or written."""


@pytest.mark.parametrize("command", HOMELESS, ids=" ".join)
def test_a_home_that_cannot_be_written_is_a_line_and_no_more(
    command: Sequence[str], spawn: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.jsonl", ANSWER)
    write("q.toml", QUESTION)
    write("s.jsonl", '{"error": "HTTP 503", "repeat": true}\n')
    (tmp_path / "file").touch()
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file" / "home"))
    code, says = HOMELESS[tuple(command)]
    shown = spawn(*command, input=b"It is a bound.\n.\n")
    assert shown.code == code, shown
    assert says in shown.out + shown.err
    assert not [word for word in NOTHING_WRONG if word in shown.err], shown.err


@pytest.mark.parametrize("command", [("history",), ("stats",), ("due",), ("ask", "vae-elbo")], ids=" ".join)
def test_a_damaged_history_is_set_aside_and_every_command_says_so_once(
    command: Sequence[str], spawn: Run
) -> None:
    data_folder().mkdir(parents=True)
    path = data_folder() / "history.db"
    path.write_bytes(b"not any more " * 1000)
    for told in (1, 0):
        judge = ("--judge", "embedded") if command[0] == "ask" else ()
        shown = spawn(*command, *judge, input=b"It is a bound.\n.\n")
        assert shown.code == 0, shown
        said = " ".join((shown.out + shown.err).split())
        assert said.count("it is now history.db.damaged, and a new one is begun") == told
    assert path.with_name("history.db.damaged").read_bytes() == b"not any more " * 1000
