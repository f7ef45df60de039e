"""From settings to a judge, and which one `auto` takes and why."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interviewer.backends.local import LOCAL_SERVERS, local_model
from interviewer.backends.offer import Limits, Offer
from interviewer.backends.prices import Price
from interviewer.backends.protocols import ChatModel, Judge, Speaker
from interviewer.backends.traffic import Traffic
from interviewer.config import JudgeConfig, Settings, is_plain_address, judge_named
from interviewer.errors import ConfigError
from interviewer.grading.chat_judge import ChatJudge, Parameters
from interviewer.grading.digests import text_digest
from interviewer.grading.panel import PanelJudge
from interviewer.grading.servers import require_own_server
from interviewer.models import Value

if TYPE_CHECKING:
    from interviewer.backends.provider_batch import ProviderBatches

BY_KEY = (
    ("OPENAI_API_KEY", "openai/gpt-4.1-mini"),
    ("ANTHROPIC_API_KEY", "anthropic/claude-haiku-4-5"),
    ("GEMINI_API_KEY", "gemini/gemini-2.5-flash"),
    ("MISTRAL_API_KEY", "mistral/mistral-small-2603"),
    ("GROQ_API_KEY", "groq/openai/gpt-oss-20b"),
    ("DEEPSEEK_API_KEY", "deepseek/deepseek-chat"),
)
"""What `auto` takes for the first of these keys that is set."""
NO_LLM = "no LLM: the score is a band, from two small models and rules"

MakeJudge = Callable[[], Judge]


class Choice(Value):
    """The judge that will grade, and why this one."""

    name: str
    """Its label, as it will stand on every grade."""
    why: str
    downgrades: tuple[str, ...] = ()
    """What it cannot do that another judge could."""
    judge: JudgeConfig
    """The settings, with `auto` resolved."""


def choose(
    settings: Settings,
    environ: Mapping[str, str] | None = None,
    *,
    local_servers: Mapping[str, int] = LOCAL_SERVERS,
) -> Choice:
    """The judge that these settings mean. Only `auto` looks at keys, and at this machine's ports.

    Raises:
        ConfigError: the settings name no judge that there could be; or a file that merely lies in the current
            folder names another machine as its server.
    """
    choice = _choice(settings, os.environ if environ is None else environ, local_servers)
    judge = choice.judge
    require_own_server(settings, _members(judge) if judge.backend == "panel" else [judge])
    return choice


def _choice(settings: Settings, environ: Mapping[str, str], local_servers: Mapping[str, int]) -> Choice:
    config = settings.config.judge
    if config.backend != "auto":
        source = next((o.source for o in settings.origins if o.key == "judge.backend"), "the settings")
        return _chosen(config, f"chosen by {source}")
    if config.base_url or (config.model and environ.get("OPENAI_BASE_URL")):
        own = config.model_copy(update={"backend": "openai"})
        return _chosen(own, "an OpenAI-compatible server is set")
    if config.model:
        return _chosen(_named(config, config.model), "judge.model is set")
    for key, name in BY_KEY:
        if environ.get(key):
            return _chosen(_named(config, name), f"{key} is set")
    found = local_model(local_servers)
    if found is not None:
        local = config.model_copy(
            update={"backend": "openai", "model": found.model, "base_url": found.base_url}
        )
        return _chosen(local, f"no key is set, and {found.server} answers at {found.base_url}")
    return _chosen(
        config.model_copy(update={"backend": "embedded"}),
        "no key is set and no local server answers",
    )


def make_judge(
    settings: Settings,
    embedded: MakeJudge,
    environ: Mapping[str, str] | None = None,
    choice: Choice | None = None,
) -> Judge:
    """The judge of these settings.

    Args:
        embedded: makes the embedded judge, which loads a model; called only where it is needed.
        environ: where keys are read from; the process's own by default.
        choice: what `choose` gave for these settings, if it has been asked.

    Raises:
        ConfigError: a key, model, script or member is missing.
    """
    return judge_and_speaker(settings, embedded, environ, choice)[0]


def judge_and_speaker(
    settings: Settings,
    embedded: MakeJudge,
    environ: Mapping[str, str] | None = None,
    choice: Choice | None = None,
    traffic: Traffic | None = None,
    batches: ProviderBatches | None = None,
) -> tuple[Judge, Speaker | None]:
    """The judge, and its model to ask follow-up questions with: None where it is not one LLM.

    Args:
        traffic: what every call of every model waits for; None lets all through.
        batches: what the calls go through, for a judge that `can_batch`.

    Raises:
        ConfigError: a key, model, script or member is missing.
    """
    environ = os.environ if environ is None else environ
    config = (choice or choose(settings, environ)).judge
    if config.backend == "panel":
        members = [_one(member, embedded, environ, traffic)[0] for member in panel_members(config)]
        return PanelJudge(members, cascade=config.panel.cascade), None
    return _one(config, embedded, environ, traffic, batches)


def _one(
    config: JudgeConfig,
    embedded: MakeJudge,
    environ: Mapping[str, str],
    traffic: Traffic | None,
    batches: ProviderBatches | None = None,
) -> tuple[Judge, Speaker | None]:
    """A judge that is no panel, and its model."""
    if config.backend == "embedded":
        return embedded(), None
    if batches is None:
        model = chat_backend(config, environ, traffic)
    else:
        model = _openai_backend(config, environ, traffic, batches)
    parameters: Parameters = {}
    if config.backend == "scripted" and config.script is not None:
        parameters = {"script": text_digest(config.script.read_text(encoding="utf-8"))}
    else:
        parameters = {
            "temperature": config.temperature,
            "seed": config.seed,
            "max_tokens": config.max_tokens,
        }
        base_url = config.base_url or (_base_url(environ) if config.backend == "openai" else None)
        if base_url is not None:
            parameters["base_url"] = base_url
    judge = ChatJudge(
        model, mode=config.mode, repeats=config.repeats, deadline=config.deadline, parameters=parameters
    )
    return judge, model


def require_batching(choice: Choice) -> None:
    """Refuse a judge whose calls cannot go through a provider's batch endpoint.

    Raises:
        ConfigError: it is not the `openai` one, or asks for a yes or no.
    """
    if choice.judge.mode == "yes_no":
        raise ConfigError(
            "--provider-batch: judge.mode is yes_no, whose many short calls go straight to the server",
            hint="leave out --provider-batch, or set judge.mode = 'one_call'",
        )
    if choice.judge.backend != "openai":
        raise ConfigError(
            f"--provider-batch: the judge {choice.name} has no batch endpoint that we know",
            hint="it is for OpenAI, and for servers that have its /files and /batches: --judge openai/MODEL",
        )


def chat_backend(
    config: JudgeConfig, environ: Mapping[str, str], traffic: Traffic | None = None
) -> ChatModel:
    """The chat model of these settings.

    Raises:
        ConfigError: a key, model or script is missing.
    """
    return BACKENDS[config.backend](config, environ, traffic)


def panel_members(config: JudgeConfig) -> list[JudgeConfig]:
    """The settings of each member; what is set for the panel holds for all of them.

    Raises:
        ConfigError: fewer than two, or one that is no judge by itself.
    """
    names = config.panel.members
    if len(names) < 2:
        raise ConfigError(
            "judge.panel.members: a panel needs at least two judges",
            hint='members = ["openai/gpt-4.1-mini", "embedded"]',
        )
    members = _members(config)
    for name, member in zip(names, members, strict=True):
        if member.backend in ("auto", "panel"):
            raise ConfigError(f"judge.panel.members: {name!r} cannot be a member")
    return members


def _members(config: JudgeConfig) -> list[JudgeConfig]:
    return [_named(config, name, where="judge.panel.members") for name in config.panel.members]


def _base_url(environ: Mapping[str, str]) -> str | None:
    url = environ.get("OPENAI_BASE_URL") or None
    if url is not None and not is_plain_address(url):
        raise ConfigError(
            "OPENAI_BASE_URL: needs to be http://… or https://…, without user name, password or ?…"
        )
    return url


def _openai_backend(
    config: JudgeConfig,
    environ: Mapping[str, str],
    traffic: Traffic | None,
    batches: ProviderBatches | None = None,
) -> ChatModel:
    from interviewer.backends.openai import OpenAIBackend

    return OpenAIBackend(
        _model(config),
        base_url=config.base_url or _base_url(environ),
        key=environ.get("OPENAI_API_KEY"),
        offer=_offer(config),
        limits=_limits(config),
        price=_price(config),
        traffic=traffic,
        batches=batches,
    )


def _litellm_backend(config: JudgeConfig, environ: Mapping[str, str], traffic: Traffic | None) -> ChatModel:
    from interviewer.backends.litellm import LiteLLMBackend

    return LiteLLMBackend(
        _model(config),
        base_url=config.base_url,
        offer=_offer(config),
        limits=_limits(config),
        price=_price(config),
        traffic=traffic,
    )


def _scripted_backend(config: JudgeConfig, environ: Mapping[str, str], traffic: Traffic | None) -> ChatModel:
    from interviewer.backends.scripted import ScriptedBackend, read_script

    if config.script is None:
        raise ConfigError("judge.script: the scripted judge needs a file", hint="--judge scripted/FILE.jsonl")
    return ScriptedBackend(read_script(config.script), label=f"scripted/{config.script.name}")


BACKENDS: dict[str, Callable[[JudgeConfig, Mapping[str, str], Traffic | None], ChatModel]] = {
    "openai": _openai_backend,
    "litellm": _litellm_backend,
    "scripted": _scripted_backend,
}


def _model(config: JudgeConfig) -> str:
    if config.model is None:
        raise ConfigError(
            f"judge.model: the {config.backend} judge needs a model", hint="--judge openai/gpt-4.1-mini"
        )
    return config.model


def _offer(config: JudgeConfig) -> Offer:
    return Offer(
        model=_model(config),
        max_tokens=config.max_tokens,
        temperature=config.temperature,
        seed=config.seed,
    )


def _price(config: JudgeConfig) -> Price | None:
    """The price that the settings give; None where they give none."""
    if config.price_in is None or config.price_out is None:
        return None
    return Price(
        prompt=config.price_in / 1e6, completion=config.price_out / 1e6, cached=config.price_in / 1e6
    )


def _limits(config: JudgeConfig) -> Limits:
    return Limits(timeout=config.timeout, deadline=config.deadline, retries=config.retries)


def _named(config: JudgeConfig, name: str, *, where: str = "judge.model") -> JudgeConfig:
    """These settings with another judge. A server of one's own speaks OpenAI's language only."""
    named = judge_named(name, where=where)
    update: dict[str, Any] = {"model": None, "script": None, **named}
    if "script" in named:
        update["script"] = Path(named["script"])
    if named["backend"] != "openai":
        update["base_url"] = None
    return config.model_copy(update=update)


def _chosen(config: JudgeConfig, why: str) -> Choice:
    if config.backend == "embedded":
        return Choice(name="embedded", why=why, downgrades=(NO_LLM,), judge=config)
    if config.backend == "panel":
        kind = "cascade" if config.panel.cascade else "panel"
        return Choice(name=f"{kind}({', '.join(config.panel.members)})", why=why, judge=config)
    if config.backend == "scripted":
        return Choice(name=f"scripted/{config.script.name if config.script else ''}", why=why, judge=config)
    prefix = "openai/" if config.backend == "openai" else ""
    return Choice(name=f"{prefix}{_model(config)}", why=why, judge=config)
