"""Between rows of the tables and records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from interviewer.errors import DataError
from interviewer.models import (
    OUTCOME,
    Answer,
    Attempt,
    Dispute,
    Draft,
    Outcome,
    PlannedQuestion,
    Question,
    Review,
    Session,
)


def text_of(time: datetime) -> str:
    """A time as it is kept: UTC, so that text in order is time in order."""
    return time.astimezone(UTC).isoformat()


def storable(text: str) -> str:
    """The text without half characters, which a terminal can send and no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def values(*given: object) -> tuple[object, ...]:
    """The values of a row, each as a file can hold it."""
    return tuple(storable(value) if isinstance(value, str) else value for value in given)


def json_of(outcome: Outcome) -> str:
    """An outcome as it is kept."""
    # Not `model_dump_json`, which refuses half characters; a model's reply can hold them.
    return storable(json.dumps(outcome.model_dump(mode="json", by_alias=True), ensure_ascii=False))


def answer_of(row: sqlite3.Row) -> Answer:
    """An answer with its question and newest outcome."""
    columns = _columns(row, without=("asked", "question_id"))
    with _readable(f"answer {row['id']}"):
        columns["question"] = _question(row["question"])
        columns["parents"] = tuple(Question.model_validate(parent) for parent in json.loads(row["parents"]))
        columns["outcome"] = None if row["outcome"] is None else OUTCOME.validate_json(row["outcome"])
        return Answer(**columns)


def outcome_of(row: sqlite3.Row) -> tuple[datetime, Outcome]:
    """What a grader found, and when."""
    with _readable(f"an outcome of answer {row['answer_id']}"):
        return datetime.fromisoformat(row["time"]), OUTCOME.validate_json(row["outcome"])


def session_of(rows: Sequence[sqlite3.Row]) -> Session:
    """A session, from a row for each of its questions; from one without a question where it has none."""
    planned = [row for row in rows if row["question_id"] is not None]
    with _readable(f"session {rows[0]['id']}"):
        return Session(
            **_columns(rows[0], without=("question_id", "why", "ending")),
            planned=tuple(PlannedQuestion(question_id=p["question_id"], why=p["why"]) for p in planned),
            endings=tuple(p["ending"] for p in planned),
        )


def reviews_of(rows: Iterable[sqlite3.Row]) -> list[Review]:
    """The reviews in these rows."""
    with _readable("a review"):
        return [Review(**_columns(row, without=("id",))) for row in rows]


def drafts_of(rows: Iterable[sqlite3.Row]) -> list[Draft]:
    """The drafts in these rows."""
    with _readable("a draft"):
        return [Draft(**_columns(row)) for row in rows]


def attempts_of(rows: Iterable[sqlite3.Row]) -> list[Attempt]:
    """The attempts in these rows."""
    with _readable("an answer"):
        return [Attempt(**_columns(row)) for row in rows]


def disputes_of(rows: Iterable[sqlite3.Row]) -> list[Dispute]:
    """The disputes in these rows."""
    with _readable("a dispute"):
        return [Dispute(**_columns(row)) for row in rows]


def _columns(row: sqlite3.Row, without: Sequence[str] = ()) -> dict[str, Any]:
    return {key: row[key] for key in row.keys() if key not in without}  # noqa: SIM118


@lru_cache(maxsize=512)
def _question(text: str) -> Question:
    return Question.model_validate_json(text)


@contextmanager
def _readable(what: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, RecursionError) as error:
        why = str(error)
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise DataError(
            f"history: {what} cannot be read ({' '.join(why.split())})",
            hint="it may have been kept by another version of interviewer",
        ) from None
