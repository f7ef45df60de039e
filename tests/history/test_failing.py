"""A disk that fails while a session runs takes nothing away that was handed in."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from interviewer.errors import DataError
from interviewer.history import History
from tests.history.conftest import Start, heard_from, said_by
from tests.practised import hours, make_answer, make_session, practised

Break = Callable[[History, Path], None]


def connection_of(history: History) -> sqlite3.Connection:
    """The history's own connection."""
    return history._store._connection


def fill(history: History, folder: Path) -> None:
    """The file may not grow any more."""
    pages = connection_of(history).execute("PRAGMA page_count").fetchone()[0]
    connection_of(history).execute(f"PRAGMA max_page_count = {pages}")


def forbid(history: History, folder: Path) -> None:
    """The file may not be written any more."""
    connection_of(history).execute("PRAGMA query_only = 1")


def remove(history: History, folder: Path) -> None:
    """The whole folder is thrown away."""
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("breaks", "says"),
    [(fill, "full"), (forbid, "readonly"), (remove, "removed")],
    ids=["full", "ro", "gone"],
)
def test_a_session_goes_on_in_memory_with_everything_so_far(
    history: History, folder: Path, breaks: Break, says: str
) -> None:
    session = history.begin(make_session("a", "b"))
    first = history.keep_answer(make_answer(session, "kept on disk"))
    assert history.problem is None
    breaks(history, folder)
    second = history.keep_answer(make_answer(session, "x" * 100_000, position=1))
    assert history.problem is not None
    assert says in history.problem
    assert history.problem.startswith(str(folder / "history.db"))
    assert history.answers(session.id) == [first, second]
    assert history.sessions()[0].endings == ("answered", "answered")
    third = practised(history, {"cheap": "met"}, when=hours(1))
    assert history.all_answers() == [first, second, third]
    history.close()


def test_what_was_kept_before_the_disk_was_full_is_still_on_it(history: History, folder: Path) -> None:
    first = practised(history, {})
    fill(history, folder)
    practised(history, {}, text="x" * 100_000)
    assert history.problem is not None
    history.close()
    again = History(folder)
    assert again.all_answers() == [first]
    again.close()


def test_files_that_may_not_grow_lose_no_answer(folder: Path, start: Start) -> None:
    result, problem = said_by(start("fill_the_disk", folder, 1_000_000))
    kept, count = result.split()
    assert (kept, int(count) > 10) == ("complete", True)
    assert "history.db: " in problem
    again = History(folder)
    assert 10 < len(again.all_answers()) <= int(count)
    assert connection_of(again).execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    again.close()


def test_work_that_raises_changes_nothing_and_is_no_problem_of_the_disk(history: History) -> None:
    session = history.begin(make_session())
    answer = make_answer(session)
    with pytest.raises(sqlite3.IntegrityError):
        history.keep_answer(answer.model_copy(update={"of": 99}))
    assert history.problem is None
    assert history.all_answers() == []
    assert history.sessions()[0].endings == (None,)


def test_a_damaged_page_is_a_message_when_read_and_loses_no_answer_when_written(folder: Path) -> None:
    history = History(folder)
    for _ in range(30):
        practised(history, {})
    session = history.begin(make_session())
    history.close()
    history = History(folder)
    path = folder / "history.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(DataError, match="malformed"):
        history.all_answers()
    kept = history.keep_answer(make_answer(session, "after the damage"))
    assert history.problem is not None
    assert "malformed" in history.problem
    assert history.answers(session.id) == [kept]
    practised(history, {}, text="and on")
    history.close()


def test_another_program_that_locks_the_file_too_long_leaves_the_work_in_memory(
    folder: Path, start: Start
) -> None:
    history = History(folder, patience=0.05)
    answer = practised(history, {})
    locking = start("hold_the_lock", folder)
    assert heard_from(locking) == "locked"
    second = practised(history, {}, when=hours(1))
    assert history.problem == f"{folder / 'history.db'}: locked by another program"
    assert history.all_answers() == [answer, second]
    history.close()


def test_the_time_of_an_outcome_is_kept_in_memory_too(history: History, folder: Path) -> None:
    fill(history, folder)
    answer = practised(history, {}, when=hours(3), text="x" * 100_000)
    times: list[datetime] = [when for when, _ in history.outcomes(answer.id)]
    assert times == [hours(3)]
