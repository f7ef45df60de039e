"""Every hand-written transcript gives the answers that somebody who read it expects."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from interviewer.answers.line import GivenAnswer
from interviewer.backends.memory import RememberingEmbedder
from interviewer.bank import Bank
from interviewer.errors import DataError
from interviewer.transcripts.answers import answers_of, read_transcripts, show
from tests.transcripts.conftest import FILES

EXPECTED: dict[str, Any] = tomllib.loads((Path(__file__).parent / "expected.toml").read_text("utf-8"))
UNREADABLE = {"no-speakers.srt"}


def test_every_transcript_has_its_expected_alignment() -> None:
    assert {file.name for file in FILES.iterdir()} == {*EXPECTED, *UNREADABLE}
    assert len(EXPECTED) >= 12


@pytest.mark.parametrize("name", EXPECTED)
def test_the_answers_are_those_that_a_reader_expects(
    name: str, bank: Bank, embedder: RememberingEmbedder
) -> None:
    expected = EXPECTED[name]
    (aligned,) = read_transcripts(FILES / name, bank, embedder)
    answers = answers_of(aligned, bank, 101)
    assert list(aligned.interviewers) == expected["interviewers"]
    assert [_found(answer) for answer in answers] == [_wanted(answer) for answer in expected["answer"]], show(
        aligned
    )
    for wanted, answer in zip(expected["answer"], answers, strict=True):
        for fragment in wanted["says"]:
            assert [other.number for other in answers if _says(other, fragment)] == [answer.number]
    for fragment in expected["nowhere"]:
        assert not [answer.text for answer in answers if _says(answer, fragment)]
    assert [answer.number for answer in answers] == list(range(101, 101 + len(answers)))
    assert [answer.id for answer in answers] == [
        f"{Path(name).stem}:{place}" for place in range(1, len(answers) + 1)
    ]


def test_a_file_without_speakers_is_refused(bank: Bank, embedder: RememberingEmbedder) -> None:
    with pytest.raises(DataError, match="names no speakers") as error:
        list(read_transcripts(FILES / "no-speakers.srt", bank, embedder))
    assert error.value.hint == "begin each cue with its speaker: '<v Jane>…' or 'Jane: …'"


def _wanted(answer: dict[str, Any]) -> tuple[str | None, str, bool]:
    question = None if answer.get("missed") else answer["question"] or None
    return question, answer["candidate"], question is not None or answer.get("graded", False)


def _found(answer: GivenAnswer) -> tuple[str | None, str | None, bool]:
    return answer.question_id, answer.candidate, answer.ungradable is None


def _says(answer: GivenAnswer, fragment: str) -> bool:
    return fragment in answer.text or fragment in " ".join(answer.text.split())
