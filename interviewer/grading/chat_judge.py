"""A chat model as judge: it finds, code decides what its findings are worth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from interviewer.backends.deadline import deadline
from interviewer.backends.failures import LOST_ATTEMPT, BadReply, NoReply, add
from interviewer.backends.protocols import ChatBackend, JudgeRequest
from interviewer.errors import BackendUnavailable, UnreadableReply
from interviewer.grading.agreement import median_verdicts
from interviewer.grading.dialogue import Dialogue
from interviewer.grading.prompt import PROMPT_VERSION, prompt_digest
from interviewer.grading.yes_no import YES_NO_VERSION, YesNo
from interviewer.models import Judgement, Verdict

Mode = Literal["one_call", "per_criterion", "yes_no"]
Parameters = dict[str, str | int | float | bool | None]


class ChatJudge:
    """Judges with a chat model.

    Args:
        backend: the model.
        mode: all criteria in one call; the careful way, a call for each; or a yes or no for each, or
            once for a reference alone.
        repeats: judge so often, with the criteria in another order each time, and take the median.
        deadline: seconds for one answer, all calls together; waiting for a place to call is not counted.
        parameters: what else decides the result, for the receipt.
    """

    def __init__(
        self,
        backend: ChatBackend,
        *,
        mode: Mode = "one_call",
        repeats: int = 1,
        deadline: float = 180.0,
        parameters: Parameters | None = None,
    ) -> None:
        self.backend = backend
        self.label = backend.label
        self._prompt_version = YES_NO_VERSION if mode == "yes_no" else PROMPT_VERSION
        self.parameters: Parameters = {
            "prompt_version": self._prompt_version,
            "mode": mode,
            "repeats": repeats,
            **(parameters or {}),
        }
        self.mode: Mode = mode
        self.repeats = repeats
        self._deadline = deadline

    async def judge(self, request: JudgeRequest) -> Judgement:
        """A verdict on every criterion and mistake of the request.

        Raises:
            ConfigError: the key was refused, or there is no such model.
            NoReply: no usable reply; its `usage` is what all calls took.
            BadReply: a reply that breaks the rules, twice; likewise.
        """
        dialogue = (YesNo if self.mode == "yes_no" else Dialogue)(self.backend, self.label)
        try:
            async with deadline(self._deadline):
                return await self._judgement(request, dialogue)
        except TimeoutError:
            spent = add(dialogue.calls.usage, LOST_ATTEMPT)
            raise NoReply(f"{self.label}: no judgement within {self._deadline:g} s", usage=spent) from None
        except UnreadableReply as error:
            raise BadReply(
                f"{self.label}: {error.message}",
                usage=dialogue.calls.usage,
                reply=error.reply,
                hint=error.hint,
            ) from None
        except BackendUnavailable as error:
            raise NoReply(error.message, usage=dialogue.calls.usage, hint=error.hint) from None

    async def _judgement(self, request: JudgeRequest, dialogue: Dialogue | YesNo) -> Judgement:
        rounds = [await self._round(request, dialogue, turn) for turn in range(self.repeats)]
        criteria, mistakes = zip(*rounds, strict=True)
        calls = dialogue.calls
        return Judgement(
            verdicts=self._together(criteria),
            mistakes=self._together(mistakes),
            usage=calls.usage,
            prompt_version=self._prompt_version,
            # In every mode of the whole request: the parts that are sent are made of nothing else.
            prompt_digest=prompt_digest(request),
            reply="\n".join(calls.replies),
            downgrades=calls.downgrades,
            flags=dialogue.flags,
        )

    def _together(self, rounds: tuple[list[Verdict], ...]) -> tuple[Verdict, ...]:
        return tuple(rounds[0]) if len(rounds) == 1 else median_verdicts(rounds, self.label)

    async def _round(
        self, request: JudgeRequest, dialogue: Dialogue | YesNo, turn: int
    ) -> tuple[list[Verdict], list[Verdict]]:
        criteria, mistakes = [], []
        for part in self._parts(_turned(request, turn)):
            found, made = await dialogue.verdicts(part)
            criteria += found
            mistakes += made
        return _in_order(criteria, (c.id for c in request.criteria)), _in_order(
            mistakes, (m.id for m in request.mistakes)
        )

    def _parts(self, request: JudgeRequest) -> list[JudgeRequest]:
        if self.mode != "per_criterion":
            return [request]
        return [
            *(request.model_copy(update={"criteria": (c,), "mistakes": ()}) for c in request.criteria),
            *(request.model_copy(update={"criteria": (), "mistakes": (m,)}) for m in request.mistakes),
        ]


def _turned(request: JudgeRequest, turn: int) -> JudgeRequest:
    """The request with another criterion first: the order sways a model, so repeats must not share it."""
    if turn == 0 or not request.criteria:
        return request
    first = turn % len(request.criteria)
    return request.model_copy(update={"criteria": request.criteria[first:] + request.criteria[:first]})


def _in_order(verdicts: Iterable[Verdict], identifiers: Iterable[str]) -> list[Verdict]:
    by_id = {verdict.id: verdict for verdict in verdicts}
    return [by_id[identifier] for identifier in identifiers]
