"""Whole sessions by keys: ask, answer, grade, follow up, sum up."""

from __future__ import annotations

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.tui.app import Wishes
from tests.tui.conftest import MakeApp, begins, sees, type_text

PARAMETERS = "conv-parameter-count"


def reply(bank: Bank, question_id: str, level: str, quote: str) -> dict[str, object]:
    """A scripted judgement that gives every criterion this level."""
    question = bank.questions[question_id]
    verdict = {"reason": "Said so.", "quote": quote, "level": level}
    return {
        "reply": {
            "criteria": {c.id: verdict for c in question.criteria},
            "mistakes": {m.id: {"quote": "", "made": False} for m in question.mistakes},
        },
        "repeat": True,
    }


async def test_a_whole_session_with_the_coach(make_app: MakeApp, history: History) -> None:
    app = make_app(wishes=Wishes(n=2, seed=3))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "embedded: ready", "Next, and why this one")
        await pilot.press("enter")
        await sees(pilot, "Question 1 of 2", "Why this one: new")
        await type_text(pilot, "something about gradients")
        await sees(pilot, "3 words, kept as you type")
        await pilot.press("ctrl+s")
        await sees(pilot, "of 100 · ", "confidence", "Comes again on")
        await pilot.press("n")
        await sees(pilot, "Question 2 of 2", "Nothing typed yet")
        await pilot.press("f4")
        text = await sees(pilot, "0 of 100 · not passed")
        assert "is not found" not in text
        await pilot.press("n")
        await sees(pilot, "Summary", "Graded 2 of 2 answers · mean", "By topic", "To study next")
        await pilot.press("escape")
        await sees(pilot, "answered so far: 2")
    answers = history.all_answers()
    assert [a.text for a in answers] == ["something about gradients", "I don't know."]
    assert all(a.grade is not None and a.seconds is not None for a in answers)
    assert history.session(1).ended is not None  # type: ignore[union-attr]
    assert set(history.last_reviews()) == {a.question.id for a in answers}


async def test_a_real_interview_goes_straight_on_and_grades_meanwhile(make_app: MakeApp) -> None:
    app = make_app(wishes=Wishes(n=2, seed=3), practice__mode="interview")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "Next, and why")
        await pilot.press("s")
        await sees(pilot, "Question 1 of 2")
        await type_text(pilot, "gradients")
        await pilot.press("f5")
        await sees(pilot, "Question 2 of 2")
        await type_text(pilot, "more gradients")
        await pilot.press("ctrl+s")
        await sees(pilot, "Graded 2 of 2 answers")
        await pilot.press("enter")
        await sees(pilot, "Feedback", "of 100 ·", "Your answer")
        await pilot.press("n")
        await sees(pilot, "By kind of point")


async def test_a_hint_says_its_cost_first_and_then_takes_it(make_app: MakeApp, bank: Bank) -> None:
    app = make_app(questions=[PARAMETERS])
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await begins(pilot)
        await pilot.press("f2")
        await sees(pilot, "costs 10 of 100 points")
        await pilot.press("n")
        await sees(pilot, "Nothing typed yet", gone="costs 10 of 100")
        await pilot.press("f2")
        await sees(pilot, "costs 10 of 100 points")
        await pilot.press("y")
        await sees(pilot, "Hint 1: ", "−10 for hints")
        await type_text(pilot, "800")
        await pilot.press("ctrl+s")
        await sees(pilot, "−10 for hints", "graded ")


async def test_the_quote_of_the_selected_criterion_is_marked_in_the_answer(
    make_app: MakeApp, bank: Bank
) -> None:
    script = [reply(bank, "vae-elbo", "met", "the reconstruction term")]
    app = make_app(questions=["vae-elbo"], script=script)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await begins(pilot)
        await type_text(pilot, "It has the reconstruction term [/b] and more")
        await pilot.press("ctrl+s")
        await sees(pilot, "✓ met     2/2")
        await pilot.press("down")
        await sees(pilot, "It has [the reconstruction term] [/b] and more", "✓ met", "scripted")


async def test_a_second_try_is_compared_criterion_by_criterion(make_app: MakeApp, bank: Bank) -> None:
    app = make_app(questions=[PARAMETERS])
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await begins(pilot)
        await type_text(pilot, "I would say 100 in all")
        await pilot.press("ctrl+s")
        await sees(pilot, "not passed", "✗ not met")
        await pilot.press("a")
        await sees(pilot, "The first answer stays the one that counts")
        await type_text(pilot, "800")
        await pilot.press("ctrl+s")
        await sees(pilot, "Feedback, again", "before: ", "now: 80 (+", "▲", "better: was ✗ not met")
        await pilot.press("n")
        await sees(pilot, "again: ")
        answers = app.desk.history.all_answers()
        assert [a.part for a in answers] == ["first", "again"]
        assert [r.answer_id for r in app.desk.history.reviews(PARAMETERS)] == [answers[0].id]


async def test_a_follow_up_earns_half_of_what_it_adds(make_app: MakeApp, bank: Bank) -> None:
    app = make_app(questions=["vae-elbo"])
    example = next(e for e in bank.questions["vae-elbo"].examples if e.label == "full")
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await begins(pilot)
        await type_text(pilot, "It is a bound.")
        await pilot.press("ctrl+s")
        await sees(pilot, "not passed")
        await pilot.press("f")
        await sees(pilot, "Half of the points that it adds count")
        app.screen.box.load_text(example.answer)  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await sees(pilot, "for follow-ups", "(half credit)")


async def test_an_objection_is_kept_with_its_reason(make_app: MakeApp, bank: Bank) -> None:
    app = make_app(questions=[PARAMETERS])
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await begins(pilot)
        await type_text(pilot, "something else entirely, in words")
        await pilot.press("ctrl+s")
        await sees(pilot, "not passed")
        await pilot.press("d")
        await sees(pilot, "You think that the judge is wrong")
        await pilot.press("tab")
        await type_text(pilot, "I said it")
        await pilot.press("enter")
        await sees(pilot, "Kept.")
        (dispute,) = app.desk.history.disputes()
        assert (dispute.why, dispute.given, dispute.should_be) == ("I said it", "not_met", "met")


async def test_an_uncertain_grade_asks_the_candidate_and_schedules_nothing_by_itself(
    make_app: MakeApp, bank: Bank
) -> None:
    script = [reply(bank, "vae-elbo", "met", "words that are not in the answer")]
    app = make_app(questions=["vae-elbo"], script=script)
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await begins(pilot)
        await type_text(pilot, "It is a bound on the likelihood of the data")
        await pilot.press("ctrl+s")
        await sees(pilot, "The grade is uncertain. How well did you know it?", "suggests 1 again")
        assert not app.desk.history.last_reviews()
        await pilot.press("2")
        await sees(pilot, "rated hard by you")
        assert app.desk.history.last_reviews()["vae-elbo"].rating == 2


async def test_a_judge_that_fails_leaves_the_answer_ungraded_and_one_key_grades_it_later(
    make_app: MakeApp, bank: Bank
) -> None:
    script = [{"error": "HTTP 503: overloaded"}, reply(bank, "vae-elbo", "met", "a bound")]
    app = make_app(questions=["vae-elbo"], script=script)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await begins(pilot)
        await type_text(pilot, "It is a bound")
        await pilot.press("ctrl+s")
        await sees(pilot, "Not graded: HTTP 503: overloaded", "This is no score, not even 0")
        assert not app.desk.history.last_reviews()
        await pilot.press("n")
        await sees(pilot, "Graded 0 of 1 answers", "! not graded: HTTP 503")
        await pilot.press("escape")
        await sees(pilot, "ungraded: 1 (g grades them)")
        await pilot.press("g")
        await sees(pilot, "answered so far: 1", gone="ungraded: 1")
        assert app.desk.history.all_answers()[0].grade is not None


async def test_a_draft_is_there_again_after_leaving(make_app: MakeApp, history: History) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "Next, and why")
        await pilot.press("s")
        await sees(pilot, "Question 1 of 5")
        await type_text(pilot, "half an ans")
        await pilot.press("escape")
        await sees(pilot, "Unfinished: session 1", "5 of 5 questions left")
        await pilot.press("r")
        await sees(pilot, "half an ans", "3 words, kept as you type")
    again = make_app()
    async with again.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "Unfinished: session 1")
        await pilot.press("r")
        await sees(pilot, "half an ans")


async def test_skipping_asks_first_where_something_is_typed(make_app: MakeApp) -> None:
    app = make_app(wishes=Wishes(n=1, seed=1))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await begins(pilot)
        await type_text(pilot, "hm")
        await pilot.press("f3")
        await sees(pilot, "is thrown away")
        await pilot.press("y")
        await sees(pilot, "Graded 0 of 0 answers, 1 left out", "skipped")


async def test_nothing_typed_is_not_handed_in(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "Next, and why")
        await pilot.press("s")
        await sees(pilot, "Question 1 of 5")
        await pilot.press("ctrl+s")
        await sees(pilot, "Nothing is typed yet. F4 says")
        assert not app.desk.history.all_answers()


async def test_every_key_of_a_screen_is_in_the_palette(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 40), notifications=True) as pilot:
        await sees(pilot, "Next, and why")
        commands = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Start", "Due only", "Browse", "History", "Settings", "Quit", "Help", "Theme"} <= commands
        await pilot.press("s")
        await sees(pilot, "Question 1 of 5")
        commands = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Hand in", "Hint", "Skip", "Don't know", "Editor", "Home"} <= commands


async def test_an_llm_judge_asks_on_after_a_partial_answer_and_the_answer_earns_half(
    make_app: MakeApp, bank: Bank
) -> None:
    question = bank.questions["vae-elbo"]
    verdicts = {c.id: {"reason": "", "quote": "a bound", "level": "met"} for c in question.criteria}
    verdicts["prior"] = {"reason": "Not said.", "quote": "", "level": "not_met"}
    first = reply(bank, "vae-elbo", "met", "a bound")
    first["reply"]["criteria"] = verdicts  # type: ignore[index]
    first["repeat"] = False
    spoken = {"reply": "And where may the codes lie?", "spoken": True}
    met = {"prior": {"reason": "Said.", "quote": "near the prior", "level": "met"}}
    made = {m.id: {"quote": "", "made": False} for m in question.mistakes if "prior" in m.contradicts}
    second = {"reply": {"criteria": met, "mistakes": made}, "answer": "near the prior"}
    app = make_app(questions=["vae-elbo"], script=[first, spoken, second])
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await begins(pilot)
        await type_text(pilot, "It is a bound")
        await pilot.press("ctrl+s")
        await sees(pilot, "of 100 ·", "Interviewer: And where may the codes lie?  (f answers)")
        await pilot.press("f")
        await sees(pilot, "And where may the codes lie?", "Half of the points that it adds count")
        await type_text(pilot, "near the prior")
        await pilot.press("ctrl+s")
        text = await sees(pilot, "for follow-ups", "(half credit)")
        assert "Interviewer:" not in text
        (answer, follow_up) = app.desk.history.all_answers()
        assert (follow_up.part, follow_up.criterion, follow_up.of) == ("follow_up", "prior", answer.id)


async def test_follow_ups_can_be_switched_off(make_app: MakeApp, bank: Bank) -> None:
    script = [reply(bank, "vae-elbo", "partial", "a bound"), {"reply": "What else?", "spoken": True}]
    app = make_app(questions=["vae-elbo"], script=script, practice__follow_ups=False)
    async with app.run_test(size=(100, 40)) as pilot:
        await begins(pilot)
        await type_text(pilot, "It is a bound")
        await pilot.press("ctrl+s")
        await sees(pilot, "of 100 ·", "~ partial")
        await pilot.press("m")
        text = await sees(pilot, "Model answer")
        assert "Interviewer:" not in text


async def test_an_answer_is_graded_again_by_another_judge_and_both_grades_are_kept(
    make_app: MakeApp, bank: Bank
) -> None:
    app = make_app(questions=["vae-elbo"], script=[reply(bank, "vae-elbo", "met", "a bound")])
    async with app.run_test(size=(100, 40)) as pilot:
        await begins(pilot)
        await type_text(pilot, "It is a bound")
        await pilot.press("ctrl+s")
        await sees(pilot, "of 100 ·", "decided by")
        await pilot.press("g")
        await sees(pilot, "Grade this answer again with", "(in use)", "embedded")
        await pilot.press("down", "enter")
        await sees(pilot, "0 of 100 ·")
        await pilot.press("down")
        await sees(pilot, "Why: is not found")
        graders = [outcome.grader for _, outcome in app.desk.history.outcomes(1)]
        assert graders == ["scripted/script.jsonl", "embedded"]


async def test_a_second_try_that_was_not_handed_in_is_shown_where_to_find(make_app: MakeApp) -> None:
    app = make_app(questions=[PARAMETERS])
    async with app.run_test(size=(100, 40)) as pilot:
        await begins(pilot)
        await type_text(pilot, "I would say 100 in all")
        await pilot.press("ctrl+s")
        await sees(pilot, "not passed")
        await pilot.press("a")
        await sees(pilot, "The first answer stays the one that counts")
        await type_text(pilot, "half of a better one")
        await pilot.press("escape")
        await sees(pilot, "not passed", "Your answer")
        await pilot.press("n")
        await sees(pilot, "✎ more is typed: Enter, then a")
        await pilot.press("escape")
        await sees(pilot, "typed and not handed in: session 1")
        await pilot.press("h")
        await sees(pilot, "Sessions")
        await pilot.press("enter")
        await sees(pilot, "✎ more is typed")
        await pilot.press("enter")
        await sees(pilot, "Your answer", "of 100")
        await pilot.press("a")
        await sees(pilot, "half of a better one")
