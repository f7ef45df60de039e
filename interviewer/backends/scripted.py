"""Replies from a file: for demonstrations and tests. Everything after the model is the real thing."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path
from typing import Any

from pydantic import model_validator

from interviewer.backends.failures import REFUSED_ATTEMPT, NoReply
from interviewer.backends.protocols import ChatReply, ChatRequest, Speech
from interviewer.backends.voice import SpokenText
from interviewer.errors import DataError
from interviewer.models import Value
from interviewer.reading import read_lines, validate


class ScriptedReply(Value):
    """One line of a script: a reply or an error, and which call it is for."""

    reply: str | dict[str, Any] | None = None
    """What the model says; an object is sent as JSON."""
    error: str | None = None
    """Instead of a reply: the call fails with this reason."""
    question_id: str | None = None
    """Only for calls about this question."""
    answer: str | None = None
    """Only for calls whose text contains this."""
    spoken: bool = False
    """For a follow-up question, which takes no other entry; judgements take none of these."""
    repeat: bool = False
    """Use it for any number of calls instead of one."""

    @model_validator(mode="after")
    def _one_of_both(self) -> ScriptedReply:
        if (self.reply is None) == (self.error is None):
            raise ValueError("needs either reply or error")
        return self

    @property
    def text(self) -> str:
        """The reply as it is sent."""
        return self.reply if isinstance(self.reply, str) else json.dumps(self.reply, ensure_ascii=False)

    def fits(self, prompt: str, *, spoken: bool) -> bool:
        """Whether it may answer this prompt."""
        if self.spoken != spoken:
            return False
        asked = self.question_id is None or f"# Question ({self.question_id})\n" in prompt
        return asked and (self.answer is None or self.answer in prompt)


class ScriptedBackend:
    """Gives each call the first unused reply that fits it.

    Args:
        replies: the script.
        label: who the grades say has judged.
    """

    def __init__(self, replies: Iterable[ScriptedReply], *, label: str = "scripted") -> None:
        self.label = label
        self._left = list(replies)
        self.requests: list[ChatRequest] = []
        self.spoken: list[str] = []
        """The prompts of the speeches."""

    async def reply(self, request: ChatRequest) -> ChatReply:
        """The next fitting reply.

        Raises:
            BackendUnavailable: the script says so, or has none left for this call.
        """
        self.requests.append(request)
        return ChatReply(text=self._taken(request.prompt, spoken=False).text, usage=REFUSED_ATTEMPT)

    def speak(self, system: str, prompt: str) -> Speech:
        """The next fitting reply for speech, word by word; see `Speaker`."""
        self.spoken.append(prompt)

        async def pieces(speech: SpokenText) -> AsyncGenerator[str, None]:
            speech.usage = REFUSED_ATTEMPT
            for word in re.findall(r"\s*\S+|\s+$", self._taken(prompt, spoken=True).text):
                yield word
                # Others have their turn between two words, as with a real model.
                await asyncio.sleep(0)

        return SpokenText(pieces)

    def _taken(self, prompt: str, *, spoken: bool) -> ScriptedReply:
        found = next((entry for entry in self._left if entry.fits(prompt, spoken=spoken)), None)
        if found is None:
            raise NoReply(f"{self.label}: the script has no reply left for this call", usage=REFUSED_ATTEMPT)
        if not found.repeat:
            self._left.remove(found)
        if found.error is not None:
            raise NoReply(found.error, usage=REFUSED_ATTEMPT)
        return found


def read_script(path: Path) -> list[ScriptedReply]:
    """The replies in a JSONL file.

    Raises:
        DataError: names the first line that is none.
    """
    replies = []
    for number, line in read_lines(path):
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}:{number}: not valid JSON: {error}") from None
        replies.append(validate(ScriptedReply, data, where=f"{path}:{number}"))
    return replies
