"""The calls that one judgement takes, counted."""

from __future__ import annotations

from interviewer.backends.failures import BadReply, NoReply, add
from interviewer.backends.protocols import ChatBackend, ChatReply, ChatRequest
from interviewer.models import Usage


class Calls:
    """Calls to one model, and what came of them.

    Args:
        backend: the model.
    """

    def __init__(self, backend: ChatBackend) -> None:
        self.backend = backend
        self.usage = Usage()
        self.replies: list[str] = []
        self.downgrades: tuple[str, ...] = ()

    async def ask(self, request: ChatRequest) -> ChatReply:
        """The model's reply.

        Raises:
            BackendUnavailable: no usable reply.
            UnreadableReply: a reply that was cut off or empty.
        """
        try:
            reply = await self.backend.reply(request)
        except (NoReply, BadReply) as error:
            self.usage = add(self.usage, error.usage)
            raise
        self.usage = add(self.usage, reply.usage)
        self.replies.append(reply.text)
        self._give_up(reply.downgrades)
        return reply

    def include(self, other: Calls) -> None:
        """Adds the calls that were made beside these."""
        self.usage = add(self.usage, other.usage)
        self.replies += other.replies
        self._give_up(other.downgrades)

    def _give_up(self, downgrades: tuple[str, ...]) -> None:
        self.downgrades = tuple(dict.fromkeys((*self.downgrades, *downgrades)))
