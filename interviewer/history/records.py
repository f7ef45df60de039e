"""Sessions, drafts, answers, outcomes, disputes and reviews: what is kept, and what can be asked of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from interviewer.grading.digests import text_digest
from interviewer.history.store import Store
from interviewer.models import (
    OUTCOME,
    Answer,
    Attempt,
    Dispute,
    Draft,
    Ending,
    Outcome,
    PlannedQuestion,
    Question,
    Review,
    Session,
)

_NEWEST = """
    SELECT outcome.id FROM outcome WHERE outcome.answer_id = answer.id
    ORDER BY outcome.score IS NULL, outcome.id DESC LIMIT 1
"""
"""The outcome that stands for an answer: the newest grade, else the newest reason."""
_ANSWERS = f"""
    SELECT answer.*, asked.question, newest.outcome
    FROM answer JOIN asked ON asked.digest = answer.asked
    LEFT JOIN outcome AS newest ON newest.id = ({_NEWEST})
"""

_REVIEWS = "SELECT * FROM review WHERE question_id = ? ORDER BY time, id"


class History:
    """Everything that was practised.

    Args:
        folder: where its file lies or is made; None keeps everything in memory only.

    Raises:
        DataError: the file there is no history, or a newer program's.
    """

    def __init__(self, folder: Path | None) -> None:
        self._store = Store(folder)

    @property
    def problem(self) -> str | None:
        """Why what happens now is kept in memory only; None where it is on disk."""
        return self._store.problem

    @property
    def place(self) -> Path | None:
        """Its file; None for one in memory."""
        return self._store.path

    def close(self) -> None:
        """Gives the file back."""
        self._store.close()

    # Sessions

    def begin(self, session: Session) -> Session:
        """Keeps a new session; gives it with its number."""

        def work(connection: sqlite3.Connection) -> int:
            row = connection.execute(
                "INSERT INTO session (started, ended, mode, topic, difficulty, minutes, seed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (_text(session.started), None, session.mode, session.topic, session.difficulty,
                 session.minutes, session.seed),
            )  # fmt: skip
            number = int(row.lastrowid or 0)
            connection.executemany(
                "INSERT INTO planned VALUES (?, ?, ?, ?, ?)",
                [
                    (number, i, question.question_id, question.why, ending)
                    for i, (question, ending) in enumerate(zip(session.planned, session.endings, strict=True))
                ],
            )
            return number

        return session.model_copy(update={"id": self._store.write(work)})

    def leave(self, session_id: int, position: int, ending: Ending | None) -> None:
        """Notes what became of one question of a session; None: it is to come again."""
        self._do(
            "UPDATE planned SET ending = ? WHERE session_id = ? AND position = ?",
            ending, session_id, position,
        )  # fmt: skip

    def end(self, session_id: int, when: datetime) -> None:
        """Notes that a session is over, for good."""
        self._do("UPDATE session SET ended = ? WHERE id = ? AND ended IS NULL", _text(when), session_id)

    def session(self, session_id: int) -> Session | None:
        """The session with this number; None where there is none."""
        rows = self._store.read("SELECT * FROM session WHERE id = ?", session_id)
        return self._session(rows[0]) if rows else None

    def sessions(self, *, unfinished: bool = False, limit: int | None = None) -> list[Session]:
        """The sessions, the newest first."""
        rows = self._store.read(
            f"SELECT * FROM session {'WHERE ended IS NULL' if unfinished else ''} ORDER BY id DESC LIMIT ?",
            -1 if limit is None else limit,
        )
        return [self._session(row) for row in rows]

    def _session(self, row: sqlite3.Row) -> Session:
        planned = self._store.read(
            "SELECT question_id, why, ending FROM planned WHERE session_id = ? ORDER BY position", row["id"]
        )
        return Session(
            **dict(row),
            planned=tuple(PlannedQuestion(question_id=p["question_id"], why=p["why"]) for p in planned),
            endings=tuple(p["ending"] for p in planned),
        )

    # Drafts

    def save_draft(self, draft: Draft) -> None:
        """Keeps what is typed so far, in place of what was kept before."""
        self._do(
            "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?, ?)",
            draft.session_id, draft.position, draft.question_id, _storable(draft.text), draft.hints,
            draft.seconds, _text(draft.time),
        )  # fmt: skip

    def draft(self, session_id: int, position: int) -> Draft | None:
        """What was typed for one question of a session and not handed in."""
        rows = self._store.read(
            "SELECT * FROM draft WHERE session_id = ? AND position = ?", session_id, position
        )
        return Draft(**dict(rows[0])) if rows else None

    def drafts(self) -> list[Draft]:
        """All of them, the newest first."""
        return [Draft(**dict(row)) for row in self._store.read("SELECT * FROM draft ORDER BY time DESC")]

    def drop_draft(self, session_id: int, position: int) -> None:
        """Forgets what was typed for one question of a session."""
        self._do("DELETE FROM draft WHERE session_id = ? AND position = ?", session_id, position)

    # Answers and their outcomes

    def keep_answer(self, answer: Answer) -> Answer:
        """Puts an answer on disk, in place of its draft; gives it with its number.

        Its question counts as answered from now on, whether it will be graded or not.
        """
        asked = answer.question.model_copy(update={"examples": ()}).model_dump_json(by_alias=True)
        digest = text_digest(asked)
        parents = json.dumps([parent.model_dump(mode="json", by_alias=True) for parent in answer.parents])

        def work(connection: sqlite3.Connection) -> int:
            connection.execute(
                "INSERT OR IGNORE INTO asked VALUES (?, ?, ?)", (digest, answer.question.id, asked)
            )
            row = connection.execute(
                "INSERT INTO answer (session_id, position, question_id, asked, parents, text, hints, seconds,"
                ' submitted, part, "of", criterion, probe) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
                (answer.session_id, answer.position, answer.question.id, digest, parents,
                 _storable(answer.text), answer.hints, answer.seconds, _text(answer.submitted), answer.part,
                 answer.of, answer.criterion, answer.probe),
            )  # fmt: skip
            connection.execute(
                "DELETE FROM draft WHERE session_id = ? AND position = ?",
                (answer.session_id, answer.position),
            )
            connection.execute(
                "UPDATE planned SET ending = 'answered' WHERE session_id = ? AND position = ?",
                (answer.session_id, answer.position),
            )
            return int(row.lastrowid or 0)

        return answer.model_copy(update={"id": self._store.write(work, safe=True)})

    def keep_outcome(self, answer_id: int, outcome: Outcome, when: datetime) -> None:
        """Adds what a grader found; what others found is kept as well."""
        score = outcome.score if outcome.outcome == "graded" else None
        self._do(
            "INSERT INTO outcome (answer_id, time, grader, score, outcome) VALUES (?, ?, ?, ?, ?)",
            answer_id, _text(when), outcome.grader, score, _storable(outcome.model_dump_json()),
        )  # fmt: skip

    def answer(self, answer_id: int) -> Answer | None:
        """The answer with this number; None where there is none."""
        return next(iter(self._answers("WHERE answer.id = ?", answer_id)), None)

    def answers(self, session_id: int) -> list[Answer]:
        """The answers of a session, in the order they were handed in."""
        return self._answers("WHERE answer.session_id = ? ORDER BY answer.id", session_id)

    def all_answers(self) -> list[Answer]:
        """Every answer, the oldest first."""
        return self._answers("ORDER BY answer.id")

    def ungraded(self) -> list[Answer]:
        """Answers that have no grade: cut off, or a judge failed. The oldest first."""
        return self._answers(
            "WHERE NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.answer_id = answer.id"
            " AND outcome.score IS NOT NULL) ORDER BY answer.id"
        )

    def attempts(self) -> list[Attempt]:
        """Every first answer in short, the oldest first: what statistics and the choice of questions need."""
        rows = self._store.read(
            f"""
            SELECT answer.id AS answer_id, answer.session_id, answer.question_id, answer.hints,
                answer.submitted, json_extract(asked.question, '$.topic') AS topic,
                json_extract(asked.question, '$.difficulty') AS difficulty, graded.score, graded.grader
            FROM answer JOIN asked ON asked.digest = answer.asked
            LEFT JOIN outcome AS graded ON graded.id = ({_NEWEST})
            WHERE answer.part = 'first' ORDER BY answer.id
            """
        )
        return [Attempt(**dict(row)) for row in rows]

    def outcomes(self, answer_id: int) -> list[tuple[datetime, Outcome]]:
        """Everything that graders found in one answer, the oldest first."""
        rows = self._store.read(
            "SELECT time, outcome FROM outcome WHERE answer_id = ? ORDER BY id", answer_id
        )
        return [(datetime.fromisoformat(row["time"]), OUTCOME.validate_json(row["outcome"])) for row in rows]

    def _answers(self, where: str, *values: object) -> list[Answer]:
        return [_answer(row) for row in self._store.read(_ANSWERS + where, *values)]

    # Disputes

    def dispute(self, dispute: Dispute) -> None:
        """Keeps an objection, for calibration."""
        self._do(
            "INSERT INTO dispute (answer_id, criterion, grader, given, should_be, why, time)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            dispute.answer_id, dispute.criterion, dispute.grader, dispute.given, dispute.should_be,
            _storable(dispute.why), _text(dispute.time),
        )  # fmt: skip

    def disputes(self, answer_id: int | None = None) -> list[Dispute]:
        """The objections to the grades of one answer, or all; the oldest first."""
        columns = "answer_id, criterion, grader, given, should_be, why, time"
        rows = self._store.read(
            f"SELECT {columns} FROM dispute WHERE ? IN (answer_id, -1) ORDER BY id",
            -1 if answer_id is None else answer_id,
        )
        return [Dispute(**dict(row)) for row in rows]

    # Reviews

    def change_reviews(self, question_id: str, change: Callable[[list[Review]], list[Review]]) -> None:
        """Replaces the reviews of one question by what `change` makes of them, with nobody in between.

        Args:
            change: from the reviews so far, the oldest first.
        """

        def work(connection: sqlite3.Connection) -> None:
            rows = connection.execute(_REVIEWS, (question_id,)).fetchall()
            connection.execute("DELETE FROM review WHERE question_id = ?", (question_id,))
            connection.executemany(
                "INSERT INTO review (question_id, answer_id, rating, by, time, card, due)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (r.question_id, r.answer_id, r.rating, r.by, _text(r.time), r.card, _text(r.due))
                    for r in change(_reviews(rows))
                ],
            )

        self._store.write(work)

    def reviews(self, question_id: str) -> list[Review]:
        """The reviews of one question, the oldest first."""
        return _reviews(self._store.read(_REVIEWS, question_id))

    def last_reviews(self) -> dict[str, Review]:
        """The newest review of each question: its `due` is when the question comes again."""
        rows = self._store.read("SELECT * FROM review ORDER BY time, id")
        return {review.question_id: review for review in _reviews(rows)}

    def _do(self, statement: str, *values: object) -> None:
        self._store.write(lambda connection: connection.execute(statement, values))


def _answer(row: sqlite3.Row) -> Answer:
    columns = {key: row[key] for key in row.keys() if key not in ("asked", "question_id")}  # noqa: SIM118
    return Answer(
        **columns
        | {
            "question": Question.model_validate_json(row["question"]),
            "parents": tuple(Question.model_validate(parent) for parent in json.loads(row["parents"])),
            "outcome": None if row["outcome"] is None else OUTCOME.validate_json(row["outcome"]),
        }
    )


def _reviews(rows: Iterable[sqlite3.Row]) -> list[Review]:
    return [Review(**{key: value for key, value in dict(row).items() if key != "id"}) for row in rows]


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()


def _storable(text: str) -> str:
    """The text without half characters, which a terminal can send and no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
