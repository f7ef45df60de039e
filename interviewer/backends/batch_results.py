"""How a batch stands, and what became of its requests, as a provider tells it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx
import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.backends.completion import Malformed
from interviewer.backends.failures import scrub

ENDPOINT: Final = "/v1/chat/completions"


class _Sent(BaseModel):
    """Part of what the server sent: the SDK's objects may lack whatever they should have."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)


class _Counts(_Sent):
    total: int | None = None
    completed: int | None = None
    failed: int | None = None


class _Problem(_Sent):
    code: str | None = None
    message: str | None = None


class _Problems(_Sent):
    data: tuple[_Problem, ...] | None = None


class Batch(_Sent):
    """How a batch stands."""

    id: str
    status: str
    input_file_id: str | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    request_counts: _Counts | None = None
    errors: _Problems | None = None

    @property
    def done(self) -> int:
        """Requests that have their reply or their error."""
        counts = self.request_counts
        return 0 if counts is None else (counts.completed or 0) + (counts.failed or 0)

    @property
    def problem(self) -> str:
        """Why the provider refused it, in its own words."""
        first = self.errors.data[0] if self.errors and self.errors.data else _Problem()
        return scrub(first.message or first.code or "the provider does not say why")

    @property
    def lacks_room(self) -> bool:
        """Whether it was refused because too many tokens would be in the provider's queue."""
        found = self.errors.data if self.errors and self.errors.data else ()
        return self.status == "failed" and any(problem.code == "token_limit_exceeded" for problem in found)


class _Response(_Sent):
    status_code: int
    body: Any = None


class _Line(_Sent):
    custom_id: str
    response: _Response | None = None
    error: _Problem | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one request of a batch."""

    status: int
    """As HTTP has it."""
    body: Any

    @property
    def is_settled(self) -> bool:
        """Whether asking again would give the same."""
        return self.status in (200, 400, 422)

    def completion(self) -> object:
        """The completion, as it would have come from a call.

        Raises:
            openai.APIStatusError: an error in place of it.
        """
        if self.status < 400:
            return self.body
        response = httpx.Response(self.status, request=httpx.Request("POST", ENDPOINT))
        error = self.body.get("error", self.body) if isinstance(self.body, dict) else self.body
        raise openai.APIStatusError(json.dumps(error, ensure_ascii=False), response=response, body=error)


UNDONE = Result(408, {"message": "the provider did not get to it before its batch ended"})
_UNTRIED = ("batch_expired", "batch_cancelled")


def read_batch(sent: object) -> Batch:
    """The batch in what the SDK made of a reply.

    Raises:
        Malformed: it is none.
    """
    try:
        return Batch.model_validate(sent)
    except ValidationError:
        raise Malformed("the server's reply is no batch") from None


def read_results(content: bytes) -> dict[str, Result]:
    """A file of results; a line that cannot be read is as good as none."""
    results = {}
    for text in content.splitlines():
        with suppress(ValidationError):
            line = _Line.model_validate_json(text)
            results[line.custom_id] = _result(line)
    return results


def _result(line: _Line) -> Result:
    if line.response is not None:
        return Result(line.response.status_code, line.response.body)
    problem = line.error or _Problem()
    if problem.code in _UNTRIED:
        return UNDONE
    return Result(500, {"message": problem.message, "code": problem.code})
