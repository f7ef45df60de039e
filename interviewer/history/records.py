"""Sessions, drafts, answers, outcomes, disputes and reviews: what is kept, and what can be asked of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from interviewer.history.claims import Claims
from interviewer.history.inserts import (
    ITS_DRAFT,
    REVIEWS,
    insert_answer,
    insert_outcome,
    insert_session,
    replace_reviews,
)
from interviewer.history.rows import (
    answer_of,
    attempts_of,
    disputes_of,
    drafts_of,
    outcome_of,
    reviews_of,
    session_of,
    storable,
    text_of,
    values,
)
from interviewer.history.store import PATIENCE, Store
from interviewer.models import (
    Answer,
    Attempt,
    Dispute,
    Draft,
    Ending,
    Outcome,
    Part,
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


class History:
    """Everything that was practised.

    Args:
        folder: where its file lies or is made; None keeps everything in memory only.
        patience: seconds to wait for another program that is writing; then work goes on in memory.

    Raises:
        DataError: the file there is another program's, or a newer one's.
    """

    def __init__(self, folder: Path | None, *, patience: float = PATIENCE) -> None:
        self._store = Store(folder, patience)
        self._claims = Claims(None if self._store.problem else folder)

    @property
    def problem(self) -> str | None:
        """Why what happens now is kept in memory only; None where it is on disk."""
        return self._store.problem

    @property
    def notice(self) -> str | None:
        """What was done to a damaged file, to be told once."""
        return self._store.notice

    @property
    def place(self) -> Path | None:
        """Its file; None for one in memory."""
        return self._store.path

    def close(self) -> None:
        """Gives the file and all claims back."""
        self._claims.release_all()
        self._store.close()

    # Sessions

    def begin(self, session: Session) -> Session:
        """Keeps a new session; gives it with its number."""
        number = self._store.write(lambda connection: insert_session(connection, session))
        return session.model_copy(update={"id": number})

    def leave(
        self,
        session_id: int,
        position: int,
        ending: Ending | None,
        *,
        change: Callable[[list[Review]], list[Review]] | None = None,
    ) -> None:
        """Notes what became of one question of a session and forgets its draft; None: it is to come again.

        Args:
            change: of the reviews of the question, in the same moment.
        """

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE planned SET ending = ? WHERE session_id = ? AND position = ?",
                (ending, session_id, position),
            )
            if ending is not None:
                connection.execute(f"DELETE FROM draft {ITS_DRAFT}", (session_id, position, "first", ""))
            of = connection.execute(
                "SELECT question_id FROM planned WHERE session_id = ? AND position = ?",
                (session_id, position),
            ).fetchone()
            if change is not None and of is not None:
                replace_reviews(connection, of["question_id"], change)

        self._store.write(work)

    def end(self, session_id: int, when: datetime) -> None:
        """Notes that a session is over, for good."""
        self._do("UPDATE session SET ended = ? WHERE id = ? AND ended IS NULL", text_of(when), session_id)
        self._claims.forget(session_id)

    def session(self, session_id: int) -> Session | None:
        """The session with this number; None where there is none."""
        return next(iter(self._sessions("WHERE id = ?", session_id)), None)

    def sessions(self, *, unfinished: bool = False, limit: int | None = None) -> list[Session]:
        """The sessions, the newest first."""
        where = "WHERE ended IS NULL" if unfinished else ""
        return self._sessions(f"{where} ORDER BY id DESC LIMIT ?", -1 if limit is None else limit)

    def claim(self, session_id: int) -> bool:
        """Whether the session is this program's alone from now on; False where another has it open.

        The claim ends with `release`, `end`, `close` or the program, however that ends.
        """
        return self._claims.claim(session_id)

    def release(self, session_id: int) -> None:
        """Lets another program have the session."""
        self._claims.release(session_id)

    def _sessions(self, where: str, *given: object) -> list[Session]:
        # Both of one moment, in one query: another program may begin a session in between.
        rows = self._store.read(
            f"SELECT s.*, p.question_id, p.why, p.ending FROM (SELECT * FROM session {where}) AS s"
            " LEFT JOIN planned AS p ON p.session_id = s.id ORDER BY s.id DESC, p.position",
            *given,
        )
        return [session_of(list(group)) for _, group in groupby(rows, key=itemgetter("id"))]

    # Drafts

    def save_draft(self, draft: Draft) -> None:
        """Keeps what is typed so far, in place of what was kept before."""
        self._do(
            "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            draft.session_id, draft.position, draft.question_id, draft.part, draft.criterion,
            draft.text, draft.hints, draft.seconds, text_of(draft.time),
        )  # fmt: skip

    def draft(
        self, session_id: int, position: int, part: Part = "first", criterion: str = ""
    ) -> Draft | None:
        """What was typed for one question of a session and not handed in."""
        rows = self._store.read(f"SELECT * FROM draft {ITS_DRAFT}", session_id, position, part, criterion)
        return next(iter(drafts_of(rows)), None)

    def drafts(self) -> list[Draft]:
        """All of them, the newest first."""
        return drafts_of(self._store.read("SELECT * FROM draft ORDER BY time DESC"))

    def drop_draft(self, session_id: int, position: int, part: Part = "first", criterion: str = "") -> None:
        """Forgets what was typed for one question of a session."""
        self._do(f"DELETE FROM draft {ITS_DRAFT}", session_id, position, part, criterion)

    # Answers and their outcomes

    def keep_answer(self, answer: Answer) -> Answer:
        """Puts an answer on disk, in place of its draft; gives it with its number.

        With a first answer its question counts as answered from now on, whether it will be graded or not.
        """
        answer = answer.model_copy(update={"text": storable(answer.text)})
        number = self._store.write(lambda connection: insert_answer(connection, answer), safe=True)
        return answer.model_copy(update={"id": number})

    def keep_outcome(
        self,
        answer_id: int,
        outcome: Outcome,
        when: datetime,
        *,
        change: Callable[[list[Review]], list[Review]] | None = None,
    ) -> None:
        """Adds what a grader found; what others found is kept as well.

        Args:
            change: of the reviews of its question, in the same moment.
        """

        def work(connection: sqlite3.Connection) -> None:
            insert_outcome(connection, answer_id, outcome, when)
            of = connection.execute("SELECT question_id FROM answer WHERE id = ?", (answer_id,)).fetchone()
            if change is not None and of is not None:
                replace_reviews(connection, of["question_id"], change)

        self._store.write(work)

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
        return attempts_of(rows)

    def outcomes(self, answer_id: int) -> list[tuple[datetime, Outcome]]:
        """Everything that graders found in one answer, the oldest first."""
        rows = self._store.read(
            "SELECT answer_id, time, outcome FROM outcome WHERE answer_id = ? ORDER BY id", answer_id
        )
        return [outcome_of(row) for row in rows]

    def followed_up(self) -> list[Answer]:
        """Answers that were followed up, and the answers to these follow-ups; the oldest first."""
        followed = "SELECT \"of\" FROM answer WHERE part = 'follow_up'"
        return self._answers(
            f"WHERE answer.part = 'follow_up' OR answer.id IN ({followed}) ORDER BY answer.id"
        )

    def _answers(self, where: str, *given: object) -> list[Answer]:
        return [answer_of(row) for row in self._store.read(_ANSWERS + where, *given)]

    # Disputes

    def dispute(self, dispute: Dispute) -> None:
        """Keeps an objection, for calibration."""
        self._do(
            "INSERT INTO dispute (answer_id, criterion, grader, given, should_be, why, time)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            dispute.answer_id, dispute.criterion, dispute.grader, dispute.given, dispute.should_be,
            dispute.why, text_of(dispute.time),
        )  # fmt: skip

    def disputes(self, answer_id: int | None = None) -> list[Dispute]:
        """The objections to the grades of one answer, or all; the oldest first."""
        columns = "answer_id, criterion, grader, given, should_be, why, time"
        rows = self._store.read(
            f"SELECT {columns} FROM dispute WHERE ? IN (answer_id, -1) ORDER BY id",
            -1 if answer_id is None else answer_id,
        )
        return disputes_of(rows)

    # Reviews

    def change_reviews(self, question_id: str, change: Callable[[list[Review]], list[Review]]) -> None:
        """Replaces the reviews of one question by what `change` makes of them, with nobody in between.

        Args:
            change: from the reviews so far, the oldest first.
        """

        self._store.write(lambda connection: replace_reviews(connection, question_id, change))

    def reviews(self, question_id: str) -> list[Review]:
        """The reviews of one question, the oldest first."""
        return reviews_of(self._store.read(REVIEWS, question_id))

    def last_reviews(self) -> dict[str, Review]:
        """The newest review of each question: its `due` is when the question comes again."""
        rows = self._store.read("SELECT * FROM review ORDER BY time, id")
        return {review.question_id: review for review in reviews_of(rows)}

    def _do(self, statement: str, *given: object) -> None:
        self._store.write(lambda connection: connection.execute(statement, values(*given)))
