from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.bank import read_questions
from interviewer.errors import DataError
from interviewer.models import (
    Criterion,
    Example,
    Mistake,
    NumberCheck,
    PatternCheck,
    Question,
    QuestionFile,
    SetCheck,
    VerdictCheck,
)
from interviewer.writing import question_object, questions_toml, write_questions

QUOTES = ['"', "'", '"""', "'''", "\\", "\\n", "`", "[[question]]", "#", "= 1", "${x}", "{}"]
SIGNS = [
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "\x00",
    "\x1b[31m",
    "\x7f",
    "\u0085",
    "\u00a0",
    "\u2028",
    "\ufeff",
    "💡",
    "e\u0301",
]
HOSTILE = st.sampled_from([*QUOTES, *SIGNS])
ANY_TEXT = st.lists(HOSTILE | st.text(max_size=3), max_size=8).map("".join)
TEXT = ANY_TEXT.filter(lambda text: bool(text.strip())).map(lambda text: f"x{text}x")
EDGY = st.tuples(HOSTILE, TEXT, HOSTILE).map("".join)
SLUG = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)
TEXTS = st.lists(EDGY, max_size=3).map(tuple)
POINTS = st.floats(0.001, 100) | st.integers(1, 100)
CHECKS = st.one_of(
    st.none(),
    st.builds(
        NumberCheck,
        kind=st.just("number"),
        value=st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9),
        unit=st.none() | ANY_TEXT,
    ),
    st.builds(VerdictCheck, kind=st.just("verdict"), value=st.booleans()),
    st.builds(
        SetCheck,
        kind=st.just("set"),
        items=st.lists(st.lists(EDGY, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        PatternCheck,
        kind=st.just("pattern"),
        pattern=st.just(r"^\s*'''[\"\\]+$"),
        otherwise=st.just("not_met"),
    ),
)
CRITERION = st.builds(
    Criterion, id=SLUG, text=EDGY, points=POINTS, required=st.booleans(), alternatives=TEXTS, check=CHECKS
)
MISTAKE = st.builds(Mistake, id=SLUG, text=EDGY, points=POINTS, alternatives=TEXTS, check=CHECKS)
EXAMPLE = st.builds(Example, label=st.just("wrong"), answer=ANY_TEXT, note=st.none() | ANY_TEXT)


QUESTION = st.builds(
    Question,
    id=SLUG,
    kind=st.sampled_from(["open", "code", "numeric"]),
    difficulty=st.integers(100, 500),
    topic=st.sampled_from(["one", "two"]),
    prompt=EDGY,
    reference=EDGY,
    alternatives=TEXTS,
    hints=TEXTS,
    time_limit=st.none() | st.integers(1, 999),
    criteria=st.lists(CRITERION, max_size=2, unique_by=lambda criterion: criterion.id).map(tuple),
    mistakes=st.lists(MISTAKE, max_size=2, unique_by=lambda mistake: mistake.id).map(tuple),
    examples=st.lists(EXAMPLE, max_size=2).map(tuple),
    source=st.none() | EDGY,
    tags=TEXTS,
)
QUESTIONS = st.lists(QUESTION, min_size=1, max_size=3, unique_by=lambda question: question.id).map(tuple)


def make_question(**changed: object) -> Question:
    return Question.model_validate({"id": "q", "prompt": "Why?", "reference": "So."} | changed)


@settings(max_examples=30)
@given(QUESTIONS, EDGY)
def test_any_question_comes_back_from_toml_and_json_as_it_was(
    questions: tuple[Question, ...], title: str
) -> None:
    data = tomllib.loads(questions_toml(questions, title=title, topic="one"))
    for entry in data["question"]:
        entry.setdefault("topic", data["topic"])
    assert data["title"] == title
    assert QuestionFile.model_validate({**data, "title": "t"}).questions == questions
    assert tuple(Question.model_validate(question_object(question)) for question in questions) == questions


@given(ANY_TEXT)
def test_any_text_comes_back_from_a_bank_file_on_disk(text: str) -> None:
    question = make_question(prompt=f"x{text}x", example=[{"label": "wrong", "answer": text, "note": text}])
    with tempfile.TemporaryDirectory() as folder:
        (path,) = write_questions(Path(folder), [question])
        assert read_questions(path) == (question,)


def test_only_what_is_not_the_default_is_written() -> None:
    text = questions_toml([make_question(topic="soil")], title="Soil", topic="soil")
    assert text == (
        'title = "Soil"\ntopic = "soil"\n\n[[question]]\nid = "q"\nkind = "open"\ndifficulty = 300\n'
        'rubric = "short-answer"\nprompt = "Why?"\nreference = "So."\n'
    )


def test_a_file_reads_as_a_person_would_write_it() -> None:
    question = make_question(
        topic="soil",
        prompt="Why?\n\nSay it with \\LaTeX.",
        reference='So.\nAnd "so".',
        hints=["Look down."],
        tags=["garden"],
        criterion=[{"id": "so", "text": "Says so", "points": 2, "check": {"kind": "number", "value": 800}}],
        group=[{"id": "any", "choose": 1, "open": True, "text": "A thing"}],
    )
    assert questions_toml([question], title="Soil", topic="soil").split('rubric = "short-answer"\n')[1] == (
        "prompt = '''\nWhy?\n\nSay it with \\LaTeX.'''\n"
        'reference = """\nSo.\nAnd "so"."""\n'
        'hints = ["Look down."]\n'
        'tags = ["garden"]\n'
        "\n[[question.criterion]]\n"
        'id = "so"\ntext = "Says so"\npoints = 2\ncheck = {kind = "number", value = 800}\n'
        "\n[[question.group]]\n"
        'id = "any"\nchoose = 1\nopen = true\ntext = "A thing"\n'
    )


def test_an_object_has_the_keys_of_the_bank_files() -> None:
    question = make_question(criterion=[{"id": "so", "text": "Says so"}])
    assert question_object(question) == {
        "id": "q",
        "kind": "open",
        "difficulty": 300,
        "rubric": "short-answer",
        "topic": "general",
        "prompt": "Why?",
        "reference": "So.",
        "criterion": [{"id": "so", "text": "Says so"}],
    }


def test_each_topic_gets_its_file(tmp_path: Path) -> None:
    questions = [make_question(id="a", topic="wet-soil"), make_question(id="b", topic="sand")]
    paths = write_questions(tmp_path / "new" / "bank", questions)
    assert [path.name for path in paths] == ["wet-soil.toml", "sand.toml"]
    assert 'title = "Wet soil"' in paths[0].read_text(encoding="utf-8")
    assert sorted(path.name for path in (tmp_path / "new" / "bank").iterdir()) == [
        "sand.toml",
        "wet-soil.toml",
    ]


def test_a_file_that_exists_stops_the_writing_of_all(tmp_path: Path) -> None:
    (tmp_path / "sand.toml").write_text("mine", encoding="utf-8")
    questions = [make_question(id="a", topic="clay"), make_question(id="b", topic="sand")]
    with pytest.raises(DataError, match="is already there") as caught:
        write_questions(tmp_path, questions)
    assert caught.value.hint == "--force replaces it"
    assert [path.name for path in tmp_path.iterdir()] == ["sand.toml"]
    assert (tmp_path / "sand.toml").read_text(encoding="utf-8") == "mine"
    write_questions(tmp_path, questions, force=True)
    assert read_questions(tmp_path / "sand.toml") == (questions[1],)


def test_a_folder_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "bank").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="bank: cannot be written"):
        write_questions(tmp_path / "bank", [make_question()])


def test_no_questions_and_repeated_ids_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no questions"):
        write_questions(tmp_path, [])
    with pytest.raises(DataError, match="'q' is there twice"):
        write_questions(tmp_path, [make_question(topic="a"), make_question(topic="b")])
    assert not list(tmp_path.iterdir())
