"""The batch runner, held to the table of faults: an answer for each of them, all in one file."""

from __future__ import annotations

import asyncio
import re

import pytest
from aiohttp import web

from interviewer.bank import Bank
from tests.batch.answers import OUT, HandIn, answer, answers, chosen, expected_scores, records
from tests.cli.conftest import Run
from tests.fault_server import Body, fault_server, right
from tests.faults import TABLE, Row

KEPT = [row for row in TABLE if row.end.is_kept]
ENDING = [row for row in TABLE if not row.end.is_kept]
SETTINGS = {"TIMEOUT": "3", "DEADLINE": "30", "RETRIES": "0", "MAX_TOKENS": "500"}


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"INTERVIEWER_JUDGE_{name}", value)


async def by_answer(request: web.Request, body: Body) -> web.StreamResponse:
    """The fault that the answer has the number of."""
    found = re.search(r"Molecules of group (\d+) deflect", str(body["messages"]))
    assert found is not None
    return await KEPT[int(found[1])].fault(request, body)


@pytest.mark.parametrize("judge", ["openai/m", "litellm"])
async def test_every_fault_leaves_the_right_score_or_its_reason_and_can_be_tried_again(
    judge: str, run: Run, hand_in: HandIn, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = expected_scores(hand_in(answers(len(KEPT))), bank)
    async with fault_server(otherwise=by_answer) as server:
        flags = chosen(judge, server.base_url, monkeypatch)
        command = ("grade", "a.jsonl", "-o", OUT, "--no-cache", "-j", "16", *flags)
        shown = await asyncio.to_thread(run, *command)
        assert shown.code == max(row.end.code for row in KEPT)
        found = records(OUT)
        assert [record.number for record in found] == list(expected)
        for row, record in zip(KEPT, found, strict=True):
            if row.end.error is None:
                assert (record.outcome, record.score) == ("graded", expected[record.number]), row.name
            else:
                assert (record.outcome, record.score, record.passed) == ("ungraded", None, None), row.name
                assert re.search(row.reason, record.reason or ""), row.name
        server.otherwise = right
        asked = len(server.bodies)
        assert (await asyncio.to_thread(run, *command, "--retry-ungraded")).code == 0
    assert {record.number: record.score for record in records(OUT)} == expected
    assert len(server.bodies) - asked == sum(row.end.error is not None for row in KEPT)


@pytest.mark.parametrize("row", ENDING, ids=lambda row: row.name)
async def test_what_concerns_every_answer_ends_the_run_and_the_same_command_goes_on(
    row: Row, run: Run, hand_in: HandIn, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = expected_scores(hand_in([answer(0), answer(1), answer(2)]), bank)
    async with fault_server(right, otherwise=row.fault) as server:
        flags = chosen("openai/m", server.base_url, monkeypatch)
        command = ("grade", "a.jsonl", "-o", OUT, "--no-cache", "-j", "1", *flags)
        shown = await asyncio.to_thread(run, *command)
        assert shown.code == row.end.code
        assert re.search(row.reason, shown.err)
        assert [record.score for record in records(OUT)] == [expected[1]]
        server.otherwise = right
        assert (await asyncio.to_thread(run, *command)).code == 0
    assert {record.number: record.score for record in records(OUT)} == expected
    assert server.strays == 0
