"""Outside material made into questions: one file per format, each a function from text to questions."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from interviewer.errors import ConfigError, DataError
from interviewer.importers import csv, jsonl, markdown, qa, quizboard, toml
from interviewer.models import Question
from interviewer.reading import LONGEST_LINE, read_text

Importer = Callable[[str, Path], tuple[Question, ...]]
"""The questions in a text; the path is for error messages and for the topic's name."""

FORMATS: dict[str, Importer] = {
    "qa": qa.parse,
    "quizboard": quizboard.parse,
    "csv": csv.parse,
    "jsonl": jsonl.parse,
    "markdown": markdown.parse,
    "toml": toml.parse,
}

_EXTENSIONS = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".toml": "toml"}
_HEADING = re.compile(r"^## *\S", re.MULTILINE)
_TABLES = re.compile(r"^\[\[question\]\]", re.MULTILINE)


def import_file(path: Path, format: str = "auto") -> tuple[Question, ...]:
    """The questions of a file in one of `FORMATS`; `auto` finds out which.

    Raises:
        ConfigError: there is no such format.
        DataError: the file cannot be read, or breaks the rules of its format.
    """
    if format not in ("auto", *FORMATS):
        near = get_close_matches(format, FORMATS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"formats: auto, {', '.join(FORMATS)}"
        raise ConfigError(f"no import format {format!r}", hint=hint)
    text = read_text(path)
    _refuse_long_lines(text, path)
    return FORMATS[detect(path, text) if format == "auto" else format](text, path)


def detect(path: Path, text: str) -> str:
    """The name of the format that a file is in, by its extension and, if that says too little, its content.

    Raises:
        DataError: it looks like none of them.
    """
    by_name = _EXTENSIONS.get(path.suffix.lower())
    if by_name is not None:
        return by_name
    if path.suffix.lower() in (".md", ".markdown") and _HEADING.search(text):
        return "markdown"
    for name, recognises in _SIGNS.items():
        if recognises(text):
            return name
    raise DataError(
        f"{path}: cannot tell the format of this file",
        hint=f"name it with --format: {', '.join(FORMATS)}",
    )


def _refuse_long_lines(text: str, path: Path) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) * 4 > LONGEST_LINE and len(line.encode()) > LONGEST_LINE:
            raise DataError(f"{path}:{number}: the line is longer than {LONGEST_LINE // 2**20} MiB")


_SIGNS: dict[str, Callable[[str], bool]] = {
    "quizboard": lambda text: quizboard.read_header(text) is not None,
    "jsonl": lambda text: text.lstrip().startswith("{"),
    "toml": lambda text: _TABLES.search(text) is not None,
    "qa": lambda text: qa.has_questions(text),
    "markdown": lambda text: _HEADING.search(text) is not None,
    "csv": lambda text: csv.has_header(text),
}
