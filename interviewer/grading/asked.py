"""Which models a judge asks about every answer, and what that takes."""

from __future__ import annotations

from interviewer.backends.offer import WORD_TOKENS
from interviewer.backends.prices import Price
from interviewer.backends.protocols import Judge
from interviewer.grading.chat_judge import ChatJudge, Mode
from interviewer.grading.panel import PanelJudge
from interviewer.models import Value


class AskedModel(Value):
    """A model that a judge asks about every answer, and what that takes."""

    label: str
    price: Price | None
    repeats: int
    mode: Mode
    """In how many calls, and for what kind of reply."""
    max_tokens: int
    """Of one reply."""


def asked_models(judge: Judge) -> tuple[AskedModel, ...]:
    """The models behind a judge that cost something; none for the embedded one."""
    if isinstance(judge, PanelJudge):
        return tuple(model for member in judge.members for model in asked_models(member))
    caller = getattr(judge.backend, "caller", None) if isinstance(judge, ChatJudge) else None
    if caller is None or not isinstance(judge, ChatJudge):
        return ()
    return (
        AskedModel(
            label=judge.label,
            price=caller.price,
            repeats=judge.repeats,
            mode=judge.mode,
            max_tokens=WORD_TOKENS if judge.mode == "yes_no" else caller.offer.max_tokens,
        ),
    )
