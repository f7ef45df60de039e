"""Replies from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.backends.protocols import ChatRequest
from interviewer.backends.scripted import ScriptedBackend, ScriptedReply, read_script
from interviewer.errors import BackendUnavailable, DataError
from interviewer.grading.prompt import chat_request
from tests.judge.samples import QUESTION, request


def about(answer: str, question_id: str = "conv-weights") -> ChatRequest:
    return chat_request(request(answer, QUESTION.model_copy(update={"id": question_id})))


def test_a_script_that_is_nested_too_deeply_is_bad_input_not_a_bug(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"reply":' + "[" * 100_000)
    with pytest.raises(DataError, match=r"s\.jsonl:1: not valid JSON"):
        read_script(tmp_path / "s.jsonl")


async def test_replies_come_in_order_and_then_run_out() -> None:
    backend = ScriptedBackend([ScriptedReply(reply="one"), ScriptedReply(reply={"a": 1})])
    assert (await backend.reply(about("x"))).text == "one"
    assert (await backend.reply(about("x"))).text == '{"a": 1}'
    with pytest.raises(BackendUnavailable, match="no reply left"):
        await backend.reply(about("x"))


async def test_a_reply_can_be_for_one_question_or_answer() -> None:
    backend = ScriptedBackend(
        [
            ScriptedReply(reply="other", question_id="other", repeat=True),
            ScriptedReply(reply="pools", answer="pooling"),
            ScriptedReply(reply="any"),
        ]
    )
    texts = [
        (await backend.reply(about(*call))).text
        for call in [("x",), ("pooling",), ("x", "other"), ("y", "other")]
    ]
    assert texts == ["any", "pools", "other", "other"]


async def test_an_error_of_the_script_is_a_failed_call() -> None:
    with pytest.raises(BackendUnavailable, match="HTTP 503"):
        await ScriptedBackend([ScriptedReply(error="HTTP 503")]).reply(about("x"))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not valid JSON"),
        ('{"replay": "x"}', "unknown key 'replay'"),
        ('{"answer": "x"}', "needs either reply or error"),
        ('{"reply": "x", "error": "y"}', "needs either reply or error"),
        ("[]", "2"),
    ],
)
def test_a_bad_line_is_named(line: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "script.jsonl"
    file.write_text('{"reply": "fine"}\n' + line)
    with pytest.raises(DataError) as caught:
        read_script(file)
    assert caught.value.message.startswith(f"{file}:2")
    assert problem in caught.value.message
