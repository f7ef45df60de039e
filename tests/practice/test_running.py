"""One session, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from interviewer.backends.protocols import JudgeRequest
from interviewer.bank import Bank
from interviewer.errors import BackendUnavailable, ConfigError, InterviewerError
from interviewer.grading.pipeline import Grader
from interviewer.history import History
from interviewer.models import Grade, Judgement, PlannedQuestion, Ungraded
from interviewer.practice.running import (
    RunningSession,
    answer_again,
    answer_follow_up,
    begin,
    keep_outcome,
    outcome_of,
)
from tests.practised import graded, make_question, make_rubric

BANK = Bank(
    questions={name: make_question(name) for name in ("a", "b", "c")}
    | {"child": make_question("child", depends_on="a")},
    rubrics={"short-answer": make_rubric()},
)


class FailingJudge:
    """A judge that raises."""

    label = "failing/judge"
    parameters: dict[str, str | int | float | bool | None] = {}  # noqa: RUF012

    def __init__(self, error: InterviewerError) -> None:
        self._error = error

    async def judge(self, request: JudgeRequest) -> Judgement:
        """Raises."""
        raise self._error


@pytest.fixture
def history() -> Iterator[History]:
    """An empty history."""
    history = History(None)
    yield history
    history.close()


def running(history: History, *names: str, bank: Bank = BANK) -> RunningSession:
    """A new session of these questions."""
    planned = [PlannedQuestion(question_id=name, why="new") for name in names]
    return RunningSession(history, bank, begin(history, planned, mode="interview", topic="cnn", seed=3))


def resumed(history: History, bank: Bank = BANK) -> RunningSession:
    """The newest session, as a program finds it that has just begun."""
    return RunningSession(history, bank, history.sessions()[0])


def test_a_session_goes_through_its_questions_in_order(history: History) -> None:
    session = running(history, "a", "b", "c")
    session.hand_in("to a", hints=1, seconds=3.5)
    session.leave("skipped")
    assert session.question == BANK.questions["c"]
    session.leave("gave_up")
    assert session.position is None
    assert session.question is None
    assert session.draft() is None
    session.finish()
    kept = history.sessions()[0]
    assert kept == session.session
    assert kept.endings == ("answered", "skipped", "gave_up")
    (answer,) = history.answers(kept.id)
    assert (answer.text, answer.hints, answer.seconds, answer.position) == ("to a", 1, 3.5, 0)


def test_a_session_is_gone_on_with_where_it_was_left(history: History) -> None:
    session = running(history, "a", "b")
    session.hand_in("to a")
    session.save_draft("half of b", hints=1, seconds=9)
    again = resumed(history)
    draft = again.draft()
    assert draft is not None
    assert again.position == 1
    assert (draft.text, draft.hints, draft.seconds, draft.question_id) == ("half of b", 1, 9, "b")


def test_handing_in_takes_the_draft_away_and_keeps_others(history: History) -> None:
    session = running(history, "a", "b")
    session.save_draft("half of a")
    history.save_draft(session.draft_of(1, "half of b"))
    session.hand_in("all of a")
    assert [draft.text for draft in history.drafts()] == ["half of b"]
    session.leave("skipped")
    assert history.drafts() == []


def test_what_has_left_the_bank_is_passed_over_but_not_given_up_for_good(history: History) -> None:
    running(history, "a", "b", "c")
    smaller = Bank(questions={"c": BANK.questions["c"]}, rubrics=BANK.rubrics)
    session = resumed(history, smaller)
    assert session.question == BANK.questions["c"]
    session.hand_in("to c")
    assert session.position is None
    assert resumed(history).question == BANK.questions["a"]


def test_an_answer_keeps_the_questions_it_follows_up(history: History) -> None:
    answer = running(history, "child").hand_in("text")
    assert [parent.id for parent in answer.parents] == ["a"]


def test_another_try_points_at_the_first_answer(history: History) -> None:
    first = running(history, "a").hand_in("one", hints=2, seconds=5)
    keep_outcome(history, first, graded({}))
    second = answer_again(history, first, "two", seconds=7)
    third = answer_again(history, second, "three")
    assert [(a.part, a.of, a.text, a.hints) for a in (second, third)] == [
        ("again", first.id, "two", 2),
        ("again", first.id, "three", 2),
    ]
    assert (second.seconds, third.seconds, third.outcome) == (7, None, None)


def test_another_try_at_a_follow_up_stays_one(history: History) -> None:
    first = running(history, "a").hand_in("one")
    follow_up = answer_follow_up(history, first, "cheap", "And the cost?", "dear", seconds=4)
    again = answer_again(history, follow_up, "cheap")
    assert (again.part, again.of, again.criterion, again.probe) == (
        "follow_up",
        first.id,
        "cheap",
        "And the cost?",
    )
    assert again.id != follow_up.id


@pytest.mark.parametrize(
    "error",
    [BackendUnavailable("HTTP 503"), ConfigError("the key was refused", hint="set OPENAI_API_KEY")],
    ids=["grading", "config"],
)
async def test_whatever_goes_wrong_is_ungraded_with_its_reason(
    history: History, make_grader: Callable[..., Grader], error: InterviewerError
) -> None:
    answer = running(history, "a").hand_in("It does not saturate, so gradients survive.")
    outcome = await outcome_of(make_grader(FailingJudge(error)), BANK, answer)
    assert isinstance(outcome, Ungraded)
    assert outcome.reason.startswith(error.message)
    assert error.hint is None or error.hint in outcome.reason
    assert outcome.grader == "failing/judge"
    assert keep_outcome(history, answer, outcome).outcome == outcome


async def test_a_rubric_that_is_gone_is_ungraded(history: History, grader: Grader) -> None:
    answer = running(history, "a").hand_in("It does not saturate.")
    outcome = await outcome_of(grader, Bank(), answer)
    assert isinstance(outcome, Ungraded)
    assert "no rubric 'short-answer'" in outcome.reason


@pytest.mark.parametrize(("criterion", "probe"), [("gone", "And?"), (None, None)])
async def test_a_follow_up_on_nothing_is_ungraded(
    history: History, grader: Grader, criterion: str | None, probe: str | None
) -> None:
    first = running(history, "a").hand_in("one")
    broken = first.model_copy(update={"part": "follow_up", "criterion": criterion, "probe": probe})
    assert isinstance(await outcome_of(grader, BANK, broken), Ungraded)


@pytest.mark.parametrize(
    ("question_id", "criterion", "good", "bad"),
    [
        (
            "conv-output-shape",
            "channels-from-filters",
            "The input channels are summed over, so each filter gives one output channel.",
            "It is lost because of the stride.",
        ),
        (
            "clip-training",
            "contrastive-pairs",
            "From the other captions in the batch: an image and its own caption are pulled together, while"
            " mismatched pairs are pushed apart by the contrastive loss.",
            "They are drawn from a separate labelled data set.",
        ),
        (
            "captioning-cross-attention-cost",
            "self-attention",
            "In the self-attention among the text tokens; it is quadratic in the length of the text.",
            "In the cross-attention from text to image.",
        ),
    ],
)
async def test_a_follow_up_is_graded_by_its_one_criterion(
    history: History, bank: Bank, grader: Grader, question_id: str, criterion: str, good: str, bad: str
) -> None:
    first = running(history, question_id, bank=bank).hand_in("I am not sure about that part.")
    probe = next(c.follow_up for c in first.question.criteria if c.id == criterion)
    assert probe is not None
    levels = []
    for text in (good, bad):
        outcome = await outcome_of(grader, bank, answer_follow_up(history, first, criterion, probe, text))
        assert isinstance(outcome, Grade)
        assert [found.id for found in outcome.criteria] == [criterion]
        levels.append(outcome.criteria[0].level)
    assert levels == ["met", "not_met"]
