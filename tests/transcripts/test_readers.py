"""Each format gives its speakers and their words, whole; what cannot be read says so in one line."""

from __future__ import annotations

import pytest

from interviewer.errors import DataError
from interviewer.transcripts.files import READERS, is_transcript, read_transcript, transcripts_in
from tests.transcripts.conftest import FILES, Write


def said(write: Write, name: str, content: str | bytes) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in read_transcript(write(name, content)).turns]


TEXTS = {
    "stamped": "[00:01:02] Jane Doe: hello\n[00:01:04] Bob: hi\n",
    "stamp behind": "Jane Doe (01:02): hello\nBob (01:04): hi\n",
    "own line": "Jane Doe  1:02\nhello\n\nBob  1:04\nhi\n",
    "own line with colon": "Jane Doe:\nhello\n\nBob:\nhi\n\nJane Doe:\n\nBob:\n",
    "bold": "**Jane Doe:** hello\n\n**Bob:** hi\n\n**Jane Doe:**\n\n**Bob:**\n",
    "bold with stamp": "**Jane Doe** (00:01): hello\n\n__Bob__ (00:04): hi\n",
    "stamp in bold": "**[00:01] Jane Doe:** hello\n**[00:03] Bob:** hi\n",
    "dashes": "- Jane Doe: hello\n- Bob: hi\n- Jane Doe:\n- Bob:\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_speaker_is_found_however_the_label_is_written(write: Write, text: str) -> None:
    assert said(write, "talk.txt", text) == [("Jane Doe", "hello"), ("Bob", "hi")]


@pytest.mark.parametrize("rest", ["", "\nInterviewer: Thanks."])
def test_one_question_and_its_answer_are_a_transcript(rest: str, write: Write) -> None:
    turns = said(write, "talk.txt", f"Interviewer: What does ELBO stand for?\nJane: A lower bound.{rest}")
    assert turns[:2] == [("Interviewer", "What does ELBO stand for?"), ("Jane", "A lower bound.")]


def test_what_only_looks_like_a_label_stays_in_the_answer(write: Write) -> None:
    answer = 'see\nNote: this\nNote: that\nhttp://example.org\nx: int\nx: int\nEncoder: one\nhis words: "no"'
    turns = said(write, "talk.txt", f"JANE: so?\nBOB: {answer}\nJANE: ok\nBOB: yes\n")
    assert turns == [("JANE", "so?"), ("BOB", answer), ("JANE", "ok"), ("BOB", "yes")]


def test_a_label_in_code_is_code(write: Write) -> None:
    code = "```python\nInterviewer: str = 1\n```"
    assert said(write, "talk.txt", f"Interviewer: go\nCandidate: {code}") == [
        ("Interviewer", "go"),
        ("Candidate", code),
    ]


def test_a_fence_that_is_never_closed_swallows_no_turn(write: Write) -> None:
    turns = said(write, "talk.txt", "Interviewer: go\nCandidate: ```\nInterviewer: and?\nCandidate: no")
    assert turns == [
        ("Interviewer", "go"),
        ("Candidate", "```"),
        ("Interviewer", "and?"),
        ("Candidate", "no"),
    ]


def test_letters_are_speakers_only_when_they_come_again(write: Write) -> None:
    text = "Q: What?\nA: This.\nQ: Why?\nA: So.\n"
    assert said(write, "talk.txt", text) == [("Q", "What?"), ("A", "This."), ("Q", "Why?"), ("A", "So.")]
    text = "Interviewer: Which?\nCandidate: These:\nA: one\nB: two\nA: again\n"
    assert said(write, "talk.txt", text)[1] == ("Candidate", "These:\nA: one\nB: two\nA: again")


def test_cues_keep_voices_entities_and_angle_brackets(write: Write) -> None:
    cues = (
        "\ufeffWEBVTT\r\n\r\nNOTE nothing\r\n\r\nid-1\r\n00:01.000 --> 00:02.000 align:start\r\n"
        "<v.loud Jane Doe>Is <i>a</i> &lt; b\r\nin vector<int>?</v>\r\n\r\n"
        "00:02.000 --> 00:03.000\r\n<v Bob>yes</v>\r\n<v Jane Doe>&lt;v Bob>no</v>\r\n\r\n"
        "00:03.000 --> 00:04.000\r\nand no tag\r\n"
    )
    assert said(write, "talk.vtt", cues) == [
        ("Jane Doe", "Is a < b in vector<int>?"),
        ("Bob", "yes"),
        ("Jane Doe", "<v Bob>no and no tag"),
    ]


def test_cues_are_heard_in_the_order_of_their_times(write: Write) -> None:
    cues = "WEBVTT\n\n00:05.000 --> 00:06.000\n<v B>two\n\n00:01.000 --> 00:09.000\n<v A>one\n"
    assert said(write, "talk.vtt", cues) == [("A", "one"), ("B", "two")]


def test_an_srt_text_may_have_a_blank_line_and_a_number(write: Write) -> None:
    first = "1\n00:00:01,000 --> 00:00:02,000\nJane: in\n\n1984\n\n"
    cues = f"{first}2\n00:00:03,000 --> 00:00:04,000\nJane: or so\n"
    assert said(write, "talk.srt", cues) == [("Jane", "in 1984 or so")]


def test_captions_that_grow_are_said_once_and_honest_repeats_stay(write: Write) -> None:
    shown = ["we add the", "we add the input to", "input to the output yes", "yes yes that is it"]
    cues = "".join(f"00:{at:02}.000 --> 00:{at + 1:02}.000\n<v B>{text}\n\n" for at, text in enumerate(shown))
    rolled = "we add the input to the output yes yes yes that is it"
    assert said(write, "talk.vtt", f"WEBVTT\n\n{cues}") == [("B", rolled)]
    honest = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v B>no no\n\n00:02.000 --> 00:03.000\n<v B>no no\n"
    assert said(write, "other.vtt", honest) == [("B", "no no no no")]


def test_markdown_headings_are_questions_with_their_model_answer(write: Write) -> None:
    first = "# Talk\n\n## 1. What is X?\n\nMore.\n\nReference: a thing\nof sorts\n\n**Answer:** that\n\n"
    text = f"{first}## Y?\n\nno\n"
    turns = read_transcript(write("talk.md", text)).turns
    assert [(turn.text, turn.reference, turn.asks) for turn in turns] == [
        ("What is X?\n\nMore.", "a thing\nof sorts", True),
        ("that", None, False),
        ("Y?", None, True),
        ("no", None, False),
    ]


BAD: dict[str, tuple[str, str | bytes, str]] = {
    "times": ("a.vtt", "WEBVTT\n\n00:01 --> 00:02\nhi", "a.vtt:3: not the times of a cue"),
    "header": ("a.vtt", "00:01.000 --> 00:02.000\nhi", "a.vtt: does not begin as a VTT file"),
    "no cue": ("a.vtt", "WEBVTT\n\nhi", "a.vtt: has no cue"),
    "srt times": ("a.srt", "1\n00:00:01 --> 2\nhi", "a.srt:2: not the times of a cue"),
    "srt number": ("a.srt", "00:00:01,000 --> 00:00:02,000\nA: hi", "a.srt:1: a cue without its number"),
    "no label": ("a.txt", "hello there", "a.txt: no line names a speaker"),
    "empty": ("a.txt", " \n", "a.txt: the file is empty"),
    "encoding": ("a.txt", b"Jane: \xff", "a.txt: not UTF-8 (byte 6)"),
    "heading": ("a.md", "##\n\nhi", "a.md:1: a question without text"),
    "no heading": ("a.md", "# only\n\na title", "a.md: has neither speakers nor questions"),
    "key": ("a.jsonl", '{"speaker": "A", "txt": "b"}', "a.jsonl:1: unknown key 'txt' (and 1 more)"),
    "json": ("a.jsonl", '{"speaker": "A", "text": "b"}\n{"x"', "a.jsonl:2: not valid JSON: Expecting ':'"),
    "list": ("a.jsonl", "[1]", "a.jsonl:1: not a JSON object"),
    "twice": ("a.jsonl", '{"text": "a", "text": "b"}', "a.jsonl:1: not valid JSON: the key 'text'"),
    "criteria": ("a.jsonl", '{"speaker": "A", "text": "b", "criteria": ["c"]}', "a.jsonl:1: 'criteria' is"),
    "half": ("a.jsonl", '{"speaker": "A", "text": "\\ud83d"}', "a.jsonl:1: not valid JSON: half of a"),
    "silence": ("a.jsonl", '{"speaker": "A", "text": " "}', "a.jsonl: nobody says anything"),
    "suffix": ("a.docx", "x", "a.docx: no format of transcripts ends so"),
}


@pytest.mark.parametrize(("name", "content", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_says_where_in_one_line(
    write: Write, name: str, content: str | bytes, message: str
) -> None:
    path = write(name, content)
    with pytest.raises(DataError) as error:
        read_transcript(path)
    assert error.value.message.startswith(f"{path.parent}/{message}")
    assert "\n" not in str(error.value)


def test_an_unknown_key_names_the_nearest(write: Write) -> None:
    with pytest.raises(DataError) as error:
        read_transcript(write("a.jsonl", '{"speaker": "A", "text": "b", "question": "c"}'))
    assert error.value.hint == "did you mean 'question_id'?"


def test_answers_and_turns_are_told_apart_by_their_first_line(write: Write) -> None:
    assert is_transcript(write("a.jsonl", '\n{"speaker": "A", "text": "b"}\n'))
    assert not is_transcript(write("b.jsonl", '{"question_id": "x", "answer": "b"}\n'))
    assert not is_transcript(write("c.jsonl", "nonsense"))
    assert not is_transcript(write("d.csv", "question_id,answer\n"))
    assert not is_transcript(write("e.jsonl", "").with_name("missing.jsonl"))
    assert all(is_transcript(FILES / f"x{suffix}") for suffix in READERS if "json" not in suffix)


def test_a_folder_holds_its_transcripts_by_name_and_says_what_else(write: Write) -> None:
    folder = write("b.txt", "A: x").parent
    write("a.vtt", "WEBVTT")
    write("grades.csv", "x")
    write(".hidden.txt", "x")
    found, others = transcripts_in(folder)
    assert [path.name for path in found] == ["a.vtt", "b.txt"]
    assert [path.name for path in others] == ["grades.csv"]


def test_a_folder_without_transcripts_is_refused(write: Write) -> None:
    folder = write("grades.csv", "x").parent
    with pytest.raises(DataError, match=r"holds no transcript \(it has 'grades.csv'\)"):
        transcripts_in(folder)
