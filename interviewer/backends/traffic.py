"""The calls of a run: how many at once, how fast, and for how much money.

Only a call holds a place: an answer that waits to try again lets another one call.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from interviewer.backends.crowd import Crowd
from interviewer.backends.deadline import paused
from interviewer.backends.failures import LOST_ATTEMPT, REFUSED_ATTEMPT
from interviewer.errors import InterviewerError
from interviewer.models import Usage

WINDOW = 32
"""Calls from which the share that the server was too busy for is taken."""
CROWDED, QUIET = 0.4, 0.1
"""Above this share fewer calls are made at once, below it more again. Servers fail now and then without being
crowded, and to slow down for those would help nobody."""
FEWEST = 0.25
"""Of the calls at once remains the share that was not turned away, but at least this."""
FIRST_GAP, LEAST_GAP, LONGEST_GAP = 0.1, 0.001, 30.0
"""Seconds between calls to a server that is too busy: at first where it took none, at last, and at most."""
WIDER, NARROWER = 1.5, 0.93
"""What becomes of that gap after a call that was turned away, and after any other."""


class BudgetReached(InterviewerError):
    """The next call could cost more than is left. What is running goes on; nothing new begins."""

    exit_code = 4


@dataclass
class Call:
    """One call while it runs. Whoever makes it says at the end what became of it."""

    tokens: int
    worst_usd: float
    """US dollars set aside for it."""
    began: float = 0.0
    """On the loop's clock."""
    usage: Usage = LOST_ATTEMPT
    """What it took; a cost that is not known counts as the worst."""
    busy: bool = False
    """Whether the server had no time for it."""
    retry_after: float | None = None
    """Seconds after which the server wants to be asked again."""


class Bucket:
    """So many a minute, at most a second's worth of them in one go.

    Args:
        per_minute: None sets no limit.
    """

    def __init__(self, per_minute: float | None) -> None:
        self._rate = None if per_minute is None else per_minute / 60
        self._level = self._most = 0.0 if self._rate is None else max(1.0, self._rate)
        self._seen: float | None = None

    def delay(self, amount: float, now: float) -> float:
        """Seconds until so much may be taken; more than is ever there may be taken when it is full."""
        if self._rate is None:
            return 0.0
        if self._seen is not None:
            self._level = min(self._most, self._level + (now - self._seen) * self._rate)
        self._seen = now
        return max(0.0, (min(amount, self._most) - self._level) / self._rate)

    def take(self, amount: float) -> None:
        """Takes so much, more than is there if need be: the next ones wait for it."""
        if self._rate is not None:
            self._level -= amount


class Traffic:
    """Lets calls through, first come first served. All callers of a run share one.

    Args:
        at_once: calls at the same time; fewer while the server says that it is too busy.
        rpm: requests a minute.
        tpm: tokens a minute.
        budget_usd: US dollars for all calls; a call is made only if its worst case still fits.
        adapts: whether fewer are made at once while the server says that it is too busy.
    """

    def __init__(
        self,
        at_once: int | None = None,
        *,
        rpm: float | None = None,
        tpm: float | None = None,
        budget_usd: float | None = None,
        adapts: bool = True,
    ) -> None:
        self._most = self._limit = float("inf") if at_once is None else float(at_once)
        self._requests = Bucket(rpm)
        self._tokens = Bucket(tpm)
        self._budget = budget_usd
        self._adapts = adapts
        self.crowd = Crowd()
        """Who is at work on the run, and whether all of them wait."""
        self.counts_tokens = tpm is not None or budget_usd is not None
        """Whether calls have to say what they will need."""
        self._running = 0
        self._waiting: deque[tuple[Call, asyncio.Future[None]]] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._closed_until = 0.0
        self._gap = 0.0
        """Seconds between calls, so that a server which turns calls away is asked at the rate it can take."""
        self._slowed = 0.0
        """When it was last slowed down: what began before says nothing about how it goes since."""
        self._recent: deque[tuple[float, bool]] = deque(maxlen=WINDOW)
        self._reserved_usd = 0.0
        self.spent_usd = 0.0
        """US dollars; a call of unknown cost counts as its worst case."""
        self.prompt_tokens = self.completion_tokens = 0
        """Of the calls that told."""
        self.is_exact = True
        """Whether every call told its cost."""
        self.calls = 0
        self.quota_spent: str | None = None
        """Why the provider gives nothing more for now: the quota is used up. Not to be asked on."""

    @property
    def at_once(self) -> float:
        """Calls at the same time, as things stand."""
        return self._limit

    @property
    def is_slowed(self) -> bool:
        """Whether calls are being made with gaps, because the server is too busy for more."""
        return self._gap > 0

    @asynccontextmanager
    async def call(self, *, tokens: int = 0, worst_usd: float = 0.0) -> AsyncIterator[Call]:
        """A place for one call, waited for; waiting counts against no deadline.

        Raises:
            BudgetReached: what it could cost is more than is left, and nothing running will free any.
        """
        call = Call(tokens, worst_usd)
        if self._waiting or not self._admits(call):
            place = asyncio.get_running_loop().create_future()
            self._waiting.append((call, place))
            self._admit()
            with paused(), self.crowd.waits():
                await self._place(call, place)
        else:
            self._begin(call)
        try:
            yield call
        finally:
            self._end(call)

    async def _place(self, call: Call, place: asyncio.Future[None]) -> None:
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                # Let in, and gone before anything was sent.
                call.usage = REFUSED_ATTEMPT
                self._end(call)
            raise

    def _admits(self, call: Call) -> bool:
        return self._running + 1 <= self._limit and self._delay(call) <= 0 and self._fits(call)

    def _delay(self, call: Call) -> float:
        now = asyncio.get_running_loop().time()
        return max(
            self._closed_until - now, self._requests.delay(1, now), self._tokens.delay(call.tokens, now)
        )

    def _fits(self, call: Call) -> bool:
        left = float("inf") if self._budget is None else self._budget - self.spent_usd - self._reserved_usd
        return call.worst_usd <= left

    def _begin(self, call: Call) -> None:
        self._running += 1
        self.calls += 1
        call.began = asyncio.get_running_loop().time()
        if self._gap:
            self._closed_until = call.began + self._gap
        self._reserved_usd += call.worst_usd
        self._requests.take(1)
        self._tokens.take(call.tokens)

    def _end(self, call: Call) -> None:
        self._running -= 1
        self._reserved_usd = self._reserved_usd - call.worst_usd if self._running else 0.0
        used = call.usage
        self.is_exact = self.is_exact and used.cost_usd is not None
        self.spent_usd += call.worst_usd if used.cost_usd is None else used.cost_usd
        self.prompt_tokens += used.prompt_tokens or 0
        self.completion_tokens += used.completion_tokens or 0
        if used.prompt_tokens is not None and used.completion_tokens is not None:
            self._tokens.take(used.prompt_tokens + used.completion_tokens - call.tokens)
        self._learn(call)
        self._admit()

    def _learn(self, call: Call) -> None:
        """Fewer calls at once, and with gaps, where many are turned away; slowly more again where few are."""
        if not self._adapts or call.began < self._slowed:
            return
        self._recent.append((call.began, call.busy))
        if not call.busy:
            self._gap = self._gap * NARROWER if self._gap > LEAST_GAP else 0.0
        elif self._gap:
            self._gap = min(LONGEST_GAP, self._gap * WIDER)
            self._close(self._gap)
        # A whole window at first: of fewer calls, now and then many are turned away by chance.
        if len(self._recent) < (WINDOW / 4 if self._gap else WINDOW):
            return
        share = sum(busy for _, busy in self._recent) / len(self._recent)
        if call.busy and share > CROWDED:
            self._slow_down(share, call.retry_after or 0.0)
        elif share < QUIET and self._limit < self._most:
            self._limit = min(self._most, self._limit + 1 / max(1.0, self._limit / 4))

    def _slow_down(self, share: float, retry_after: float) -> None:
        if self._limit == float("inf"):
            self._limit = float(max(2, self._running + 1))
        self._limit = max(1.0, self._limit * max(FEWEST, 1 - share))
        if not self._gap:
            # The pace at which it took calls of late.
            taken = len(self._recent) * (1 - share)
            seconds = asyncio.get_running_loop().time() - self._recent[0][0]
            self._gap = seconds / taken if taken else FIRST_GAP
        self._recent.clear()
        self._close(max(self._gap, retry_after))

    def _close(self, seconds: float) -> None:
        self._slowed = asyncio.get_running_loop().time()
        self._closed_until = self._slowed + min(seconds, LONGEST_GAP)

    def _admit(self) -> None:
        """Lets in whoever can go now, and comes back when the next one can."""
        while self._waiting:
            call, place = self._waiting[0]
            if place.done():
                self._waiting.popleft()
            elif self._running + 1 > self._limit:
                return
            elif (delay := self._delay(call)) > 0:
                self._come_back(delay)
                return
            elif self._fits(call):
                self._waiting.popleft()
                self._begin(call)
                place.set_result(None)
            elif self._running:
                return
            else:
                self._waiting.popleft()
                place.set_exception(self._too_dear(call))

    def _come_back(self, delay: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(delay, self._admit)

    def _too_dear(self, call: Call) -> BudgetReached:
        return BudgetReached(
            f"the budget of {self._budget:g} USD is reached: {self.spent_usd:.4f} USD are spent, and the next"
            f" call may cost {call.worst_usd:.4f} USD",
            hint="run the same command again with another --budget-usd to go on",
        )
