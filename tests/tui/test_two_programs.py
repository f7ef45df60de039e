"""Two programs at once on one history: both are practised with, and no session is open in both."""

from __future__ import annotations

from tests.screen_terminal import ScreenTerminal
from tests.tui.program import ESCAPE, HAND_IN, counted, kept, practice

ELSEWHERE = "This session is open"


def _answer(terminal: ScreenTerminal, text: str) -> None:
    terminal.until("Nothing typed yet")
    terminal.type(text)
    terminal.until(counted(len(text.split())))
    terminal.type(HAND_IN)
    terminal.until("of 100 ·")


def test_two_programs_at_once_keep_each_others_answers() -> None:
    with practice("-n", "2") as one, practice("-n", "2") as other:
        for terminal in (one, other):
            terminal.until("Next, and why")
        for terminal in (one, other):
            terminal.type("s")
        for number in (1, 2):
            for name, terminal in (("one", one), ("other", other)):
                terminal.until(f"Question {number} of 2")
                _answer(terminal, f"{name} says {number}")
                terminal.type("n")
        for terminal in (one, other):
            terminal.until("Summary", "Graded 2 of 2 answers")
            terminal.type(ESCAPE)
            terminal.until("answered so far: 4", gone="Summary")
            terminal.type("q")
            assert terminal.wait() == 0
    with kept() as history:
        assert {a.text for a in history.all_answers()} == {
            f"{name} says {number}" for name in ("one", "other") for number in (1, 2)
        }
        assert all(a.grade is not None for a in history.all_answers())
        assert len(history.sessions()) == 2
        assert not history.sessions(unfinished=True)


def test_a_session_that_is_open_in_one_program_is_gone_on_with_in_another_only_after_it() -> None:
    with practice("-n", "2") as one:
        one.until("Next, and why")
        one.type("s")
        one.until("Nothing typed yet")
        one.type("half an answer")
        one.until(counted(3))
        with practice("-n", "2") as other:
            other.until("Unfinished: session 1")
            other.type("r")
            other.until(ELSEWHERE)
            one.kill()
            other.type("r")
            other.until("half an answer", counted(3))
            # And the other way round, where it is not killed but left.
            with practice("-n", "2") as third:
                third.until("Unfinished: session 1")
                third.type("r")
                third.until(ELSEWHERE)
                other.type(ESCAPE)
                other.until("The session is kept as it is")
                third.type("r")
                third.until("half an answer", counted(3))
    with kept() as history:
        (draft,) = history.drafts()
        assert draft.text == "half an answer"
