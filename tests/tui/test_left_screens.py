"""Screens that are left while they still read what they want to show."""

from __future__ import annotations

from datetime import UTC, datetime

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.models import Answer, PlannedQuestion
from interviewer.practice.running import begin
from tests.tui.conftest import MakeApp, sees, type_text
from tests.tui.test_session import reply

QUESTION = "vae-elbo"


async def test_a_grade_that_comes_at_once_is_shown_and_one_that_comes_too_late_disturbs_nobody(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    app = make_app(questions=[QUESTION], script=[reply(bank, QUESTION, "met", "a bound")])
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "ready", "Next, and why")
        await pilot.press("s")
        await sees(pilot, "Nothing typed yet")
        await type_text(pilot, "a bound")
        await pilot.press("ctrl+s")
        await sees(pilot, "of 100 · passed")
        for number in range(10):
            # The screen is left while it reads what it wants to show.
            await pilot.press("n")
            await sees(pilot, "Graded 1 of 1 answers")
            await pilot.press("enter")
            if number % 2:
                await sees(pilot, "of 100 · passed")
            app.answer_changed.publish(history.all_answers()[0])
        await sees(pilot, "of 100 · passed")


async def test_a_session_that_was_cut_off_after_its_last_answer_goes_on_with_its_summary(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    session = begin(history, [PlannedQuestion(question_id=QUESTION, why="new")])
    question, now = bank.questions[QUESTION], datetime.now(UTC)
    history.keep_answer(
        Answer(session_id=session.id, position=0, question=question, text="a bound", submitted=now)
    )
    for _ in range(3):
        app = make_app(questions=[QUESTION])
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            await sees(pilot, "Unfinished: session 1", "0 of 1 questions left")
            await pilot.press("r")
            await sees(pilot, "Summary", "Graded 0 of 1 answers", "! not graded yet: g grades it")
            await pilot.press("g")
            await sees(pilot, "Graded 1 of 1 answers")
        with_end = history.session(session.id)
        assert with_end is not None
        assert with_end.ended is not None
        history._store.write(lambda connection: connection.execute("UPDATE session SET ended = NULL"))
        history._store.write(lambda connection: connection.execute("DELETE FROM outcome"))
