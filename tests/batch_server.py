"""A server with a batch endpoint: files, batches that take some looks to be over, and all that can go wrong.

It judges as `tests.latency_server` does, by batch and by single call, and forgets nothing while it lives: a
program that was killed finds its batches again.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fault_server import completion
from tests.latency_server import judgement

Body = dict[str, Any]


@dataclass
class MadeBatch:
    """One batch."""

    id: str
    input_file_id: str
    requests: list[Body]
    looks: int
    """That it takes until it is over."""
    ends: str = "completed"
    error: dict[str, str] | None = None
    """Why it is refused."""
    status: str = "validating"
    output: str | None = None
    errors: str | None = None

    def as_json(self) -> Body:
        """As the endpoint tells it."""
        over = self.status == self.ends
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "created_at": 1,
            "input_file_id": self.input_file_id,
            "status": self.status,
            "output_file_id": self.output,
            "error_file_id": self.errors,
            "errors": {"object": "list", "data": [self.error]} if self.error and over else None,
            "request_counts": {
                "total": len(self.requests),
                "completed": len(self.requests) if over else 0,
                "failed": 0,
            },
        }


@dataclass
class BatchServer:
    """What the server has, has seen, and is to do."""

    looks: int = 2
    """At a batch until it is over."""
    held: bool = False
    """Whether no batch gets on, for as long as this is so."""
    ends: list[str] = field(default_factory=list)
    """How the next batches end: `expired` and `cancelled` when half of them is done; `failed`."""
    refusal: dict[str, str] = field(default_factory=lambda: {"code": "invalid", "message": "no good"})
    """Why a batch that ends `failed` does."""
    room: int | None = None
    """Requests that may be under way at the same time."""
    lost_replies: int = 0
    """So many batches are made while the connection breaks before it is said."""
    unavailable: int = 0
    """So many calls of any kind are turned away with HTTP 503."""
    faults: dict[str, list[int]] = field(default_factory=dict)
    """HTTP errors for the requests about an answer, one after the other."""
    malformed: set[str] = field(default_factory=set)
    """Answers about which the first reply is no JSON."""
    base_url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, MadeBatch] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    """How often each answer was in a batch that was not refused."""
    polls: int = 0
    polled: threading.Event = field(default_factory=threading.Event)
    """Set whenever a batch is looked at."""

    @property
    def sizes(self) -> list[int]:
        """Requests of each batch."""
        return [len(batch.requests) for batch in self.batches.values()]

    async def upload(self, request: web.Request) -> web.Response:
        """POST /files."""
        form = await request.post()
        assert form["purpose"] == "batch"
        part = form["file"]
        assert isinstance(part, web.FileField)
        return web.json_response({"id": self._put(part.file.read()), "object": "file"})

    async def content(self, request: web.Request) -> web.Response:
        """GET /files/ID/content."""
        return web.Response(body=self.files[request.match_info["id"]])

    async def create(self, request: web.Request) -> web.Response:
        """POST /batches."""
        body = await request.json()
        assert (body["endpoint"], body["completion_window"]) == ("/v1/chat/completions", "24h")
        lines = self.files[body["input_file_id"]].splitlines()
        requests = [json.loads(line) for line in lines]
        assert len({one["custom_id"] for one in requests}) == len(requests)
        batch = MadeBatch(f"batch_{len(self.batches) + 1}", body["input_file_id"], requests, self.looks)
        under_way = sum(len(b.requests) for b in self.batches.values() if b.status != b.ends)
        if self.room is not None and under_way + len(requests) > self.room:
            batch.ends = "failed"
            batch.error = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached"}
        elif self.ends:
            batch.ends = self.ends.pop(0)
            batch.error = self.refusal if batch.ends == "failed" else None
        if batch.ends != "failed":
            self.asked.update(judgement(one["body"])[0] for one in requests)
        self.batches[batch.id] = batch
        if self.lost_replies:
            self.lost_replies -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(batch.as_json())

    async def listed(self, request: web.Request) -> web.Response:
        """GET /batches."""
        newest = [batch.as_json() for batch in reversed(self.batches.values())]
        return web.json_response({"object": "list", "data": newest, "has_more": False})

    async def look(self, request: web.Request) -> web.Response:
        """GET /batches/ID."""
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            return web.json_response({"error": {"message": "no such batch"}}, status=404)
        self.polls += 1
        self.polled.set()
        if not self.held and batch.status != batch.ends:
            batch.looks -= 1
            batch.status = "in_progress"
            if batch.looks <= 0:
                self._end(batch)
        return web.json_response(batch.as_json())

    async def direct(self, request: web.Request) -> web.Response:
        """POST /chat/completions."""
        return web.json_response(completion(judgement(await request.json())[1]))

    @web.middleware
    async def turn_away(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """HTTP 503 for as long as it is to be."""
        if self.unavailable:
            self.unavailable -= 1
            return web.json_response({"error": {"message": "overloaded"}}, status=503)
        response: web.StreamResponse = await handler(request)
        return response

    def _end(self, batch: MadeBatch) -> None:
        batch.status = batch.ends
        if batch.ends == "failed":
            return
        undone = batch.requests[: len(batch.requests) // 2] if batch.ends != "completed" else []
        good: list[Body] = []
        bad: list[Body] = []
        for one in batch.requests:
            line: Body = {"id": "req", "custom_id": one["custom_id"], "response": None, "error": None}
            if one in undone:
                line["error"] = {"code": f"batch_{batch.ends}", "message": "not in time"}
                bad.append(line)
                continue
            status, body = self._reply(one["body"])
            line["response"] = {"status_code": status, "request_id": "r", "body": body}
            (good if status == 200 else bad).append(line)
        # In another order than they were asked in.
        batch.output = self._lines(good[::-1])
        batch.errors = self._lines(bad)

    def _reply(self, body: Body) -> tuple[int, Body]:
        answer, text = judgement(body)
        if self.faults.get(answer):
            status = self.faults[answer].pop(0)
            return status, {"error": {"message": f"fault {status}"}}
        if answer in self.malformed:
            self.malformed.remove(answer)
            text = "I would say that it is fine."
        return 200, completion(text)

    def _lines(self, lines: list[Body]) -> str | None:
        return self._put("".join(json.dumps(line) + "\n" for line in lines).encode()) if lines else None

    def _put(self, content: bytes) -> str:
        name = f"file-{len(self.files) + 1}"
        self.files[name] = content
        return name

    def application(self) -> web.Application:
        """Where its parts are found."""
        application = web.Application(client_max_size=1 << 28, middlewares=[self.turn_away])
        application.router.add_post("/v1/files", self.upload)
        application.router.add_get("/v1/files/{id}/content", self.content)
        application.router.add_post("/v1/batches", self.create)
        application.router.add_get("/v1/batches", self.listed)
        application.router.add_get("/v1/batches/{id}", self.look)
        application.router.add_post("/v1/chat/completions", self.direct)
        return application


@contextmanager
def batch_server() -> Iterator[BatchServer]:
    """A server in a thread of its own, on a free port."""
    server, ready = BatchServer(), threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        ready.set()
        await over.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
