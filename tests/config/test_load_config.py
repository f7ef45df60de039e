"""Which value wins, where it came from, and what is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from interviewer.config import Config, Settings, environment_name, judge_named, known_settings, load_config
from interviewer.errors import ConfigError

EXAMPLE = Path(__file__).parent.parent.parent / "config.example.toml"


def load(
    tmp_path: Path,
    *,
    project: str = "",
    user: str = "",
    environ: dict[str, str] | None = None,
    **flags: object,
) -> Settings:
    """The settings from these files, variables and flags (`judge__model` for `judge.model`)."""
    (tmp_path / "user").mkdir(exist_ok=True)
    if project:
        (tmp_path / "interviewer.toml").write_text(project)
    if user:
        (tmp_path / "user" / "config.toml").write_text(user)
    given = {key.replace("__", "."): value for key, value in flags.items()}
    return load_config(given, environ or {}, tmp_path, tmp_path / "user")


def source(settings: Settings, key: str) -> str:
    return next(origin.source for origin in settings.origins if origin.key == key)


def test_without_anything_all_is_default(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.config == Config()
    assert {origin.source for origin in settings.origins} == {"default"}
    assert [origin.key for origin in settings.origins] == known_settings()


def test_the_example_file_is_the_defaults_and_names_every_key(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert load_config({}, {}, tmp_path, tmp_path, file=EXAMPLE).config == Config()
    table, named = "", []
    for line in text.splitlines():
        if header := re.match(r"\[([\w.]+)\]$", line):
            table = header.group(1)
        elif key := re.match(r"(?:# )?(\w+) = ", line):
            named.append(f"{table}.{key.group(1)}")
    assert named == known_settings()


def test_the_commented_settings_of_the_example_are_valid_too(tmp_path: Path) -> None:
    text = re.sub(r"^# (\w+ = )", r"\1", EXAMPLE.read_text(encoding="utf-8"), flags=re.M)
    assert tomllib.loads(text)["judge"]["model"] == "gpt-4.1-mini"
    assert load(tmp_path, project=text).config.judge.script == tmp_path / "replies.jsonl"


@pytest.mark.parametrize("layers", range(5))
def test_each_source_beats_those_below_it(layers: int, tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        user="[judge]\nseed = 2" if layers >= 1 else "",
        project="[judge]\nseed = 3" if layers >= 2 else "",
        environ={"INTERVIEWER_JUDGE_SEED": "4"} if layers >= 3 else {},
        judge__seed=5 if layers >= 4 else None,
    )
    sources = [
        "default",
        str(tmp_path / "user" / "config.toml"),
        str(tmp_path / "interviewer.toml"),
        "INTERVIEWER_JUDGE_SEED",
        "--judge-seed",
    ]
    assert (settings.config.judge.seed, source(settings, "judge.seed")) == (layers + 1, sources[layers])


def test_every_setting_has_a_variable(tmp_path: Path) -> None:
    values = {
        "judge.backend": "openai",
        "judge.model": "x",
        "judge.base_url": "http://x/v1",
        "judge.mode": "per_criterion",
        "judge.script": "s.jsonl",
        "judge.panel.members": "embedded, gpt-4.1",
        "judge.panel.cascade": "true",
        "judge.temperature": "0.5",
        "judge.max_tokens": "100",
        "batch.cache": "false",
        "embedding.model": "sentence-transformers/x",
        "embedding.device": "cpu",
        "practice.mode": "interview",
        "practice.theme": "light",
        "practice.follow_ups": "false",
        "paths.questions": f"a{os.pathsep}b",
        "paths.rubrics": "r",
    }
    environ = {environment_name(key): values.get(key, "7") for key in known_settings()}
    settings = load(tmp_path, environ=environ)
    assert all(origin.source == environment_name(origin.key) for origin in settings.origins)
    assert settings.config.judge.panel.members == ("embedded", "gpt-4.1")
    assert settings.config.judge.panel.cascade is True
    assert settings.config.paths.questions == (tmp_path / "a", tmp_path / "b")
    assert settings.config.judge.temperature == 0.5


def test_the_variable_for_tracebacks_is_no_misspelt_setting(tmp_path: Path) -> None:
    assert load(tmp_path, environ={"INTERVIEWER_DEBUG": "1"}).config == Config()


def test_paths_count_from_the_file_they_stand_in(tmp_path: Path) -> None:
    settings = load(
        tmp_path, user='[paths]\nquestions = ["mine", "/else"]\n[judge.panel]\nmembers = ["scripted/x"]'
    )
    assert settings.config.paths.questions == (tmp_path / "user" / "mine", Path("/else"))
    assert settings.config.judge.panel.members == (f"scripted/{tmp_path / 'user' / 'x'}",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("embedded", {"backend": "embedded"}),
        ("panel", {"backend": "panel"}),
        ("auto", {"backend": "auto"}),
        ("gpt-4.1-mini", {"backend": "openai", "model": "gpt-4.1-mini"}),
        ("o4-mini", {"backend": "openai", "model": "o4-mini"}),
        ("openai/org/model", {"backend": "openai", "model": "org/model"}),
        ("anthropic/claude", {"backend": "litellm", "model": "anthropic/claude"}),
        ("groq/openai/gpt-oss-20b", {"backend": "litellm", "model": "groq/openai/gpt-oss-20b"}),
        ("scripted/a/b.jsonl", {"backend": "scripted", "script": "a/b.jsonl"}),
    ],
)
def test_a_judge_has_a_short_name(name: str, expected: dict[str, str]) -> None:
    assert judge_named(name, where="--judge") == expected


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("embeded", "embedded"),
        ("claude-haiku", "provider/model"),
        ("openai/", "provider/model"),
        ("", "provider"),
    ],
)
def test_an_unknown_judge_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(ConfigError, match="there is no judge") as caught:
        judge_named(name, where="--judge")
    assert hint in str(caught.value.hint)


def test_the_short_name_replaces_all_that_was_said_about_another_judge(tmp_path: Path) -> None:
    project = '[judge]\nbackend = "litellm"\nmodel = "ollama/x"\nbase_url = "http://far/v1"\nseed = 3'
    for settings in (
        load(tmp_path, project=project, judge="openai/gpt-4.1"),
        load(tmp_path, project=project, environ={"INTERVIEWER_JUDGE": "openai/gpt-4.1"}),
    ):
        judge = settings.config.judge
        assert (judge.backend, judge.model, judge.base_url, judge.seed) == ("openai", "gpt-4.1", None, 3)
    assert load(tmp_path, project=project, judge="embedded").config.judge.model is None


def test_the_short_name_keeps_the_server_of_the_same_kind(tmp_path: Path) -> None:
    project = '[judge]\nbase_url = "http://near/v1"'
    assert load(tmp_path, project=project, judge="openai/x").config.judge.base_url == "http://near/v1"
    assert load(tmp_path, project=project, judge="groq/x").config.judge.base_url is None


def test_an_own_variable_beats_the_short_one(tmp_path: Path) -> None:
    environ = {"INTERVIEWER_JUDGE": "openai/a", "INTERVIEWER_JUDGE_MODEL": "b"}
    assert load(tmp_path, environ=environ).config.judge.model == "b"


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("[judge]\ntimout = 3", "judge: unknown key 'timout'", "timeout"),
        ("[juge]", "unknown key 'juge'", "judge"),
        ("[judge]\ntimeout = 0", "judge, timeout: input should be greater than 0", ""),
        ("[judge]\nmode = 'fast'", "mode: input should be 'one_call', 'per_criterion' or 'yes_no'", ""),
        ("[embedding]\nmodel = 'mpnet'", "embedding, model:", ""),
        ("[judge", "not valid TOML", ""),
        ("[judge]\nbase_url = 'ftp://x'", "judge, base_url: needs to be http://", ""),
        ("[judge]\nbase_url = 'http://[x'", "judge, base_url: needs to be http://", ""),
        ("[judge]\nbase_url = 'http://x:port/v1'", "judge, base_url: needs to be http://", ""),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_key(text: str, says: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, project=text)
    assert str(tmp_path / "interviewer.toml") in caught.value.message
    assert says in caught.value.message
    assert hint in str(caught.value.hint)


def test_a_bad_variable_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="INTERVIEWER_JUDGE_TIMEOUT: should be a number"):
        load(tmp_path, environ={"INTERVIEWER_JUDGE_TIMEOUT": "soon"})
    with pytest.raises(ConfigError, match="INTERVIEWER_JUDGE_TIMOUT: no such setting") as caught:
        load(tmp_path, environ={"INTERVIEWER_JUDGE_TIMOUT": "3"})
    assert "INTERVIEWER_JUDGE_TIMEOUT" in str(caught.value.hint)
    with pytest.raises(ConfigError, match="--judge-repeats"):
        load(tmp_path, judge__repeats=0)


def test_a_misspelt_section_in_a_variable_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="INTERVIEWER_JUDG_TIMEOUT: no such setting"):
        load(tmp_path, environ={"INTERVIEWER_JUDG_TIMEOUT": "3"})
    with pytest.raises(ConfigError, match="no such setting") as caught:
        load(tmp_path, environ={"INTERVIEWER_JUDGE_API_KEY": "x"})
    assert "OPENAI_API_KEY" in str(caught.value.hint)


def test_variables_of_others_are_left_alone(tmp_path: Path) -> None:
    load(tmp_path, environ={"INTERVIEWER_DATA": "x", "OPENAI_API_KEY": "y", "INTERVIEWER_JUDGE": ""})


def test_an_empty_variable_or_flag_is_not_given(tmp_path: Path) -> None:
    environ = {"INTERVIEWER_JUDGE_SEED": "", "INTERVIEWER_JUDGE_PANEL_MEMBERS": "embedded,"}
    settings = load(tmp_path, environ=environ, paths__questions=[])
    assert source(settings, "judge.seed") == source(settings, "paths.questions") == "default"
    assert settings.config.judge.panel.members == ("embedded",)


@pytest.mark.parametrize(
    "text",
    [
        '[judge]\napi_key = "canary-value"',
        '[judge]\ntoken = "canary-value"',
        'openai_api_key = "canary-value"',
        '[judge]\nmodel = "sk-canary-0123456789abcdef"',
        '[judge]\nbase_url = "https://me:canary@host/v1"',
    ],
)
def test_a_key_in_a_file_is_refused_and_not_shown(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, project=text)
    assert "canary" not in f"{caught.value.message} {caught.value.hint}"


def test_an_empty_file_sets_nothing_and_a_named_one_has_to_exist(tmp_path: Path) -> None:
    (tmp_path / "interviewer.toml").write_text("")
    assert load(tmp_path).config == Config()
    with pytest.raises(ConfigError, match="no such file"):
        load_config({}, {}, tmp_path, tmp_path, file=tmp_path / "other.toml")


def test_loading_settings_loads_nothing_heavy() -> None:
    code = (
        "import sys, pathlib; from interviewer.config import load_config;"
        "load_config({}, {}, pathlib.Path('/'), pathlib.Path('/'));"
        "heavy = {'openai', 'litellm', 'httpx', 'numpy', 'torch', 'textual', 'typer', 'onnxruntime'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
