"""A provider's batch endpoint: files in, a batch that takes its time, files out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import openai

from interviewer.backends.batch_results import ENDPOINT, Batch, Result, read_batch, read_results
from interviewer.backends.completion import Malformed
from interviewer.backends.failures import scrub
from interviewer.backends.refusals import Refusal, refusal_of
from interviewer.errors import ConfigError, InterviewerError

OVER = ("completed", "failed", "expired", "cancelled")
ATTEMPT = 300.0
"""Seconds for one call to the endpoint; the upload is the long one."""
PATIENCE = 1800.0
"""Seconds for which the server may be out of reach before we stop waiting for a batch."""
LISTED = 100
"""Of the newest batches, for finding one whose creation was not confirmed."""
_COLLECTS = "what was handed in goes on at the provider; the same command collects it"
_NO_ENDPOINT = "--provider-batch needs a server that has /files and /batches; without it the model is called"

Thing = TypeVar("Thing")


class BatchRefused(InterviewerError):
    """The provider does not take the batch, or cannot be reached any more."""


class BatchGone(BatchRefused):
    """There is no such batch."""


class BatchServer:
    """The batch endpoint of one server.

    Args:
        client: gives the SDK's client of the running loop.
        label: the model, for error messages.
        poll: seconds between two looks at a batch that has been under way for a while.
        patience: seconds for which the server may be out of reach.
    """

    def __init__(
        self,
        client: Callable[[], Awaitable[openai.AsyncOpenAI]],
        label: str,
        poll: float,
        patience: float = PATIENCE,
    ) -> None:
        self._client = client
        self._label = label
        self._poll = poll
        self._patience = patience

    async def upload(self, lines: bytes) -> str:
        """Hands a file of requests in; gives its name.

        Raises:
            BatchRefused: the server does not take it.
            ConfigError: the key was refused.
        """

        async def ask(client: openai.AsyncOpenAI) -> str:
            sent = await client.files.create(file=("requests.jsonl", lines), purpose="batch")
            name = getattr(sent, "id", None)
            if not isinstance(name, str):
                raise Malformed("the server's reply is no file")
            return name

        return await self._sure(ask)

    async def create(self, file: str) -> str:
        """Makes a batch of an uploaded file; gives its name. However often the connection breaks, it is one.

        Raises:
            BatchRefused: the server does not take it.
            ConfigError: the key was refused.
        """
        tried = False

        async def ask(client: openai.AsyncOpenAI) -> str:
            nonlocal tried
            known = await _listed(client, file) if tried else None
            if known is not None:
                return known
            tried = True
            made = await client.batches.create(input_file_id=file, endpoint=ENDPOINT, completion_window="24h")
            return read_batch(made).id

        return await self._sure(ask)

    async def find(self, file: str) -> str | None:
        """The batch that was made of an uploaded file; None where there is none.

        Raises:
            BatchRefused: the server cannot be asked.
            ConfigError: the key was refused.
        """
        return await self._sure(lambda client: _listed(client, file))

    async def end_of(self, batch: str, on_look: Callable[[Batch], None]) -> Batch:
        """The batch once it is over, however it ended.

        Args:
            on_look: is told how it stands, each time it was looked at.

        Raises:
            BatchGone: there is none.
            BatchRefused: the server cannot be asked any more.
            ConfigError: the key was refused.
        """

        async def ask(client: openai.AsyncOpenAI) -> Batch:
            return read_batch(await client.batches.retrieve(batch))

        for wait in self._waits():
            found = await self._sure(ask)
            on_look(found)
            if found.status in OVER:
                return found
            await asyncio.sleep(wait)
        raise AssertionError("there is always another wait")

    async def results(self, batch: Batch) -> dict[str, Result]:
        """What became of the requests of a batch that is over, by `custom_id`; some may be missing.

        Raises:
            BatchRefused: the server cannot be asked, or its files are gone.
            ConfigError: the key was refused.
        """
        results: dict[str, Result] = {}
        for file in (batch.output_file_id, batch.error_file_id):
            if file:
                results |= read_results(await self._content(file))
        return results

    async def _content(self, file: str) -> bytes:
        async def ask(client: openai.AsyncOpenAI) -> bytes:
            return (await client.files.content(file)).content

        return await self._sure(ask)

    def _waits(self) -> Iterator[float]:
        """Seconds to wait, more each time: a small batch may be over soon, a large one takes hours."""
        wait = self._poll / 30
        while True:
            yield wait
            wait = min(self._poll, wait * 1.5)

    async def _sure(self, ask: Callable[[openai.AsyncOpenAI], Awaitable[Thing]]) -> Thing:
        """What the server says, asked again while it is busy or out of reach: batches outlive a lost network.

        Raises:
            BatchGone: there is no such thing.
            BatchRefused: it says no, or nothing for too long.
            ConfigError: the key was refused.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + self._patience
        for wait in self._waits():
            client = await self._client()
            try:
                async with asyncio.timeout(ATTEMPT):
                    return await ask(client)
            except TimeoutError:
                refusal = Refusal(kind="busy", reason=f"{self._label}: no reply within {ATTEMPT:g} s")
            except Malformed as error:
                refusal = Refusal(kind="busy", reason=f"{self._label}: {scrub(str(error))}")
            except openai.NotFoundError as error:
                refusal = refusal_of(error, self._label)
                raise BatchGone(refusal.reason, hint=_NO_ENDPOINT) from None
            except openai.OpenAIError as error:
                refusal = refusal_of(error, self._label)
            if refusal.kind == "config":
                raise ConfigError(refusal.reason, hint=refusal.hint)
            if refusal.kind != "busy":
                raise BatchRefused(f"the batch is refused: {refusal.reason}", hint=_NO_ENDPOINT)
            if clock() >= until:
                raise BatchRefused(refusal.reason, hint=_COLLECTS)
            await asyncio.sleep(max(wait, refusal.retry_after or 0.0))
        raise AssertionError("there is always another wait")


async def _listed(client: openai.AsyncOpenAI, file: str) -> str | None:
    try:
        page: object = await client.batches.list(limit=LISTED)
    except openai.APIStatusError as error:
        if error.status_code in (404, 405, 501):
            return None
        raise
    for entry in getattr(page, "data", None) or ():
        with suppress(Malformed):
            batch = read_batch(entry)
            if batch.input_file_id == file:
                return batch.id
    return None
