"""Which models a judge asks about every answer, and what that takes."""

from __future__ import annotations

from interviewer.backends.prices import Price
from interviewer.backends.protocols import Judge
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.panel import PanelJudge
from interviewer.models import Value


class AskedModel(Value):
    """A model that a judge asks about every answer, and what that takes."""

    label: str
    price: Price | None
    repeats: int
    one_by_one: bool
    """Whether it is asked about each criterion by itself."""
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
            one_by_one=judge.mode == "per_criterion",
            max_tokens=caller.offer.max_tokens,
        ),
    )
