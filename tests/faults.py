"""The table of faults: what a server does, and what has to become of it in every part of the program.

Each part is held to it by a `test_table.py`, in `tests/judge`, `tests/batch` and `tests/tui`. A fault that is
added here is tried on all of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from interviewer.backends.failures import BadReply, NoReply
from interviewer.errors import ConfigError, InterviewerError
from tests.fault_server import (
    Fault,
    bomb,
    breaks_off,
    drips,
    floods,
    hang,
    late,
    raw,
    redirects,
    reset,
    right,
    says,
    status,
    told,
    wire,
)


@dataclass(frozen=True)
class End:
    """What becomes of an answer in each part of the program."""

    calls: int
    """Requests about it, where one more attempt is allowed."""
    recovers: bool
    """Whether it is judged rightly where the fault happens once, and the server is well again."""
    error: type[InterviewerError] | None
    """What a judge raises where the fault never stops; None: it judges rightly all the same."""
    code: int
    """The exit code of a batch in which this happens to one answer."""
    is_kept: bool = True
    """Whether the batch leaves a record of the answer; else the run ends, and the same command goes on."""


GRADED = End(calls=1, recovers=True, error=None, code=0)
ASKED_AGAIN = End(calls=2, recovers=True, error=NoReply, code=1)
REPAIRED = End(calls=2, recovers=True, error=BadReply, code=1)
UNGRADED = End(calls=1, recovers=False, error=NoReply, code=1)
SPENT = End(calls=1, recovers=False, error=NoReply, code=4, is_kept=False)
STOPPED = End(calls=1, recovers=False, error=ConfigError, code=2, is_kept=False)


@dataclass(frozen=True)
class Row:
    """A fault, how it ends, and part of the reason that everybody is given where it never stops."""

    name: str
    fault: Fault
    end: End
    reason: str = ""
    """A regular expression: the two client libraries have words of their own."""
    word: End | None = None
    """How it ends where one word is asked for, if otherwise."""
    litellm_word: End | None = None
    """How that ends through litellm, if otherwise again."""

    @property
    def is_silence(self) -> bool:
        """Whether it ends only because nobody waits any longer."""
        return "no reply within" in self.reason


LOST = "connection lost|timed out or broke off"
NO_JSON = "is not JSON|no chat completion"
NEITHER = "|neither yes nor no"
NOT_ONE = "not one JSON object" + NEITHER
TOO_LARGE = "larger than 4 MiB"
PROSE = "I'm sorry, but I can't help with that."
MARKUP = "[/b] \x1b]0;owned\x07 [@click=app.quit]x[/]"
LONG = json.dumps({"criteria": {"value": "so " * 100_000}})
SPENT_QUOTA = status(429, "You exceeded your quota", code="insufficient_quota", type="insufficient_quota")
UNKNOWN_MODEL = status(404, "The model 'fake' does not exist", code="model_not_found")
TOO_LONG = status(400, "maximum context length is 10 tokens", code="context_length_exceeded")

TABLE = (
    # Time.
    Row("nothing", right, GRADED),
    Row("latency", late(0.1), GRADED),
    Row("a reply in a few drops", drips(0.03, bites=3), GRADED),
    Row("a slow drip", drips(0.1), ASKED_AGAIN, "no reply within"),
    Row("a hang", hang, ASKED_AGAIN, "no reply within"),
    # Rates and quotas.
    Row("429", status(429), ASKED_AGAIN, "HTTP 429"),
    Row("429, again soon", status(429, headers={"retry-after": "0.05"}), ASKED_AGAIN, "HTTP 429"),
    Row("429, again some day", status(429, headers={"retry-after": "soon"}), ASKED_AGAIN, "HTTP 429"),
    Row("429, again in an hour", status(429, headers={"retry-after": "3600"}), UNGRADED, "HTTP 429"),
    Row("429, never again", status(429, headers={"retry-after": "1e300"}), UNGRADED, "HTTP 429"),
    Row("a spent quota", SPENT_QUOTA, SPENT, "the quota is spent"),
    Row("no money", status(402, "pay first"), SPENT, "the quota is spent"),
    # Errors.
    Row("500", status(500), ASKED_AGAIN, "HTTP 500"),
    Row("502 from a gateway", raw(b"<html>Bad", "text/html", http=502), ASKED_AGAIN, "HTTP 502"),
    Row("503", status(503, "overloaded"), ASKED_AGAIN, "HTTP 503"),
    Row("529", status(529, "overloaded"), ASKED_AGAIN, "HTTP 529"),
    Row("400", status(400, "no"), UNGRADED, "HTTP 400"),
    Row("403", status(403, "not for you"), UNGRADED, "HTTP 403"),
    Row("an overlong prompt", TOO_LONG, UNGRADED, "too long for the model"),
    Row("half a character in an error", status(400, "\ud83d"), UNGRADED, r"HTTP 400: \?"),
    Row("markup in an error", status(500, MARKUP), ASKED_AGAIN, "HTTP 500"),
    Row("an error of spaces", status(500, " " * 2_000_000), ASKED_AGAIN, "HTTP 500"),
    Row("an error without end in sight", status(400, "model " * 400_000), UNGRADED, "HTTP 400"),
    Row("a refused key", status(401, "bad key"), STOPPED, "the key was refused"),
    Row("an unknown model", UNKNOWN_MODEL, STOPPED, "no such model"),
    Row("a redirection", redirects, STOPPED, "sends us elsewhere"),
    # The connection.
    Row("a reset", reset, ASKED_AGAIN, LOST),
    Row("a reset in the reply", breaks_off, ASKED_AGAIN, LOST),
    Row("no HTTP", wire(b"SSH-2.0-OpenSSH_9.6\r\n"), ASKED_AGAIN, LOST),
    Row("a header without end", wire(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), ASKED_AGAIN, LOST),
    # Bodies that are no completion.
    Row("an empty body", raw(b""), ASKED_AGAIN, NO_JSON),
    Row("a truncated body", raw(b'{"id": "1", "choices": [{"ind'), ASKED_AGAIN, NO_JSON + "|" + LOST),
    Row("nesting without end", raw(b"[" * 100_000), ASKED_AGAIN),
    Row("invalid UTF-8", raw(b'{"choices": [{"message": {"content": "\xff\xfe"}}]}'), ASKED_AGAIN),
    Row("HTML", raw(b"<html>log in</html>", "text/html"), ASKED_AGAIN, NO_JSON),
    Row("other JSON", raw(b'{"hello": "world"}'), ASKED_AGAIN, "no chat completion"),
    Row("null", raw(b"null"), ASKED_AGAIN, NO_JSON),
    Row("no choices", raw(b'{"choices": []}'), ASKED_AGAIN, "no choices"),
    Row("a choice of nothing", raw(b'{"choices": [null]}'), ASKED_AGAIN, "no chat completion"),
    Row("a huge reply", floods(), ASKED_AGAIN, TOO_LARGE),
    Row("a huge error", floods(http=500), ASKED_AGAIN, "HTTP 500"),
    Row("much of another kind", raw(b" " * 2_000_000, "text/html"), ASKED_AGAIN, NO_JSON),
    Row("much JSON of another kind", raw(b'"' + b" " * 2_000_000 + b'"'), ASKED_AGAIN, NO_JSON),
    Row("a reply that unpacks to a huge one", bomb, ASKED_AGAIN, "is compressed"),
    # Completions that hold no judgement.
    Row("a refusal", says(None, refusal="I will not."), UNGRADED, "refused: I will not."),
    Row("a content filter", says("", finish="content_filter"), UNGRADED, "content filter"),
    Row("a refusal in prose", says(PROSE), REPAIRED, NOT_ONE),
    Row("no content", says(None), REPAIRED, "the reply is empty"),
    Row("an empty reply", says(""), REPAIRED, "the reply is empty"),
    Row("white space", says(" \n\t "), REPAIRED, "the reply is empty"),
    Row("a cut-off reply", says('{"criteria', finish="length"), REPAIRED, "cut off at 500 tokens" + NEITHER),
    Row("half a character", says("\ud83d"), REPAIRED, NOT_ONE),
    Row("malformed JSON", says('{"criteria": {"value": met}}'), REPAIRED, NOT_ONE),
    Row("half the JSON", told(lambda text: text[: len(text) // 2]), REPAIRED, NOT_ONE),
    Row("extra prose", told(lambda text: f"Here you are: {text}"), REPAIRED, NOT_ONE),
    Row("prose behind", told(lambda text: f"{text}\nHope it helps!"), REPAIRED, NOT_ONE, word=GRADED),
    Row("nothing judged", says('{"criteria": {}}'), REPAIRED, "is missing" + NEITHER),
    Row("a score", says('{"criteria": {}, "score": 100}'), REPAIRED, "score: unknown key" + NEITHER),
    Row("a level of its own", says('{"criteria": {"value": 100}}'), REPAIRED, "criteria.value" + NEITHER),
    Row("a judgement without end", says(LONG), REPAIRED, "longer than 500 tokens can be" + NEITHER),
    # Completions that are odd, and right.
    Row("JSON in a code fence", told(lambda t: f"```json\n{t}\n```"), GRADED, NEITHER[1:], word=REPAIRED),
    Row(
        "thoughts before",
        told(lambda text: f"<think>hm {{</think>\n{text}"),
        GRADED,
        NEITHER[1:],
        word=REPAIRED,
        litellm_word=GRADED,
    ),
    Row("no usage", told(usage=False), GRADED),
)
