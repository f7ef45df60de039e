"""When a question comes again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from interviewer.bank import Bank
from interviewer.history import History
from interviewer.models import Answer, Band, Level, Ungraded
from interviewer.practice.running import RunningSession, answer_again, answer_follow_up, keep_outcome, rate
from interviewer.practice.schedule import due, rated, suggested
from tests.practised import NOON, graded, hours, make_answer, make_question, make_rubric, make_session

ALL: dict[str, Level] = {"saturates": "met", "cheap": "met"}


@pytest.fixture
def history() -> Iterator[History]:
    """An empty history."""
    history = History(None)
    yield history
    history.close()


def answered(
    history: History,
    levels: dict[str, Level] | None = None,
    *,
    after: float = 0,
    confidence: Band = "high",
    prompt: str = "Why is ReLU used?",
) -> Answer:
    """An answer, kept and graded as the screens do it; without levels it is Ungraded."""
    session = history.begin(make_session())
    question = make_question(prompt=prompt)
    answer = history.keep_answer(make_answer(session, question=question, submitted=hours(after)))
    if levels is None:
        return keep_outcome(history, answer, Ungraded(reason="HTTP 503", grader="g"))
    return keep_outcome(history, answer, graded(levels, question, confidence=confidence))


def ratings(history: History) -> list[tuple[int, str]]:
    """Rating of each review and who gave it, the oldest first."""
    return [(review.rating, review.by) for review in history.reviews("why-relu")]


@pytest.mark.parametrize(
    ("levels", "hints", "rating"),
    [
        ({}, 0, 1),
        ({"cheap": "met"}, 0, 2),
        ({"saturates": "met"}, 0, 3),
        (ALL, 0, 4),
        (ALL, 1, 4),
        (ALL, 2, 3),
        (ALL, 5, 2),
        ({"saturates": "met"}, 1, 2),
        ({"saturates": "met"}, 4, 1),
    ],
)
def test_a_grade_stands_for_a_rating_and_hints_count(
    levels: dict[str, Level], hints: int, rating: int
) -> None:
    assert suggested(make_answer(make_session(), outcome=graded(levels), hints=hints)) == rating


def test_a_strict_pass_mark_moves_the_ratings() -> None:
    strict = graded(ALL, rubric=make_rubric(pass_mark=95))
    assert suggested(make_answer(make_session(), outcome=strict, hints=1)) == 2
    assert suggested(make_answer(make_session(), outcome=strict)) == 4


def test_without_a_grade_there_is_nothing_to_suggest() -> None:
    assert suggested(make_answer(make_session())) is None


def test_a_certain_grade_schedules_its_question(history: History) -> None:
    answer = answered(history, ALL)
    (review,) = history.reviews("why-relu")
    assert (review.answer_id, review.rating, review.by, review.time) == (answer.id, 4, "grade", NOON)
    assert review.due > NOON + timedelta(days=1)


def test_the_better_the_grade_the_later_it_comes_again(history: History) -> None:
    all_levels: list[dict[str, Level]] = [{}, {"cheap": "met"}, {"saturates": "met"}, ALL]
    dues = []
    for levels in all_levels:
        alone = History(None)
        answered(alone, levels)
        dues.append(alone.reviews("why-relu")[0].due)
        alone.close()
    assert dues == sorted(dues)
    assert len(set(dues)) > 2


def test_an_uncertain_grade_waits_for_the_candidate(history: History) -> None:
    answer = answered(history, ALL, confidence="low")
    assert ratings(history) == []
    rate(history, answer, 2)
    assert ratings(history) == [(2, "candidate")]


def test_what_was_not_graded_never_schedules(history: History) -> None:
    answer = answered(history)
    assert ratings(history) == []
    keep_outcome(history, answer, graded(ALL))
    assert ratings(history) == [(4, "grade")]


def test_a_judge_that_fails_later_takes_no_review_away(history: History) -> None:
    answer = answered(history, ALL)
    keep_outcome(history, answer, Ungraded(reason="HTTP 503", grader="other"))
    assert ratings(history) == [(4, "grade")]


def test_a_later_grade_of_the_same_answer_replaces_its_review(history: History) -> None:
    answer = answered(history, ALL)
    keep_outcome(history, answer, graded({}, grader="other"))
    assert ratings(history) == [(1, "grade")]


def test_a_later_grade_does_not_replace_what_the_candidate_said(history: History) -> None:
    answer = answered(history, ALL)
    rate(history, answer, 1)
    keep_outcome(history, answer, graded(ALL, grader="other"))
    assert ratings(history) == [(1, "candidate")]
    rate(history, answer, 3)
    assert ratings(history) == [(3, "candidate")]


def test_a_second_try_and_a_follow_up_schedule_nothing(history: History) -> None:
    answer = answered(history, {})
    again = answer_again(history, answer, "It does not saturate. It is cheap.")
    keep_outcome(history, again, graded(ALL))
    follow_up = answer_follow_up(history, answer, "cheap", "And the cost?", "It is cheap.")
    keep_outcome(history, follow_up, graded(ALL))
    assert ratings(history) == [(1, "grade")]


def test_a_question_whose_wording_was_edited_keeps_its_card(history: History) -> None:
    answered(history, ALL)
    answered(history, ALL, after=24 * 9, prompt="Why do networks use ReLU?")
    first, second = history.reviews("why-relu")
    assert second.due - second.time > 2 * (first.due - first.time)


def test_an_answer_that_is_graded_late_is_put_where_it_belongs(history: History) -> None:
    in_order = History(None)
    for after, levels in ((0, ALL), (24 * 5, {}), (24 * 9, ALL)):
        answered(in_order, levels, after=after)
    late = answered(history)
    answered(history, {}, after=24 * 5)
    answered(history, ALL, after=24 * 9)
    keep_outcome(history, late, graded(ALL))
    found, expected = history.reviews("why-relu"), in_order.reviews("why-relu")
    assert [(r.time, r.due, r.card) for r in found] == [(r.time, r.due, r.card) for r in expected]
    assert history.last_reviews()["why-relu"].due == found[-1].due
    in_order.close()


def test_a_review_keeps_the_schedulers_card(history: History) -> None:
    answered(history, ALL)
    (review,) = history.reviews("why-relu")
    assert json.loads(review.card)["due"] == review.due.isoformat()


def test_a_question_that_was_given_up_comes_again_as_one_not_known(history: History) -> None:
    bank = Bank(questions={"why-relu": make_question()})
    RunningSession(history, bank, history.begin(make_session())).leave("skipped")
    assert ratings(history) == []
    RunningSession(history, bank, history.begin(make_session())).leave("gave_up")
    assert ratings(history) == [(1, "candidate")]
    answered(history, ALL)
    assert sorted(ratings(history)) == [(1, "candidate"), (4, "grade")]


def test_due_questions_come_longest_overdue_first(history: History) -> None:
    for name, after in (("b", 2), ("a", 1), ("c", 3)):
        session = history.begin(make_session(name))
        answer = history.keep_answer(make_answer(session, submitted=hours(after)))
        keep_outcome(history, answer, graded({}))
    last = history.last_reviews()
    assert due(last, hours(4)) == []
    assert [review.question_id for review in due(last, hours(24 * 30))] == ["a", "b", "c"]
    assert [review.question_id for review in due(last, last["b"].due)] == ["a", "b"]


def test_a_review_from_the_future_holds_its_question_back_no_longer_than_the_wrong_clock() -> None:
    ahead = rated([], make_answer(make_session()), 4, when=hours(24 * 3650), by_candidate=True)[-1]
    assert ahead.due > ahead.time > hours(1)
    assert due({"why-relu": ahead}, hours(1)) == [ahead]
    assert due({"why-relu": ahead}, ahead.time) == []
