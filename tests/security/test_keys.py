"""A key is sent to its provider, and is seen nowhere else: every command and failure is looked through."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from interviewer.bank import Bank
from interviewer.history import History
from tests.batch.answers import HandIn, answers, in_lines
from tests.cli.conftest import Run
from tests.fault_server import Body, Fault, fault_server, raw, says, status
from tests.security.conftest import Write
from tests.security.leaks import KEY, leaks, shows_key
from tests.tui.conftest import MakeApp, screen_text, sees
from tests.tui.test_judge_failures import answer, asks, judges

SAID = f"Incorrect API key provided: {KEY} (Authorization: Bearer {KEY}). See https://x/?key={KEY}&a=b"
GRADE = ("grade", "a.jsonl", "-o", "o.jsonl", "--no-cache", "-j", "1")


async def echo(request: web.Request, body: Body) -> web.Response:
    """All that was sent, as some proxies reply."""
    return web.Response(text=json.dumps({"headers": dict(request.headers)}), status=502)


FAULTS: dict[str, Fault] = {
    "HTTP 500": status(500, SAID),
    "the key is refused": status(401, SAID, code=KEY),
    "HTTP 403": status(403, SAID),
    "HTTP 429": status(429, SAID, headers={"retry-after": KEY}),
    "the quota is spent": status(429, SAID, code="insufficient_quota"),
    "no such model": status(404, SAID, code="model_not_found"),
    "a parameter is refused": status(400, f"Unsupported parameter: response_format json_schema. {SAID}"),
    "echo": echo,
    "HTML": raw(f"<html>{SAID}</html>".encode(), "text/html"),
    "content type": raw(b"no", f"text/{KEY}"),
    "half of JSON": raw(f'{{"error": "{SAID}'.encode()),
    "no completion": raw(json.dumps({KEY: SAID}).encode()),
    "prose": says(SAID),
    "unknown criterion": says(json.dumps({"criteria": {KEY: {"level": "met"}}})),
    "a refusal": says(None, refusal=SAID),
    "cut off": says(SAID, finish="length"),
    "empty": says(""),
}
"""Servers that show the key to whoever reads what went wrong."""


@pytest.fixture
def seen(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What every logger has said, and more than reaches a user: nothing but warnings is shown."""
    caplog.set_level(logging.INFO)
    return lambda: caplog.text


@pytest.fixture(params=["openai", "litellm"])
def provider(request: pytest.FixtureRequest, key: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Through which client the server is asked, once and not for long."""
    name = str(request.param)
    settings = {"BACKEND": name, "MODEL": "m" if name == "openai" else "openai/m"}
    settings |= {"RETRIES": "0", "TIMEOUT": "5", "DEADLINE": "5"}
    for setting, value in settings.items():
        monkeypatch.setenv(f"INTERVIEWER_JUDGE_{setting}", value)
    return name


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_failure_shows_the_key(
    fault: str,
    provider: str,
    run: Run,
    hand_in: HandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seen: Callable[[], str],
) -> None:
    hand_in(answers(2))
    async with fault_server(*[FAULTS[fault]] * 20) as server:
        monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", server.base_url)
        shown = await asyncio.to_thread(run, *GRADE)
        assert shown.code in (1, 2, 4), shown
        assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
        probed = await asyncio.to_thread(run, "doctor")
    assert not shows_key(shown.out + shown.err + probed.out + probed.err + seen())
    assert not leaks(tmp_path)


def test_no_command_writes_or_prints_the_key(
    key: str, run: Run, hand_in: HandIn, write: Write, tmp_path: Path, server: object, seen: Callable[[], str]
) -> None:
    hand_in(answers(4))
    write("graded.jsonl", in_lines([{**line, "human_score": n} for n, line in enumerate(answers(4))]))
    judge = ("--judge", "openai/m")
    said = [
        run(*command)
        for command in (
            ("grade", "a.jsonl", "-o", "o.jsonl", *judge),
            ("report", "o.jsonl", "-o", "o.html"),
            ("report", "o.jsonl", "-o", "o.csv"),
            ("report", "o.jsonl", "-o", "o.md"),
            ("report", "o.jsonl", "-o", "o.xml"),
            ("verify", "o.jsonl", *judge),
            ("replay", "o.jsonl"),
            ("bench", "graded.jsonl", "--resamples", 0, "--json", "b.json", "--html", "b.html", *judge),
            ("doctor", *judge),
            ("config", "show"),
            ("config", "show", "--json"),
            ("config", "init"),
            ("cache", "stats"),
        )
    ]
    assert [ran.code for ran in said] == [0] * len(said), said
    assert not shows_key("".join(ran.out + ran.err for ran in said) + seen())
    assert not leaks(tmp_path)


async def test_practice_neither_keeps_nor_shows_the_key(
    key: str, make_app: MakeApp, bank: Bank, history: History, tmp_path: Path, seen: Callable[[], str]
) -> None:
    names = ("HTTP 500", "the key is refused", "prose", "HTML")
    faults = [FAULTS[name] for name in names for _ in range(2 if name == "prose" else 1)]
    async with fault_server(*faults, judges(bank)) as server:
        app = asks(make_app, server.base_url, environ={"OPENAI_API_KEY": key})
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await sees(pilot, "Next, and why")
            await pilot.press("s")
            await answer(pilot)
            for _ in names:
                await sees(pilot, "Not graded: ", "This is no score, not even 0")
                assert not shows_key("".join(screen_text(app).split()))
                await pilot.press("g")
                await sees(pilot, "Grade this answer again with")
                await pilot.press("enter")
            await sees(pilot, "of 100 · passed")
    assert KEY in str(server.headers[-1])
    assert history.all_answers()[0].grade is not None
    assert not shows_key(seen())
    assert not leaks(tmp_path)


CONFIGS = {
    "a key of its own": f'[judge]\napi_key = "{KEY}"\n',
    "a section": f'[keys]\nopenai = "{KEY}"\n',
    "broken TOML": f"[judge]\napi_key = {KEY}\n",
    "a wrong type": f'[judge]\nretries = "{KEY}"\n',
    "a wrong choice": f'[judge]\nbackend = "{KEY}"\n',
    "a password": f'[judge]\nbase_url = "http://me:{KEY}@127.0.0.1/v1"\n',
    "a parameter": f'[judge]\nbase_url = "http://127.0.0.1/v1?key={KEY}"\n',
}
ENVIRONMENTS = {
    "a setting": ("INTERVIEWER_JUDGE_API_KEY", KEY),
    "a wrong value": ("INTERVIEWER_JUDGE_RETRIES", KEY),
    "the server": ("OPENAI_BASE_URL", f"http://me:{KEY}@127.0.0.1/v1"),
    "its parameter": ("OPENAI_BASE_URL", f"http://127.0.0.1/v1?key={KEY}"),
    "a line break": ("OPENAI_API_KEY", f"{KEY}\n{KEY}"),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_a_key_in_a_settings_file_is_refused_by_every_command_and_not_shown(
    case: str, key: str, run: Run, write: Write, hand_in: HandIn
) -> None:
    hand_in(answers(1))
    write("c.toml", CONFIGS[case])
    for command in (("grade", "a.jsonl"), ("config", "show"), ("doctor",), ("ask",), ("check",)):
        shown = run(*command, "--config", "c.toml")
        assert shown.code == 2
        assert "c.toml" in shown.err
        assert not shows_key(shown.out + shown.err), command


@pytest.mark.parametrize("case", ENVIRONMENTS)
def test_a_key_in_the_wrong_variable_is_refused_and_not_shown(
    case: str, key: str, run: Run, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hand_in(answers(1))
    name, value = ENVIRONMENTS[case]
    monkeypatch.setenv(name, value)
    shown = run("grade", "a.jsonl", "-o", "o.jsonl", "--judge", "openai/m")
    assert shown.code == 2
    assert name.partition("JUDGE")[0] in shown.err
    assert not shows_key(shown.out + shown.err)
    assert not leaks(tmp_path)


def test_what_a_bug_says_is_without_the_key_even_with_its_traceback(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_DEBUG", "1")
    program = (
        "import os, sys, interviewer.cli.app as cli\n"
        "def app(*_, **__): raise ValueError(f'Invalid header value {os.environ[\"OPENAI_API_KEY\"]!r}')\n"
        "cli.app = app\n"
        "from interviewer.__main__ import main; sys.exit(main([]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "a bug in interviewer: ValueError: Invalid header value '[key]'" in done.stderr
    assert "Traceback" in done.stderr
    assert not shows_key(done.stdout + done.stderr)
