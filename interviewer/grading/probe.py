"""What the configured judge can do, found out by asking it once. For `interviewer doctor`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from typing import Literal

from interviewer.backends.offer import RUNGS
from interviewer.backends.prices import price_of
from interviewer.backends.protocols import ChatBackend, ChatReply, JudgeRequest
from interviewer.config import JudgeConfig, Settings
from interviewer.errors import ConfigError, GradingError, UnreadableReply
from interviewer.grading.judges import Choice, MakeJudge, chat_backend, choose, panel_members
from interviewer.grading.prompt import chat_request
from interviewer.grading.reply import parse_reply
from interviewer.grading.yes_no import MET, read_yes_no, yes_no_requests
from interviewer.models import Criterion, Question, Rubric, Value

Status = Literal["ok", "note", "fail"]

SAMPLE = JudgeRequest(
    question=Question(
        id="probe",
        prompt="How many weights does a 5×5 convolution from 4 to 8 channels have, without biases?",
        reference="Each of the 8 filters has 5·5·4 = 100 weights, so 800.",
    ),
    rubric=Rubric(name="probe", title="Short answer", instructions="Credit the idea, not the wording."),
    criteria=(Criterion(id="value", text="Gives 800 as the number of weights"),),
    answer="It has 800 weights, because 5 times 5 times 4 is 100 and there are 8 filters.",
)


class Line(Value):
    """One finding."""

    name: str
    status: Status
    text: str


class Report(Value):
    """What the judge can and cannot do."""

    judge: str
    why: str
    lines: tuple[Line, ...]

    @property
    def works(self) -> bool:
        """Whether answers can be graded."""
        return all(line.status != "fail" for line in self.lines)


async def probe(
    settings: Settings,
    embedded: MakeJudge,
    environ: Mapping[str, str] | None = None,
    choice: Choice | None = None,
) -> Report:
    """The findings on the judge of these settings; a failure is a finding, not an error.

    Raises:
        ConfigError: the settings name no judge that there could be.
    """
    environ = os.environ if environ is None else environ
    choice = choice or choose(settings, environ)
    members = panel_members(choice.judge) if choice.judge.backend == "panel" else [choice.judge]
    lines: list[Line] = []
    for member in members:
        found = await _member(member, embedded, environ)
        prefix = f"{_name(member)}: " if len(members) > 1 else ""
        lines += [line.model_copy(update={"name": prefix + line.name}) for line in found]
    lines += [Line(name="less than others", status="note", text=text) for text in choice.downgrades]
    return Report(judge=choice.name, why=choice.why, lines=tuple(lines))


async def _member(config: JudgeConfig, embedded: MakeJudge, environ: Mapping[str, str]) -> list[Line]:
    if config.backend == "embedded":
        return await _embedded(embedded)
    try:
        backend = chat_backend(config, environ)
    except ConfigError as error:
        return [_failure(error.message, error.hint)]
    return await _chat(backend, config)


async def _embedded(embedded: MakeJudge) -> list[Line]:
    began = time.perf_counter()
    judge = embedded()
    loaded = time.perf_counter()
    await judge.judge(SAMPLE)
    spent = time.perf_counter() - loaded
    return [
        Line(name="network", status="ok", text="none is used"),
        Line(
            name="speed", status="ok", text=f"{spent * 1000:.0f} ms an answer, {loaded - began:.2g} s to load"
        ),
        Line(name="price", status="ok", text="free"),
    ]


async def _chat(backend: ChatBackend, config: JudgeConfig) -> list[Line]:
    one_word = config.mode == "yes_no"
    began = time.perf_counter()
    try:
        reply = await backend.reply(yes_no_requests(SAMPLE)[0] if one_word else chat_request(SAMPLE))
    except (GradingError, ConfigError) as error:
        return [_failure(error.message, error.hint)]
    spent = time.perf_counter() - began
    where = config.base_url or ("a file" if config.backend == "scripted" else "the provider")
    lines = [Line(name="reachable", status="ok", text=f"{where} replied in {spent:.2g} s")]
    lines += _word(reply) if one_word else [_readable(reply)]
    if config.backend == "scripted":
        return [*lines, Line(name="network", status="ok", text="none is used")]
    speed = _speed(reply, spent)
    if one_word:
        speed = Line(name="speed", status="ok", text=f"{spent:.2g} s a criterion")
    return [*lines, *_features(reply, config), speed, _price(backend, config)]


def _failure(message: str, hint: str | None) -> Line:
    return Line(name="reachable", status="fail", text=f"{message} ({hint})" if hint else message)


def _readable(reply: ChatReply) -> Line:
    try:
        parse_reply(reply.text, SAMPLE)
    except UnreadableReply as error:
        return Line(name="keeps the form", status="note", text=error.message)
    return Line(
        name="keeps the form", status="ok", text="the reply has every criterion, with level and quote"
    )


def _word(reply: ChatReply) -> list[Line]:
    """Whether the reply is a yes or no, and whether the server tells how likely each was."""
    try:
        said = read_yes_no(reply)
    except UnreadableReply as error:
        return [Line(name="keeps the form", status="note", text=error.message)]
    lines = [Line(name="keeps the form", status="ok", text="the reply is yes or no")]
    if not said.is_likelihood:
        text = "none are told: a criterion is met or not, with nothing between"
        return [*lines, Line(name="probabilities", status="note", text=text)]
    text = f"{said.share:.2f} for the yes that is right"
    status: Status = "ok" if said.share >= MET else "note"
    return [*lines, Line(name="probabilities", status=status, text=text)]


def _features(reply: ChatReply, config: JudgeConfig) -> Iterator[Line]:
    """The rung of the ladder that the server is on, and the parameters it takes."""
    if config.mode != "yes_no":
        lower = [rung for rung in RUNGS if any(what.endswith(f" → {rung}") for what in reply.downgrades)]
        yield Line(name="form of replies", status="note" if lower else "ok", text=[RUNGS[0], *lower][-1])
    for name, value in (("temperature", config.temperature), ("seed", config.seed)):
        refused = any(what.startswith(f"{name}=") for what in reply.downgrades)
        text = "not accepted, left out" if refused else f"{value:g} accepted"
        yield Line(name=name, status="note" if refused else "ok", text=text)
    for what in reply.downgrades:
        yield Line(name="given up", status="note", text=what)


def _speed(reply: ChatReply, spent: float) -> Line:
    tokens = reply.usage.completion_tokens
    if tokens is None:
        return Line(name="speed", status="note", text="the server does not count tokens")
    return Line(name="speed", status="ok", text=f"{tokens / spent:.0f} tokens a second")


def _price(backend: ChatBackend, config: JudgeConfig) -> Line:
    price = price_of(backend.label) if config.base_url is None else None
    if price is None:
        return Line(name="price", status="note", text="unknown: cost is not counted")
    million = 1_000_000
    text = f"${price.prompt * million:.2f} for a million tokens in, ${price.completion * million:.2f} out"
    return Line(name="price", status="ok", text=text)


def _name(config: JudgeConfig) -> str:
    return config.backend if config.model is None else config.model
