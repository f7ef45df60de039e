"""The tables, as numbered steps from an empty file to the newest form. A step never changes once landed."""

from __future__ import annotations

import sqlite3

from interviewer.errors import DataError

MIGRATIONS = (
    """
    CREATE TABLE session (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        started TEXT NOT NULL,
        ended TEXT,
        mode TEXT NOT NULL,
        topic TEXT,
        difficulty INTEGER,
        minutes INTEGER,
        seed INTEGER
    );
    CREATE TABLE planned (
        session_id INTEGER NOT NULL REFERENCES session (id),
        position INTEGER NOT NULL,
        question_id TEXT NOT NULL,
        why TEXT NOT NULL,
        ending TEXT,
        PRIMARY KEY (session_id, position)
    ) WITHOUT ROWID;
    CREATE TABLE draft (
        session_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        question_id TEXT NOT NULL,
        part TEXT NOT NULL,
        criterion TEXT NOT NULL,
        text TEXT NOT NULL,
        hints INTEGER NOT NULL,
        seconds REAL NOT NULL,
        time TEXT NOT NULL,
        PRIMARY KEY (session_id, position, part, criterion)
    ) WITHOUT ROWID;
    -- Questions as they were asked: the bank may change, an old answer still says what it answered.
    CREATE TABLE asked (
        digest TEXT PRIMARY KEY,
        question_id TEXT NOT NULL,
        question TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        session_id INTEGER NOT NULL REFERENCES session (id),
        position INTEGER NOT NULL,
        question_id TEXT NOT NULL,
        asked TEXT NOT NULL REFERENCES asked (digest),
        parents TEXT NOT NULL,
        text TEXT NOT NULL,
        hints INTEGER NOT NULL,
        seconds REAL,
        submitted TEXT NOT NULL,
        part TEXT NOT NULL,
        "of" INTEGER REFERENCES answer (id),
        criterion TEXT,
        probe TEXT
    );
    CREATE INDEX answer_by_session ON answer (session_id, position);
    CREATE INDEX answer_by_question ON answer (question_id);
    -- Every outcome is kept: one answer may be graded by several graders, and again when a judge was down.
    CREATE TABLE outcome (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        answer_id INTEGER NOT NULL REFERENCES answer (id),
        time TEXT NOT NULL,
        grader TEXT NOT NULL,
        score REAL,
        outcome TEXT NOT NULL
    );
    CREATE INDEX outcome_by_answer ON outcome (answer_id);
    CREATE TABLE dispute (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        answer_id INTEGER NOT NULL REFERENCES answer (id),
        criterion TEXT NOT NULL,
        grader TEXT NOT NULL,
        given TEXT NOT NULL,
        should_be TEXT NOT NULL,
        why TEXT NOT NULL,
        time TEXT NOT NULL
    );
    CREATE TABLE review (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        question_id TEXT NOT NULL,
        answer_id INTEGER,
        rating INTEGER NOT NULL,
        by TEXT NOT NULL,
        time TEXT NOT NULL,
        card TEXT NOT NULL,
        due TEXT NOT NULL
    );
    CREATE INDEX review_by_question ON review (question_id);
    """,
)


def migrate(connection: sqlite3.Connection, place: str) -> None:
    """Brings the tables to the newest form, one step a transaction; two programs at once do it once.

    Raises:
        DataError: a newer program has written this file.
        sqlite3.Error: it cannot be written, or is no database.
    """
    newest = len(MIGRATIONS)
    while (version := form(connection)) < newest:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if form(connection) == version:
                for statement in _statements(MIGRATIONS[version]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    if version > newest:
        raise DataError(
            f"{place}: was written by a newer interviewer (form {version}, this one knows {newest})",
            hint="update interviewer, or move the file away to begin a new history",
        )


def form(connection: sqlite3.Connection) -> int:
    """How many of the steps this file has taken."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> list[str]:
    # Not `executescript`: it commits what is open first.
    return [part for part in script.split(";\n") if part.strip()]
