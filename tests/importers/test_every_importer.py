"""What holds for every import format: golden files, exact round trips, one-line errors."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from interviewer.bank import read_questions
from interviewer.errors import ConfigError, DataError
from interviewer.importers import FORMATS, detect, import_file
from interviewer.models import Question
from interviewer.reading import read_text
from interviewer.writing import question_object, write_questions

FILES = Path(__file__).parent / "files"
GOLDEN = Path(__file__).parent.parent / "golden" / "importers"
FORMAT_OF = {
    "interview.txt": "qa",
    "hard-spaces.txt": "qa",
    "board.txt": "quizboard",
    "table.csv": "csv",
    "lines.jsonl": "jsonl",
    "notes.md": "markdown",
    "bank.toml": "toml",
}
every_file = pytest.mark.parametrize("name", FORMAT_OF)
every_format = pytest.mark.parametrize("format", FORMATS)


def json_lines(questions: tuple[Question, ...]) -> str:
    lines = [json.dumps(question_object(question), ensure_ascii=False) for question in questions]
    return "\n".join(lines) + "\n"


def test_each_format_has_a_file_here() -> None:
    assert set(FORMAT_OF.values()) == set(FORMATS)
    assert set(FORMAT_OF) == {path.name for path in FILES.iterdir()}


@every_file
def test_the_questions_of_a_file_are_those_of_its_golden_file(name: str) -> None:
    found = json_lines(import_file(FILES / name))
    golden = GOLDEN / f"{name}.jsonl"
    if os.environ.get("INTERVIEWER_SNAP"):
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@every_file
def test_questions_come_back_from_the_bank_files_exactly_as_imported(name: str, tmp_path: Path) -> None:
    questions = import_file(FILES / name)
    paths = write_questions(tmp_path, questions)
    assert sorted(question for path in paths for question in map(repr, read_questions(path))) == sorted(
        map(repr, questions)
    )


@every_file
def test_questions_come_back_from_json_lines_exactly_as_imported(name: str, tmp_path: Path) -> None:
    questions = import_file(FILES / name)
    copy = tmp_path / "copy.jsonl"
    copy.write_text(json_lines(questions), encoding="utf-8")
    assert import_file(copy) == questions


@every_file
def test_the_format_is_found_by_name_or_content(name: str) -> None:
    text = read_text(FILES / name)
    assert detect(Path(name), text) == FORMAT_OF[name]
    assert detect(Path("pasted"), text) == FORMAT_OF[name]


@every_file
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(name: str, tmp_path: Path) -> None:
    copy = tmp_path / name
    copy.write_bytes(b"\xef\xbb\xbf" + (FILES / name).read_bytes().replace(b"\n", b"\r\n"))
    assert import_file(copy) == import_file(FILES / name)


@every_file
def test_ids_differ_and_are_the_same_at_the_next_import(name: str) -> None:
    questions = import_file(FILES / name)
    assert len({question.id for question in questions}) == len(questions)
    assert questions == import_file(FILES / name)


def test_text_that_is_none_of_the_formats_names_them_all() -> None:
    with pytest.raises(DataError, match="cannot tell the format") as caught:
        detect(Path("poem.txt"), "Roses are red\nviolets are blue\n")
    assert caught.value.hint is not None
    assert all(name in caught.value.hint for name in FORMATS)


def test_a_misspelt_format_names_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        import_file(FILES / "notes.md", "markdwon")
    assert caught.value.hint == "did you mean 'markdown'?"


@every_format
@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "the file is empty"), (b" \n\n", "the file is empty"), (b"Q: caf\xe9?\nA: yes\n", "not UTF-8")],
)
def test_an_empty_or_wrongly_encoded_file_is_one_clear_line(
    format: str, content: bytes, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "material"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        import_file(path, format)
    assert str(path) in caught.value.message
    assert problem in caught.value.message
    assert "\n" not in caught.value.message


@every_format
def test_a_missing_file_and_a_folder_are_named(format: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        import_file(tmp_path / "nowhere.txt", format)
    with pytest.raises(DataError, match="is a folder"):
        import_file(tmp_path, format)


@every_format
def test_a_line_of_five_megabytes_is_refused_with_its_number(format: str, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("Q: Why?\nA: " + "so " * 1_700_000, encoding="utf-8")
    with pytest.raises(DataError, match=r"long\.txt:2: the line is longer than 4 MiB"):
        import_file(path, format)


@every_format
def test_text_in_no_format_is_an_error_and_not_an_empty_bank(format: str, tmp_path: Path) -> None:
    path = tmp_path / "poem.txt"
    path.write_text("Roses are red\n\nviolets are blue\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"poem\.txt"):
        import_file(path, format)
