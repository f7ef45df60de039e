"""The bank on the screen: searched, read without spoiling it, begun with."""

from __future__ import annotations

from textual.widgets import DataTable, Input

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.tui.app import PracticeApp
from interviewer.tui.screens.browse import HIDDEN, BrowseScreen, matching
from interviewer.tui.screens.interview import InterviewScreen
from tests.practised import practised
from tests.tui.conftest import SMALL, MakeApp, screen_text, sees, until

ONE = "conv-layer-parameters"


def found(app: PracticeApp) -> int:
    return app.screen.query_one("#found", DataTable).row_count


def test_every_word_has_to_be_in_id_topic_wording_or_tags(bank: Bank) -> None:
    questions = bank.questions.values()
    assert len(matching(questions, "")) == len(bank.questions)
    assert ONE in [question.id for question in matching(questions, "  CONV parameters ")]
    assert {question.topic for question in matching(questions, "", "cnn")} == {"cnn"}
    assert any("top-p" in question.tags for question in matching(questions, "top-p"))
    assert matching(questions, "attention zzqq") == []


async def test_what_is_typed_narrows_the_list_and_enter_goes_to_it(make_app: MakeApp, bank: Bank) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("b")
        await sees(pilot, f"{len(bank.questions)} of {len(bank.questions)} questions", HIDDEN)
        await pilot.press(*"conv-layer")
        await until(pilot, lambda: found(app) == 1)
        # Letters are typed here, though some of them are keys of the screen.
        assert app.screen.query_one("#search", Input).value == "conv-layer"
        await pilot.press("enter")
        assert isinstance(app.focused, DataTable)
        assert ONE in await sees(pilot, "A 2-D convolution layer")


async def test_a_search_without_result_says_so(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("b")
        await sees(pilot, "questions")
        await pilot.press(*"[/b]zzqq")
        text = await sees(pilot, "No question fits")
        assert "0 of" in text
        assert "Start" not in text


async def test_model_answer_and_rubric_are_hidden_until_asked_for(make_app: MakeApp, bank: Bank) -> None:
    question = bank.question(ONE)
    app = make_app(questions=[ONE, "sgd-runs-same-solution"])
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("b")
        await sees(pilot, "A 2-D convolution layer", HIDDEN)
        assert "What earns points" not in screen_text(app)
        await pilot.press("enter", "v")
        text = await sees(pilot, "Model answer", "What earns points", "What costs points", gone=HIDDEN)
        assert question.criteria[0].text[:30] in text
        assert "required" in text
        await pilot.press("down")
        await sees(pilot, HIDDEN, gone="What earns points")


async def test_the_last_answer_is_shown_with_its_score_and_judge(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    practised(history, {"weights": "met"}, bank.question(ONE), hints=1)
    app = make_app(questions=[ONE])
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("b")
        await sees(pilot, "01 Mar", "Answered once, last on 01 Mar 2025", "from embedded/test")


async def test_one_key_begins_a_session_with_just_this_question(make_app: MakeApp, history: History) -> None:
    app = make_app(questions=[ONE, "sgd-runs-same-solution"])
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("b")
        await sees(pilot, HIDDEN)
        await pilot.press("enter", "down", "s")
        await sees(pilot, "Question 1 of 1", "you chose it")
        assert isinstance(app.screen, InterviewScreen)
        (session,) = history.sessions()
        assert [planned.question_id for planned in session.planned] == ["sgd-runs-same-solution"]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        assert found(app) == 2


async def test_only_one_topic_can_be_listed(make_app: MakeApp, bank: Bank) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("b")
        await sees(pilot, HIDDEN)
        await pilot.press("enter", "t", "down", "enter")
        first = min(question.topic for question in bank.questions.values())
        await until(pilot, lambda: found(app) == len(bank.select(topic=first)))
