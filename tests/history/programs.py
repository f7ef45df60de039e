"""Programs that work on a history in a process of their own, for tests that kill or crowd them.

Run as `python programs.py NAME FOLDER ...`; each says on stdout what it has done, a word a line.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from interviewer.history import History
from interviewer.models import Answer, Draft, PlannedQuestion, Question, Session, Ungraded

QUESTION = Question(id="why-relu", prompt="Why is ReLU used?", reference="It does not saturate.")


def say(*words: object) -> None:
    """A line on stdout, at once, and all of it even if the process is killed right after."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def begin(history: History) -> Session:
    """A new session of one question."""
    planned = (PlannedQuestion(question_id="why-relu", why="new"),)
    return history.begin(Session(started=datetime.now(UTC), planned=planned, endings=(None,)))


def answer_of(session: Session, text: str) -> Answer:
    """An answer to the question of a session."""
    return Answer(
        session_id=session.id, position=0, question=QUESTION, text=text, submitted=datetime.now(UTC)
    )


def draft_of(session: Session, text: str) -> Draft:
    """What is typed for the question of a session."""
    return Draft(session_id=session.id, position=0, question_id="why-relu", text=text, time=datetime.now(UTC))


def practise_until_killed(folder: Path) -> None:
    """For each line on stdin a process that practises without an end; says its number, and its end."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            say("process", os.getpid())
            practise_for_ever(folder)
        os.waitpid(child, 0)
        say("gone")


def practise_for_ever(folder: Path) -> None:
    """Drafts, answers, and outcomes without an end."""
    history = History(folder)
    session = begin(history)
    say("session", session.id)
    for number in range(1_000_000):
        history.save_draft(draft_of(session, f"draft {number}"))
        say("draft", session.id, number)
        if number % 3 == 2:
            answer = history.keep_answer(answer_of(session, f"answer {number}"))
            say("answer", answer.id, number)
            history.keep_outcome(answer.id, Ungraded(reason="no judge", grader="none"), datetime.now(UTC))
            say("outcome", answer.id)


def write_much(folder: Path, count: str) -> None:
    """So many answers, each with drafts before it."""
    history = History(folder)
    session = begin(history)
    for number in range(int(count)):
        for more in ("a", "b", "c"):
            history.save_draft(draft_of(session, f"{number}{more}"))
        history.keep_answer(answer_of(session, f"{os.getpid()} {number}"))
    say("problem", history.problem)
    history.close()


def open_it(folder: Path) -> None:
    """Opens a history in each folder that it is told, at the moment that it is told, and says how it went."""
    for line in sys.stdin:
        name, moment = line.split()
        while time.monotonic() < float(moment):
            pass
        history = History(folder / name)
        say("session", begin(history).id, history.problem)
        history.close()


def fill_the_disk(folder: Path, limit: str) -> None:
    """Answers until files may not grow any more, and some after that."""
    history = History(folder)
    session = begin(history)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    number = 0
    while history.problem is None:
        history.keep_answer(answer_of(session, f"{number} " + "x" * 2000))
        number += 1
    for _ in range(3):
        history.keep_answer(answer_of(session, f"{number} " + "x" * 2000))
        number += 1
    answers = history.answers(session.id)
    complete = [answer.text.split()[0] for answer in answers] == [str(n) for n in range(number)]
    say("complete" if complete else "lost", number)
    say("problem", history.problem)
    history.close()


def read_only(folder: Path) -> None:
    """Opens a history as somebody who may not write it."""
    # Read before the rights are given up: Python itself may lie where nobody else may look.
    import filelock  # noqa: F401

    if os.geteuid() == 0:
        os.setgroups([])
        os.setuid(65534)
    history = History(folder)
    say("problem", history.problem)
    say("answers", *(answer.text for answer in history.all_answers()))
    session = begin(history)
    history.keep_answer(answer_of(session, "new"))
    say("answers", *(answer.text for answer in history.all_answers()))
    say("claimed", history.claim(session.id))


def hold_the_lock(folder: Path) -> None:
    """Keeps the file locked until it is told to end."""
    import sqlite3

    connection = sqlite3.connect(folder / "history.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    say("locked")
    sys.stdin.readline()


def claim(folder: Path, session_id: str) -> None:
    """Claims a session and keeps it until it is told to end."""
    history = History(folder)
    say("claimed", history.claim(int(session_id)))
    sys.stdin.readline()
    history.close()


PROGRAMS: dict[str, Callable[..., None]] = {
    program.__name__: program
    for program in (
        practise_until_killed,
        write_much,
        open_it,
        fill_the_disk,
        read_only,
        hold_the_lock,
        claim,
    )
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
