"""Settings: what there is to set, and what it is when nobody sets it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from interviewer.errors import ConfigError
from interviewer.models.practice import Mode
from interviewer.models.value import Text, Value

_ALONE = ("auto", "embedded", "panel")
"""Judges that need no model's name."""
_OF_OPENAI = re.compile(r"(?:gpt-|chatgpt-|o\d)[^/]*$")

Backend = Literal["auto", "embedded", "openai", "litellm", "scripted", "panel"]


class PanelConfig(Value):
    """`[judge.panel]`: several judges instead of one."""

    members: tuple[Text, ...] = ()
    """Named as for `--judge`; for a cascade the cheapest first."""
    cascade: bool = False
    """Ask the next member only where the one before is unsure, and take its word."""


class JudgeConfig(Value):
    """`[judge]`: who decides whether a criterion is met."""

    backend: Backend = "auto"
    """`auto` takes a provider whose key is set, else a local server, else the embedded judge."""
    model: Text | None = None
    """As the provider calls it; for litellm `provider/model`."""
    base_url: Text | None = None
    """Of an OpenAI-compatible server, for example `http://127.0.0.1:8000/v1`."""
    timeout: float = Field(default=60.0, gt=0)
    """Seconds for one attempt."""
    deadline: float = Field(default=180.0, gt=0)
    """Seconds for one answer, all attempts and calls together."""
    retries: int = Field(default=4, ge=0, le=20)
    """Attempts after the first when the server is busy or broken."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    seed: int = Field(default=1, ge=0)
    max_tokens: int = Field(default=4000, ge=64)
    """For one reply, including what a reasoning model thinks."""
    mode: Literal["one_call", "per_criterion", "yes_no"] = "one_call"
    """All criteria in one call; or the careful and dearer way, one call for each; or, for small local models,
    one yes or no for each, or for a reference alone, and how likely the model finds it."""
    repeats: int = Field(default=1, ge=1, le=25)
    """Judge so often, in another order each time, and take the median level."""
    price_in: float | None = Field(default=None, ge=0)
    """US dollars for a million tokens of prompt, where the price list does not know the model."""
    price_out: float | None = Field(default=None, ge=0)
    """The same for tokens of the reply."""
    script: Path | None = None
    """For `scripted`: a JSONL file of replies."""
    panel: PanelConfig = PanelConfig()

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        # Not with a pattern: its error would show the value, and the value may hold a password.
        if url is not None and not is_plain_address(url):
            raise ValueError("needs to be http://… or https://…, without user name, password or ?…")
        return url


class EmbeddingConfig(Value):
    """`[embedding]`: the model behind similarity."""

    model: Annotated[str, Field(pattern=r"^(builtin|sentence-transformers/.+)$")] = "builtin"
    """`builtin`, or `sentence-transformers/` and a name or path."""
    device: Text = "auto"
    """For sentence-transformers: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`."""
    threads: int = Field(default=1, ge=1)


class GradingConfig(Value):
    """`[grading]`: what is made of the judge's findings."""

    calibration: Literal["off", "auto"] | Path = "auto"
    """`auto` applies the stored map that was fitted for this judge and rubric; or the file of one."""


class BatchConfig(Value):
    """`[batch]`: grading files of answers."""

    concurrency: int = Field(default=8, ge=1, le=1000)
    """Calls to the judge at the same time; fewer while its server is too busy."""
    rpm: float | None = Field(default=None, gt=0)
    """Requests a minute; default: no limit of our own."""
    tpm: float | None = Field(default=None, gt=0)
    """Tokens a minute, of prompts and replies together."""
    budget_usd: float | None = Field(default=None, ge=0)
    """US dollars for one run."""
    poll: float = Field(default=60.0, gt=0)
    """Seconds between two looks at a provider's batch that has been under way for a while."""
    cache: bool = True
    """Answers that were graded before by the same judge are not sent again."""


class PracticeConfig(Value):
    """`[practice]`: the interview in the terminal."""

    mode: Mode = "coach"
    """`coach` shows the grade after each answer, `interview` at the end."""
    questions: int = Field(default=5, ge=1, le=200)
    """Asked in one session."""
    theme: Literal["dark", "light", "high-contrast"] = "dark"
    follow_ups: bool = True
    """With an LLM judge: it asks on after a partial answer."""


class PathsConfig(Value):
    """`[paths]`: folders or files of questions and rubrics beside the shipped ones."""

    questions: tuple[Path, ...] = ()
    rubrics: tuple[Path, ...] = ()


class Config(Value):
    """All settings."""

    judge: JudgeConfig = JudgeConfig()
    embedding: EmbeddingConfig = EmbeddingConfig()
    grading: GradingConfig = GradingConfig()
    batch: BatchConfig = BatchConfig()
    practice: PracticeConfig = PracticeConfig()
    paths: PathsConfig = PathsConfig()


class Setting(Value):
    """One setting, its value, and where it came from."""

    key: str
    value: str | int | float | bool | tuple[str, ...] | None
    source: str
    """A flag, an environment variable, a file, or `default`."""


class Settings(Value):
    """The settings in force."""

    config: Config = Config()
    origins: tuple[Setting, ...] = ()
    """Every key in the order of the example file, for `config show`."""
    found: Path | None = None
    """The file that was read because it lies in the current folder, and not because anybody named it."""


def is_plain_address(url: str) -> bool:
    """Whether this is the address of a server, without a place where a password or key may be."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not {"@", "?", "#"} & set(url)
        )
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its address or as `localhost`."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def judge_named(name: str, *, where: str) -> dict[str, str]:
    """What a short name stands for in `[judge]`: `embedded`, `openai/gpt-4.1-mini`, `scripted/FILE` …

    Raises:
        ConfigError: no judge has such a name.
    """
    name = name.strip()
    provider, _, model = name.partition("/")
    if name in _ALONE:
        return {"backend": name}
    if _OF_OPENAI.match(name):
        return {"backend": "openai", "model": name}
    if not provider or not model:
        near = get_close_matches(name, _ALONE, n=1)
        hint = (
            f"did you mean {near[0]!r}?"
            if near
            else "write provider/model, for example anthropic/claude-haiku-4-5"
        )
        raise ConfigError(f"{where}: there is no judge {name!r}", hint=hint)
    if provider == "openai":
        return {"backend": "openai", "model": model}
    if provider == "scripted":
        return {"backend": "scripted", "script": model}
    return {"backend": "litellm", "model": name}
