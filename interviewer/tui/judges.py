"""The judges that one can choose from in the settings, and what each choice means in `[judge]`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from interviewer.backends.local import LocalModel
from interviewer.config import JudgeConfig, judge_named
from interviewer.config.sources import in_full
from interviewer.grading.judges import BY_KEY

AUTO, EMBEDDED, LOCAL, OTHER = "auto", "embedded", "local", "other"

JudgeChanges = dict[str, str | int | float | bool | None]


def judge_options(environ: Mapping[str, str], local: LocalModel | None) -> list[tuple[str, str]]:
    """What can be chosen: its value, and how it is said.

    Args:
        local: a model that is served on this machine, if one was found.
    """
    options = [
        (AUTO, "auto: a key that is set, else a local server, else embedded"),
        (EMBEDDED, "embedded: no LLM, no network, no key"),
    ]
    if local is not None:
        options.append((LOCAL, f"{local.server} on this machine: {local.model}"))
    options += [
        (name, f"{name}: {key} is {'set' if environ.get(key) else 'not set'}") for key, name in BY_KEY
    ]
    return [*options, (OTHER, "other: any provider/model, a server of your own, a panel")]


def name_of(judge: JudgeConfig) -> str:
    """The short name of the judge that these settings mean, as for `--judge`."""
    if judge.backend == "openai" or (judge.backend == "auto" and judge.model and judge.base_url):
        return f"openai/{judge.model}" if judge.model else ""
    if judge.backend == "scripted":
        return f"scripted/{judge.script}" if judge.script else ""
    return judge.model if judge.backend in ("litellm", "auto") and judge.model else judge.backend


def option_of(judge: JudgeConfig) -> str:
    """The option that stands for these settings."""
    name = name_of(judge)
    simple = (AUTO, EMBEDDED, *(known for _, known in BY_KEY))
    return name if name in simple and judge.base_url is None else OTHER


def judge_changes(option: str, name: str, base_url: str, local: LocalModel | None) -> JudgeChanges:
    """What a choice sets in `[judge]`; None takes a key out.

    Args:
        name, base_url: for `other`; as typed.

    Raises:
        ConfigError: no judge has this name.
    """
    if option == LOCAL and local is not None:
        name, base_url = f"openai/{local.model}", local.base_url
    elif option != OTHER:
        name, base_url = option, ""
    named = judge_named(name, where="judge")
    if "script" in named:
        # Here a path counts from the current folder, in the file from the file's own.
        named["script"] = str(in_full(Path(named["script"]), Path.cwd()))
    keys = ("backend", "model", "script")
    changes: JudgeChanges = {f"judge.{key}": named.get(key) for key in keys}
    return changes | {"judge.base_url": base_url.strip() or None}
