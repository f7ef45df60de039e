"""Asks a judge once, as `interviewer doctor` does, without stopping the screen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from interviewer.config import Settings
from interviewer.errors import InterviewerError
from interviewer.grading.probe import Report, probe

if TYPE_CHECKING:
    from interviewer.embedded.judge import EmbeddedJudge


async def probe_judge(settings: Settings) -> Report:
    """What the judge of these settings can do; loading and computing goes on in a thread.

    Raises:
        ConfigError: the settings name no judge that there could be.
    """
    from interviewer.grading.judges import choose, make_judge

    choice = await asyncio.to_thread(choose, settings)
    if choice.judge.backend == "embedded":
        # It computes and never waits, so a thread of its own will be done soon.
        return await asyncio.to_thread(lambda: asyncio.run(probe(settings, _embedded, choice=choice)))

    def load() -> None:
        # Importing a provider's library takes a second. What is wrong is found again, and said, below.
        try:
            make_judge(settings, _embedded, choice=choice)
        except InterviewerError:
            return

    await asyncio.to_thread(load)
    return await probe(settings, _embedded, choice=choice)


def _embedded() -> EmbeddedJudge:
    from interviewer.backends.onnx import MiniLM
    from interviewer.embedded.judge import EmbeddedJudge

    model = MiniLM()
    model.embed(["load"])
    return EmbeddedJudge(model)
