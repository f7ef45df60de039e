"""Settings put into the user's own file. What else stands there, comments included, stays as it is."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import tomli
import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, Table

from interviewer.config.options import Config, Setting, Settings
from interviewer.config.sources import USER_FILE, checked_file, dotted, put, user_folder
from interviewer.errors import ConfigError, DataError
from interviewer.reading import read_text, validate

Changes = Mapping[str, str | int | float | bool | None]
"""Values by dotted key; None takes the key out, so that the default holds."""


def user_file() -> Path:
    """The user's own settings file, there or not."""
    return user_folder() / USER_FILE


def with_changes(settings: Settings, changes: Changes, source: str) -> Settings:
    """The settings with these values in place of theirs.

    Args:
        source: what set them, as `Setting.source` says it.

    Raises:
        ConfigError: a value cannot be used, with its key.
    """
    data: dict[str, Any] = settings.config.model_dump(mode="json")
    for key, value in changes.items():
        put(data, key, value)
    try:
        config = validate(Config, data, where=source)
    except DataError as error:
        raise ConfigError(error.message, hint=error.hint) from None
    origins = [
        Setting(key=origin.key, value=changes[origin.key], source=source) if origin.key in changes else origin
        for origin in settings.origins
    ]
    return Settings(config=config, origins=tuple(origins), found=settings.found)


def changed_text(text: str, changes: Changes, path: Path) -> str:
    """The text of a settings file with these values in it.

    Args:
        path: of the file, to be named in errors.

    Raises:
        ConfigError: it is no settings file, or would not be one any more.
    """
    try:
        document = tomlkit.parse(text)
        for key, value in changes.items():
            _change(document, key, value)
        new = tomlkit.dumps(document)
        data = tomli.loads(new)
    except (TOMLKitError, tomli.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: is no TOML: {error}", hint="mend it in an editor") from None
    checked_file(data, path)
    found = dotted(data)
    if any(found.get(key) != value for key, value in changes.items()):
        raise ConfigError(f"{path}: cannot be changed without a loss", hint="change it in an editor")
    return new


def save(path: Path, changes: Changes) -> None:
    """Puts these values into a settings file, made where there is none; all of them or none.

    Raises:
        ConfigError: it cannot be written, or would be refused when it is read.
    """
    # A link stays one: what it leads to is replaced.
    path = path.resolve()
    try:
        there = path.is_file() and bool(path.read_bytes().strip())
        new = changed_text(read_text(path) if there else "", changes, path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(path, new)
    except DataError as error:
        raise ConfigError(error.message, hint=error.hint) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from None


def _change(document: MutableMapping[str, Any], key: str, value: object) -> None:
    *names, last = key.split(".")
    table: MutableMapping[str, Any] = document
    for name in names:
        if name not in table:
            if value is None:
                return
            table[name] = tomlkit.table()
        table = table[name]
        if not isinstance(table, MutableMapping):
            raise TOMLKitError(f"{name} is no table")
    if value is None:
        table.pop(last, None)
        return
    before = _last_value(table)
    if last in table or before is None or not isinstance(table, Table):
        table[last] = value
    else:
        # At the end it would part the next heading from the comment above it.
        table.value._insert_after(before, last, tomlkit.item(value))


def _last_value(table: Mapping[str, Any]) -> str | None:
    """The last key of a table that is no table itself."""
    return next((key for key in reversed(list(table)) if not isinstance(table[key], AbstractTable)), None)


def _replace(path: Path, text: str) -> None:
    """Puts a file in place at once; a new one only its owner can read."""
    number, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, name)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
