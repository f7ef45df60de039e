"""The history: every older form comes to the newest without losing a row, and any row is read or named."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.errors import DataError
from interviewer.history import History
from interviewer.history.migrations import MIGRATIONS, form, migrate
from tests.fuzz.cases import SIGNS, given_or_refused, tries
from tests.practised import graded, make_question, practised

WHOLE = [
    make_question().model_dump_json(by_alias=True), graded({}).model_dump_json(by_alias=True), "[]",
    "[[1]]", "{}", "null", "[" * 2000, "2025-03-01T12:00:00+00:00", "first", "coach", "met", "answered",
    "grade",
]  # fmt: skip
VALUES = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.binary(max_size=5),
    st.sampled_from([*WHOLE, *SIGNS]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
"""Whatever SQLite lets stand in a column, of whatever type it says it is."""
Reader = Callable[[History], object]
READERS: dict[str, Reader] = {
    "sessions": lambda history: history.sessions(),
    "session": lambda history: history.session(1),
    "drafts": lambda history: history.drafts(),
    "draft": lambda history: history.draft(1, 1),
    "answer": lambda history: history.answer(1),
    "answers": lambda history: history.answers(1),
    "all answers": lambda history: history.all_answers(),
    "ungraded": lambda history: history.ungraded(),
    "attempts": lambda history: history.attempts(),
    "outcomes": lambda history: history.outcomes(1),
    "followed up": lambda history: history.followed_up(),
    "disputes": lambda history: history.disputes(),
    "reviews": lambda history: history.reviews("why-relu"),
    "last reviews": lambda history: history.last_reviews(),
}


def tables(connection: sqlite3.Connection) -> list[str]:
    """The tables with rows of ours."""
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [row[0] for row in rows]


def contents(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables(connection)
    }


def in_form(steps: int, path: Path) -> sqlite3.Connection:
    """An empty history as an older program has made it."""
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)
    old = sqlite3.connect(path, isolation_level=None)
    for statements in MIGRATIONS[:steps]:
        old.executescript(statements)
    old.execute(f"PRAGMA user_version = {steps}")
    return old


def put(connection: sqlite3.Connection, table: str, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
    """Adds a row of anything; where a rule of the table forbids it, none."""
    count = len(connection.execute(f"PRAGMA table_info({table})").fetchall())
    try:
        connection.execute(
            f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * count)})",
            [draw(VALUES) for _ in range(count)],
        )
    except sqlite3.IntegrityError:
        return


@given(st.integers(0, len(MIGRATIONS)), st.data())
@tries(40)
def test_no_row_of_an_older_form_is_lost_on_the_way_to_the_newest(steps: int, data: st.DataObject) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as old:
        for statements in MIGRATIONS[:steps]:
            old.executescript(statements)
        old.execute(f"PRAGMA user_version = {steps}")
        for name in tables(old):
            for _ in range(data.draw(st.integers(0, 2))):
                put(old, name, data.draw)
        before = contents(old)
        migrate(old, "old")
        assert form(old) == len(MIGRATIONS)
        after = contents(old)
        assert {name: after[name] for name in before} == before


@given(st.data())
@tries(50)
def test_any_row_is_read_or_named(kept: Path, data: st.DataObject) -> None:
    folder = kept.with_name("damaged")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
    with closing(sqlite3.connect(folder / "history.db", isolation_level=None)) as file:
        name = data.draw(st.sampled_from(tables(file)))
        columns = [row[1] for row in file.execute(f"PRAGMA table_info({name})")]
        for column in data.draw(st.lists(st.sampled_from(columns), min_size=1, max_size=2)):
            try:
                file.execute(f'UPDATE OR IGNORE {name} SET "{column}" = ?', [data.draw(VALUES)])
            except sqlite3.IntegrityError:
                continue
    read_or_named(folder)


def read_or_named(folder: Path) -> None:
    """Everything that can be asked of a history gives an answer, or says in a line that it cannot be read."""
    with closing(History(folder)) as history:
        assert history.problem is None
        for read in READERS.values():
            given_or_refused(partial(read, history), naming="history")


@pytest.fixture(scope="module")
def kept(room: Path) -> Path:
    """The folder of a history in which a little was practised."""
    folder = room / "kept"
    with closing(History(folder)) as history:
        for number in range(2):
            practised(history, {"cheap": "met"}, text=f"It is cheap {number}")
    return folder


@given(
    st.integers(-2, 99),
    st.lists(st.sampled_from(["session", "bookmark", "answer"]), unique=True),
    st.booleans(),
)
@tries(30)
def test_a_database_of_another_program_is_refused_and_not_touched(
    room: Path, version: int, names: list[str], whole: bool
) -> None:
    folder = room / "strange"
    folder.mkdir(exist_ok=True)
    with closing(in_form(0, folder / "history.db")) as other:
        for name in names:
            other.execute(f"CREATE TABLE {name} (address TEXT)")
            other.execute(f"INSERT INTO {name} VALUES ('here')")
        other.execute(f"PRAGMA user_version = {version}")
        before = contents(other)
    history = given_or_refused(lambda: History(folder), naming=folder)
    if history is not None:
        with closing(history):
            for read in READERS.values():
                given_or_refused(partial(read, history), naming="history")
    with closing(sqlite3.connect(folder / "history.db")) as other:
        assert {name: contents(other)[name] for name in before} == before


DAMAGE = {
    "parents": "UPDATE answer SET parents = 'none'",
    "parents of no kind": "UPDATE answer SET parents = '5'",
    "question": "UPDATE asked SET question = '{'",
    "text that is none": "UPDATE answer SET text = CAST(X'ff' AS TEXT)",
    "time": "UPDATE outcome SET time = 'yesterday'",
    "difficulty": "UPDATE asked SET question = json_set(question, '$.difficulty', 'hard')",
    "draft": "INSERT INTO draft VALUES (1, 1, 'why-relu', 'third', '', '', 0, 0, 'now')",
    "dispute": "INSERT INTO dispute VALUES (1, 1, 'a', 'b', 'c', 'd', 'e', 'f')",
    "missing table": "DROP TABLE review",
}


@pytest.mark.parametrize("statement", DAMAGE.values(), ids=DAMAGE)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, statement: str) -> None:
    with closing(History(tmp_path)) as history:
        practised(history, {})
    with closing(sqlite3.connect(tmp_path / "history.db", isolation_level=None)) as file:
        file.execute(statement)
    read_or_named(tmp_path)


@pytest.mark.parametrize("version", [-1, 0, 1])
def test_a_database_with_our_number_and_other_tables_is_refused(tmp_path: Path, version: int) -> None:
    with closing(sqlite3.connect(tmp_path / "history.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE bookmark (address TEXT)")
        other.execute(f"PRAGMA user_version = {version}")
    before = (tmp_path / "history.db").read_bytes()
    with pytest.raises(DataError, match="another program's database"):
        History(tmp_path)
    assert (tmp_path / "history.db").read_bytes() == before
