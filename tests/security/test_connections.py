"""Nothing is connected to but the configured judge: no price list, no telemetry of any library."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from tests.batch.answers import Asked, HandIn, answers, in_lines
from tests.cli.conftest import Run
from tests.fault_server import Body, Fault, fault_server
from tests.security.conftest import Guarded, Write

NOBODY = 9
"""A port of which nobody has heard."""


def port_of(url: str) -> int:
    """Of a server on this machine."""
    port = urlsplit(url).port
    assert port is not None
    return port


def choose(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge behind `server`, through that client."""
    monkeypatch.setenv("INTERVIEWER_JUDGE_BACKEND", provider)
    monkeypatch.setenv("INTERVIEWER_JUDGE_MODEL", "m" if provider == "openai" else "openai/gpt-4.1-mini")


def test_the_guard_refuses_and_records(guarded: Guarded, hand_in: HandIn) -> None:
    hand_in(answers(1))
    elsewhere = "http://192.0.2.7:1234/v1"
    with pytest.MonkeyPatch.context() as patch:
        choose("openai", patch)
        patch.setenv("INTERVIEWER_JUDGE_BASE_URL", elsewhere)
        patch.setenv("INTERVIEWER_JUDGE_RETRIES", "0")
        assert guarded(NOBODY, "grade", "a.jsonl").code == 1
    assert guarded.refused()
    assert all("192.0.2.7" in line for line in guarded.refused())


@pytest.mark.parametrize("provider", ["openai", "litellm"])
def test_grading_connects_to_the_judge_and_to_nobody_else(
    provider: str, guarded: Guarded, hand_in: HandIn, server: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(provider, monkeypatch)
    hand_in(answers(3))
    assert guarded(port_of(server.base_url), "grade", "a.jsonl", "-o", "o.jsonl").code == 0
    assert guarded(port_of(server.base_url), "doctor").code == 0
    assert any("socket.connect" in line for line in guarded.attempts())
    assert not guarded.refused()
    assert server.requests >= 4


def test_without_a_model_there_is_no_connection_at_all(
    guarded: Guarded, hand_in: HandIn, write: Write, tmp_path: Path
) -> None:
    hand_in(answers(2))
    write("graded.jsonl", in_lines([{**line, "human_score": n} for n, line in enumerate(answers(4))]))
    write("call.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Why?\n\n00:02.000 --> 00:03.000\n<v Bo>So\n")
    embedded = ("--judge", "embedded")
    for command in (
        ("grade", "a.jsonl", "-o", "o.jsonl", *embedded),
        ("grade", "call.vtt", *embedded),
        ("report", "o.jsonl", "-o", "o.html"),
        ("verify", "o.jsonl", *embedded),
        ("bench", "graded.jsonl", "--resamples", "0", *embedded),
        ("doctor", *embedded),
        ("ask", "vae-elbo", *embedded),
    ):
        guarded(NOBODY, *command, input="It is a bound.\n.\n")
    assert Path("o.jsonl").exists()
    assert guarded.attempts() == []


@contextmanager
def trap() -> Iterator[socket.socket]:
    """Somebody else's server, which must not hear of anything."""
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        yield elsewhere


def leads_to(url: str) -> Fault:
    """The judge's server says that the answer is to be sent somewhere else."""

    async def fault(request: web.Request, body: Body) -> web.Response:
        return web.Response(status=307, headers={"Location": url})

    return fault


@pytest.mark.parametrize("provider", ["openai", "litellm"])
async def test_an_answer_is_not_sent_on_to_where_the_judge_points(
    provider: str, run: Run, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(provider, monkeypatch)
    hand_in(answers(1))
    monkeypatch.setenv("INTERVIEWER_JUDGE_RETRIES", "0")
    with trap() as elsewhere:
        url = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/v1/chat/completions"
        async with fault_server(*[leads_to(url)] * 9) as server:
            monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", server.base_url)
            monkeypatch.setenv("INTERVIEWER_JUDGE_TIMEOUT", "3")
            shown = await asyncio.to_thread(run, "grade", "a.jsonl", "--no-cache")
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
    assert shown.code == 2
    assert "307" in shown.err
    assert "not followed" in shown.err
