"""Banks, rubrics and settings: whatever stands in a file, it is read or refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.bank import load_bank, read_questions, shipped
from interviewer.config import environment_name, known_settings, load_config
from interviewer.config.saving import changed_text
from interviewer.errors import ConfigError, DataError
from interviewer.reading import require_file
from tests.fuzz.cases import VALUES, damaged, given_or_refused, misfit, require_line, texts, tries

BANK: dict[str, Any] = {
    "title": "Convolutions",
    "topic": "cnn",
    "question": [
        {
            "id": "conv",
            "kind": "numeric",
            "difficulty": 300,
            "rubric": "numeric",
            "prompt": "How many?",
            "reference": "800.",
            "hints": ["Count."],
            "time_limit": 60,
            "criterion": [
                {"id": "value", "text": "800", "required": True, "check": {"kind": "number", "value": 800}},
                {"id": "one", "text": "One", "group": "any", "check": {"kind": "pattern", "pattern": "a+"}},
                {"id": "two", "text": "Two", "group": "any", "alternatives": ["zwei"]},
                {
                    "id": "pick",
                    "text": "b",
                    "check": {"kind": "choice", "answer": "b", "options": ["a", "b"]},
                },
                {"id": "name", "text": "c", "check": {"kind": "set", "items": [["a", "b"]], "choose": 1}},
            ],
            "group": [{"id": "any", "choose": 1, "open": True, "text": "a number"}],
            "mistake": [{"id": "size", "text": "It depends", "points": 1, "contradicts": ["value"]}],
            "example": [{"label": "full", "answer": "800", "met": ["value"], "mistakes": ["size"]}],
        },
        {"id": "after", "prompt": "And?", "reference": "So.", "depends_on": "conv", "tags": ["x"]},
    ],
}
RUBRIC: dict[str, Any] = {
    "name": "numeric",
    "title": "Numbers",
    "instructions": "Be fair.",
    "required_cap": 40,
    "levels": {"partial": 0.5},
    "combine": {"method": "blend", "weight": 0.2},
    "criterion": [{"id": "why", "text": "Says why"}],
}
SETTINGS: dict[str, Any] = {
    "judge": {
        "backend": "litellm",
        "model": "a/b",
        "base_url": "http://h:1/v1",
        "timeout": 3,
        "seed": 1,
        "script": "~/x",
        "panel": {"members": ["embedded", "scripted/f"], "cascade": True},
    },
    "embedding": {"model": "builtin", "device": "cpu", "threads": 1},
    "grading": {"calibration": "auto"},
    "batch": {"concurrency": 8, "rpm": 1.5, "cache": False},
    "practice": {"mode": "coach", "theme": "dark"},
    "paths": {"questions": ["~nobody/q", "/q"], "rubrics": ["r"]},
}
TOML = [
    "[[question]]\n", "[question]\n", "[judge]\n", "[judge.panel]\n", "[paths]\n", "a.b.c = 1\n",
    "question = 1\n", 'id = "a"\n', 'title = "a"\n', "= ", "[", "]", "{", "}", '"""', "'''", "# c\n",
    "1979-05-27T07:32:00Z", "0x", "nan", "inf", "\\u", 'model = "a"\n', "seed = 1\n",
    'questions = ["~"]\n', "panel.cascade = true\n", "\n[[judge]]\n",
]  # fmt: skip
EXAMPLES = [
    *[path.read_text(encoding="utf-8") for path in sorted(shipped("rubrics").glob("*.toml"))[:3]],
    (Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8"),
]


def toml(value: Any) -> str:
    """A value as TOML has it, between brackets; what TOML has no word for is left out."""
    if isinstance(value, dict):
        pairs = [f"{json.dumps(key)} = {toml(part)}" for key, part in value.items() if part is not None]
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(toml(part) for part in value if part is not None)}]"
    if isinstance(value, float):
        return str(value)
    return json.dumps(value)


def in_file(path: Path, data: Any) -> Path:
    """A file with these tables."""
    if isinstance(data, dict):
        lines = [f"{json.dumps(key)} = {toml(part)}\n" for key, part in data.items() if part is not None]
        data = "".join(lines)
    path.write_bytes(str(data).encode("utf-8", "surrogatepass"))
    return path


@given(misfit(BANK) | texts(*TOML))
@tries(150)
def test_any_bank_file_is_read_or_refused_in_a_line(room: Path, data: Any) -> None:
    path = in_file(room / "bank.toml", data)
    if given_or_refused(lambda: read_questions(path), naming=path) is None:
        return
    bank = given_or_refused(lambda: load_bank([path]), naming=path)
    if bank is None:
        return
    for question in bank.questions.values():
        assert bank.rubric(question.rubric)
        assert all(parent.id in bank.questions for parent in bank.parents(question))


@given(misfit(RUBRIC) | texts(*TOML) | damaged(EXAMPLES, TOML))
@tries(70)
def test_any_rubric_is_read_or_refused_in_a_line(room: Path, data: Any) -> None:
    path = in_file(room / "numeric.toml", data)
    bank = given_or_refused(lambda: load_bank([], [path]), naming=path)
    assert bank is None or bank.rubrics["numeric"].instructions


NAMES = [environment_name(key) for key in known_settings()]
GIVEN = texts("~", "~nobody/", "/", ",", "scripted/", "openai/", "gpt-4", "http://", "embedded", longest=4)


@given(
    misfit(SETTINGS) | texts(*TOML) | damaged(EXAMPLES, TOML),
    st.dictionaries(st.sampled_from([*NAMES, "INTERVIEWER_JUDGE"]), GIVEN, max_size=3),
    st.dictionaries(st.sampled_from([*known_settings(), "judge"]), VALUES | GIVEN, max_size=2),
)
@tries(150)
def test_any_settings_are_read_or_refused_in_a_line(
    room: Path, data: Any, environ: dict[str, str], flags: dict[str, object]
) -> None:
    in_file(room / "interviewer.toml", data)
    found = given_or_refused(lambda: load_config(flags, environ, room, room / "user"))
    assert found is None or [setting.key for setting in found.origins] == known_settings()


SET = st.none() | st.integers(0, 9) | st.sampled_from(["a", "auto", "dark"])
CHANGES = st.dictionaries(st.sampled_from(known_settings()), SET, max_size=3)


@given(texts(*TOML) | damaged(EXAMPLES, TOML), CHANGES)
@tries(100)
def test_any_settings_file_is_changed_as_told_or_not_at_all(
    room: Path, text: str, changes: dict[str, str | int | float | bool | None]
) -> None:
    path = room / "user.toml"
    new = given_or_refused(lambda: changed_text(text, changes, path), naming=path)
    assert new is None or changed_text(new, changes, path) == new


@pytest.mark.parametrize(
    "text",
    [
        "question = 5\n",
        f"a = {'[' * 3000}{']' * 3000}\n",
        f"a = {'9' * 5000}\n",
        f"title = 0x{'f' * 5000}\n",
        f"title{'.a' * 2000} = 1\n",
        f"title{'.a' * 990} = 1\n",
    ],
    ids=["question is no list", "lists", "digits", "hexadecimal digits", "too many parts", "many parts"],
)
def test_a_bank_that_is_no_bank_is_refused(tmp_path: Path, text: str) -> None:
    path = in_file(tmp_path / "bank.toml", f'topic = "a"\n{text}')
    with pytest.raises(DataError) as caught:
        read_questions(path)
    require_line(caught.value.message, path)


def test_a_group_of_any_number_of_points_is_refused(tmp_path: Path) -> None:
    group = {"id": "any", "choose": 10**9, "open": True, "text": "a number"}
    criterion = {"id": "one", "text": "Names 1", "group": "any"}
    question = {"id": "a", "prompt": "b", "reference": "c", "criterion": [criterion], "group": [group]}
    path = in_file(tmp_path / "bank.toml", {"title": "a", "topic": "b", "question": [question]})
    with pytest.raises(DataError, match="less than or equal to 100") as caught:
        read_questions(path)
    require_line(caught.value.message, path)


PATTERNS = {
    "repeated too often": "a{99999999999999999999}",
    "a line's end in the message": "(?\n)",
    "nested": "(" * 3000 + ")" * 3000,
    "flags that contradict": "(?a)(?u)b",
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_what_is_no_regular_expression_is_refused_in_a_line(tmp_path: Path, pattern: str) -> None:
    check = {"kind": "pattern", "pattern": pattern}
    question = {
        "id": "a",
        "prompt": "b",
        "reference": "c",
        "criterion": [{"id": "d", "text": "e", "check": check}],
    }
    path = in_file(tmp_path / "bank.toml", {"title": "a", "topic": "b", "question": [question]})
    with pytest.raises(DataError, match="not a regular expression") as caught:
        read_questions(path)
    require_line(caught.value.message, path)


@pytest.mark.parametrize("name", ["~nobody-at-all/x", "~\0"])
def test_a_home_that_is_not_there_is_a_path_that_is_not_there(tmp_path: Path, name: str) -> None:
    in_file(tmp_path / "interviewer.toml", {"paths": {"questions": [name]}, "judge": {"script": name}})
    found = load_config({}, {"INTERVIEWER_JUDGE": f"scripted/{name}"}, tmp_path, tmp_path / "user")
    assert found.config.paths.questions == (tmp_path / name,)


def test_settings_that_are_nested_too_deeply_are_refused(tmp_path: Path) -> None:
    for parts in (990, 2000):
        in_file(tmp_path / "interviewer.toml", f"{'a.' * parts}a = 1\n")
        with pytest.raises(ConfigError):
            load_config({}, {}, tmp_path, tmp_path / "user")


def test_a_name_that_no_file_can_have_is_no_readable_file() -> None:
    for name in ("x" * 300, "a\0b"):
        with pytest.raises(DataError):
            require_file(Path(name))
