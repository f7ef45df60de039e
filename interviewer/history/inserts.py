"""New rows in several tables, within one transaction of the caller."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime

from interviewer.grading.digests import text_digest
from interviewer.history.rows import json_of, reviews_of, text_of, values
from interviewer.models import Answer, Outcome, Review, Session

ITS_DRAFT = "WHERE session_id = ? AND position = ? AND part = ? AND criterion = ?"
"""The draft of one answer."""
REVIEWS = "SELECT * FROM review WHERE question_id = ? ORDER BY time, id"
"""The reviews of one question, the oldest first."""


def insert_session(connection: sqlite3.Connection, session: Session) -> int:
    """Adds a session with its questions; gives its number."""
    row = connection.execute(
        "INSERT INTO session (started, ended, mode, topic, difficulty, minutes, seed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        values(text_of(session.started), None, session.mode, session.topic, session.difficulty,
               session.minutes, session.seed),
    )  # fmt: skip
    number = int(row.lastrowid or 0)
    connection.executemany(
        "INSERT INTO planned VALUES (?, ?, ?, ?, ?)",
        [
            values(number, i, question.question_id, question.why, ending)
            for i, (question, ending) in enumerate(zip(session.planned, session.endings, strict=True))
        ],
    )
    return number


def insert_answer(connection: sqlite3.Connection, answer: Answer) -> int:
    """Adds an answer in place of its draft, with its question as it was asked; gives its number."""
    asked = answer.question.model_copy(update={"examples": ()}).model_dump_json(by_alias=True)
    digest = text_digest(asked)
    parents = json.dumps([parent.model_dump(mode="json", by_alias=True) for parent in answer.parents])
    connection.execute("INSERT OR IGNORE INTO asked VALUES (?, ?, ?)", (digest, answer.question.id, asked))
    row = connection.execute(
        "INSERT INTO answer (session_id, position, question_id, asked, parents, text, hints, seconds,"
        ' submitted, part, "of", criterion, probe) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        values(answer.session_id, answer.position, answer.question.id, digest, parents, answer.text,
               answer.hints, answer.seconds, text_of(answer.submitted), answer.part, answer.of,
               answer.criterion, answer.probe),
    )  # fmt: skip
    connection.execute(
        f"DELETE FROM draft {ITS_DRAFT}",
        (answer.session_id, answer.position, answer.part, answer.criterion or ""),
    )
    if answer.part == "first":
        connection.execute(
            "UPDATE planned SET ending = 'answered' WHERE session_id = ? AND position = ?",
            (answer.session_id, answer.position),
        )
    return int(row.lastrowid or 0)


def insert_outcome(connection: sqlite3.Connection, answer_id: int, outcome: Outcome, when: datetime) -> None:
    """Adds what a grader found in an answer."""
    score = outcome.score if outcome.outcome == "graded" else None
    connection.execute(
        "INSERT INTO outcome (answer_id, time, grader, score, outcome) VALUES (?, ?, ?, ?, ?)",
        values(answer_id, text_of(when), outcome.grader, score, json_of(outcome)),
    )


def replace_reviews(
    connection: sqlite3.Connection, question_id: str, change: Callable[[list[Review]], list[Review]]
) -> None:
    """Puts what `change` makes of the reviews of a question in their place."""
    before = reviews_of(connection.execute(REVIEWS, (question_id,)).fetchall())
    after = change(before)
    connection.execute("DELETE FROM review WHERE question_id = ?", (question_id,))
    connection.executemany(
        "INSERT INTO review (question_id, answer_id, rating, by, time, card, due)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            values(r.question_id, r.answer_id, r.rating, r.by, text_of(r.time), r.card, text_of(r.due))
            for r in after
        ],
    )
