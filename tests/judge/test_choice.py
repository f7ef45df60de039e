"""Which judge settings mean, and what `auto` takes."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest

from interviewer.backends.local import PATIENCE, local_model
from interviewer.backends.prices import price_of
from interviewer.backends.protocols import Judge
from interviewer.bank import Bank
from interviewer.config import Settings, load_config
from interviewer.errors import ConfigError
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.judges import BY_KEY, choose, judge_and_speaker, make_judge
from interviewer.models import Question
from interviewer.wiring import choose_grader
from tests.fault_server import fault_server
from tests.judge.samples import finding, reply, request
from tests.judge.test_panel import Fixed


def settings(tmp_path: Path, judge: str | None = None, **flags: object) -> Settings:
    given = {f"judge.{key.replace('__', '.')}": value for key, value in flags.items()}
    return load_config({"judge": judge, **given}, {}, tmp_path, tmp_path)


def embedded() -> Judge:
    return Fixed("embedded", "met")


def unwanted() -> Judge:
    raise AssertionError("the embedded judge is not needed here")


@pytest.mark.parametrize(("variable", "name"), BY_KEY)
def test_auto_takes_the_provider_whose_key_is_set(variable: str, name: str, tmp_path: Path) -> None:
    choice = choose(settings(tmp_path), {variable: "secret"}, local_servers={})
    assert (choice.name, choice.why) == (name, f"{variable} is set")
    assert price_of(name) is not None


def test_auto_without_key_and_server_is_embedded_and_says_what_that_means(tmp_path: Path) -> None:
    choice = choose(settings(tmp_path), {}, local_servers={})
    assert choice.name == "embedded"
    assert choice.why == "no key is set and no local server answers"
    assert choice.downgrades


async def test_auto_takes_a_local_server_and_skips_embedding_models(tmp_path: Path) -> None:
    async with fault_server() as server:
        port = int(server.base_url.split(":")[2].split("/")[0])
        choice = await asyncio.to_thread(choose, settings(tmp_path), {}, local_servers={"llama.cpp": port})
    assert choice.name == "openai/small-chat"
    assert choice.judge.base_url == server.base_url
    assert choice.why == f"no key is set, and llama.cpp answers at {server.base_url}"


async def test_a_mute_port_does_not_hold_up_the_choice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        async with fault_server() as server:
            port = int(server.base_url.split(":")[2].split("/")[0])
            servers = {"mute": mute.getsockname()[1], "real": port}
            began = asyncio.get_running_loop().time()
            found = await asyncio.to_thread(local_model, servers)
            spent = asyncio.get_running_loop().time() - began
    assert found is not None
    assert found.server == "real"
    assert spent < PATIENCE * 3


def test_something_else_on_a_port_is_no_model_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert local_model({"nobody": port}) is None


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("gpt-4.1-mini", "openai/gpt-4.1-mini"),
        ("openai/gpt-4.1-mini", "openai/gpt-4.1-mini"),
        ("o4-mini", "openai/o4-mini"),
        ("anthropic/claude-haiku-4-5", "anthropic/claude-haiku-4-5"),
        ("ollama/llama3.2", "ollama/llama3.2"),
        ("hosted_vllm/org/model", "hosted_vllm/org/model"),
        ("embedded", "embedded"),
    ],
)
def test_a_name_makes_the_judge_it_says(
    name: str, label: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # litellm reads keys from the process's own environment only.
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    judge = make_judge(settings(tmp_path, name), embedded, {"OPENAI_API_KEY": "secret"})
    assert judge.label == label
    assert choose(settings(tmp_path, name), {}).name == label


def test_a_model_without_backend_is_taken_by_its_name(tmp_path: Path) -> None:
    assert choose(settings(tmp_path, model="anthropic/claude-haiku-4-5"), {}).judge.backend == "litellm"
    assert choose(settings(tmp_path, model="gpt-4.1"), {}).name == "openai/gpt-4.1"
    with pytest.raises(ConfigError, match="there is no judge 'claude'"):
        choose(settings(tmp_path, model="claude"), {})


def test_with_a_server_set_a_model_is_what_that_server_calls_it(tmp_path: Path) -> None:
    own = choose(settings(tmp_path, model="Qwen/Qwen3-8B", base_url="http://x/v1"), {"OPENAI_API_KEY": "k"})
    named = choose(settings(tmp_path, model="llama3"), {"OPENAI_BASE_URL": "http://x/v1"})
    assert (own.judge.backend, own.name) == ("openai", "openai/Qwen/Qwen3-8B")
    assert (named.judge.backend, named.name) == ("openai", "openai/llama3")


def test_openai_without_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"openai/gpt-4\.1 needs a key") as caught:
        make_judge(settings(tmp_path, "gpt-4.1"), unwanted, {})
    assert caught.value.hint is not None
    assert "OPENAI_API_KEY" in caught.value.hint


def test_a_server_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    own = settings(tmp_path, "openai/local", base_url="http://127.0.0.1:1/v1")
    judge = make_judge(own, unwanted, {})
    assert judge.label == "openai/local"
    assert judge.parameters["base_url"] == "http://127.0.0.1:1/v1"
    there = make_judge(settings(tmp_path, "openai/x"), unwanted, {"OPENAI_BASE_URL": "http://x/v1"})
    assert there.parameters["base_url"] == "http://x/v1"


def test_white_space_around_a_key_does_not_matter_and_a_line_break_in_it_is_refused(tmp_path: Path) -> None:
    chosen = settings(tmp_path, "openai/gpt-4.1")
    assert make_judge(chosen, unwanted, {"OPENAI_API_KEY": "secret\n"})
    with pytest.raises(ConfigError, match="OPENAI_API_KEY holds a line break") as caught:
        make_judge(chosen, unwanted, {"OPENAI_API_KEY": "first-secret\nsecond-secret"})
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("url", ["nonsense", "http://user:hunter2@host/v1"])
def test_a_wrong_base_url_of_the_environment_is_refused_and_not_shown(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^OPENAI_BASE_URL: needs to be http") as caught:
        make_judge(settings(tmp_path, "openai/x"), unwanted, {"OPENAI_BASE_URL": url})
    assert url not in caught.value.message


def test_a_backend_without_model_or_script_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"judge\.model"):
        make_judge(settings(tmp_path, backend="openai"), unwanted, {"OPENAI_API_KEY": "secret"})
    with pytest.raises(ConfigError, match=r"judge\.script"):
        make_judge(settings(tmp_path, backend="scripted"), unwanted, {})


async def test_a_scripted_judge_grades_from_its_file(tmp_path: Path) -> None:
    line = json.dumps({"reply": reply(finding("met", "800"))})
    (tmp_path / "replies.jsonl").write_text(line + "\n")
    judge = make_judge(settings(tmp_path, "scripted/replies.jsonl"), unwanted, {})
    judgement = await judge.judge(request())
    assert judge.label == "scripted/replies.jsonl"
    assert judgement.verdicts[0].level == "met"


def test_a_panel_is_made_of_its_members(tmp_path: Path) -> None:
    members = ("openai/gpt-4.1-mini", "embedded")
    panel = settings(tmp_path, "panel", panel__members=members)
    cascade = settings(tmp_path, "panel", panel__members=members, panel__cascade=True)
    key = {"OPENAI_API_KEY": "secret"}
    assert make_judge(panel, embedded, key).label == "panel(openai/gpt-4.1-mini, embedded)"
    assert make_judge(cascade, embedded, key).label == choose(cascade, key).name


@pytest.mark.parametrize(
    "members", [(), ("embedded",), ("embedded", "panel"), ("embedded", "auto"), ("embedded", "nobody")]
)
def test_a_panel_of_nobody_or_of_panels_is_refused(members: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"judge\.panel\.members"):
        make_judge(settings(tmp_path, "panel", panel__members=members), embedded, {})


def test_the_model_that_judges_also_speaks_and_the_embedded_judge_and_panels_are_silent(
    tmp_path: Path,
) -> None:
    key = {"OPENAI_API_KEY": "secret"}
    judge, speaker = judge_and_speaker(settings(tmp_path, "openai/gpt-4.1"), unwanted, key)
    assert isinstance(judge, ChatJudge)
    assert speaker is not None
    assert id(judge.backend) == id(speaker)
    assert judge_and_speaker(settings(tmp_path, "embedded"), embedded, {})[1] is None
    panel = settings(tmp_path, "panel", panel__members=("openai/gpt-4.1-mini", "embedded"))
    assert judge_and_speaker(panel, embedded, key)[1] is None


@pytest.mark.parametrize(
    ("judge", "mode", "expected"),
    [
        ("embedded", "one_call", True),
        ("openai/small", "yes_no", True),
        ("openai/small", "one_call", False),
    ],
)
def test_what_was_fitted_for_a_judge_is_told_on_its_receipts(
    judge: str, mode: str, expected: bool, tmp_path: Path, bank: Bank
) -> None:
    grader = choose_grader(settings(tmp_path, judge, mode=mode, base_url="http://127.0.0.1:9/v1")).grader()
    question = Question(id="q", prompt="What is a cache?", reference="It keeps results to use them again.")
    told = grader.ingredients(question, bank.rubrics["short-answer"])["parameters"]
    assert isinstance(told, dict)
    assert ("estimate" in told) is expected
