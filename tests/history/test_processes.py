"""Programs that are killed, and programs that work on one history at once."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from interviewer.history import History
from tests.history.conftest import Start, heard_from, said_by, tell
from tests.practised import hours, make_session

KILLS = 40
ANSWERS = 60


def is_sound(folder: Path) -> bool:
    """Whether SQLite finds no fault in the file."""
    with closing(sqlite3.connect(folder / "history.db")) as connection:
        checks: list[str] = [
            *(row[0] for row in connection.execute("PRAGMA integrity_check")),
            *(str(row) for row in connection.execute("PRAGMA foreign_key_check")),
        ]
    return checks == ["ok"]


def said_until_killed(program: subprocess.Popen[str], lines: int) -> Iterator[tuple[str, list[int]]]:
    """What a practising process has said, of which so many lines were read before it was killed."""
    tell(program)
    process = int(heard_from(program).split()[1])
    for number in count():
        if number == lines:
            os.kill(process, signal.SIGKILL)
        word, *numbers = heard_from(program).split()
        if word == "gone":
            return
        yield word, [int(number) for number in numbers]


def test_a_killed_program_loses_nothing_that_it_had_kept(folder: Path, start: Start) -> None:
    chance = random.Random(7)
    answers: dict[int, str] = {}
    outcomes: set[int] = set()
    program = start("practise_until_killed", folder)
    for _ in range(KILLS):
        session = last = 0
        for word, numbers in said_until_killed(program, chance.randint(1, 60)):
            if word == "session":
                session = numbers[0]
            elif word == "draft":
                last = numbers[1]
            elif word == "answer":
                answers[numbers[0]] = f"answer {numbers[1]}"
            else:
                outcomes.add(numbers[0])
        assert is_sound(folder)
        history = History(folder)
        assert history.problem is None
        kept = {answer.id: answer for answer in history.all_answers()}
        assert answers.items() <= {number: answer.text for number, answer in kept.items()}.items()
        assert all(kept[number].outcome is not None for number in outcomes)
        # The newest text is the draft, or the answer that has taken its place.
        newest = [answer.text for answer in history.answers(session)]
        newest += [draft.text for draft in history.drafts() if draft.session_id == session]
        assert history.session(session) is not None
        assert last == 0 or last <= max(int(text.split()[1]) for text in newest)
        history.close()
    assert len(answers) > KILLS


def test_programs_that_write_at_once_lose_nothing(folder: Path, start: Start) -> None:
    programs = [start("write_much", folder, ANSWERS) for _ in range(2)]
    assert [said_by(program) for program in programs] == [["problem None"], ["problem None"]]
    assert is_sound(folder)
    history = History(folder)
    expected = {f"{program.pid} {number}" for program in programs for number in range(ANSWERS)}
    assert {answer.text for answer in history.all_answers()} == expected
    assert history.drafts() == []
    history.close()


def test_a_session_is_one_programs_at_a_time(history: History, folder: Path, start: Start) -> None:
    session = history.begin(make_session())
    assert history.claim(session.id)
    assert history.claim(session.id)
    assert said_by(start("claim", folder, session.id)) == ["claimed False"]
    history.release(session.id)
    other = start("claim", folder, session.id)
    assert heard_from(other) == "claimed True"
    assert not history.claim(session.id)
    assert history.claim(session.id + 1)
    other.kill()
    other.wait()
    assert history.claim(session.id)


def test_a_closed_history_gives_its_claims_back(history: History, folder: Path) -> None:
    other = History(folder)
    assert other.claim(1)
    assert not history.claim(1)
    other.close()
    assert history.claim(1)


def test_a_session_that_has_ended_leaves_no_lock_behind(history: History, folder: Path) -> None:
    session = history.begin(make_session())
    history.claim(session.id)
    history.end(session.id, hours(1))
    assert list((folder / "claims").iterdir()) == []


def test_a_history_in_memory_can_always_be_claimed() -> None:
    history = History(None)
    assert history.claim(1)
    history.release(1)
    history.close()
