"""A history in a folder of its own, and one session that has everything in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interviewer.backends.scripted import ScriptedReply
from interviewer.bank import Bank
from interviewer.grading.pipeline import Grader
from interviewer.history import History
from interviewer.models import Answer, Dispute
from interviewer.practice.running import answer_again, answer_follow_up
from interviewer.reports import SessionReport, session_report
from tests.reports.samples import NASTY, finding, graded, practise, says, scripted, small_bank, start

PARTIAL = "It has 800 weights, whatever the image. Well, the size of the image counts too."
BETTER = "8 filters of 5·5·4 weights each make 800."
SUM = "5 by 5 by 4 weights a filter"
REPLIES = (
    says(
        PARTIAL,
        {"value": finding("met", "It has 800 weights"), "working": finding("not_met", "", "no sum")},
        spatial="the size of the image counts too",
    ),
    says(
        BETTER,
        {"value": finding("met", "make 800"), "working": finding("met", "8 filters of 5·5·4 weights")},
        spatial="",
    ),
    says(SUM, {"working": finding("partial", SUM)}),
    says(
        "dropout",
        {"dropout": finding("met", "dropout"), "decay": finding("not_met"), "early": finding("not_met")},
    ),
    ScriptedReply(error="HTTP 503 from the judge", question_id="attention", repeat=True),
)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty one."""
    kept = History(tmp_path / "data")
    yield kept
    kept.close()


@pytest.fixture
def small(tmp_path: Path) -> Bank:
    """Four small questions."""
    return small_bank(tmp_path)


@pytest.fixture
def scripted_grader(make_grader: Callable[..., Grader]) -> Grader:
    """A grader that knows what to say of the answers here."""
    return scripted(make_grader, REPLIES)


@pytest.fixture
async def report(history: History, small: Bank, scripted_grader: Grader) -> SessionReport:
    """Answered with a hint, again, followed up, disputed; in part; ungraded; skipped. Another came before."""
    await practise(history, small, scripted_grader, {"conv-weights": BETTER})
    running = start(history, small, "conv-weights", "regularisers", "attention", "skipped-one")

    async def grade(answer: Answer) -> Answer:
        return await graded(history, small, scripted_grader, answer)

    first = await grade(running.hand_in(PARTIAL, hints=1, seconds=92.0))
    again = await grade(answer_again(history, first, BETTER, seconds=30.0))
    await grade(answer_follow_up(history, first, "working", "Where do the 800 come from?", SUM))
    await grade(answer_follow_up(history, again, "working", "And in general?", SUM))
    history.dispute(
        Dispute(
            answer_id=first.id,
            criterion="working",
            grader="scripted",
            given="not_met",
            should_be="partial",
            why="I said *enough*.",
            time=datetime(2026, 7, 1, tzinfo=UTC),
        )
    )
    await grade(running.hand_in("dropout"))
    await grade(running.hand_in(NASTY, seconds=12.0))
    running.leave("skipped")
    running.finish()
    return session_report(history, running.session.id, small.questions)
