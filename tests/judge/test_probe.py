"""What `interviewer doctor` finds out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from interviewer.grading.probe import Report, probe
from tests.fault_server import Fault, fault_server, form_of, says, status, unless
from tests.judge.samples import finding
from tests.judge.test_choice import embedded, settings, unwanted

SAMPLE_REPLY = json.dumps({"criteria": {"value": finding("met", "800 weights")}})


def found(report: Report) -> dict[str, tuple[str, str]]:
    return {line.name: (line.status, line.text) for line in report.lines}


async def probed(tmp_path: Path, *plan: Fault) -> Report:
    async with fault_server(*plan) as server:
        return await probe(
            settings(tmp_path, "openai/fake", base_url=server.base_url, retries=0), unwanted, {}
        )


async def test_a_capable_server_passes(tmp_path: Path) -> None:
    report = await probed(tmp_path, says(SAMPLE_REPLY))
    lines = found(report)
    assert report.works
    assert (report.judge, report.why) == ("openai/fake", "chosen by --judge")
    assert lines["form of replies"] == ("ok", "json_schema")
    assert lines["keeps the form"][0] == "ok"
    assert lines["temperature"] == ("ok", "0 accepted")
    assert lines["speed"][1].endswith("tokens a second")
    assert lines["price"][0] == "note"


async def test_what_a_server_refuses_is_listed(tmp_path: Path) -> None:
    no_schema = unless(lambda body: form_of(body) == "plain", "no response_format, no tools")
    no_seed = unless(lambda body: "seed" not in body, "seed?")
    report = await probed(tmp_path, no_seed, no_schema, no_schema, no_schema, says(SAMPLE_REPLY))
    lines = found(report)
    assert report.works
    assert lines["form of replies"] == ("note", "plain")
    assert lines["seed"] == ("note", "not accepted, left out")
    assert lines["temperature"][0] == "ok"


async def test_an_unreachable_server_fails_with_the_reason(tmp_path: Path) -> None:
    report = await probed(tmp_path, status(503, "overloaded"))
    assert not report.works
    assert "overloaded" in found(report)["reachable"][1]


async def test_a_missing_key_fails_with_a_hint(tmp_path: Path) -> None:
    report = await probe(settings(tmp_path, "gpt-4.1"), unwanted, {})
    assert not report.works
    assert "OPENAI_API_KEY" in found(report)["reachable"][1]


async def test_a_model_that_does_not_keep_the_form_is_noted(tmp_path: Path) -> None:
    assert found(await probed(tmp_path, says("Hello!")))["keeps the form"][0] == "note"


async def test_the_embedded_judge_uses_no_network(tmp_path: Path) -> None:
    lines = found(await probe(settings(tmp_path, "embedded"), embedded, {}))
    assert lines["network"] == ("ok", "none is used")
    assert "less than others" in lines


@pytest.mark.parametrize("text", [SAMPLE_REPLY])
async def test_every_member_of_a_panel_is_probed(tmp_path: Path, text: str) -> None:
    (tmp_path / "replies.jsonl").write_text(json.dumps({"reply": text}))
    panel = settings(tmp_path, "panel", panel__members=("scripted/replies.jsonl", "embedded"))
    report = await probe(panel, embedded, {})
    assert report.works
    assert {line.name.split(": ")[0] for line in report.lines} == {"scripted", "embedded"}
