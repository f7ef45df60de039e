"""Settings read from flags, environment and files: which value wins, and where it came from.

A flag beats the environment, that the project's file, that the user's file, and that the default.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from interviewer.config.options import Config, Setting, Settings, judge_named
from interviewer.errors import ConfigError, DataError
from interviewer.reading import read_toml, validate

PROJECT_FILE = "interviewer.toml"
USER_FILE = "config.toml"
PREFIX = "INTERVIEWER_"
_SHORTCUT = f"{PREFIX}JUDGE"
DEBUG = f"{PREFIX}DEBUG"
SERVE_TOKEN = f"{PREFIX}SERVE_TOKEN"
"""No settings: the one has tracebacks printed, the other is a secret, which no file may hold."""

_LISTS = {"judge.panel.members": ",", "paths.questions": os.pathsep, "paths.rubrics": os.pathsep}
"""Keys that hold several values, and what parts these in an environment variable."""
_FLAGS = {
    "batch.concurrency": "--jobs",
    "batch.rpm": "--rpm",
    "batch.tpm": "--tpm",
    "batch.budget_usd": "--budget-usd",
    "batch.cache": "--cache",
    "judge.price_in": "--price-in",
    "judge.price_out": "--price-out",
}
"""Flags that are not called by their key."""
_PATHS = ("judge.script", "grading.calibration", "paths.questions", "paths.rubrics")
_SERVER = "judge.base_url"
_OF_ONE_JUDGE = ("judge.model", "judge.script", _SERVER)
"""What is said about one judge and must not be carried over to another."""
_SECRET_KEY = re.compile(r"(?:^|[_.-])(?:api_?key|key|token|secret|password)$", re.I)
_SECRET_VALUE = re.compile(r"\b(?:sk|gsk|xai)-[\w-]{12,}|\bAIza[\w-]{20,}")


@dataclass
class _Layer:
    """The keys that one source sets."""

    values: dict[str, tuple[object, str]] = field(default_factory=dict)
    """Value and source by dotted key."""
    judge: tuple[str, str] | None = None
    """A judge by its short name with a full path, and its source."""


def load_config(
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user_dir: Path | None = None,
    *,
    file: Path | None = None,
) -> Settings:
    """The settings in force.

    Args:
        flags: by dotted key, or `judge` for a judge's short name; None is not given.
        environ: the process's own by default.
        cwd: where the project's file is looked for.
        user_dir: where the user's file is looked for; the platform's folder by default.
        file: in place of the project's file; it has to exist.

    Raises:
        ConfigError: a file, variable or flag that cannot be used, with its key.
    """
    environ = os.environ if environ is None else environ
    cwd = Path.cwd() if cwd is None else cwd
    found = cwd / PROJECT_FILE if file is None else None
    files = [(user_dir or user_folder()) / USER_FILE, file or cwd / PROJECT_FILE]
    layers = [_from_file(path) for path in files if path == file or path.is_file()]
    servers = [layer.values[_SERVER][0] for layer in layers if _SERVER in layer.values]
    if len(servers) == 2 and servers[0] == servers[1]:
        # A server that the user's own file names as well is the user's.
        del layers[1].values[_SERVER]
    layers += [_from_environment(environ, cwd), _from_flags(flags or {}, cwd)]
    return _merged(layers).model_copy(update={"found": found})


def environment_name(key: str) -> str:
    """The environment variable for a dotted key."""
    return PREFIX + key.upper().replace(".", "_")


def known_settings() -> list[str]:
    """Every dotted key, in the order of the example file."""
    return [key for key, _ in _leaves(Config())]


def _merged(layers: list[_Layer]) -> Settings:
    values: dict[str, tuple[object, str]] = {}
    for layer in layers:
        if layer.judge is not None:
            name, source = layer.judge
            chosen = judge_named(name, where=source)
            before = values.get("judge.backend", ("auto", ""))[0]
            same_server = chosen["backend"] == before or (chosen["backend"], before) == ("openai", "auto")
            for key in _OF_ONE_JUDGE:
                if not (key == _SERVER and same_server):
                    values.pop(key, None)
            values |= {f"judge.{key}": (value, source) for key, value in chosen.items()}
        values |= layer.values
    data: dict[str, Any] = {}
    for key, (value, _) in values.items():
        put(data, key, value)
    config = _checked(data, "settings")
    return Settings(
        config=config,
        origins=tuple(
            Setting(key=key, value=_shown(value), source=values.get(key, (None, "default"))[1])
            for key, value in _leaves(config)
        ),
    )


def _from_file(path: Path) -> _Layer:
    try:
        data = read_toml(path)
    except DataError as error:
        if path.is_file() and not path.read_bytes().strip():
            return _Layer()
        raise ConfigError(error.message, hint=error.hint) from None
    given = set(dotted(data))
    config = checked_file(data, path)
    return _Layer(
        {
            key: (_resolved(key, value, path.parent), str(path))
            for key, value in _leaves(config)
            if key in given
        }
    )


def checked_file(data: Mapping[str, Any], path: Path) -> Config:
    """What a settings file says, checked as when it is read.

    Raises:
        ConfigError: it cannot be used, with its key.
    """
    _refuse_secrets(data, path)
    return _checked(data, str(path))


def _from_environment(environ: Mapping[str, str], cwd: Path) -> _Layer:
    names = {environment_name(key): key for key in known_settings()}
    layer = _Layer()
    for name, text in environ.items():
        if not text.strip():
            continue
        if name == _SHORTCUT:
            layer.judge = (_with_full_path(text.strip(), cwd), name)
        elif name in names:
            key = names[name]
            given = (
                [part.strip() for part in text.split(_LISTS[key]) if part.strip()]
                if key in _LISTS
                else text.strip()
            )
            layer.values[key] = (_value(key, given, name, cwd), name)
        elif name.startswith(PREFIX) and name not in (DEBUG, SERVE_TOKEN):
            _refuse_unknown(name, names)
    return layer


def _refuse_unknown(name: str, known: Iterable[str]) -> None:
    """Refuse a variable that was meant to be a setting; other programs may have theirs with this prefix."""
    if _SECRET_KEY.search(name):
        raise ConfigError(
            f"{name}: no such setting", hint="a key goes where its provider looks, for example OPENAI_API_KEY"
        )
    near = get_close_matches(name, [*known, _SHORTCUT], n=1, cutoff=0.8)
    sections = tuple(f"{PREFIX}{section.upper()}_" for section in Config.model_fields)
    if near or name.startswith(sections):
        raise ConfigError(f"{name}: no such setting", hint=f"did you mean {near[0]}?" if near else None)


def _from_flags(flags: Mapping[str, object], cwd: Path) -> _Layer:
    layer = _Layer()
    for key, given in flags.items():
        source = _FLAGS.get(key) or f"--{key.replace('.', '-').replace('_', '-')}"
        if given is None or given in ([], ()):
            continue
        if key == "judge":
            layer.judge = (_with_full_path(str(given), cwd), source)
        else:
            layer.values[key] = (_value(key, given, source, cwd), source)
    return layer


def _value(key: str, given: object, source: str, cwd: Path) -> object:
    data: dict[str, Any] = {}
    put(data, key, given)
    try:
        config = validate(Config, data, where=source)
    except DataError as error:
        # The variable's own name says which key it is.
        place = ", ".join(key.split("."))
        raise ConfigError(
            error.message.replace(f"{source}: {place}: ", f"{source}: "), hint=error.hint
        ) from None
    return _resolved(key, dict(_leaves(config))[key], cwd)


def _checked(data: object, where: str) -> Config:
    try:
        return validate(Config, data, where=where)
    except DataError as error:
        raise ConfigError(error.message, hint=error.hint) from None


def _refuse_secrets(data: Mapping[str, Any], path: Path) -> None:
    for key, value in dotted(data).items():
        if _SECRET_KEY.search(key) or (isinstance(value, str) and _SECRET_VALUE.search(value)):
            raise ConfigError(
                f"{path}: {', '.join(key.split('.'))}: a key or password does not belong in a file",
                hint="take it out, and set it in the environment, for example: export OPENAI_API_KEY=…",
            )


def _leaves(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def dotted(data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of nested tables by dotted key."""
    found: dict[str, Any] = {}
    left = list(data.items())[::-1]
    # Not by recursion: a file can hold more tables in each other than Python has room for.
    while left:
        key, value = left.pop()
        if isinstance(value, Mapping):
            left += [(f"{key}.{name}", part) for name, part in value.items()][::-1]
        else:
            found[key] = value
    return found


def put(data: dict[str, Any], key: str, value: object) -> None:
    """Sets the value of a dotted key in nested tables."""
    *tables, last = key.split(".")
    for table in tables:
        data = data.setdefault(table, {})
    data[last] = value


def _resolved(key: str, value: object, folder: Path) -> object:
    """Paths count from the file that names them."""
    if key == "judge.panel.members" and isinstance(value, tuple):
        return tuple(_with_full_path(name, folder) for name in value)
    if key not in _PATHS or value is None:
        return value
    if isinstance(value, Path):
        return in_full(value, folder)
    return tuple(in_full(path, folder) for path in value) if isinstance(value, tuple) else value


def in_full(path: Path, folder: Path) -> Path:
    """The path from the root, counted from a folder; a `~` of somebody who has no home stays."""
    try:
        return folder / path.expanduser()
    except (RuntimeError, ValueError):
        return folder / path


def _with_full_path(judge: str, folder: Path) -> str:
    provider, _, file = judge.partition("/")
    return f"scripted/{in_full(Path(file), folder)}" if provider == "scripted" and file else judge


def _shown(value: object) -> str | int | float | bool | tuple[str, ...] | None:
    if value is None or isinstance(value, str | int | float):
        return value
    return tuple(map(str, value)) if isinstance(value, tuple) else str(value)


def user_folder() -> Path:
    """Where the user's own file is looked for."""
    from platformdirs import user_config_path

    return user_config_path("interviewer", appauthor=False)
