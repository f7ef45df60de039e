"""Files people wrote, read with errors they can act on: file, place, what is wrong, a hint."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import tomli
from pydantic import BaseModel, ValidationError

from interviewer.errors import DataError

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes. A bank, rubric or import file beyond this is refused before it is read."""
LONGEST_LINE = 4 * 1024 * 1024
"""Bytes. One record of a JSONL file beyond this is refused; the file itself may be any size."""

_LONGEST_SHOWN = 80
"""Characters. A value beyond this is not shown in an error."""
_PLAIN = {
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "model_type": "should be a table",
    "model_attributes_type": "should be a table",
    "dict_type": "should be a table",
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
}
"""Pydantic's problems with a type, in the words of people who write TOML and JSON."""

Model = TypeVar("Model", bound=BaseModel)


def require_file(path: Path) -> None:
    """Refuse what is not a readable file.

    Raises:
        DataError: missing, a folder, or not permitted to read.
    """
    try:
        if path.is_dir():
            raise DataError(f"{path}: is a folder, not a file")
        if not path.exists():
            raise DataError(f"{path}: no such file")
        with path.open("rb"):
            pass
    except OSError as error:
        # Of a name that is too long, or in a folder that is closed, nothing at all can be asked.
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None


def read_text(path: Path) -> str:
    """The text of a UTF-8 file (a byte order mark is dropped, line ends become `\\n`).

    Raises:
        DataError: missing, a folder, unreadable, empty, over 32 MiB, or not UTF-8.
    """
    require_file(path)
    with path.open("rb") as stream:
        # A pipe or a device does not say how much it holds.
        content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise DataError(f"{path}: larger than {LARGEST_FILE // 2**20} MiB", hint="split it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: not UTF-8 (byte {error.start})", hint="save it as UTF-8, for example with iconv"
        ) from None
    if not text.strip():
        raise DataError(f"{path}: the file is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line that is not blank, read as a stream.

    Raises:
        DataError: as `read_text`, naming the line; or one line longer than 4 MiB.
    """
    require_file(path)
    found = False
    with path.open("rb") as stream:
        for number, line in numbered_lines(stream, str(path)):
            found = True
            if line.strip():
                yield number, line.strip()
    if not found:
        raise DataError(f"{path}: the file is empty")


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        DataError: as `read_text`, or malformed TOML (with its line).
    """
    text = read_text(path)
    try:
        return tomli.loads(text)
    except RecursionError:
        raise DataError(f"{path}: not valid TOML: nested too deeply") from None
    except ValueError as error:
        # Not only what the parser raises: a number of thousands of digits is refused by Python itself.
        raise DataError(f"{path}: not valid TOML: {_in_a_line(error)}") from None


def numbered_lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line of a stream, with its end, in constant memory.

    Args:
        name: of the stream, for errors.

    Raises:
        DataError: a line that is longer than 4 MiB, or not UTF-8.
    """
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise DataError(
                f"{name}:{number}: the line is longer than {LONGEST_LINE // 2**20} MiB",
                hint="one record a line",
            )
        try:
            yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise DataError(
                f"{name}:{number}: not UTF-8", hint="save it as UTF-8, for example with iconv"
            ) from None


def strict_json(text: str) -> object:
    """The value of a JSON text; a key given twice and `NaN` are refused, which the standard allows to pass.

    Raises:
        ValueError: not such a text; a `json.JSONDecodeError` where the syntax is wrong.
        RecursionError: nested too deeply.
    """
    if text.startswith("\ufeff"):
        raise json.JSONDecodeError("unexpected byte order mark", text, 0)
    value: object = _DECODER.decode(text)
    return value


def json_object(line: str, where: str, *, like: str) -> dict[str, object]:
    """The JSON object in one line of a file.

    Args:
        like: an example, for the hint.

    Raises:
        DataError: it is none, in one line beginning with `where`.
    """
    try:
        record = strict_json(line)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{where}: not valid JSON: {error.msg} (column {error.colno})", hint="one JSON object a line"
        ) from None
    except RecursionError:
        raise DataError(f"{where}: not valid JSON: nested too deeply") from None
    except ValueError as error:
        raise DataError(f"{where}: not valid JSON: {error}") from None
    if not isinstance(record, dict):
        raise DataError(f"{where}: not a JSON object", hint=like)
    return record


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        raise ValueError(f"the key {next(n for n in names if names.count(n) > 1)!r} is there twice")
    return found


def _refuse_constant(constant: str) -> object:
    raise ValueError(f"{constant} is not a JSON value")


_DECODER = json.JSONDecoder(object_pairs_hook=_each_key_once, parse_constant=_refuse_constant)


def require_whole_characters(value: object, where: str) -> None:
    """`\\ud83d` alone is half of a character: no file could hold it, and no model read it.

    Raises:
        DataError: there is one in this JSON value.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DataError(f"{where}: not valid JSON: half of a surrogate pair") from None
    except RecursionError:
        raise DataError(f"{where}: not valid JSON: nested too deeply") from None


def validate(model: type[Model], data: object, *, where: str) -> Model:
    """`data` as a `model`.

    Raises:
        DataError: the first problem, in one line beginning with `where`.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise explain(error, model, data, where=where) from None


def explain(error: ValidationError, model: type[BaseModel], data: object, *, where: str) -> DataError:
    """The first problem of a validation, as one line with a hint; says how many more there are."""
    # A misspelt key is reported before the key that it leaves missing.
    problems = sorted(error.errors(include_url=False), key=lambda p: p["type"] != "extra_forbidden")
    first = problems[0]
    location = tuple(first["loc"])
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    hint = None
    if first["type"] == "extra_forbidden":
        key = str(location[-1])
        place, known = _place(location[:-1], data), known_keys(model, location[:-1])
        near = get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(sorted(known))}"
        return DataError(f"{where}: {place}unknown key {key!r}{more}", hint=hint)
    place = _place(location, data)
    if first["type"] == "missing":
        return DataError(f"{where}: {place}is missing{more}")
    message = _PLAIN.get(first["type"]) or _in_a_line(first["msg"].removeprefix("Value error, "))
    shown = _shown(first["input"])
    if len(shown) <= _LONGEST_SHOWN and first["type"] != "value_error":
        message = f"{message}, not {shown}"
    return DataError(f"{where}: {place}{message[:1].lower()}{message[1:]}{more}", hint=hint)


def _shown(value: object) -> str:
    """The value as it may be shown; too long for that where Python itself does not write it out."""
    try:
        return repr(value)
    except (RecursionError, ValueError):
        return "…" * (_LONGEST_SHOWN + 1)


def _in_a_line(text: object) -> str:
    return " ".join(str(text).split())


def _place(location: tuple[int | str, ...], data: object) -> str:
    """Where in the data, in words: `question 'a', criterion 2, points: `."""
    words: list[str] = []
    at: object = data
    for step in location:
        if isinstance(step, int):
            at = at[step] if isinstance(at, list | tuple) and step < len(at) else None
            name = at.get("id") if isinstance(at, Mapping) else None
            label = repr(name) if isinstance(name, str) else str(step + 1)
            words[-1:] = [f"{words[-1]} {label}" if words else f"item {label}"]
        elif isinstance(at, Mapping) and (step in at or at.get("kind") != step):
            words.append(step)
            at = at.get(step)
    return ", ".join(words) + ": " if words else ""


def known_keys(model: type[BaseModel], location: tuple[int | str, ...] = ()) -> set[str]:
    """The keys a file may use at `location` of `model` (aliases, as written in files)."""
    models: list[type[BaseModel]] = [model]
    for step in location:
        if isinstance(step, int):
            continue
        tagged = [m for m in models if _tag(m) == step]
        if tagged:
            models = tagged
            continue
        annotations = [
            field.annotation
            for m in models
            for name, field in m.model_fields.items()
            if step in (name, field.alias)
        ]
        models = [m for annotation in annotations for m in _models_in(annotation)]
    return {field.alias or name for m in models for name, field in m.model_fields.items()}


def _tag(model: type[BaseModel]) -> str | None:
    field = model.model_fields.get("kind")
    if field is None or typing.get_origin(field.annotation) is not typing.Literal:
        return None
    values = typing.get_args(field.annotation)
    return values[0] if len(values) == 1 else None


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if isinstance(annotation, types.GenericAlias | types.UnionType) or typing.get_args(annotation):
        return [m for part in typing.get_args(annotation) for m in _models_in(part)]
    return []
