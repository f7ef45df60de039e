"""What a session came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from interviewer.history import History
from interviewer.models import Answer, Criterion, Group, Level, Question, Session, Ungraded
from interviewer.models.check import NumberCheck
from interviewer.practice.summary import Summary, summarise
from tests.practised import (
    JUDGE,
    graded,
    hours,
    make_answer,
    make_question,
    make_rubric,
    make_session,
    practised,
)

ALL: dict[str, Level] = {"saturates": "met", "cheap": "met"}
FAILED = Ungraded(reason="HTTP 503", grader=JUDGE)


@pytest.fixture
def history() -> Iterator[History]:
    """An empty history."""
    history = History(None)
    yield history
    history.close()


def answered(
    history: History,
    session: Session,
    position: int,
    levels: Mapping[str, Level] | None,
    *,
    grader: str = JUDGE,
    question: Question | None = None,
    **fields: Any,
) -> Answer:
    """An answer to one question of a session, graded; Ungraded without levels."""
    question = question or make_question(session.planned[position].question_id)
    answer = history.keep_answer(make_answer(session, question=question, position=position, **fields))
    outcome = FAILED if levels is None else graded(levels, question, grader=grader)
    history.keep_outcome(answer.id, outcome, answer.submitted)
    return answer


def summary_of(history: History, session: Session, **topics: str) -> Summary:
    """What the session came to, as the history has it."""
    kept = history.session(session.id)
    assert kept is not None
    return summarise(history, kept, topics)


def test_ungraded_answers_are_counted_apart_and_in_no_mean(history: History) -> None:
    session = history.begin(make_session("a", "b", "c", "d"))
    answered(history, session, 0, ALL)
    answered(history, session, 1, None)
    answered(history, session, 2, {"saturates": "met"}, hints=1)
    found = summary_of(history, session, d="losses")
    assert (found.graded, found.ungraded) == (2, 1)
    assert found.mean == pytest.approx((100 + 56.7) / 2, abs=0.06)
    assert found.graders == (JUDGE,)
    assert [entry.topic for entry in found.asked] == ["cnn", "cnn", "cnn", "losses"]
    assert [entry.credit is None for entry in found.asked] == [False, True, False, True]


def test_a_session_without_answers_has_no_mean(history: History) -> None:
    found = summary_of(history, history.begin(make_session("a")))
    assert (found.mean, found.earlier_mean, found.topics, found.kinds, found.to_study) == (
        None,
        None,
        (),
        (),
        (),
    )


def test_grades_of_different_judges_have_no_mean(history: History) -> None:
    earlier = history.begin(make_session("a"))
    answered(history, earlier, 0, ALL)
    session = history.begin(make_session("a", "b"))
    answered(history, session, 0, ALL)
    answered(history, session, 1, {}, grader="other/judge")
    found = summary_of(history, session)
    assert (found.mean, found.earlier_mean, found.topics, found.kinds) == (None, None, (), ())
    assert found.graders == (JUDGE, "other/judge")


def test_what_a_rule_graded_counts_with_any_judge(history: History) -> None:
    session = history.begin(make_session("a", "b"))
    answered(history, session, 0, ALL)
    answered(history, session, 1, {}, grader="rule:blank")
    found = summary_of(history, session)
    assert (found.mean, found.graders) == (50, (JUDGE,))


def test_it_is_compared_with_earlier_sessions_of_the_same_judge_only(history: History) -> None:
    same, other, mixed = (history.begin(make_session("a", "b")) for _ in range(3))
    answered(history, same, 0, {"saturates": "met"})
    answered(history, same, 1, {}, grader="rule:dont-know")
    answered(history, other, 0, {}, grader="other/judge")
    answered(history, mixed, 0, {})
    answered(history, mixed, 1, {}, grader="other/judge")
    session = history.begin(make_session("a"))
    answered(history, session, 0, ALL)
    later = history.begin(make_session("a"))
    answered(history, later, 0, {})
    found = summary_of(history, session)
    assert found.mean == 100
    assert found.earlier_mean == pytest.approx(33.4, abs=0.06)
    assert found.topics[0].earlier == found.earlier_mean


def test_earlier_sessions_count_with_their_follow_ups_as_this_one_does(history: History) -> None:
    for _ in range(2):
        session = history.begin(make_session("a"))
        first = answered(history, session, 0, {"saturates": "met"}, hints=1)
        answered(history, session, 0, ALL, part="follow_up", of=first.id, criterion="cheap", probe="?")
    found = summary_of(history, session)
    assert found.mean == found.earlier_mean
    assert found.mean is not None
    assert found.mean > 56.7
    assert len(found.asked[0].follow_ups) == 1


def test_topics_are_means_of_their_answers(history: History) -> None:
    session = history.begin(make_session("a", "b", "c"))
    answered(history, session, 0, ALL)
    answered(history, session, 1, {})
    answered(history, session, 2, ALL, question=make_question("c", topic="losses"))
    found = summary_of(history, session)
    assert [(share.name, share.percent) for share in found.topics] == [("cnn", 50), ("losses", 100)]


def test_kinds_add_up_points_by_what_one_would_practise(history: History) -> None:
    question = make_question(
        "a",
        criteria=(
            Criterion(id="value", text="Gives 800", points=2, check=NumberCheck(kind="number", value=800)),
            Criterion(id="must", text="Says why", points=3, required=True),
            Criterion(id="more", text="Says more", points=1),
        ),
    )
    rubric = make_rubric(criteria=(Criterion(id="explains", text="Explains", points=2),))
    session = history.begin(make_session("a"))
    answer = answered(history, session, 0, None, question=question)
    levels: dict[str, Level] = {"value": "met", "must": "partial", "explains": "met"}
    history.keep_outcome(answer.id, graded(levels, question, rubric), answer.submitted)
    found = summary_of(history, session)
    assert [(share.name, share.earned, share.available) for share in found.kinds] == [
        ("result", 2, 2),
        ("required", 1.5, 3),
        ("idea", 0, 1),
        ("form", 2, 2),
    ]


@pytest.mark.parametrize(("named", "earned"), [(0, 0), (1, 2), (3, 6), (4, 6)])
def test_of_a_group_as_many_points_are_to_be_had_as_it_asks_for(
    history: History, named: int, earned: float
) -> None:
    items = [f"item-{number}" for number in range(5)]
    question = make_question(
        "a",
        criteria=tuple(Criterion(id=item, text=f"Names {item}", points=2, group="three") for item in items),
        groups=(Group(id="three", choose=3),),
    )
    session = history.begin(make_session("a"))
    answered(history, session, 0, dict.fromkeys(items[:named], "met"), question=question)
    (share,) = summary_of(history, session).kinds
    assert (share.name, share.earned, share.available) == ("idea", earned, 6)


def test_what_to_study_is_what_would_have_added_the_most(history: History) -> None:
    session = history.begin(make_session("a", "b", "c"))
    answered(history, session, 0, {"saturates": "met"})
    answered(history, session, 1, {})
    answered(history, session, 2, None)
    found = summary_of(history, session)
    assert [(gap.question_id, gap.points) for gap in found.to_study] == [("b", 2), ("a", 1), ("b", 1)]


def test_the_first_try_that_was_graded_counts_and_later_ones_are_listed(history: History) -> None:
    session = history.begin(make_session("a"))
    first = answered(history, session, 0, None)
    second = answered(history, session, 0, {"saturates": "met"}, part="again", of=first.id)
    third = answered(history, session, 0, ALL, part="again", of=first.id)
    (entry,) = summary_of(history, session).asked
    assert entry.answer is not None
    assert (entry.answer.id, [again.id for again in entry.again]) == (second.id, [third.id])
    assert summary_of(history, session).ungraded == 0


def test_kinds_are_compared_with_earlier_sessions_of_the_same_judge_only(history: History) -> None:
    practised(history, {"saturates": "met"}, when=hours(0))
    practised(history, {"saturates": "met", "cheap": "met"}, grader="another", when=hours(1))
    practised(history, {"cheap": "met"}, when=hours(2))
    last = history.sessions(limit=1)[0]
    kinds = {share.name: (share.percent, share.earlier) for share in summarise(history, last).kinds}
    assert kinds == {"required": (0.0, 100.0), "idea": (100.0, 0.0)}
