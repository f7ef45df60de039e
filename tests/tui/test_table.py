"""The practice app, held to the table of faults: the reason is shown, the answer kept, a retry offered."""

from __future__ import annotations

import re

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.models import Ungraded
from tests.fault_server import fault_server
from tests.faults import TABLE
from tests.tui.conftest import MakeApp, sees, until
from tests.tui.test_judge_failures import QUESTION, TEXT, answer, asks, judges

BY_KEYS = 10
"""One in so many is graded again by the keys on offer: those take longer than the grading."""
FAILING = [row for row in TABLE if row.end.error is not None]


async def test_no_fault_is_a_score_and_one_key_grades_the_answer_later(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    async with fault_server() as server:
        app = asks(make_app, server.base_url, judge__max_tokens=500, judge__timeout=4, judge__deadline=8)
        async with app.run_test(size=(100, 40), notifications=True) as pilot:
            await sees(pilot, "not asked yet", "Next, and why")
            await pilot.press("s")
            for count, row in enumerate(FAILING, 1):
                server.otherwise = row.fault
                if count == 1:
                    await answer(pilot)
                elif count % BY_KEYS:
                    app.grade(history.all_answers()[0])
                else:
                    await pilot.press("g")
                    await sees(pilot, "Grade this answer again with")
                    await pilot.press("enter")
                await until(pilot, lambda count=count: len(outcomes(history)) == count)  # type: ignore[misc]
                found = outcomes(history)[-1]
                assert isinstance(found, Ungraded), row.name
                assert re.search(row.reason, found.reason), row.name
                said = f"Not graded: {found.reason[:20]}"
                text = await sees(pilot, said, "This is no score, not even 0", TEXT, gone="Grading …")
                assert "\x1b" not in text
            assert not history.last_reviews()
            await pilot.press("n")
            await sees(pilot, "Graded 0 of 1 answers", "! not graded: ")
            await pilot.press("escape")
            await sees(pilot, "ungraded: 1 (g grades them)", "! openai/judge: failed last time")
            server.otherwise = judges(bank)
            await pilot.press("g")
            await sees(pilot, "answered so far: 1", "● openai/judge: ready", gone="ungraded: ")
    (kept,) = history.all_answers()
    assert kept.text == TEXT
    assert kept.grade is not None
    assert set(history.last_reviews()) == {QUESTION}
    assert server.strays == 0


def outcomes(history: History) -> list[object]:
    """All that has come of the one answer so far."""
    return [outcome for kept in history.all_answers() for _, outcome in history.outcomes(kept.id)]
