"""Hours of practice: the app keeps nothing of the questions that are behind it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from textual._styles_cache import StylesCache

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.tui.app import Wishes
from tests.growth import LONG, Growth
from tests.practised import NOON
from tests.tui.conftest import MakeApp, sees, type_text
from tests.tui.test_session import reply

SESSIONS = 50 if LONG else 6
QUESTIONS = 10 if LONG else 1
"""In each session."""
WARM = 10 if LONG else 3
"""Sessions before the first reading: until then screens are seen for the first time."""


@pytest.mark.alone
@pytest.mark.heavy
async def test_neither_memory_nor_handles_nor_tasks_grow_with_the_number_of_questions(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    today = NOON

    def now() -> datetime:
        return today

    # The script knows the question's own criteria only, not those of open groups and rubrics.
    names = [
        name
        for name, asked in bank.questions.items()
        if not any(group.open for group in asked.groups) and not bank.rubric(asked.rubric).criteria
    ]
    script = [{"question_id": name, **reply(bank, name, "met", "something")} for name in names]
    app = make_app(wishes=Wishes(n=QUESTIONS, seed=1), script=script, questions=names, now=now)
    growth = Growth("practice")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for session in range(1, SESSIONS + 1):
            await sees(pilot, "Next, and why")
            await pilot.press("s")
            for number in range(1, QUESTIONS + 1):
                await sees(pilot, f"Question {number} of {QUESTIONS}", "Nothing typed yet")
                await type_text(pilot, f"something {session}")
                await pilot.press("ctrl+s")
                await sees(pilot, "of 100 ·", "Your answer")
                await pilot.press("n")
            await sees(pilot, f"Graded {QUESTIONS} of {QUESTIONS} answers")
            await pilot.press("escape")
            await sees(pilot, f"answered so far: {session * QUESTIONS}")
            today += timedelta(days=40)
            if session >= WARM and (session % 5 == 0 or not LONG):
                # Textual's own memory of the last 1024 pairs of colours, in which each widget has its share.
                StylesCache.get_inner_outer.cache_clear()
                growth.read(session * QUESTIONS)
    # A context that outlives its screen may hold one screen, of about 5,000 objects; never one a session.
    growth.require_none(memory=16, objects=8_000)
    assert len(history.all_answers()) == SESSIONS * QUESTIONS
    assert all(answer.grade is not None for answer in history.all_answers())
