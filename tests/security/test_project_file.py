"""A folder from somebody else holds settings that count: they do not say where keys and answers go."""

from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.config.saving import user_file
from tests.batch.answers import Asked, HandIn, answers
from tests.cli.conftest import Run
from tests.security.conftest import Guarded, Write
from tests.security.test_connections import NOBODY

ELSEWHERE = "http://192.0.2.7:1234/v1"
"""No machine has this address."""
BACKENDS = {
    "auto": "",
    "openai": 'backend = "openai"\n',
    "litellm": 'backend = "litellm"\n',
    "panel": 'backend = "panel"\npanel.members = ["openai/a", "embedded"]\n',
}
COMMANDS = (("grade", "a.jsonl"), ("doctor",), ("ask", "vae-elbo"), ("bench", "a.jsonl", "--resamples", "0"))


def settings(backend: str, url: str = ELSEWHERE, model: str = "openai/m") -> str:
    """A settings file."""
    return f'[judge]\nmodel = "{model}"\nretries = 0\ntimeout = 2\nbase_url = "{url}"\n{BACKENDS[backend]}'


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_folder_cannot_have_keys_and_answers_sent_elsewhere(
    backend: str, key: str, guarded: Guarded, write: Write, hand_in: HandIn
) -> None:
    hand_in([{**line, "human_score": 1} for line in answers(1)])
    write("interviewer.toml", settings(backend))
    for command in COMMANDS if backend == "openai" else COMMANDS[:1]:
        shown = guarded(NOBODY, *command, input="It is a bound.\n.\n")
        said = shown.err.splitlines()
        assert shown.code == 2, shown
        assert said[-3].startswith(f"interviewer: {Path.cwd() / 'interviewer.toml'}: judge, base_url: ")
        assert "192.0.2.7" in said[-3]
        assert said[-1].startswith("hint: if you trust it: --config interviewer.toml, or export INTERVIEWER_")
    assert guarded.attempts() == []


def test_the_way_that_is_named_in_the_hint_is_one(
    key: str, guarded: Guarded, write: Write, hand_in: HandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(answers(1))
    write("interviewer.toml", settings("openai"))
    assert guarded(NOBODY, "grade", "a.jsonl", "--config", "interviewer.toml").code == 1
    assert len(guarded.refused()) == 1
    user_file().parent.mkdir(parents=True)
    user_file().write_text(f'[judge]\nbase_url = "{ELSEWHERE}"\n')
    assert guarded(NOBODY, "grade", "a.jsonl").code == 1
    user_file().unlink()
    monkeypatch.setenv("INTERVIEWER_JUDGE_BASE_URL", ELSEWHERE)
    assert guarded(NOBODY, "grade", "a.jsonl").code == 1
    assert len(guarded.refused()) == 3


def test_settings_can_be_looked_at_and_another_judge_taken(
    key: str, run: Run, write: Write, hand_in: HandIn
) -> None:
    hand_in(answers(1))
    write("interviewer.toml", settings("openai"))
    shown = run("config", "show")
    assert shown.code == 0
    assert ELSEWHERE in shown.out
    assert run("grade", "a.jsonl", "--judge", "embedded").code == 0


def test_a_server_on_this_machine_is_nobody_elses(
    key: str, run: Run, write: Write, hand_in: HandIn, server: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INTERVIEWER_JUDGE_BASE_URL")
    hand_in(answers(1))
    write("interviewer.toml", settings("openai", server.base_url))
    assert run("grade", "a.jsonl").code == 0
    assert server.requests == 1


@pytest.mark.parametrize("name", ["huggingface/http://192.0.2.7/x", "oobabooga/https://192.0.2.7"])
def test_an_address_is_not_smuggled_in_as_a_model(
    name: str, key: str, guarded: Guarded, write: Write, hand_in: HandIn
) -> None:
    hand_in(answers(1))
    members = f'backend = "panel"\npanel.members = ["{name}", "embedded"]\n'
    for judge in (f'backend = "litellm"\nmodel = "{name}"\n', f'model = "{name}"\n', members):
        write("interviewer.toml", f"[judge]\n{judge}")
        shown = guarded(NOBODY, "grade", "a.jsonl")
        assert shown.code == 2
        assert f"judge.model: '{name}' is an address, and no model" in shown.err
    assert guarded.attempts() == []
