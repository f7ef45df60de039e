"""What happens with whatever lies where the history should be."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from interviewer.errors import DataError
from interviewer.history import History
from interviewer.history.migrations import MIGRATIONS, form, migrate
from tests.history.conftest import Start, heard_from, said_by, tell
from tests.practised import make_answer, make_session, practised

ATTEMPTS = 120


def mode_of(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def refusal(folder: Path) -> DataError:
    """Why the history there cannot be opened."""
    with pytest.raises(DataError) as caught:
        History(folder)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """A folder that every user of the machine can reach."""
    folder = Path(tempfile.mkdtemp(prefix="history-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


def test_a_new_history_is_for_its_owner_only(history: History, folder: Path) -> None:
    practised(history, {})
    history.claim(1)
    assert mode_of(folder) == 0o700
    files = [path for path in folder.rglob("*") if path.name.startswith("history.db")]
    assert {path.name for path in files} == {"history.db", "history.db-wal", "history.db-shm"}
    assert {mode_of(path) for path in files} == {0o600}
    assert mode_of(folder / "claims") == 0o700


def test_an_empty_file_becomes_a_history(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "history.db").touch()
    history = History(folder)
    assert history.problem is None
    assert history.begin(make_session()).id == 1
    history.close()


def test_a_history_in_its_newest_form_is_left_as_it_is(history: History, folder: Path) -> None:
    history.close()
    before = (folder / "history.db").read_bytes()
    History(folder).close()
    assert (folder / "history.db").read_bytes() == before


@pytest.mark.parametrize("steps", range(len(MIGRATIONS)))
def test_every_older_form_is_brought_to_the_newest(steps: int) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as old:
        for statements in MIGRATIONS[:steps]:
            old.executescript(statements)
        old.execute(f"PRAGMA user_version = {steps}")
        migrate(old, "old")
        assert form(old) == len(MIGRATIONS)
        old.execute("SELECT * FROM review")


def test_a_newer_programs_history_is_refused(history: History, folder: Path) -> None:
    history.close()
    with closing(sqlite3.connect(folder / "history.db")) as newer:
        newer.execute("PRAGMA user_version = 99")
    assert "written by a newer interviewer (form 99" in refusal(folder).message


def test_another_programs_database_is_refused_and_not_touched(folder: Path) -> None:
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "history.db")) as other:
        other.execute("CREATE TABLE bookmark (address TEXT)")
    before = (folder / "history.db").read_bytes()
    assert "another program's database" in refusal(folder).message
    assert (folder / "history.db").read_bytes() == before


RUBBISH = (b"dear diary, " * 500, b"\x00" * 5000, b"SQLite format 3\x00" + b"x" * 5000)


@pytest.mark.parametrize("content", RUBBISH, ids=["text", "zeros", "no pages"])
def test_a_damaged_file_is_set_aside_whole_and_told_and_a_new_one_is_begun(
    folder: Path, content: bytes
) -> None:
    folder.mkdir(parents=True)
    path = folder / "history.db"
    path.write_bytes(content)
    with closing(History(folder)) as history:
        assert history.problem is None
        assert history.notice is not None
        assert history.notice.startswith(f"{path}: is damaged (")
        assert history.notice.endswith("it is now history.db.damaged, and a new one is begun")
        practised(history, {})
    assert (folder / "history.db.damaged").read_bytes() == content
    with closing(History(folder)) as history:
        assert history.notice is None
        assert len(history.all_answers()) == 1


def test_a_truncated_history_is_set_aside_and_an_earlier_one_is_left_alone(
    history: History, folder: Path
) -> None:
    for _ in range(20):
        practised(history, {})
    history.close()
    path = folder / "history.db"
    half = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(half)
    (folder / "history.db.damaged").write_bytes(b"of last year")
    with closing(History(folder)) as fresh:
        assert fresh.notice is not None
        assert "database disk image is malformed" in fresh.notice
        assert fresh.all_answers() == []
    assert (folder / "history.db.damaged").read_bytes() == b"of last year"
    assert (folder / "history.db.damaged-2").read_bytes() == half


def test_programs_that_meet_the_same_damage_at_once_share_the_new_history(folder: Path, start: Start) -> None:
    programs = [start("open_it", folder) for _ in range(3)]
    for attempt in range(10):
        (folder / str(attempt)).mkdir(parents=True)
        (folder / str(attempt) / "history.db").write_bytes(RUBBISH[0])
        moment = time.monotonic() + 0.005
        for program in programs:
            tell(program, f"{attempt} {moment}")
        said = sorted(heard_from(program).split()[1] for program in programs)
        assert said == ["1", "2", "3"]
        aside = [path.name for path in (folder / str(attempt)).iterdir() if ".damaged" in path.name]
        assert aside == ["history.db.damaged"]


def test_a_damaged_file_that_cannot_be_renamed_is_refused_and_left_as_it_is(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "history.db").write_bytes(RUBBISH[0])
    (folder / "history.db.lock").mkdir()
    assert "is not a readable history (file is not a database)" in refusal(folder).message
    assert (folder / "history.db").read_bytes() == RUBBISH[0]


def test_a_history_that_is_replaced_while_it_is_open_loses_no_answer(history: History, folder: Path) -> None:
    answer = practised(history, {})
    (folder / "history.db").rename(folder / "moved.db")
    with closing(History(folder)) as other:
        practised(other, {})
        practised(history, {})
        assert history.problem == f"{folder / 'history.db'}: it was removed"
        assert [kept.id for kept in history.all_answers()][:1] == [answer.id]
        assert len(history.all_answers()) == 2


def test_a_folder_that_cannot_be_made_leaves_the_history_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    history = History(tmp_path / "file" / "data")
    assert history.problem is not None
    assert "Not a directory" in history.problem
    answer = practised(history, {"cheap": "met"})
    assert history.all_answers() == [answer]
    assert history.claim(answer.session_id)
    history.close()


def test_a_folder_in_the_place_of_the_file_leaves_the_history_in_memory(folder: Path) -> None:
    (folder / "history.db").mkdir(parents=True)
    history = History(folder)
    assert history.problem is not None
    practised(history, {})
    history.close()


def test_without_a_folder_everything_is_in_memory_and_that_is_no_problem() -> None:
    history = History(None)
    assert (history.problem, history.place) == (None, None)
    practised(history, {})
    assert len(history.all_answers()) == 1
    history.close()


@pytest.mark.parametrize("cut_off", [False, True], ids=["closed", "cut off"])
def test_a_history_that_may_only_be_read_is_shown_and_goes_on_in_memory(
    anybodys: Path, start: Start, cut_off: bool
) -> None:
    history = History(anybodys)
    practised(history, {}, text="old")
    left = {path.name: path.read_bytes() for path in anybodys.iterdir() if path.is_file()}
    history.close()
    if cut_off:
        # As a program leaves it that was killed: the newest is in the log beside the file.
        for name, content in left.items():
            (anybodys / name).write_bytes(content)
    for path in anybodys.iterdir():
        path.chmod(0o444)
    anybodys.chmod(0o555)
    before = (anybodys / "history.db").read_bytes()
    problem, old, both, claimed = said_by(start("read_only", anybodys))
    assert "readonly" in problem or "unable to open" in problem
    assert (old, both, claimed) == ("answers old", "answers old new", "claimed True")
    assert (anybodys / "history.db").read_bytes() == before


def test_programs_that_open_a_fresh_folder_at_once_share_one_history(folder: Path, start: Start) -> None:
    programs = [start("open_it", folder) for _ in range(4)]
    for attempt in range(ATTEMPTS):
        moment = time.monotonic() + 0.005
        for program in programs:
            tell(program, f"{attempt} {moment}")
        lines = sorted(heard_from(program) for program in programs)
        assert lines == [f"session {number} None" for number in range(1, 5)]


def test_a_history_that_is_locked_by_another_program_is_copied_to_memory(
    history: History, folder: Path, start: Start
) -> None:
    answer = practised(history, {})
    locking = start("hold_the_lock", folder)
    assert heard_from(locking) == "locked"
    late = History(folder, patience=0.05)
    assert late.problem == f"{folder / 'history.db'}: locked by another program"
    assert late.all_answers() == [answer]
    session = late.begin(make_session())
    late.keep_answer(make_answer(session))
    assert len(late.all_answers()) == 2
    late.close()
    said_by(locking)
    assert len(history.all_answers()) == 1


def test_a_short_lock_is_waited_for(history: History, folder: Path) -> None:
    with closing(
        sqlite3.connect(folder / "history.db", isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.2, lambda: other.execute("COMMIT"))
        timer.start()
        practised(history, {})
        timer.join()
    assert history.problem is None
    assert os.path.exists(folder / "history.db")
