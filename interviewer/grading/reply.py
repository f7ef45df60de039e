"""The judge's reply, read strictly: what breaks a rule is refused and the rule named, nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Annotated, NoReturn

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from interviewer.backends.failures import scrub, showable
from interviewer.backends.protocols import JudgeRequest
from interviewer.errors import UnreadableReply
from interviewer.models import Level
from interviewer.reading import strict_json

LONGEST_PROBLEM = 200
"""Characters: a problem may name what the model made up."""

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.S)
_CODE_FENCE = re.compile(r"\A```(?:json)?[ \t]*\n(.*)\n```\Z", re.S | re.I)

Said = Annotated[str, AfterValidator(showable)]
"""Text of the model's; JSON can hold half a character, and no file can."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Finding(_Part):
    """What the model says about one criterion."""

    reason: Said
    quote: Said | None
    level: Level


class Fault(_Part):
    """What the model says about one mistake."""

    quote: Said | None
    made: bool


class Reply(_Part):
    """A reply that keeps all rules, by criterion and mistake."""

    criteria: dict[str, Finding] = {}
    mistakes: dict[str, Fault] = {}


def parse_reply(text: str, request: JudgeRequest) -> Reply:
    """The reply to this request. A leading block of thoughts and one code fence around the JSON are allowed.

    Raises:
        UnreadableReply: names the first rule that it breaks.
    """
    data = _json(text)
    try:
        reply = Reply.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the reply"
        message = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        _refuse(f"{place}: {message[:1].lower()}{message[1:]}", text)
    problem = (
        _mismatch("criterion", reply.criteria, (c.id for c in request.criteria))
        or _mismatch("mistake", reply.mistakes, (m.id for m in request.mistakes))
        or _contradiction(reply)
    )
    if problem:
        _refuse(problem, text)
    return reply


def _json(text: str) -> object:
    bare = _THOUGHTS.sub("", text).strip()
    fenced = _CODE_FENCE.match(bare)
    try:
        return strict_json(fenced.group(1) if fenced else bare)
    except json.JSONDecodeError as error:
        _refuse(f"not one JSON object: {error.msg} at character {error.pos}", text)
    except ValueError as error:
        _refuse(str(error), text)
    except RecursionError:
        _refuse("nested too deeply", text)


def _mismatch(noun: str, found: Iterable[str], wanted: Iterable[str]) -> str | None:
    found, wanted = list(found), list(wanted)
    unknown = [identifier for identifier in found if identifier not in wanted]
    missing = [identifier for identifier in wanted if identifier not in found]
    if unknown:
        return f"there is no {noun} {unknown[0]!r}"
    return f"{noun} {missing[0]!r} is missing" if missing else None


def _contradiction(reply: Reply) -> str | None:
    for identifier, finding in reply.criteria.items():
        if finding.level != "not_met" and not (finding.quote or "").strip():
            return f"criterion {identifier!r} is {finding.level}, but without a quote from the answer"
    for identifier, fault in reply.mistakes.items():
        if fault.made and not (fault.quote or "").strip():
            return f"mistake {identifier!r} is made, but without a quote from the answer"
    return None


def _refuse(problem: str, text: str) -> NoReturn:
    raise UnreadableReply(f"the reply breaks the rules: {scrub(problem)[:LONGEST_PROBLEM]}", reply=text)
