"""What all screens share: the bank, the history, and the judge as far as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from interviewer.bank import Bank
from interviewer.config import Settings
from interviewer.errors import InterviewerError
from interviewer.history import History, Writer
from interviewer.models import Answer, Outcome, Ungraded
from interviewer.practice.running import keep_outcome, outcome_of
from interviewer.tui.backstage import Backstage
from interviewer.wiring import ChosenGrader, choose_grader

if TYPE_CHECKING:
    # Numpy and the model's runtime are loaded in the background, after the first screen is drawn.
    from interviewer.backends.protocols import Speaker
    from interviewer.grading.pipeline import Grader

AT_ONCE = 4
"""Answers that are being graded at the same time."""
Phase = Literal["choosing", "loading", "ready", "failed"]
Heard = Literal["unasked", "answered", "failed"]
"""What came of the last answer that a loaded judge was asked about."""


@dataclass(frozen=True)
class JudgeStatus:
    """Which judge will grade, and whether it is there."""

    phase: Phase = "choosing"
    label: str = ""
    why: str = ""
    downgrades: tuple[str, ...] = ()
    problem: str = ""
    """Why it cannot be used, or gave no grade when it was last asked."""
    heard: Heard = "answered"
    """A judge on this machine has nothing to prove: it is there once it is loaded."""

    @property
    def text(self) -> str:
        """In a few words."""
        loaded = {"unasked": "not asked yet", "answered": "ready", "failed": "failed last time"}
        return {
            "choosing": "looking for a judge …",
            "loading": f"{self.label}: loading …",
            "ready": f"{self.label}: {loaded[self.heard]}",
            "failed": f"{self.label or 'judge'}: cannot be used",
        }[self.phase]

    @property
    def is_local(self) -> bool:
        """It asks no server."""
        return self.label == "embedded" or self.label.startswith("scripted/")

    def after(self, outcome: Outcome) -> JudgeStatus:
        """The status once the judge has been asked for this outcome."""
        if self.phase != "ready" or self.is_local:
            return self
        if isinstance(outcome, Ungraded):
            return replace(self, heard="failed", problem=outcome.reason)
        # What rules and checks decide alone says nothing about the judge.
        return replace(self, heard="answered", problem="") if outcome.receipt.usage.calls else self


class Desk:
    """Loads the judge in the background and grades with it.

    Args:
        settings: the judge's among them.
        on_judge: called when the judge's status has changed.
        on_answer: called with each answer whose grading has begun or ended.
        on_loss: called, in the writer's thread, where something was not kept that nobody waits for.
    """

    def __init__(
        self,
        settings: Settings,
        bank: Bank,
        history: History,
        *,
        on_judge: Callable[[], None],
        on_answer: Callable[[Answer], None],
        on_loss: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self.bank = bank
        self.history = history
        self.writer = Writer(self._lose)
        self.backstage = Backstage()
        self.loss: str | None = None
        """What was not kept, and is not told by `history.problem`."""
        self.status = JudgeStatus()
        self.in_work: set[int] = set()
        """Numbers of the answers that are waiting for a grade or being graded."""
        self._on_judge = on_judge
        self._on_answer = on_answer
        self._on_loss = on_loss
        self._chosen: asyncio.Task[ChosenGrader] | None = None
        self._turn = asyncio.Semaphore(AT_ONCE)

    def use(self, settings: Settings) -> None:
        """Grades with the judge of these settings from now on; loads it in the background."""
        self.settings = settings
        self._chosen = asyncio.create_task(self._load(settings), name="load-judge")
        # A judge that cannot be used is shown by its status, and by every answer that asks for it.
        self._chosen.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def grader(self) -> Grader:
        """The judge's grader, waited for.

        Raises:
            InterviewerError: it cannot be used.
        """
        return (await self._judge()).grader()

    async def speaker(self) -> Speaker | None:
        """The model that asks on, where the judge has one."""
        try:
            return (await self._judge()).speaker()
        except InterviewerError:
            return None

    async def grade(self, answer: Answer, settings: Settings | None = None) -> Answer:
        """Grades an answer and keeps the outcome, whatever it is; gives the answer as it stands then.

        Args:
            settings: of another judge than the usual one.
        """
        self.in_work.add(answer.id)
        self._on_answer(answer)
        try:
            async with self._turn:
                outcome = await self._outcome(answer, settings)
                answer = await self.writer.do(keep_outcome, self.history, answer, outcome)
        finally:
            self.in_work.discard(answer.id)
        self._on_answer(answer)
        return answer

    def close(self) -> None:
        """Stops what is being graded, and waits for what is being written."""
        self.backstage.close()
        self.writer.close()

    async def _outcome(self, answer: Answer, settings: Settings | None) -> Outcome:
        judge = self._in_use()
        try:
            grader = await (self.grader() if settings is None else _other_grader(settings))
        except InterviewerError as error:
            return Ungraded(reason=error.in_a_line, grader=self.status.label or "no judge")
        outcome = await self.backstage.run(outcome_of(grader, self.bank, answer))
        # Another judge, or one that was replaced meanwhile, says nothing about the one in use.
        in_use = settings is None and judge is self._chosen
        if in_use and (status := self.status.after(outcome)) != self.status:
            self.status = status
            self._on_judge()
        return outcome

    def _in_use(self) -> asyncio.Task[ChosenGrader]:
        if self._chosen is None:
            self.use(self.settings)
        assert self._chosen is not None
        return self._chosen

    async def _judge(self) -> ChosenGrader:
        """The judge in use, waited for; whoever stops waiting does not stop it."""
        return await asyncio.shield(self._in_use())

    async def _load(self, settings: Settings) -> ChosenGrader:
        self._say(JudgeStatus())
        try:
            chosen = await asyncio.to_thread(choose_grader, settings)
            loading = JudgeStatus("loading", chosen.label, chosen.why, chosen.downgrades)
            self._say(loading)
            await asyncio.to_thread(chosen.grader)
        except InterviewerError as error:
            self._say(replace(self.status, phase="failed", problem=error.in_a_line))
            raise
        except Exception as error:
            # Native code and other people's models: whatever stops them, the interview goes on.
            problem = f"cannot be loaded: {type(error).__name__}: {' '.join(str(error).split())}"
            self._say(replace(self.status, phase="failed", problem=problem))
            raise InterviewerError(problem) from error
        self._say(replace(loading, phase="ready", heard="answered" if loading.is_local else "unasked"))
        return chosen

    def _lose(self, error: BaseException) -> None:
        self.loss = (
            error.in_a_line if isinstance(error, InterviewerError) else f"{type(error).__name__}: {error}"
        )
        self._on_loss(self.loss)

    def _say(self, status: JudgeStatus) -> None:
        # A judge that is still loading when another one takes its place has nothing more to say.
        if asyncio.current_task() is self._chosen:
            self.status = status
            self._on_judge()


async def _other_grader(settings: Settings) -> Grader:
    def make() -> Grader:
        return choose_grader(settings).grader()

    return await asyncio.to_thread(make)
