"""Transcripts and files of answers: each is read whole, or refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from interviewer.answers.file import read_answers
from interviewer.bank import Bank
from interviewer.transcripts.files import READERS, is_transcript, read_transcript
from interviewer.transcripts.speaker_text import turns_of
from tests.fuzz.cases import damaged, given_or_refused, misfit, texts, tries

FILES = sorted((Path(__file__).parents[1] / "transcripts" / "files").iterdir())
SOURCES = [path.read_text(encoding="utf-8") for path in FILES]
PIECES = [
    "Interviewer: ", "Candidate: ", "Jane Doe: ", "**Bob:** ", "[00:01] ", "(1:02:03)", "- ", "1. ",
    "Note: ", "WEBVTT\n\n", "00:01.000 --> 00:02.000\n", "1\n00:00:01,000 --> 00:00:02,000\n", "<v Jane>",
    "</v>", "<v.loud Bob>", "&lt;", "&#0;", "<i>", "{\\an8}", "NOTE x\n", "STYLE\n", "## What?\n",
    "# Talk\n", "Reference: ", "**Answer:** ", "```\n", '{"speaker": "A", "text": "b"}\n', '"start": ',
    "：",
]  # fmt: skip
TURN = {
    "speaker": "Jane",
    "text": "hello",
    "start": 1.5,
    "question_id": "a",
    "reference": "b",
    "criteria": ["c"],
}
ANSWER: dict[str, Any] = {
    "question": "Why?", "reference": "So.",
    "criteria": ["a", {"criterion": "b", "points": 2, "id": "c", "required": True}], "answer": "800",
    "id": "1", "candidate": "Jane", "human_score": 50, "kind": "open", "rubric": "numeric",
}  # fmt: skip
CELLS = [
    "question_id,answer\n", "question,reference,answer\n", "Answer;Question;Reference\n", "a,b\n",
    "Why?,So.,800\n", "[1]\n", '{"question_id": "x", "answer": "y"}\n',
    '{"question": "a?", "reference": "b", "answer": "c"}\n', '"a ""b"""', "criteria",
]  # fmt: skip


@given(texts(*PIECES) | damaged(SOURCES, PIECES), st.sampled_from([*READERS]))
@tries(300)
def test_any_text_gives_turns_or_one_line_that_says_why_not(room: Path, text: str, suffix: str) -> None:
    path = room / f"talk{suffix}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    is_transcript(path)
    found = given_or_refused(lambda: read_transcript(path), naming=path)
    if found is None:
        return
    assert found.turns
    assert all(turn.text.strip() and turn.place for turn in found.turns)
    assert len(found.speakers) <= len(found.turns)


@given(texts(*PIECES) | damaged(SOURCES, PIECES))
@tries(150)
def test_what_a_turn_says_stands_so_in_the_text(text: str) -> None:
    for turn in turns_of(text.split("\n")):
        assert turn.text in text


@given(st.lists(misfit(TURN), min_size=1, max_size=3))
@tries(100)
def test_any_records_of_turns_are_read_or_refused_in_a_line(room: Path, records: list[Any]) -> None:
    path = room / "talk.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    is_transcript(path)
    found = given_or_refused(lambda: read_transcript(path), naming=path)
    if found is None:
        return
    said = [record["text"] for record in records if record["text"].strip()]
    assert [turn.text for turn in found.turns] == [text.strip() for text in said]


@given(st.lists(misfit(ANSWER) | st.just(ANSWER), min_size=1, max_size=3))
@tries(100)
def test_no_answer_of_a_file_is_lost(room: Path, bank: Bank, records: list[Any]) -> None:
    path = room / "answers.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    found = given_or_refused(lambda: list(read_answers(path, bank)), naming=path)
    if found is None:
        return
    assert [answer.number for answer in found] == list(range(1, len(records) + 1))


@given(texts(*CELLS), st.sampled_from(["csv", "tsv", "jsonl", "txt"]))
@tries(150)
def test_any_file_of_answers_is_read_or_refused_in_a_line(
    room: Path, bank: Bank, text: str, suffix: str
) -> None:
    path = room / f"answers.{suffix}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    found = given_or_refused(lambda: list(read_answers(path, bank)), naming=path)
    assert found is None or len(found) > 0
