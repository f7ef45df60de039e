"""A chat completion server that takes its time, and fails as often as it is told to: for volume, not variety.

`python -m tests.latency_server [--latency S] [--faults] [--seed N] [--rpm N]` prints its address and serves.

Its judgement of an answer depends on the answer and the criterion only (`level_of`), so whoever asks can tell
whether a score is right. `/stats` tells what it has seen.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import re
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

FAULTS = {"429": 0.10, "500": 0.05, "reset": 0.02, "malformed": 0.015, "truncated": 0.015, "hang": 0.01}
"""Share of the requests that meet each fault."""
HANGS = 3600.0
_ANSWER = re.compile(r"\[\[ANSWER (\w+)\]\]\n(.*)\n\[\[END ANSWER \1\]\]", re.S)

Stats = dict[str, Any]


def level_of(answer: str, criterion: str) -> str:
    """The level that the server gives an answer on a criterion."""
    digest = hashlib.sha256(f"{answer}\0{criterion}".encode()).digest()
    return ("not_met", "partial", "met")[digest[0] % 3]


def judgement(body: dict[str, Any]) -> tuple[str, str]:
    """The answer in a request, and the reply to it."""
    found = _ANSWER.search(body["messages"][-1]["content"])
    assert found is not None
    answer = found[2]
    schema = _schema(body)
    quote = " ".join(answer.split()[:6])
    criteria = {}
    for name in schema["properties"].get("criteria", {}).get("properties", {}):
        level = level_of(answer, name)
        criteria[name] = {"reason": "As it is.", "quote": quote if level != "not_met" else "", "level": level}
    reply: dict[str, Any] = {}
    if "criteria" in schema["properties"]:
        reply["criteria"] = criteria
    if "mistakes" in schema["properties"]:
        names = schema["properties"]["mistakes"]["properties"]
        reply["mistakes"] = {name: {"quote": "", "made": False} for name in names}
    return answer, json.dumps(reply)


def _schema(body: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = (
        body["tools"][0]["function"]["parameters"]
        if "tools" in body
        else body["response_format"]["json_schema"]["schema"]
    )
    return schema


class LatencyServer:
    """Replies after a while.

    Args:
        latency: seconds until a reply.
        faults: share of the requests that meet each fault.
        seed: of the faults.
        rpm: requests a minute beyond which it is too busy; None: as many as come.
    """

    def __init__(self, latency: float, faults: dict[str, float], seed: int, rpm: float | None = None) -> None:
        self._latency = latency
        self._faults = faults
        self._random = random.Random(seed)
        self._rate = None if rpm is None else rpm / 60
        self._level = 1.0 if self._rate is None else max(1.0, self._rate)
        self._seen = 0.0
        self.requests = 0
        self.at_once = self.most_at_once = 0
        self.prompt_bytes = 0
        self.outcomes: Counter[str] = Counter()
        self.finished: Counter[str] = Counter()
        """Good replies by the digest of the answer."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        raw = await request.read()
        self.requests += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.prompt_bytes += len(raw)
        try:
            return await self._reply(request, raw)
        finally:
            self.at_once -= 1

    async def _reply(self, request: web.Request, raw: bytes) -> web.StreamResponse:
        body = json.loads(raw)
        fault = "429" if self._is_crowded() else self._fault()
        self.outcomes[fault] += 1
        if fault == "429":
            headers = {"retry-after": "0.2"}
            return web.json_response({"error": {"message": "too many requests"}}, status=429, headers=headers)
        if fault == "500":
            return web.json_response({"error": {"message": "internal"}}, status=500)
        if fault == "hang":
            await asyncio.sleep(HANGS)
        answer, text = judgement(body)
        await asyncio.sleep(self._latency)
        if fault == "reset":
            assert request.transport is not None
            request.transport.abort()
        if fault == "malformed":
            text = f"Well, I would say: {text[:40]} and so on."
        if fault == "truncated":
            text = text[: len(text) // 2]
        if fault == "good":
            self.finished[hashlib.sha256(answer.encode()).hexdigest()[:16]] += 1
        return web.json_response(_completion(text, "length" if fault == "truncated" else "stop", len(raw)))

    def _fault(self) -> str:
        at = self._random.random()
        for name, share in self._faults.items():
            if at < share:
                return name
            at -= share
        return "good"

    def _is_crowded(self) -> bool:
        if self._rate is None:
            return False
        now = asyncio.get_running_loop().time()
        self._level = min(max(1.0, self._rate), self._level + (now - self._seen) * self._rate)
        self._seen = now
        if self._level < 1:
            return True
        self._level -= 1
        return False

    async def stats(self, request: web.Request) -> web.Response:
        """What it has seen."""
        return web.json_response(
            {
                "requests": self.requests,
                "most_at_once": self.most_at_once,
                "prompt_bytes": self.prompt_bytes,
                "outcomes": self.outcomes,
                "finished": self.finished,
            }
        )


def _completion(text: str, finish: str, size: int) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}],
        "usage": {
            "prompt_tokens": size // 4 + 1,
            "completion_tokens": len(text) // 4 + 1,
            "total_tokens": (size + len(text)) // 4 + 2,
        },
    }


class Serving:
    """A server in a process of its own."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def stats(self) -> Stats:
        """What it has seen."""
        with urllib.request.urlopen(f"{self.base_url}/stats") as reply:
            stats: Stats = json.load(reply)
        return stats


@contextmanager
def latency_server(*options: str) -> Iterator[Serving]:
    """A server in a process of its own, which takes no time from whoever is measured."""
    command = [sys.executable, "-m", "tests.latency_server", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Serving(process.stdout.readline().strip())
        finally:
            process.kill()


async def _serve(server: LatencyServer) -> None:
    application = web.Application(client_max_size=1 << 26)
    application.router.add_post("/v1/chat/completions", server.handle)
    application.router.add_get("/v1/stats", server.stats)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/v1", flush=True)  # noqa: T201
    await asyncio.Event().wait()


def main() -> None:
    """Serves until it is killed."""
    arguments = argparse.ArgumentParser(prog="python -m tests.latency_server")
    arguments.add_argument("--latency", type=float, default=0.2)
    arguments.add_argument("--faults", action="store_true")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--rpm", type=float)
    options = arguments.parse_args()
    faults = FAULTS if options.faults else {}
    asyncio.run(_serve(LatencyServer(options.latency, faults, options.seed, options.rpm)))


if __name__ == "__main__":
    main()
