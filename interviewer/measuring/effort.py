"""What grades took: calls, tokens, money, time. What is unknown of one is unknown of all."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import TypeVar

from interviewer.measuring.results import Effort
from interviewer.models import GradeRecord, Usage

Amount = TypeVar("Amount", int, float)


def effort_of(records: Sequence[GradeRecord], fresh: int, seconds: float) -> Effort:
    """The effort behind these records.

    Args:
        fresh: how many of them this run has graded.
        seconds: that those took together.
    """
    receipts = [record.receipt for record in records if record.receipt is not None]
    usages = [receipt.usage for receipt in receipts if receipt.usage.calls]
    return Effort(
        calls=sum(usage.calls for usage in usages),
        prompt_tokens=_sum(usages, lambda usage: usage.prompt_tokens),
        completion_tokens=_sum(usages, lambda usage: usage.completion_tokens),
        cost_usd=_sum(usages, lambda usage: usage.cost_usd),
        seconds=statistics.median(receipt.seconds for receipt in receipts) if receipts else None,
        per_second=fresh / seconds if fresh and seconds else None,
    )


def _sum(usages: Sequence[Usage], of: Callable[[Usage], Amount | None]) -> Amount | None:
    amounts = [of(usage) for usage in usages]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
