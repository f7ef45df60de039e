from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.errors import DataError
from interviewer.importers import jsonl

PATH = Path("l.jsonl")
GOOD = '{"prompt": "a?", "reference": "b"}'


def test_question_and_answer_may_stand_for_prompt_and_reference() -> None:
    (question,) = jsonl.parse('{"question": "a?", "answer": "b"}', PATH)
    assert (question.prompt, question.reference) == ("a?", "b")


def test_what_a_line_says_is_kept_and_the_rest_filled_in() -> None:
    (question,) = jsonl.parse(
        '{"prompt": "Name two pets.", "answer": "b", "kind": "open", "topic": "t"}', PATH
    )
    assert (question.kind, question.rubric, question.topic) == ("open", "short-answer", "t")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("{", "l.jsonl:2: not valid JSON", "one JSON object a line"),
        ("[1]", "l.jsonl:2: not a JSON object", None),
        (
            '{"prompt": "a?", "prompt": "b?"}',
            "l.jsonl:2: not valid JSON: the key 'prompt' is there twice",
            None,
        ),
        ('{"promt": "a?"}', "l.jsonl:2: unknown key 'promt'", "did you mean 'prompt'?"),
        ('{"reference": "b"}', "l.jsonl:2: prompt: is missing", None),
        (
            '{"prompt": "a?", "answer": 800}',
            "l.jsonl:2: reference: should be text, not 800",
            None,
        ),
        ('{"prompt": "a?", "difficulty": 900}', "l.jsonl:2: difficulty: input should be less than", None),
        ('{"prompt": "a?", "difficulty": NaN}', "l.jsonl:2: not valid JSON: NaN is not a JSON value", None),
        ('{"prompt": "a?", "id": "Not A Slug"}', "l.jsonl:2: id: ", None),
        (
            '{"prompt": "a?", "criterion": [{"id": "x", "text": "y", "pionts": 2}]}',
            "l.jsonl:2: criterion 'x': ",
            "'points'",
        ),
        ('{"prompt": "\\ud800?"}', "l.jsonl:2: not valid JSON: half of a surrogate pair", None),
        ("[" * 100_000, "l.jsonl:2: not valid JSON: nested too deeply", None),
        ('{"difficulty": ' + "9" * 5000 + "}", "l.jsonl:2: ", None),
    ],
)
def test_a_broken_line_is_refused_with_its_number_and_key(line: str, message: str, hint: str | None) -> None:
    with pytest.raises(DataError) as caught:
        jsonl.parse(f"{GOOD}\n{line}\n", PATH)
    assert caught.value.message.startswith(message)
    assert hint is None or (caught.value.hint is not None and hint in caught.value.hint)


def test_an_id_given_twice_names_both_lines() -> None:
    with pytest.raises(DataError, match=r"l\.jsonl:3: id 'x' is already taken by l\.jsonl:1"):
        jsonl.parse('{"prompt": "a?", "id": "x"}\n\n{"prompt": "b?", "id": "x"}', PATH)


def test_made_ids_keep_clear_of_given_ones_and_of_each_other() -> None:
    lines = [
        '{"prompt": "Why so?"}',
        '{"prompt": "Why so 2?"}',
        '{"prompt": "Why so!"}',
        '{"prompt": "x", "id": "why-so"}',
    ]
    assert [q.id for q in jsonl.parse("\n".join(lines), PATH)] == [
        "why-so-2",
        "why-so-2-2",
        "why-so-3",
        "why-so",
    ]


def test_a_prompt_without_latin_letters_still_gets_an_id() -> None:
    questions = jsonl.parse('{"prompt": "什么是光？"}\n{"prompt": "Was heißt Größe?"}', PATH)
    assert [question.id for question in questions] == ["question", "was-heisst-grosse"]
