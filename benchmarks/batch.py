"""Grading at volume, against a server that takes 200 ms for a reply, beside the ideal and a bare loop."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from interviewer.answers.line import GivenAnswer
from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.onnx import MiniLM
from interviewer.backends.openai import OpenAIBackend
from interviewer.backends.protocols import ChatBackend, Judge, JudgeRequest
from interviewer.backends.traffic import Traffic
from interviewer.bank import Bank, load_bank
from interviewer.batch.cache import GradeCache
from interviewer.batch.job import Job
from interviewer.batch.journal import Journal
from interviewer.batch.plan import Selection
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.pipeline import Grader
from interviewer.grading.prompt import chat_request
from interviewer.grading.similarity import Comparer
from interviewer.models import Judgement, Verdict
from tests.latency_server import Serving, latency_server

ANSWERS, AT_ONCE, LATENCY = 1000, 64, 0.2
IDEAL = ANSWERS / AT_ONCE * LATENCY
"""Seconds in which nothing but the server is waited for."""
QUESTIONS = 20
LINES = (1_000, 10_000, 100_000, 1_000_000)


class Silent:
    """A judge that costs no time: what remains is everything else."""

    label = "silent"

    def __init__(self) -> None:
        self.parameters: dict[str, str | int | float | bool | None] = {}

    async def judge(self, request: JudgeRequest) -> Judgement:
        """Not met, all of it."""

        def verdict(identifier: str) -> Verdict:
            return Verdict(id=identifier, level="not_met", decided_by=self.label)

        return Judgement(
            verdicts=tuple(verdict(c.id) for c in request.criteria),
            mistakes=tuple(verdict(m.id) for m in request.mistakes),
        )


@dataclass
class Took:
    """What one run took."""

    wall: float
    cpu: float
    """Seconds of this process."""
    gap: float
    """Longest time for which the event loop did nothing else."""
    prompt_tokens: int


def run() -> None:
    """Print all of it."""
    speed()
    faults()
    cached()
    memory()


def speed() -> None:
    """1,000 answers, 64 at once, through each judge, without and with similarity."""
    bank, model = load_bank(), MiniLM()
    answers = given(bank, ANSWERS)
    model.embed(["warm"])
    with latency_server("--latency", str(LATENCY)) as server:
        bare = bare_loop(bank, model, answers, server)
        print(f"bare aiohttp loop {bare:.2f} s, {bare / IDEAL:.2f} × the ideal {IDEAL:.2f} s")
        alone = {}
        for name, target in (("openai", 1.15), ("litellm", 1.6)):
            took = timed(model, answers, ChatJudge(backend(name, server)), similarity=False)
            alone[name] = took.wall
            print(
                f"{name} {took.wall:.2f} s, {took.wall / IDEAL:.2f} × the ideal (target ≤ {target}),"
                f" {took.wall / bare:.2f} × the bare loop;"
                f" {1000 * took.cpu / ANSWERS:.2f} ms of processor and"
                f" {took.prompt_tokens / ANSWERS:.0f} prompt tokens an answer;"
                f" longest stall {1000 * took.gap:.0f} ms"
            )
        embedding = timed(model, answers, Silent(), similarity=True)
        both = timed(model, answers, ChatJudge(backend("openai", server)), similarity=True)
        longer = max(embedding.wall, alone["openai"])
        print(
            f"with similarity {both.wall:.2f} s, {both.wall / longer:.2f} × the longer of judging"
            f" ({alone['openai']:.2f} s) and embedding ({embedding.wall:.2f} s) alone (target ≤ 1.1),"
            f" longest stall {1000 * both.gap:.0f} ms"
        )


def faults() -> None:
    """The same against a server that fails as often as a real one on a bad day, beside one that does not."""
    bank, model = load_bank(), MiniLM()
    answers = given(bank, ANSWERS)
    limits = Limits(timeout=2.0, backoff=0.1)
    walls = []
    for options in ((), ("--faults",)):
        with latency_server("--latency", str(LATENCY), *options) as server:
            judge = ChatJudge(
                OpenAIBackend("fake", base_url=server.base_url, limits=limits, traffic=Traffic(AT_ONCE))
            )
            walls.append(timed(model, answers, judge, similarity=False).wall)
            seen = server.stats()["outcomes"]
    shares = ", ".join(f"{count} × {name}" for name, count in sorted(seen.items()))
    print(f"with faults {walls[1]:.2f} s, {walls[1] / walls[0]:.2f} × without (target ≤ 3): {shares}")


def given(bank: Bank, number: int, only: str | None = None) -> list[GivenAnswer]:
    """So many different answers, to questions in turn, or to one only."""
    questions = [bank.question(only)] if only else list(bank.questions.values())[:QUESTIONS]
    answers = []
    for n in range(number):
        question = questions[n % len(questions)]
        text = question.examples[(n // len(questions)) % len(question.examples)].answer
        answers.append(
            GivenAnswer(
                number=n + 1,
                id=str(n + 1),
                question_id=question.id,
                question=question,
                rubric=bank.rubric(question.rubric),
                parents=bank.parents(question),
                text=f"{text} That is what I would say, in my own words, as number {n}.",
            )
        )
    return answers


def backend(name: str, server: Serving, traffic: Traffic | None = None) -> ChatBackend:
    """A model of the server."""
    traffic = traffic or Traffic(AT_ONCE)
    if name == "openai":
        return OpenAIBackend("fake", base_url=server.base_url, traffic=traffic)
    from interviewer.backends.litellm import LiteLLMBackend

    os.environ.setdefault("OPENAI_API_KEY", "not-needed")
    return LiteLLMBackend("openai/fake", base_url=server.base_url, traffic=traffic)


def bare_loop(bank: Bank, model: MiniLM, answers: list[GivenAnswer], server: Serving) -> float:
    """The same requests, with nothing but aiohttp: what no program can be faster than."""
    grader = Grader(Silent(), None, model)
    offer = Offer(model="fake", max_tokens=4000)
    bodies = []
    for answer in answers:
        request = grader.request(answer.question, answer.rubric, answer.text, answer.parents)
        bodies.append(json.dumps(offer.body(chat_request(request))).encode())

    async def ask() -> None:
        waiting = iter(bodies)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def caller() -> None:
                for body in waiting:
                    async with session.post(f"{server.base_url}/chat/completions", data=body) as reply:
                        json.loads(await reply.read())

            await asyncio.gather(*(caller() for _ in range(AT_ONCE)))

    began = time.perf_counter()
    asyncio.run(ask())
    return time.perf_counter() - began


def timed(model: MiniLM, answers: list[GivenAnswer], judge: Judge, *, similarity: bool) -> Took:
    """One run with journal and cache, both new."""
    traffic = Traffic(AT_ONCE)
    if isinstance(judge, ChatJudge):
        traffic = judge.backend.caller.traffic  # type: ignore[attr-defined]
    grader = Grader(judge, Comparer(RememberingEmbedder(model)) if similarity else None, model)
    gaps = [0.0]

    async def watched(job: Job) -> None:
        watch = asyncio.create_task(_watch(gaps))
        await job.run(lambda answer, score, cached: None)
        watch.cancel()

    with working_place() as (journal, cache):
        job = Job(lambda: answers, False, Selection(), lambda: grader, traffic, cache, journal, AT_ONCE)
        began, cpu = time.perf_counter(), time.process_time()
        asyncio.run(watched(job))
        took = Took(time.perf_counter() - began, time.process_time() - cpu, max(gaps), traffic.prompt_tokens)
        assert len(journal) == len(answers)
    return took


async def _watch(gaps: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        gaps.append(time.perf_counter() - began - 0.005)


@contextmanager
def working_place() -> Iterator[tuple[Journal, GradeCache]]:
    """A journal and a cache on the disk, thrown away at the end."""
    with tempfile.TemporaryDirectory() as folder:
        journal, cache = Journal(Path(folder) / "grades.jsonl"), GradeCache(Path(folder) / "cache.sqlite")
        try:
            yield journal, cache
        finally:
            cache.close()
            journal.close()


def cached() -> None:
    """Answers that the cache knows, and a file that is finished already; both as whole commands."""
    lines = 100_000
    with tempfile.TemporaryDirectory() as folder:
        command = _program(folder, lines)
        command("warm.jsonl", "--limit", "400")
        began = time.perf_counter()
        command("grades.jsonl")
        first = time.perf_counter() - began
        began = time.perf_counter()
        command("grades.jsonl")
        again = time.perf_counter() - began
    print(f"cache hits {lines / first:.0f} answers/s, the whole command (target ≥ 5000)")
    print(f"a finished file of {lines} records {again:.2f} s, the whole command (target ≤ 2)")


def memory() -> None:
    """The most memory of the whole program, for a thousand answers and for a million."""
    with tempfile.TemporaryDirectory() as folder:
        for lines in LINES:
            command = _program(folder, lines)
            began = time.perf_counter()
            peak = command(f"grades-{lines}.jsonl")
            print(f"{lines} lines: {peak:.0f} MB at most, {time.perf_counter() - began:.1f} s")
            (Path(folder) / f"grades-{lines}.jsonl").unlink()


def _program(folder: str, lines: int) -> Callable[..., float]:
    """Runs `interviewer grade` on a file of so many lines, 400 of them different; gives its peak in MB."""
    # One short question, so that a million records fit on a disk.
    answers = given(load_bank(), 400, only="conv-parameter-count")
    source = Path(folder) / f"answers-{lines}.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for n in range(lines):
            answer = answers[n % len(answers)]
            line = {"id": f"a{n}", "question_id": answer.question_id, "answer": answer.text}
            file.write(json.dumps(line) + "\n")
    script = (
        "import resource, sys\n"
        "from interviewer.__main__ import main\n"
        "code = main(sys.argv[1:])\n"
        "print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )

    def command(output: str, *options: str) -> float:
        arguments = ["grade", str(source), "-o", str(Path(folder) / output), "--judge", "embedded", *options]
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env={**os.environ, "HOME": folder, "XDG_CACHE_HOME": folder},
            capture_output=True,
            text=True,
            check=True,
        )
        code, kilobytes = done.stdout.split()
        assert code == "0", done.stderr
        return int(kilobytes) / 1024

    return command


if __name__ == "__main__":
    for part in sys.argv[1:] or ["speed", "faults", "cached", "memory"]:
        {"speed": speed, "faults": faults, "cached": cached, "memory": memory}[part]()
