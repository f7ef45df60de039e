"""The judge is called ready only once it has graded, and no longer than until it fails."""

from __future__ import annotations

import asyncio

from textual.widget import Widget

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.models import Answer, PlannedQuestion
from interviewer.practice.running import RunningSession, begin
from interviewer.tui.app import PracticeApp
from interviewer.tui.screens.help import judge_text
from interviewer.tui.widgets.status import SIGNS
from tests.fault_server import fault_server, held, status
from tests.tui.conftest import MakeApp, sees, until
from tests.tui.test_judge_failures import QUESTION, TEXT, asks, judges

NOBODY = "http://127.0.0.1:9/v1"


def answered(history: History, bank: Bank, *texts: str) -> list[Answer]:
    """Answers that wait for a grade, kept."""
    answers = []
    for text in texts:
        session = begin(history, [PlannedQuestion(question_id=QUESTION, why="chosen")])
        answers.append(RunningSession(history, bank, session).hand_in(text))
    return answers


def is_marked(app: PracticeApp) -> bool:
    """The line on top shows the judge as failed."""
    return app.screen.query_one("#top-judge", Widget).has_class("-failed")


async def test_a_judge_with_a_server_is_ready_once_it_has_graded_and_until_it_fails(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    (answer,) = answered(history, bank, TEXT)
    busy = status(503, "overloaded")
    async with fault_server(busy, judges(bank), busy) as server:
        app = asks(make_app, server.base_url)
        async with app.run_test(size=(100, 40)) as pilot:
            await sees(pilot, f"{SIGNS['unasked']} openai/judge: not asked yet", "ungraded: 1")
            assert not is_marked(app)
            app.grade(answer)
            await sees(pilot, "! openai/judge: failed last time", "HTTP 503", "answers are kept")
            assert is_marked(app)
            said = judge_text(app.desk.status, app.desk.settings)
            assert "When it was last asked it gave no grade: " in said
            assert "cannot be used" not in said
            app.grade(answer)
            await sees(pilot, f"{SIGNS['answered']} openai/judge: ready", gone="HTTP 503")
            assert not is_marked(app)
            app.grade(answer)
            await sees(pilot, "! openai/judge: failed last time", "HTTP 503")


async def test_what_rules_grade_says_nothing_about_the_judge(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    (answer,) = answered(history, bank, "I don't know")
    app = asks(make_app, NOBODY)
    async with app.run_test(size=(100, 40)) as pilot:
        await sees(pilot, "openai/judge: not asked yet", "ungraded: 1")
        app.grade(answer)
        await sees(pilot, "answered so far: 1", "openai/judge: not asked yet", gone="ungraded: ")
    (kept,) = history.all_answers()
    assert kept.grade is not None
    assert kept.grade.grader.startswith("rule:")


async def test_another_judge_says_nothing_about_the_one_in_use(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    (answer,) = answered(history, bank, TEXT)
    app = asks(make_app, NOBODY)
    async with app.run_test(size=(100, 40)) as pilot:
        await sees(pilot, "openai/judge: not asked yet", "ungraded: 1")
        app.grade(answer, app.reopen("embedded"))
        await sees(pilot, "answered so far: 1", "openai/judge: not asked yet", gone="ungraded: ")


async def test_a_judge_that_was_replaced_meanwhile_says_nothing_about_the_new_one(
    make_app: MakeApp, bank: Bank, history: History
) -> None:
    (answer,) = answered(history, bank, TEXT)
    gate = asyncio.Event()
    busy = status(429, "slow down", headers={"retry-after": "0"})
    async with fault_server(held(gate, busy), judges(bank)) as server:
        app = asks(make_app, server.base_url, judge__retries=1)
        async with app.run_test(size=(100, 40)) as pilot:
            await sees(pilot, "openai/judge: not asked yet")
            app.grade(answer)
            await until(pilot, lambda: server.bodies)
            app.desk.use(app.reopen("openai/other"))
            await sees(pilot, "openai/other: not asked yet", "grading 1")
            gate.set()
            await sees(pilot, "answered so far: 1", "openai/other: not asked yet", gone="grading 1")
    assert len(server.bodies) == 2


async def test_every_judge_that_asks_a_server_begins_unasked(make_app: MakeApp, bank: Bank) -> None:
    members = {"judge__panel__members": ["openai/judge", "embedded"]}
    for judge, more in (("ollama/judge", {}), ("panel", members)):
        app = make_app(judge=judge, questions=[QUESTION], judge__base_url=NOBODY, **more)
        async with app.run_test(size=(100, 40)) as pilot:
            await sees(pilot, ": not asked yet")
