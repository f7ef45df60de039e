"""What hints cost and follow-ups add."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.errors import DataError
from interviewer.models import Answer, Criterion, Grade, Group, Level, Mistake, Question
from interviewer.models.rubric import Combine, Levels
from interviewer.practice.credit import HINT_COST, credit, gain, probed, without_shared
from tests.practised import NOON, graded, make_answer, make_question, make_rubric, make_session

LEVELS: list[Level] = ["not_met", "partial", "met"]
SESSION = make_session()


def worth(levels: dict[str, Level], *follow_ups: Answer, hints: int = 0, **of: Any) -> float:
    """The total of an answer with these findings."""
    found = credit(make_answer(SESSION, outcome=graded(levels, **of), hints=hints), follow_ups)
    assert found is not None
    return found.total


def follow_up(criterion: str, level: Level, question: Question | None = None) -> Answer:
    """An answer to a follow-up on a criterion, for which a judge found this level."""
    asked = probed(question or make_question(), criterion, "And?")
    outcome = graded({criterion: level}, asked)
    return make_answer(
        SESSION, part="follow_up", criterion=criterion, probe="And?", outcome=outcome, submitted=NOON
    )


@st.composite
def schemes(draw: st.DrawFn) -> tuple[Question, dict[str, Any]]:
    """A question, and how it is graded: groups, mistakes, caps and blends of all kinds."""
    names = [f"c{number}" for number in range(draw(st.integers(1, 6)))]
    grouped = draw(st.integers(0, len(names)))
    criteria = tuple(
        Criterion(
            id=name,
            text=f"Says {name}",
            points=2 if number < grouped else draw(st.sampled_from([0.5, 1, 3])),
            group="some" if number < grouped else None,
            required=number >= grouped and draw(st.booleans()),
        )
        for number, name in enumerate(names)
    )
    groups = (Group(id="some", choose=draw(st.integers(1, grouped))),) if grouped else ()
    mistakes = (Mistake(id="wrong", text="Says it is slow", points=draw(st.sampled_from([1, 5]))),)
    rubric = make_rubric(
        required_cap=draw(st.sampled_from([0, 40, 100])),
        levels=Levels(partial=draw(st.sampled_from([0, 0.5, 1]))),
        combine=Combine(method=draw(st.sampled_from(["gate", "blend"])), weight=draw(st.floats(0, 1))),
    )
    made = ("wrong",) if draw(st.booleans()) else ()
    question = make_question(criteria=criteria, groups=groups, mistakes=mistakes)
    return question, {
        "question": question,
        "rubric": rubric,
        "made": made,
        "similarity": draw(st.none() | st.floats(0, 1)),
    }


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Level], list[Answer], dict[str, Any]]:
    """Levels of an answer, follow-ups to it, and how it is graded."""
    question, how = draw(schemes())
    names = [criterion.id for criterion in question.criteria]
    levels = {name: draw(st.sampled_from(LEVELS)) for name in names}
    asked = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(LEVELS)), max_size=5))
    return levels, [follow_up(name, level, question) for name, level in asked], how


@given(case=cases(), hints=st.integers(0, 12))
def test_a_total_is_a_score(case: tuple[dict[str, Level], list[Answer], dict[str, Any]], hints: int) -> None:
    levels, follow_ups, how = case
    found = credit(make_answer(SESSION, outcome=graded(levels, **how), hints=hints), follow_ups)
    assert found is not None
    assert 0 <= found.total <= 100
    assert found.total == pytest.approx(found.graded - found.hints + found.follow_ups, abs=0.11)


@given(case=cases(), hints=st.integers(0, 12))
def test_a_hint_never_raises_a_total_and_a_follow_up_never_lowers_it(
    case: tuple[dict[str, Level], list[Answer], dict[str, Any]], hints: int
) -> None:
    levels, follow_ups, how = case
    totals = [worth(levels, *follow_ups[:n], hints=hints, **how) for n in range(len(follow_ups) + 1)]
    assert totals == sorted(totals)
    assert worth(levels, *follow_ups, hints=hints + 1, **how) <= totals[-1]


@given(case=cases())
def test_follow_ups_earn_at_most_half_of_what_is_missing(
    case: tuple[dict[str, Level], list[Answer], dict[str, Any]],
) -> None:
    levels, follow_ups, how = case
    alone = worth(levels, **how)
    assert worth(levels, *follow_ups, **how) <= alone + (100 - alone) / 2 + 0.1


@given(case=cases())
def test_the_order_of_follow_ups_does_not_matter(
    case: tuple[dict[str, Level], list[Answer], dict[str, Any]],
) -> None:
    levels, follow_ups, how = case
    assert worth(levels, *follow_ups, **how) == worth(levels, *reversed(follow_ups), **how)


def test_without_a_grade_there_is_no_credit() -> None:
    assert credit(make_answer(SESSION)) is None


def test_each_hint_costs_ten_points_but_no_more_than_there_are() -> None:
    assert worth({"saturates": "met", "cheap": "met"}, hints=2) == 100 - 2 * HINT_COST
    assert worth({"cheap": "partial"}, hints=3) == 0


def test_a_follow_up_earns_half_of_what_the_criterion_would_have_added() -> None:
    levels: dict[str, Level] = {"saturates": "met"}
    assert worth(levels) == 66.7
    assert worth(levels, follow_up("cheap", "met")) == pytest.approx(66.7 + 16.65, abs=0.06)
    assert worth(levels, follow_up("cheap", "partial")) == pytest.approx(66.7 + 8.3, abs=0.06)
    assert worth(levels, follow_up("cheap", "not_met")) == 66.7
    assert gain(graded(levels), follow_up("cheap", "met")) == pytest.approx(16.65)


def test_of_several_answers_to_one_follow_up_the_best_counts_once() -> None:
    tries = [follow_up("cheap", level) for level in LEVELS]
    assert worth({"saturates": "met"}, *tries) == worth({"saturates": "met"}, tries[2])


def test_a_follow_up_without_a_grade_adds_nothing() -> None:
    cut_off = follow_up("cheap", "met").model_copy(update={"outcome": None})
    assert worth({"saturates": "met"}, cut_off) == 66.7
    assert gain(graded({}), cut_off) == 0


def test_a_required_criterion_that_is_met_late_lifts_half_of_the_cap() -> None:
    question = make_question(
        criteria=(
            Criterion(id="must", text="Says it", points=1, required=True),
            Criterion(id="more", text="Says more", points=3),
        )
    )
    assert worth({"more": "met"}, question=question) == 40
    assert worth({"more": "met"}, follow_up("must", "met", question), question=question) == 70


def test_a_follow_up_adds_nothing_to_a_group_that_is_full() -> None:
    criteria = tuple(Criterion(id=name, text=f"Says {name}", group="any") for name in ("a", "b", "c"))
    question = make_question(criteria=criteria, groups=(Group(id="any", choose=2),))
    full: dict[str, Level] = {"a": "met", "b": "met"}
    assert worth(full, follow_up("c", "met", question), question=question) == 100
    assert worth({"a": "met"}, follow_up("c", "met", question), question=question) == 75


def test_a_probed_question_has_one_criterion_and_only_the_mistakes_about_it() -> None:
    criteria = (
        Criterion(id="a", text="Says a", group="any"),
        Criterion(id="b", text="Says b", group="any"),
    )
    mistakes = (
        Mistake(id="not-a", text="Denies a", contradicts=("a",)),
        Mistake(id="other", text="Says it is slow"),
    )
    question = make_question(criteria=criteria, groups=(Group(id="any", choose=1),), mistakes=mistakes)
    asked = probed(question, "a", "What of a?")
    assert asked.prompt == "Why is ReLU used?\n\nWhat of a?"
    assert [(c.id, c.group) for c in asked.criteria] == [("a", None)]
    assert [mistake.id for mistake in asked.mistakes] == ["not-a"]
    assert asked.groups == ()


def test_a_criterion_of_the_rubric_can_be_followed_up() -> None:
    shared = Criterion(id="explains", text="Explains why")
    rubric = make_rubric(criteria=(shared,))
    asked = probed(make_question(), "explains", "Why?", rubric.criteria)
    assert (asked.criteria, without_shared(rubric).criteria) == ((shared,), ())


def test_a_criterion_that_is_not_there_is_a_message() -> None:
    with pytest.raises(DataError, match="no criterion 'gone' to follow up"):
        probed(make_question(), "gone", "And?")


def test_the_grade_itself_is_left_as_it_is() -> None:
    grade: Grade = graded({"saturates": "met"})
    before = grade.model_dump_json()
    credit(
        make_answer(SESSION, outcome=grade, hints=1, submitted=NOON + timedelta(1)),
        [follow_up("cheap", "met")],
    )
    assert grade.model_dump_json() == before
