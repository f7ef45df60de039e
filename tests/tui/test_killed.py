"""The real program, killed at any moment: what the screen has said to be kept is there afterwards."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.growth import LONG
from tests.screen_terminal import ScreenTerminal
from tests.tui.program import ESCAPE, HAND_IN, counted, kept, practice, silent_judge, some_words

ROUNDS = 20 if LONG else 8


@dataclass
class Round:
    """What was typed in one run of the program, and what the screen had said about it before the end."""

    session: int = 0
    position: int = 0
    typed: str = ""
    acknowledged: str = ""
    handed_in: bool = False
    """Whether Ctrl-S was typed."""
    moved_on: bool = False
    """Whether the screen showed that the answer was taken."""


@dataclass
class Book:
    """Every answer that the screen has said to be taken, by session and position."""

    answers: dict[tuple[int, int], str] = field(default_factory=dict)


def test_a_kill_at_any_moment_loses_nothing_that_the_screen_had_said_to_be_kept() -> None:
    rng, book = random.Random(20), Book()
    with silent_judge() as environment:
        for _ in range(ROUNDS):
            _check(_run_until_killed(rng, environment), book)
    assert book.answers
    _all_is_graded_on_request(book)


def _run_until_killed(rng: random.Random, environment: Mapping[str, str]) -> Round:
    """One run, from the first screen to a kill somewhere on the way."""
    round_ = Round()
    with practice("-n", "3", "--seed", "3", judge=None, environment=environment) as terminal:
        terminal.until("Next, and why")
        if rng.random() < 0.1:
            _kill_in(terminal, rng.uniform(0, 0.3))
            return round_
        if not _open_a_session(terminal, rng, round_):
            _kill_in(terminal, rng.uniform(0, 0.3))
            return round_
        for _ in range(rng.randint(1, 3)):
            piece = some_words(rng)
            terminal.type(piece)
            round_.typed += piece
            terminal.until(counted(len(round_.typed.split())))
            round_.acknowledged = round_.typed
        moment = rng.choice(["typing", "handing in", "grading"])
        if moment == "typing":
            piece = some_words(rng, 30)
            terminal.type(piece)
            round_.typed += piece
        else:
            round_.handed_in = True
            terminal.type(HAND_IN)
            if moment == "grading":
                terminal.until("Grading … ")
                round_.moved_on = True
        _kill_in(terminal, rng.uniform(0, 0.06))
    return round_


def _open_a_session(terminal: ScreenTerminal, rng: random.Random, round_: Round) -> bool:
    """Starts a session or goes on with the newest one; False where there all is answered already.

    Says in `round_` which it is, and what is typed there.
    """
    with kept() as history:
        sessions, unfinished = history.sessions(), history.sessions(unfinished=True)
    if unfinished and rng.random() < 0.6:
        _resume(terminal, len(unfinished))
        round_.session = unfinished[0].id
    else:
        terminal.type("s")
        round_.session = 1 + max((session.id for session in sessions), default=0)
    terminal.until(" of 3" if _position(round_.session) is not None else "Summary")
    position = _position(round_.session)
    if position is None:
        round_.session = 0
        return False
    round_.position = position
    with kept() as history:
        draft = history.draft(round_.session, position)
    round_.typed = round_.acknowledged = draft.text if draft else ""
    words = len(round_.typed.split())
    terminal.until(f"Question {position + 1} of 3", counted(words) if words else "Nothing typed yet")
    return True


def _resume(terminal: ScreenTerminal, among: int) -> None:
    """Goes on with the newest of so many sessions."""
    terminal.until("Unfinished: session")
    terminal.type("r")
    if among > 1:
        terminal.until("Go on with which session?")
        terminal.type("\r")


def _position(session_id: int) -> int | None:
    """The question that the session stands at; the first where it is not begun yet."""
    with kept() as history:
        session = history.session(session_id)
    return 0 if session is None else session.position


def _kill_in(terminal: ScreenTerminal, seconds: float) -> None:
    terminal.drain(seconds)
    terminal.kill(signal.SIGKILL)
    assert terminal.process.returncode == -signal.SIGKILL


def _check(round_: Round, book: Book) -> None:
    with kept() as history:
        answers = {(a.session_id, a.position): a.text for a in history.all_answers()}
        if round_.moved_on:
            book.answers[round_.session, round_.position] = round_.typed
        assert book.answers.items() <= answers.items()
        if not round_.session:
            return
        own = answers.get((round_.session, round_.position))
        draft = history.draft(round_.session, round_.position)
        if own is not None:
            assert round_.handed_in
            assert own == round_.typed
            book.answers[round_.session, round_.position] = own
            assert draft is None or not draft.text
        else:
            text = draft.text if draft else ""
            assert round_.typed.startswith(text)
            assert text.startswith(round_.acknowledged)
            session = history.session(round_.session)
            assert session is not None
            assert session.position == round_.position


def _all_is_graded_on_request(book: Book) -> None:
    """Home offers what is unfinished, with its draft, and one key grades what was cut off."""
    with kept() as history:
        unfinished = history.sessions(unfinished=True)
        drafts = {draft.session_id: draft.text for draft in history.drafts() if draft.text.strip()}
    with practice(rows=40, columns=120) as terminal:
        terminal.until("embedded: ready", f"ungraded: {len(book.answers)} (g grades them)")
        terminal.until(f"Unfinished: session {unfinished[0].id}")
        terminal.type("g")
        deadline = time.monotonic() + 60
        while any(word in terminal.text for word in ("ungraded", "grading")) and time.monotonic() < deadline:
            terminal.drain(0.1)
        assert "ungraded" not in terminal.text, terminal.text
        _resume(terminal, len(unfinished))
        draft = drafts.get(unfinished[0].id, "")
        if unfinished[0].position is None:
            terminal.until("Summary", "Graded 3 of 3 answers")
        else:
            terminal.until(counted(len(draft.split())) if draft else "Nothing typed yet")
        terminal.type(ESCAPE)
        terminal.until("Next, and why", gone="Home")
        terminal.type("q")
        assert terminal.wait() == 0
    with kept() as history:
        assert not history.ungraded()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_to_end_keeps_the_draft_and_gives_the_terminal_back(number: int) -> None:
    with practice("-n", "2") as terminal:
        terminal.until("Next, and why")
        terminal.type("s")
        terminal.until("Question 1 of 2", "Nothing typed yet")
        before = terminal.raw
        terminal.type("half an answer")
        terminal.process.send_signal(number)
        assert terminal.wait() == 128 + number
        after = terminal.raw[len(before) :]
    assert b"\x1b[?1049l" in after
    assert b"\x1b[?25h" in after
    assert b"Traceback" not in after
    with kept() as history:
        (session,) = history.sessions(unfinished=True)
        (draft,) = history.drafts()
        assert "half an answer".startswith(draft.text)
        assert history.claim(session.id)


def test_a_terminal_that_is_closed_ends_the_program_and_keeps_the_draft() -> None:
    terminal = practice("-n", "2")
    terminal.until("Next, and why")
    terminal.type("s")
    terminal.until("Question 1 of 2", "Nothing typed yet")
    terminal.type("half an answer")
    terminal.until(counted(3))
    terminal.close()
    assert terminal.process.wait(timeout=10) == 128 + signal.SIGHUP
    with kept() as history:
        assert [draft.text for draft in history.drafts()] == ["half an answer"]


def test_a_hang_up_while_an_editor_has_the_terminal_ends_the_program() -> None:
    with practice("-n", "2", environment={"EDITOR": "sh -c 'echo editing; sleep 60'"}) as terminal:
        terminal.until("Next, and why")
        terminal.type("s")
        terminal.until("Question 1 of 2", "Nothing typed yet")
        terminal.type("half an answer")
        terminal.until(counted(3))
        terminal.type("\x0f")
        terminal.until("editing")
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.wait() == 128 + signal.SIGHUP
        assert b"Traceback" not in terminal.raw
    with kept() as history:
        assert [draft.text for draft in history.drafts()] == ["half an answer"]


def test_a_program_that_is_stopped_from_outside_goes_on() -> None:
    with practice("-n", "2") as terminal:
        terminal.until("Next, and why")
        terminal.type("s")
        terminal.until("Question 1 of 2", "Nothing typed yet")
        terminal.type("half an")
        terminal.until(counted(2))
        for number in (signal.SIGSTOP, signal.SIGCONT):
            terminal.process.send_signal(number)
            terminal.drain(0.3)
        terminal.type(" answer")
        terminal.until("half an answer", counted(3))
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait() == 128 + signal.SIGTERM
