"""Who asks, what a turn is taken for, and what becomes of the answers."""

from __future__ import annotations

import json

import pytest

from interviewer.backends.memory import RememberingEmbedder
from interviewer.bank import Bank
from interviewer.errors import DataError
from interviewer.transcripts.answers import answers_of, read_transcripts, show
from interviewer.transcripts.roles import is_candidate, is_interviewer, is_nameless
from tests.transcripts.conftest import Read, Write

RESIDUAL = "What is a residual connection, and how does it help a convolutional network?"


def talk(*turns: str) -> str:
    return "\n".join(turns)


def test_roles_are_told_by_whole_words() -> None:
    assert all(map(is_interviewer, ["Interviewer 2", "HOST", "Dr. Weber (Panel)", "Q"]))
    assert not any(map(is_interviewer, ["Ann Hostetler", "Q. Adams", "Candidate", "Panelo"]))
    assert all(map(is_candidate, ["Candidate", "interviewee", "A"]))
    assert not any(map(is_candidate, ["A. Turing", "Anna"]))
    assert is_nameless("Candidate 1")
    assert is_nameless("Speaker 2")
    assert not is_nameless("Student Liu")


def test_the_interviewer_can_be_named_by_a_part_of_the_name(aligned: Read) -> None:
    text = talk("Ann Lee: I add the input.", f"Bo Li: {RESIDUAL}", "Ann Lee: To the output.", "Bo Li: ok")
    assert aligned("a.txt", text, "bo").interviewers == ("Bo Li",)
    with pytest.raises(
        DataError, match="no speaker 'Bo Lu', or several; there are 'Ann Lee', 'Bo Li'"
    ) as error:
        aligned("a.txt", text, "Bo Lu")
    assert error.value.hint == "did you mean 'Bo Li'?"


def test_it_is_not_guessed_who_asks(aligned: Read) -> None:
    text = talk("Ann: It was nice.", "Bo: It was cold.", "Ann: True.", "Bo: Indeed.")
    with pytest.raises(DataError, match="cannot tell who asks; there are 'Ann', 'Bo'") as error:
        aligned("a.txt", text)
    assert error.value.hint == "--interviewer NAME"


def test_one_speaker_alone_is_no_interview(aligned: Read) -> None:
    with pytest.raises(DataError, match="only 'Ann' speaks"):
        aligned("a.txt", talk("Ann: Hello.", "Ann: So."))


def test_a_question_the_bank_does_not_have_is_ungraded_and_keeps_its_answer(
    aligned: Read, bank: Bank
) -> None:
    found = aligned(
        "a.txt",
        talk(
            f"Interviewer: {RESIDUAL}",
            "Candidate: x plus F(x)",
            "Interviewer: How does a bloom filter work?",
            "Candidate: With hashes.",
        ),
    )
    first, second = answers_of(found, bank)
    assert (first.question_id, first.text, first.ungradable) == ("residual-connections", "x plus F(x)", None)
    assert (second.question_id, second.text) == (None, "With hashes.")
    assert second.question.prompt == "How does a bloom filter work?"
    assert (second.ungradable or "").startswith("the question matches none in the bank (nearest: ")


def test_a_question_that_nobody_answers_gives_no_answer(aligned: Read, bank: Bank) -> None:
    found = aligned(
        "a.txt",
        talk(f"Interviewer: {RESIDUAL}", "Interviewer: What are scaling laws for?", "Candidate: Planning."),
    )
    assert [answer.question_id for answer in answers_of(found, bank)] == ["scaling-laws"]
    assert show(found)[1].endswith(", 0 words")


def test_a_model_answer_in_the_file_makes_a_question_gradable(aligned: Read, bank: Bank) -> None:
    turns = [
        {
            "speaker": "Ann",
            "text": RESIDUAL,
            "reference": "Ours.",
            "criteria": ["one"],
            "question_id": "mine",
        },
        {"speaker": "Bo", "text": "So."},
        {"speaker": "Ann", "text": "And why?"},
        {"speaker": "Bo", "text": "Because."},
    ]
    (answer,) = answers_of(aligned("a.jsonl", "\n".join(map(json.dumps, turns))), bank)
    assert (answer.question_id, answer.ungradable, answer.text) == ("mine", None, "So.\n\nBecause.")
    assert (answer.question.reference, answer.question.criteria[0].text) == ("Ours.", "one")


def test_a_named_question_must_be_in_the_bank_and_on_the_interviewers_turn(aligned: Read) -> None:
    asked = {"speaker": "Interviewer", "text": "Go.", "question_id": "vae-elb"}
    other = {"speaker": "Bo", "text": "So."}
    with pytest.raises(DataError, match=r"a\.jsonl:1: no question 'vae-elb' in the bank") as error:
        aligned("a.jsonl", "\n".join(map(json.dumps, [asked, other])))
    assert error.value.hint == "did you mean 'vae-elbo'?"
    swapped = [{**other, "question_id": "vae-elbo"}, {"speaker": "Interviewer", "text": "Go."}]
    with pytest.raises(DataError, match=r"a\.jsonl:1: 'Bo' does not ask"):
        aligned("a.jsonl", "\n".join(map(json.dumps, swapped)))


def test_the_lines_that_show_it_carry_no_terminal_escapes(aligned: Read) -> None:
    turns = [
        {"speaker": "Host \x1b[2J\u202e", "text": f"{RESIDUAL} \x1b]0;pwned\x07[bold]", "start": 61},
        {"speaker": "Bo\x9b31m", "text": "x plus F(x)"},
    ]
    found = aligned("a.jsonl", "\n".join(map(json.dumps, turns)))
    lines = show(found)
    assert all(character.isprintable() for line in lines for character in line)
    assert lines[0].endswith("asks; 1 question in 2 turns")
    assert "00:01:01" in lines[1]
    assert lines[1].endswith("3 words")


def test_the_line_of_a_question_has_its_place_similarity_margin_and_words(aligned: Read) -> None:
    text = talk(
        "Interviewer: How was your trip?",
        "Candidate: Long.",
        f"Interviewer: {RESIDUAL}",
        "Candidate: x plus F",
    )
    small, question = show(aligned("a.txt", text))[1:]
    assert small == "  line 1  “How was your trip?” → left out as small talk, 1 word"
    assert question.startswith("  line 3  “What is a residual connection, and how does it help a convo…” → ")
    assert question.endswith("residual-connections (1.00, margin 0.45), 3 words")


def test_a_folder_is_read_file_by_file(write: Write, bank: Bank, embedder: RememberingEmbedder) -> None:
    text = talk(f"Interviewer: {RESIDUAL}", "Candidate: x plus F")
    folder = write("b.txt", text).parent
    write("a.md", f"## {RESIDUAL}\n\nx plus F\n")
    answers = [
        answer for found in read_transcripts(folder, bank, embedder) for answer in answers_of(found, bank)
    ]
    assert [(answer.id, answer.candidate, answer.question_id) for answer in answers] == [
        ("a:1", "a", "residual-connections"),
        ("b:1", "b", "residual-connections"),
    ]


def test_an_empty_bank_is_refused(write: Write, embedder: RememberingEmbedder) -> None:
    with pytest.raises(DataError, match="no question to match"):
        list(read_transcripts(write("a.txt", "Interviewer: x"), Bank(), embedder))


def test_a_heading_is_a_question_whatever_it_says(aligned: Read, bank: Bank) -> None:
    found = aligned("a.md", f"## {RESIDUAL}\n\nx plus F\n\n## ???\n\nno idea\n\n## Lunch\n\nsoup\n")
    answers = answers_of(found, bank)
    assert [answer.text for answer in answers] == ["x plus F", "no idea", "soup"]
    assert [answer.ungradable is None for answer in answers] == [True, False, False]
