"""What `interviewer ask` has kept in a home, and what other programs have left there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.models import Answer, Draft, PlannedQuestion, Session
from interviewer.practice.running import RunningSession, begin

QUESTION = "deeper-always-preferable"
ANSWER = "False. On small data a deeper network with its larger capacity overfits more easily."


@contextmanager
def history(home: Path) -> Iterator[History]:
    with closing(History(home / "interviewer")) as found:
        yield found


def kept(home: Path) -> list[Answer]:
    with history(home) as found:
        return found.all_answers()


def drafts(home: Path) -> list[Draft]:
    with history(home) as found:
        return found.drafts()


def sessions(home: Path) -> list[Session]:
    with history(home) as found:
        return found.sessions()


def left_unfinished(home: Path, bank: Bank, questions: Sequence[str], *texts: str, draft: str) -> None:
    """What the full-screen app leaves when it is closed: some answers, then a draft."""
    planned = [PlannedQuestion(question_id=identifier, why="new") for identifier in questions]
    with history(home) as found:
        running = RunningSession(found, bank, begin(found, planned, mode="interview"))
        for text in texts:
            running.hand_in(text)
        running.save_draft(draft, seconds=30)
