"""Calls by way of the provider's batch endpoint: half the price, and a reply within a day.

Whoever asks waits. Once all who could ask wait, nothing more can come, and what was asked is a batch.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai

from interviewer.backends.batch_notes import BatchNotes
from interviewer.backends.batch_results import ENDPOINT, UNDONE, Batch, Result
from interviewer.backends.batch_server import BatchGone, BatchRefused, BatchServer
from interviewer.backends.crowd import Crowd
from interviewer.backends.deadline import paused
from interviewer.backends.failures import scrub

MOST = 2000
"""Requests in a batch. Providers take 50,000; smaller ones come back sooner, and several run side by side."""
LARGEST = 90_000_000
"""Bytes in a batch; providers take 100 or 200 million."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, and who waits for what becomes of it."""

    body: dict[str, Any]
    result: asyncio.Future[Result]


class ProviderBatches:
    """All batches of one run.

    Args:
        path: the file beside the output, which says what is under way; see `BatchNotes`.
        crowd: of the run, by which is known when a batch is complete.
        poll: seconds between two looks at a batch that has been under way for a while.
        most: requests in a batch.

    Raises:
        DataError: the file holds something else.
    """

    def __init__(self, path: Path, crowd: Crowd, *, poll: float = 60.0, most: int = MOST) -> None:
        self._notes = BatchNotes(path)
        self._crowd = crowd
        self._poll = poll
        self._most = most
        self._base_url = self._model = ""
        self._earlier: dict[str, list[str]] = {}
        self._collecting: dict[str, asyncio.Task[dict[str, Result]]] = {}
        self._gathered: dict[str, _Asked] = {}
        self._bytes = 0
        self._will_look = False
        self._running: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()
        self._under_way: dict[str, tuple[int, int]] = {}
        """Of each batch, how many requests are done, of how many."""
        self.on_progress: Callable[[str], None] = lambda text: None
        """Is told how things stand."""
        self.on_batch: Callable[[str], None] = lambda text: None
        """Is told of every batch once."""
        crowd.on_change = self._changed

    def connect(
        self, client: Callable[[], Awaitable[openai.AsyncOpenAI]], *, model: str, base_url: str
    ) -> None:
        """Says which server this is about; asked for once, before the first call."""
        self._server = BatchServer(client, f"openai/{model}", self._poll)
        self._model, self._base_url = model, base_url
        self._earlier = self._notes.earlier(base_url)

    @property
    def under_way(self) -> tuple[str, ...]:
        """The batches that are not over."""
        return tuple(map(scrub, self._under_way))

    async def completion(self, body: dict[str, Any]) -> object:
        """The decoded completion for a request body, whenever it comes; no deadline runs meanwhile.

        Raises:
            openai.APIStatusError: the error that came in its place.
            BatchRefused: the provider does not take the batch.
            ConfigError: the key was refused.
        """
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        name = hashlib.sha256(content).hexdigest()[:24]
        with paused(), self._crowd.waits():
            result = await self._from_before(name) or await self._asked(name, body, len(content))
        return result.completion()

    def finish(self) -> None:
        """Forgets the batches: whoever asked has its reply, and has put it where it is kept."""
        self._notes.remove()

    async def _from_before(self, name: str) -> Result | None:
        """What an earlier run has paid for, waited for if need be; None where it has to be asked for."""
        files = self._earlier.get(name, [])
        while files:
            file = files.pop(0)
            if file not in self._collecting:
                self._collecting[file] = asyncio.create_task(self._collected(file))
            # One who stops waiting does not stop it for the others.
            results = await asyncio.shield(self._collecting[file])
            found = results.pop(name, None)
            if found is not None and found.is_settled:
                return found
        return None

    async def _collected(self, file: str) -> dict[str, Result]:
        batch = self._notes.batch_of(file) or await self._server.find(file)
        if batch is None:
            return {}
        self.on_batch(f"batch {scrub(batch)} was handed in by an earlier run, and is collected")
        try:
            return await self._server.results(await self._end_of(batch, 0))
        except BatchGone:
            return {}

    async def _asked(self, name: str, body: dict[str, Any], size: int) -> Result:
        while name in self._gathered:
            name += "+"
        asked = _Asked(body, asyncio.get_running_loop().create_future())
        self._gathered[name] = asked
        self._bytes += size
        if len(self._gathered) >= self._most or self._bytes >= LARGEST:
            self._hand_in()
        else:
            self._changed()
        return await asked.result

    def _changed(self) -> None:
        if self._gathered and not self._will_look:
            self._will_look = True
            # Not at once: who has just been let go on, or given room, is to be seen going on first.
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._will_look = False
        if self._gathered and self._crowd.all_wait:
            self._hand_in()

    def _hand_in(self) -> None:
        asked = {name: one for name, one in self._gathered.items() if not one.result.done()}
        self._gathered, self._bytes = {}, 0
        if not asked:
            return
        task = asyncio.create_task(self._run(asked))
        self._running.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            for one in asked.values():
                if one.result.done():
                    continue
                if task.cancelled() or (error := task.exception()) is None:
                    one.result.cancel()
                else:
                    one.result.set_exception(error)

        task.add_done_callback(ended)

    async def _run(self, asked: dict[str, _Asked]) -> None:
        """One batch from its upload to the replies; smaller ones where it is too much for the provider."""
        batch = await self._through(asked)
        while batch.lacks_room and self._under_way:
            await self._freed.wait()
            batch = await self._through(asked)
        if batch.lacks_room and len(asked) > 1:
            half = len(asked) // 2
            self._most = min(self._most, len(asked) - half)
            names = list(asked)
            for part in (names[:half], names[half:]):
                await self._run({name: asked[name] for name in part})
            return
        if batch.status == "failed":
            raise BatchRefused(
                f"the provider refuses batch {scrub(batch.id)}: {batch.problem}",
                hint="nothing of it was done or paid; the same command hands it in again",
            )
        results = await self._server.results(batch)
        for name, one in asked.items():
            if not one.result.done():
                one.result.set_result(results.get(name, UNDONE))

    async def _through(self, asked: dict[str, _Asked]) -> Batch:
        """Hands these in; gives the batch once it is over."""
        lines = b"".join(_line(name, one.body) for name, one in asked.items())
        file = await self._server.upload(lines)
        del lines
        # Before the batch is made: from then on it costs money.
        self._notes.uploaded(file, list(asked), base_url=self._base_url, model=self._model)
        batch = await self._server.create(file)
        self._notes.created(file, batch)
        self.on_batch(f"batch {scrub(batch)} is handed in, with {_requests(len(asked))}")
        return await self._end_of(batch, len(asked))

    async def _end_of(self, batch: str, requests: int) -> Batch:
        def looked(found: Batch) -> None:
            counts = found.request_counts
            self._under_way[batch] = (found.done, requests or (counts and counts.total) or 0)
            self.on_progress(self._in_words())

        self._under_way[batch] = (0, requests)
        try:
            found = await self._server.end_of(batch, looked)
        except BatchGone:
            self._is_over(batch)
            raise
        self._is_over(batch)
        return found

    def _is_over(self, batch: str) -> None:
        del self._under_way[batch]
        self._freed.set()
        self._freed = asyncio.Event()

    def _in_words(self) -> str:
        done, total = map(sum, zip(*self._under_way.values(), strict=True))
        names = [scrub(name) for name in self._under_way]
        which = f"batch {names[0]}" if len(names) == 1 else f"{len(names)} batches"
        return f"{which}: {done:,} of {total:,} done"


def _line(name: str, body: dict[str, Any]) -> bytes:
    request = {"custom_id": name, "method": "POST", "url": ENDPOINT, "body": body}
    return json.dumps(request, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count:,} requests"
