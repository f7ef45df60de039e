"""Keys that come twice, too early, or in the wrong place: each thing happens once."""

from __future__ import annotations

from datetime import UTC, datetime

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.models import PlannedQuestion
from interviewer.practice.running import begin
from interviewer.tui.app import Wishes
from tests.tui.conftest import MakeApp, begins, sees, type_text, until


async def test_start_pressed_three_times_begins_one_session(make_app: MakeApp, history: History) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "Next, and why")
        await pilot.press("s", "s", "s")
        await sees(pilot, "Question 1 of 5")
    assert len(history.sessions()) == 1


async def test_start_pressed_before_the_questions_are_chosen_is_not_lost(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await sees(pilot, "Question 1 of 5")


async def test_a_hint_asked_for_twice_is_asked_about_once(make_app: MakeApp) -> None:
    app = make_app(questions=["conv-parameter-count"])
    async with app.run_test(size=(80, 24)) as pilot:
        await begins(pilot)
        await pilot.press("f2", "f2")
        await sees(pilot, "costs 10 of 100 points")
        await pilot.press("y")
        await sees(pilot, "Hint 1: ", "−10 for hints", gone="costs 10 of 100")


async def test_an_answer_handed_in_twice_is_kept_once(make_app: MakeApp, history: History) -> None:
    app = make_app(wishes=Wishes(n=2, seed=1), practice__mode="interview")
    async with app.run_test(size=(80, 24)) as pilot:
        await begins(pilot, "Question 1 of 2")
        await type_text(pilot, "once")
        await pilot.press("ctrl+s", "ctrl+s", "f5")
        await sees(pilot, "Question 2 of 2")
    assert [answer.text for answer in history.all_answers()] == ["once"]


async def test_i_do_not_know_said_twice_is_said_to_one_question(make_app: MakeApp, history: History) -> None:
    app = make_app(wishes=Wishes(n=2, seed=1), practice__mode="interview")
    async with app.run_test(size=(80, 24)) as pilot:
        await begins(pilot, "Question 1 of 2")
        await type_text(pilot, "hm")
        await pilot.press("f4", "f4")
        await sees(pilot, "in place of what you typed")
        await pilot.press("y")
        await sees(pilot, "Question 2 of 2", "Nothing typed yet", gone="in place of")
    assert [answer.text for answer in history.all_answers()] == ["I don't know."]


async def test_an_unfinished_session_can_be_ended_and_is_not_offered_again(
    make_app: MakeApp, history: History
) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await begins(pilot, "Question 1 of 5")
        await pilot.press("escape")
        await sees(pilot, "Unfinished: session 1")
        await pilot.press("x")
        await sees(pilot, "stays in the history")
        await pilot.press("y")
        await sees(pilot, "Next, and why", gone="Unfinished")
    assert history.sessions(unfinished=True) == []


async def test_a_session_with_a_question_of_another_bank_stays_open_for_it(
    make_app: MakeApp, history: History, bank: Bank
) -> None:
    planned = [PlannedQuestion(question_id=name, why="new") for name in ("vae-elbo", "of-another-bank")]
    session = begin(history, planned)
    app = make_app(questions=["vae-elbo"])
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "Unfinished: session 1")
        await pilot.press("r")
        await sees(pilot, "Question 1 of 2")
        await pilot.press("f3")
        await sees(pilot, "Summary", "no longer in the bank")
        kept = history.session(session.id)
        assert kept is not None
        assert (kept.ended, kept.endings) == (None, ("skipped", None))
        assert kept.started < datetime.now(UTC)


async def test_an_uncertain_grade_is_asked_about_in_the_summary_too(make_app: MakeApp, bank: Bank) -> None:
    question = bank.questions["vae-elbo"]
    verdict = {"reason": "Said.", "quote": "words that are not in it", "level": "met"}
    mistakes = {m.id: {"quote": "", "made": False} for m in question.mistakes}
    judged = {"criteria": {c.id: verdict for c in question.criteria}, "mistakes": mistakes}
    app = make_app(
        questions=["vae-elbo"], script=[{"reply": judged, "repeat": True}], practice__mode="interview"
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await begins(pilot)
        await type_text(pilot, "It is a bound on the likelihood of the data")
        await pilot.press("ctrl+s")
        await sees(pilot, "? uncertain: Enter, then rate it 1 to 4")
        await pilot.press("enter")
        await sees(pilot, "The grade is uncertain")
        await pilot.press("3")
        await sees(pilot, "rated good by you")
        await pilot.press("n")
        await sees(pilot, "confidence low", gone="uncertain")


async def test_help_in_front_of_the_last_question_leaves_no_dead_screen_behind(make_app: MakeApp) -> None:
    app = make_app(questions=["vae-elbo"], practice__mode="interview")
    async with app.run_test(size=(80, 24)) as pilot:
        await begins(pilot)
        await type_text(pilot, "a bound")
        await pilot.press("ctrl+s", "f1")
        await until(pilot, lambda: len(app.screen_stack) > 1)
        for _ in range(4):
            await pilot.press("escape")
            await pilot.pause()
        await sees(pilot, "Next, and why")
