"""What comes late, or is seen late: another judge's last word, a session that was gone on with elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

from interviewer.bank import Bank
from interviewer.config import load_config
from interviewer.history import History
from interviewer.models import PlannedQuestion
from interviewer.practice.running import RunningSession, begin
from interviewer.tui.desk import Desk
from interviewer.tui.screens.feedback import FeedbackScreen
from tests.tui.conftest import MakeApp, sees, until

TWO = ["conv-parameter-count", "vae-elbo"]


async def test_a_judge_that_was_replaced_while_it_loaded_says_nothing_more(
    tmp_path: Path, bank: Bank, history: History
) -> None:
    def settings(judge: str):  # type: ignore[no-untyped-def]
        return load_config({"judge": judge}, {}, tmp_path, tmp_path / "user")

    said: list[str] = []
    desk = Desk(
        settings("embedded"),
        bank,
        history,
        on_judge=lambda: said.append(desk.status.text),
        on_answer=lambda _: None,
        on_loss=lambda _: None,
    )
    desk.use(desk.settings)
    first = desk._chosen
    desk.use(settings(f"scripted/{tmp_path / 'not-there.jsonl'}"))
    second = desk._chosen
    assert first is not None
    assert second is not None
    await asyncio.wait([first, second])
    desk.close()
    assert desk.status.phase == "failed", said
    assert not any(text.startswith("embedded") for text in said)


async def test_a_session_that_went_on_elsewhere_is_taken_up_where_it_stands_now(
    make_app: MakeApp, bank: Bank, history: History, tmp_path: Path
) -> None:
    session = begin(history, [PlannedQuestion(question_id=name, why="chosen") for name in TWO])
    app = make_app(questions=TWO)
    async with app.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Unfinished: session 1", "2 of 2 questions left")
        elsewhere = History(tmp_path / "data")
        RunningSession(elsewhere, bank, session).hand_in("800")
        elsewhere.close()
        await pilot.press("r")
        await sees(pilot, "Question 2 of 2")
    assert [answer.position for answer in history.all_answers()] == [0]


async def test_the_copy_says_the_score_that_the_screen_says(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    example = next(e for e in bank.questions["vae-elbo"].examples if e.label == "full")
    app = make_app(questions=["vae-elbo"])
    async with app.run_test(size=(100, 40)) as pilot:
        await sees(pilot, "Next, and why")
        await pilot.press("s")
        await sees(pilot, "Question 1 of 1")
        app.screen.box.load_text("It is a bound.")  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await sees(pilot, "not passed")
        await pilot.press("f")
        await sees(pilot, "Half of the points that it adds count")
        app.screen.box.load_text(example.answer)  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await sees(pilot, "for follow-ups")
        await until(pilot, lambda: isinstance(app.screen, FeedbackScreen))
        await pilot.press("c")
        assert "for follow-ups" in app.clipboard
