"""kill -9 at any moment: nothing that was finished is lost, and none of it is asked again."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.batch.answers import HandIn, answers, digest, settled_file
from tests.growth import LONG
from tests.latency_server import Serving, latency_server

KILLS = 50 if LONG else 15
IN_A_FILE = 60
"""Answers; once they are graded the next file is begun."""
JOBS = 4
SEED = 4
RECORDS, START = 0.35, 0.8
"""Seconds within which a kill comes after the first record of a run, or after its start."""


class Program:
    """Starts the program, one run at a time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def start(self, *arguments: str | Path) -> int:
        """The id of its process."""
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps([str(argument) for argument in arguments]) + "\n").encode())
        return self.ended()

    def has_ended(self, within: float) -> bool:
        """Whether the run ends within so many seconds."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], within)[0])

    def ended(self) -> int:
        """Its exit code, waited for; negative: the signal that killed it."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def program(errors: Path) -> Iterator[Program]:
    """The program, ready to be started."""
    command = [sys.executable, "-m", "tests.batch.fork_server", str(errors)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, bufsize=0, env=environment, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield Program(process)
        finally:
            process.stdin.close()


@dataclass
class Disturbed:
    """Grades file after file, with a kill at a random moment of most runs."""

    program: Program
    server: Serving
    hand_in: HandIn
    chance: random.Random
    files: int = 0
    kills: int = 0
    recorded: dict[str, int] = field(default_factory=dict)
    """The answers that had a record when a kill came, and how often they had been judged by then."""

    @property
    def output(self) -> Path:
        """The grades of the file that is being graded."""
        return Path(f"o{self.files}.jsonl")

    def run(self) -> None:
        """Until there were enough kills; then the last file is finished in peace."""
        self.next_file()
        while self.kills < KILLS:
            process = self.start()
            if self.waits_for_its_end():
                assert self.program.ended() == 0
                self.next_file()
                continue
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            if self.program.ended() == -signal.SIGKILL:
                self.kills += 1
            self.note()
        self.start()
        assert self.program.ended() == 0

    def next_file(self) -> None:
        self.files += 1
        self.hand_in(answers(IN_A_FILE, first=self.files * IN_A_FILE), f"a{self.files}.jsonl")

    def start(self) -> int:
        return self.program.start(
            "grade", f"a{self.files}.jsonl", "-o", self.output, "-j", str(JOBS), "--judge", "openai/m"
        )

    def waits_for_its_end(self) -> bool:
        """False when the moment for a kill has come, mostly soon after the first record of the run."""
        if self.chance.random() < 0.15:
            return self.program.has_ended(self.chance.uniform(0, START))
        before = self.size()
        while self.size() == before:
            if self.program.has_ended(0.002):
                return True
        return self.program.has_ended(self.chance.uniform(0, RECORDS))

    def size(self) -> int:
        return self.output.stat().st_size if self.output.exists() else 0

    def note(self) -> None:
        if self.output.exists():
            asked = self.server.stats()["finished"]
            for line in self.output.read_bytes().split(b"\n")[:-1]:
                text = digest(json.loads(line)["answer"])
                self.recorded.setdefault(text, asked[text])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """Takes its time, and lives through all of it."""
    with latency_server("--latency", "0.08") as serving:
        monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", serving.base_url)
        yield serving


@pytest.mark.heavy
def test_after_kills_the_grades_are_those_of_an_undisturbed_run_and_nothing_was_asked_twice(
    server: Serving, hand_in: HandIn
) -> None:
    began = time.perf_counter()
    with program(Path("errors")) as runs:
        disturbed = Disturbed(runs, server, hand_in, random.Random(SEED))
        disturbed.run()
        asked = server.stats()["finished"]
        for number in range(1, disturbed.files + 1):
            flags = ("-o", f"u{number}.jsonl", "-j", "32", "--no-cache", "--judge", "openai/m")
            runs.start("grade", f"a{number}.jsonl", *flags)
            assert runs.ended() == 0
            assert settled_file(f"o{number}.jsonl") == settled_file(f"u{number}.jsonl")
    again = [text for text, times in disturbed.recorded.items() if asked[text] != times]
    assert not again, f"{len(again)} finished answers were asked again"
    # What was on its way when a kill came, and no more.
    assert sum(asked.values()) - len(asked) <= KILLS * 2 * JOBS
    assert len(disturbed.recorded) > KILLS
    assert "Traceback" not in Path("errors").read_text()
    print(  # noqa: T201
        f"{KILLS} kills over {disturbed.files} files in {time.perf_counter() - began:.0f} s:"
        f" {len(disturbed.recorded)} records were on disk when one came, none was asked again;"
        f" {sum(asked.values()) - len(asked)} replies on their way were lost"
    )
