"""Past one machine: the program on a Ray cluster of two nodes, while this or that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from interviewer.batch.ray_cluster import Cluster
from interviewer.batch.ray_engine import ray_engine
from interviewer.config import BatchConfig, Config, Settings
from interviewer.errors import ConfigError
from tests.latency_server import Serving, latency_server
from tests.ray_nodes import LOOPBACK, Nodes, ray_nodes

pytestmark = pytest.mark.heavy

ANSWERS = 240
PATIENCE = 90.0
"""Seconds."""
Record = dict[str, object]


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    """A judge that takes its time."""
    with latency_server("--latency", "0.2") as serving:
        yield serving


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """Two nodes of one CPU, and a head that grades nothing."""
    with ray_nodes() as cluster:
        yield cluster


class Refusal(BaseHTTPRequestHandler):
    """Knows no key."""

    def do_POST(self) -> None:
        """The answer to every request."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def unwilling() -> Iterator[Serving]:
    """A judge that refuses every key."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield Serving(f"http://127.0.0.1:{server.server_port}/v1")
        server.shutdown()
        thread.join()


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Answers to a few questions; every tenth one is what another one says, and every ninth is blank."""
    lines = []
    for number in range(ANSWERS):
        text = "" if number % 9 == 0 else f"Number {number - number % 10 % 2}: last in, first out."
        question = f"How does a stack work, in {number % 5 + 2} words?"
        lines.append({"question": question, "reference": "Last in, first out. It has a top.", "answer": text})
    file = tmp_path / "answers.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


def grading(answers: Path, out: Path, engine: str, server: Serving, *flags: str) -> subprocess.Popen[str]:
    """The program, begun."""
    command = [sys.executable, "-m", "interviewer", "grade", str(answers), "-o", str(out), "--no-cache"]
    command += ["--judge", "openai/fake", "--engine", engine, *flags]
    environ = {**os.environ, **LOOPBACK, "OPENAI_BASE_URL": server.base_url}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code and what it said."""
    with process:
        out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def wait_for_records(out: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Until so many are in the file; the program has to be running still."""
    end = time.monotonic() + PATIENCE
    while not out.exists() or out.read_bytes().count(b"\n") < count:
        assert process.poll() is None, "it has ended"
        assert time.monotonic() < end, "it does not get on"
        time.sleep(0.02)


def complaint(err: str) -> str:
    """The last thing that was said: what is wrong, and a hint."""
    assert "Traceback" not in err
    return err[err.index("interviewer: ") :]


def records(out: Path) -> list[Record]:
    """What is in the file, without what differs between two runs."""
    found: list[Record] = [json.loads(line) for line in out.read_text().splitlines()]
    for record in found:
        record.pop("cached")
        if isinstance(receipt := record["receipt"], dict):
            receipt.pop("seconds")
            receipt["usage"].pop("cost_usd", None)
    return found


@pytest.fixture
def undisturbed(answers: Path, tmp_path: Path, server: Serving) -> list[Record]:
    """The records of a run of this process alone."""
    out = tmp_path / "undisturbed.jsonl"
    assert ended(grading(answers, out, "local", server, "-j", "64"))[0] == 0
    return records(out)


@pytest.mark.parametrize(
    ("engine", "has_output", "budget", "said"),
    [
        ("rays", True, None, "'rays' is none"),
        ("ray:", True, None, "'ray:' is none"),
        ("ray", False, None, "needs a file for the grades"),
        ("ray", True, 5.0, "cannot keep a budget"),
    ],
)
def test_what_the_cluster_cannot_do_is_refused(
    engine: str, has_output: bool, budget: float | None, said: str
) -> None:
    settings = Settings(config=Config(batch=BatchConfig(budget_usd=budget)))
    with pytest.raises(ConfigError, match=said):
        ray_engine(engine, settings, has_output=has_output)


@pytest.mark.parametrize("address", ["nowhere", "ray://127.0.0.1:10001", "127.0.0.1:1"])
def test_a_cluster_that_is_not_there_is_said_at_once(address: str) -> None:
    with pytest.raises(ConfigError, match=r"host:port|nobody answers"), Cluster(address):
        pass


def test_a_run_whose_program_is_killed_goes_on_without_the_cluster(
    answers: Path, tmp_path: Path, nodes: Nodes, server: Serving, undisturbed: list[Record]
) -> None:
    out = tmp_path / "grades.jsonl"
    process = grading(answers, out, f"ray:{nodes.address}", server, "-j", "8")
    wait_for_records(out, 60, process)
    process.kill()
    ended(process)
    kept = out.read_bytes().count(b"\n")
    code, _, err = ended(grading(answers, out, "local", server, "-j", "64"))
    assert code == 0, err
    assert f"{kept} answers are done" in err
    assert records(out) == undisturbed


def test_a_run_that_is_interrupted_keeps_what_is_done_and_says_so(
    answers: Path, tmp_path: Path, nodes: Nodes, server: Serving
) -> None:
    out = tmp_path / "grades.jsonl"
    process = grading(answers, out, f"ray:{nodes.address}", server, "-j", "8")
    wait_for_records(out, 30, process)
    process.send_signal(signal.SIGINT)
    code, said, err = ended(process)
    assert (code, said) == (130, ""), err
    assert "the same command goes on" in err
    assert "Traceback" not in err
    assert 30 <= out.read_bytes().count(b"\n") < ANSWERS


def test_a_judge_that_refuses_ends_the_run_in_one_line(
    answers: Path, tmp_path: Path, nodes: Nodes, unwilling: Serving
) -> None:
    alone = ended(grading(answers, tmp_path / "alone.jsonl", "local", unwilling))
    cluster = ended(grading(answers, tmp_path / "grades.jsonl", f"ray:{nodes.address}", unwilling))
    assert (cluster[0], cluster[1]) == (alone[0], "") == (2, ""), cluster[2]
    assert complaint(cluster[2]) == complaint(alone[2])
    assert "the key was refused" in complaint(cluster[2])


# The last one, as it leaves one node only.
def test_a_node_that_is_killed_loses_nothing_and_nothing_is_there_twice(
    answers: Path, tmp_path: Path, nodes: Nodes, server: Serving, undisturbed: list[Record]
) -> None:
    out = tmp_path / "grades.jsonl"
    process = grading(answers, out, f"ray:{nodes.address}", server, "-j", "8")
    wait_for_records(out, 60, process)
    nodes.kill_one()
    assert out.read_bytes().count(b"\n") < ANSWERS, "it was done before the node was killed"
    code, said, err = ended(process)
    assert (code, said) == (0, ""), err
    assert [line for line in err.splitlines() if "raylet" in line] == []
    assert [record["number"] for record in records(out)] == list(range(1, ANSWERS + 1))
    assert records(out) == undisturbed
