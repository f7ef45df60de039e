"""`interviewer config` and `doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_config_show_says_where_each_value_came_from(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("interviewer.toml").write_text("[batch]\nconcurrency = 3\n")
    monkeypatch.setenv("INTERVIEWER_JUDGE_TIMEOUT", "7")
    found = {
        line.split()[0]: line.split()[1:]
        for line in run("config", "show", "--judge", "embedded").out.splitlines()
    }
    assert found["judge.backend"] == ['"embedded"', "--judge"]
    assert found["judge.timeout"] == ["7.0", "INTERVIEWER_JUDGE_TIMEOUT"]
    assert found["batch.concurrency"][0] == "3"
    assert found["batch.concurrency"][1].endswith("interviewer.toml")
    assert found["judge.retries"][-1] == "default"


def test_config_init_writes_a_private_file_that_loads(run: Run, home: Path) -> None:
    shown = run("config", "init")
    assert shown.code == 0
    path = home / "interviewer" / "config.toml"
    assert shown.err == f"wrote {path}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert run("config", "show").code == 0
    again = run("config", "init")
    assert again.code == 2
    assert "is already there\n\nhint: --force replaces it" in again.err
    assert run("config", "init", "--force").code == 0


def test_doctor_finds_the_embedded_judge_usable(run: Run) -> None:
    shown = run("doctor", "--judge", "embedded")
    assert shown.code == 0
    assert shown.out.startswith("embedded: chosen by --judge")
    assert shown.out.endswith("answers can be graded\n")


def test_doctor_says_what_is_missing_for_a_judge(run: Run) -> None:
    shown = run("doctor", "--judge", "openai/gpt-4o-mini")
    assert shown.code == 1
    assert "OPENAI_API_KEY" in shown.out
    assert shown.out.endswith("answers cannot be graded\n")


def test_config_show_as_json_has_every_setting_once(run: Run) -> None:
    found = json.loads(run("config", "show", "--json").out)
    keys = [setting["key"] for setting in found]
    assert len(keys) == len(set(keys))
    assert {"judge.backend", "embedding.model", "batch.concurrency", "paths.questions"} <= set(keys)
