"""What we ask of a server, for how long, and what is left to ask once it has refused something."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from interviewer.backends.protocols import ChatRequest
from interviewer.models import Value

RUNGS = ("json_schema", "tool call", "json_object", "plain")
"""Ways to get a reply in a given form, the surest first."""
TOOL = "judgement"
SPEECH_TOKENS = 80
"""Longest speech: a question of two lines."""
WORD_TOKENS = 2
"""Longest reply of one word: some models begin with a line break."""
FEW_LOGPROBS = 5
"""What some servers give at most."""
THE_WORD = "the word alone"
"""What is left where a server tells no probabilities."""

_NAMED_BY = {
    "json_schema": re.compile(
        r"response_format|json_schema|structured.output|output_(?:config|format)|schema|grammar|guided", re.I
    ),
    "tool call": re.compile(r"\btools?\b|tool_choice|function", re.I),
    "json_object": re.compile(r"response_format|json_object|json.(?:mode|output)", re.I),
    "temperature": re.compile(r"\btemperature\b", re.I),
    "seed": re.compile(r"\bseed\b", re.I),
    "max_tokens": re.compile(r"max_completion_tokens", re.I),
    "top_logprobs": re.compile(r"logprobs", re.I),
    "logprobs": re.compile(r"logprobs", re.I),
}


class Limits(Value):
    """How long and how often to try."""

    timeout: float = 60.0
    """Seconds for one attempt."""
    deadline: float = 180.0
    """Seconds for all attempts at one reply together."""
    retries: int = 4
    """Attempts after the first."""
    backoff: float = 0.5
    """Seconds before the first retry; doubled for each further one."""
    longest_wait: float = 20.0
    """Seconds; the cap on waits of our own choosing. A server's Retry-After is kept to."""


class Offer(Value):
    """The features of a request that a server may refuse."""

    model: str
    max_tokens: int
    temperature: float | None = 0.0
    seed: int | None = None
    rung: Literal["json_schema", "tool call", "json_object", "plain"] = "json_schema"
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    logprobs: int = 10
    """Of how many tokens the probability is asked for where one word is wanted."""
    downgrades: tuple[str, ...] = ()
    """What was given up, in order."""

    def named_in(self, complaint: str, *, word: bool = False) -> str | None:
        """The feature of this offer that a refusal is about, or None.

        Args:
            word: whether one word was asked for.
        """
        offered = [
            "temperature" if self.temperature is not None else "",
            "seed" if self.seed is not None else "",
            "max_tokens" if self.limit == "max_tokens" else "",
            self._probabilities if word else self.rung,
        ]
        return next((f for f in offered if f in _NAMED_BY and _NAMED_BY[f].search(complaint)), None)

    @property
    def _probabilities(self) -> str:
        return "top_logprobs" if self.logprobs > FEW_LOGPROBS else "logprobs" if self.logprobs else ""

    def without(self, feature: str) -> Offer:
        """The next best offer; the same one where the feature is no longer in it."""
        if feature == self.rung:
            below = RUNGS[RUNGS.index(self.rung) + 1]
            return self._given_up(f"{feature} → {below}", rung=below)
        if feature == "max_tokens" and self.limit == "max_tokens":
            return self._given_up("max_tokens → max_completion_tokens", limit="max_completion_tokens")
        if feature == "temperature" and self.temperature is not None:
            return self._given_up(f"temperature={self.temperature:g} → the server's own", temperature=None)
        if feature == "seed" and self.seed is not None:
            return self._given_up(f"seed={self.seed} → none", seed=None)
        if feature == "top_logprobs" and feature == self._probabilities:
            return self._given_up(f"top_logprobs={self.logprobs} → {FEW_LOGPROBS}", logprobs=FEW_LOGPROBS)
        if feature == "logprobs" and feature == self._probabilities:
            return self._given_up(f"logprobs → {THE_WORD}", logprobs=0)
        return self

    def _given_up(self, what: str, **change: object) -> Offer:
        return self.model_copy(update={**change, "downgrades": (*self.downgrades, what)})

    def body(self, request: ChatRequest) -> dict[str, Any]:
        """The request as OpenAI's chat completions take it."""
        system = request.system
        if request.reply_schema is None:
            body = self._bare(system, request.prompt, WORD_TOKENS, request.examples)
            return body | self._likely()
        if self.rung in ("json_object", "plain"):
            schema = json.dumps(request.reply_schema, ensure_ascii=False)
            system += (
                f"\n\nReply with one JSON object that follows this JSON Schema, and nothing else:\n{schema}"
            )
        body = self._bare(system, request.prompt, self.max_tokens, request.examples)
        return body | _form(self.rung, request.reply_schema)

    def tokens(self, request: ChatRequest) -> int:
        """The most that a reply to the request may have."""
        return WORD_TOKENS if request.reply_schema is None else self.max_tokens

    def _likely(self) -> dict[str, Any]:
        return {"logprobs": True, "top_logprobs": self.logprobs} if self.logprobs else {}

    def speech(self, system: str, prompt: str, *, counted: bool) -> dict[str, Any]:
        """A request for a short text that is streamed; `counted` asks for the tokens it took at its end."""
        body = self._bare(system, prompt, min(SPEECH_TOKENS, self.max_tokens)) | {"stream": True}
        return body | ({"stream_options": {"include_usage": True}} if counted else {})

    def _bare(
        self, system: str, prompt: str, tokens: int, examples: Sequence[tuple[str, str]] = ()
    ) -> dict[str, Any]:
        turns = [("system", system)]
        for asked, replied in examples:
            turns += [("user", asked), ("assistant", replied)]
        turns.append(("user", prompt))
        messages = [{"role": role, "content": text} for role, text in turns]
        body: dict[str, Any] = {"model": self.model, "messages": messages, self.limit: tokens}
        if self.temperature is not None:
            body["temperature"] = self.temperature
        if self.seed is not None:
            body["seed"] = self.seed
        return body


def _form(rung: str, schema: dict[str, Any]) -> dict[str, Any]:
    if rung == "json_schema":
        wanted = {"name": TOOL, "strict": True, "schema": schema}
        return {"response_format": {"type": "json_schema", "json_schema": wanted}}
    if rung == "tool call":
        tool = {"name": TOOL, "description": "Hand in the judgement.", "parameters": schema, "strict": True}
        return {
            "tools": [{"type": "function", "function": tool}],
            "tool_choice": {"type": "function", "function": {"name": TOOL}},
        }
    return {"response_format": {"type": "json_object"}} if rung == "json_object" else {}
