"""Questions written as bank files, so that reading them gives the same questions, character for character."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import tomlkit
from tomlkit.items import AoT, InlineTable, Item, String, StringType, Table, Trivia

from interviewer.errors import DataError
from interviewer.models import Question

ALWAYS = ("id", "kind", "difficulty", "rubric", "topic", "prompt", "reference")
"""The keys that every written question has; others only where they are not the default."""

_DEVICES = {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))}
"""Names that Windows gives to devices, whatever follows the first dot."""
_LONGEST_LIST = 100
"""Characters. A longer list of texts is written one a line."""
_NOT_LITERAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|'''|'\Z")
_CLOSING_QUOTES = re.compile(r'"{3,}|"+\Z')
_ESCAPED = {
    "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\f": "\\f", "\r": "\\r", '"': '\\"', "\n": "\\n",
}  # fmt: skip


def question_object(question: Question) -> dict[str, object]:
    """The question as a JSON object, under the keys of the bank files."""
    full = question.model_dump(mode="json", by_alias=True)
    brief = question.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {key: full[key] for key in ALWAYS} | {key: brief[key] for key in brief if key not in ALWAYS}


def questions_toml(questions: Iterable[Question], *, title: str, topic: str) -> str:
    """A bank file with these questions; only one of another topic says its own."""
    document = tomlkit.document()
    document.add("title", _text(title))
    document.add("topic", _text(topic))
    tables = tomlkit.aot()
    for question in questions:
        record = question_object(question)
        if question.topic == topic:
            del record["topic"]
        tables.append(_table(record))
    if len(tables):
        document.add("question", tables)
    return tomlkit.dumps(document)


def write_questions(
    directory: Path, questions: Sequence[Question], *, force: bool = False
) -> tuple[Path, ...]:
    """Writes one `<topic>.toml` for each topic, all or none, and gives their paths.

    Raises:
        DataError: nothing to write, an id is there twice, a topic cannot be a file's name, a file exists
            (without `force`), or the folder cannot be written to.
    """
    _refuse_repeated_ids(questions)
    topics = list(dict.fromkeys(question.topic for question in questions))
    for topic in topics:
        if topic.partition(".")[0] in _DEVICES:
            raise DataError(
                f"topic {topic!r} cannot be the name of a file on Windows", hint="--topic gives another one"
            )
    texts = {
        directory / f"{topic}.toml": questions_toml(
            [question for question in questions if question.topic == topic],
            title=_title(topic),
            topic=topic,
        )
        for topic in topics
    }
    existing = [path for path in texts if path.exists()]
    if existing and not force:
        raise DataError(f"{existing[0]}: is already there", hint="--force replaces it")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _write_all(directory, texts)
    except OSError as error:
        raise DataError(f"{directory}: cannot be written: {error.strerror or error}") from None
    return tuple(texts)


def _refuse_repeated_ids(questions: Sequence[Question]) -> None:
    if not questions:
        raise DataError("there are no questions to write")
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise DataError(f"question {question.id!r} is there twice", hint="give one of them another id")
        seen.add(question.id)


def _write_all(directory: Path, texts: Mapping[Path, str]) -> None:
    """Writes all files beside their places first; only when every one is on disk are they moved there."""
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=directory) as folder:
        for path, text in texts.items():
            with (Path(folder) / path.name).open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
        for path in texts:
            (Path(folder) / path.name).replace(path)


def _title(topic: str) -> str:
    words = re.sub(r"[._-]+", " ", topic)
    return words[:1].upper() + words[1:]


def _table(record: Mapping[str, object]) -> Table:
    """A record as a table; lists of records come last, as tables of their own."""
    table = tomlkit.table()
    nested: list[tuple[str, AoT]] = []
    for key, value in record.items():
        if value is None:
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict):
            tables = tomlkit.aot()
            for entry in value:
                tables.append(_table(entry))
            nested.append((key, tables))
        else:
            table.add(key, _item(value))
    for key, tables in nested:
        table.add(key, tables)
    return table


def _item(value: object) -> Item:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return _list(value)
    if isinstance(value, dict):
        return _inline(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return tomlkit.item(int(value))
    return tomlkit.item(value)


def _list(values: Sequence[object]) -> Item:
    array = tomlkit.array()
    for value in values:
        array.append(_line(value) if isinstance(value, str) else _item(value))
    return array.multiline(len(array.as_string()) > _LONGEST_LIST)


def _inline(record: Mapping[str, object]) -> InlineTable:
    table = tomlkit.inline_table()
    for key, value in record.items():
        if value is not None:
            table.add(key, _line(value) if isinstance(value, str) else _item(value))
    return table


def _text(text: str) -> String:
    """A text of one line between quotes; one of several as a block that begins below the quotes."""
    if "\n" not in text:
        return _line(text)
    if "\\" in text and not _NOT_LITERAL.search(text):
        return String(StringType.MLL, text, f"\n{text}", Trivia())
    raw = "".join(_escaped(sign) if sign not in '\n\t"' else sign for sign in text)
    raw = _CLOSING_QUOTES.sub(lambda quotes: '\\"' * len(quotes[0]), raw)
    return String(StringType.MLB, text, f"\n{raw}", Trivia())


def _line(text: str) -> String:
    return String(StringType.SLB, text, "".join(map(_escaped, text)), Trivia())


def _escaped(sign: str) -> str:
    if sign in _ESCAPED:
        return _ESCAPED[sign]
    return f"\\u{ord(sign):04x}" if sign < " " or sign == "\x7f" else sign
