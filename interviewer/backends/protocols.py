"""What a chat model, an embedder and a judge have to offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from interviewer.models import Criterion, Judgement, Mistake, Question, Rubric, Usage, Value

Vectors = NDArray[np.float32]


class ChatRequest(Value):
    """One call: a system text, a user text, and what the reply is to be."""

    system: str
    prompt: str
    reply_schema: dict[str, Any] | None
    """JSON that follows this schema; None: one word, and how likely the model was to say another."""
    examples: tuple[tuple[str, str], ...] = ()
    """User texts with the replies to them, as if they had come before: what the same system text leads to."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that the model is told."""
        return (self.system, *(text for pair in self.examples for text in pair), self.prompt)


class ChatReply(Value):
    """What came back, what it took, and what the server could not do."""

    text: str
    usage: Usage = Usage()
    downgrades: tuple[str, ...] = ()
    first: tuple[tuple[str, float], ...] = ()
    """For one word: tokens it might have begun with, and how likely each was, 0..1; empty where unknown."""


class ChatBackend(Protocol):
    """A model that replies to text."""

    label: str
    """`provider/model`, as it stands on every grade."""

    async def reply(self, request: ChatRequest) -> ChatReply:
        """The model's reply.

        Raises:
            BackendUnavailable: no usable reply.
        """
        ...


class Speech(Protocol):
    """What a model says, piece by piece. Whoever stops listening before the end closes it."""

    usage: Usage
    """What it took; tokens and cost are known at the end, where the server tells them."""

    def __aiter__(self) -> Speech: ...

    async def __anext__(self) -> str: ...

    async def aclose(self) -> None:
        """Ends it; the model is not listened to any more."""
        ...


class Speaker(Protocol):
    """A model that says a sentence or two, shown while they come."""

    label: str
    """`provider/model`."""

    def speak(self, system: str, prompt: str) -> Speech:
        """Plain text in pieces, the first as soon as it is there.

        Listening to it raises `ConfigError` where the key was refused or there is no such model, and
        `BackendUnavailable` where nothing came, or no end.
        """
        ...


class ChatModel(ChatBackend, Speaker, Protocol):
    """A model that judges and speaks."""


class Embedder(Protocol):
    """A model that turns texts into unit vectors."""

    label: str
    """Model and runtime, as it stands on every receipt."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (len(texts), dimensions)."""
        ...


class JudgeRequest(Value):
    """Everything a judge may look at. The answer is hostile text."""

    question: Question
    rubric: Rubric
    criteria: tuple[Criterion, ...]
    """To be judged: the question's, the rubric's, and one for each open slot of a group."""
    mistakes: tuple[Mistake, ...] = ()
    parents: tuple[Question, ...] = ()
    """The questions this one follows up, first asked first."""
    is_derived: bool = False
    """Whether the question's criteria are its reference, taken apart, and more than a result or a verdict."""
    answer: str


class Judge(Protocol):
    """Anything that returns a verdict for every criterion."""

    label: str
    """Who grades, as it stands on every grade: `embedded`, `openai/gpt-…`, `panel(…)`."""

    @property
    def parameters(self) -> dict[str, str | int | float | bool | None]:
        """What else decides the result, for the receipt."""
        ...

    async def judge(self, request: JudgeRequest) -> Judgement:
        """A verdict on every criterion and mistake of the request.

        Raises:
            GradingError: no judgement could be had; the answer stays ungraded.
        """
        ...
