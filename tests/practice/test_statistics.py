"""Scores over time: a series for each grader and topic, never joined."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from interviewer.models import Attempt
from interviewer.practice.statistics import series, statistics

BEGAN = datetime(2026, 7, 1, tzinfo=UTC)


def attempt(
    number: int,
    score: float | None = 50,
    grader: str | None = "a",
    topic: str = "cnn",
    session: int = 1,
    hints: int = 0,
) -> Attempt:
    return Attempt(
        answer_id=number,
        session_id=session,
        question_id=f"q-{number}",
        topic=topic,
        difficulty=300,
        hints=hints,
        submitted=BEGAN + timedelta(hours=number),
        grader=grader,
        score=score,
    )


def test_nothing_practised_has_no_series() -> None:
    assert series([]) == ()
    assert statistics([]).graders == ()


def test_each_grader_and_topic_has_a_series_of_its_own() -> None:
    found = series(
        [
            attempt(1, 10),
            attempt(2, 90, "b"),
            attempt(3, 30, topic="gan"),
            attempt(4, 50),
            attempt(5, 70, "b"),
        ]
    )
    assert [(s.grader, s.topic, s.mean) for s in found] == [
        ("a", "cnn", 30), ("a", "gan", 30), ("b", "cnn", 80),
    ]  # fmt: skip
    assert [point.time for point in found[0].points] == [BEGAN + timedelta(hours=n) for n in (1, 4)]


def test_ungraded_answers_are_counted_and_in_no_mean() -> None:
    found = statistics([attempt(1, 80), attempt(2, None), attempt(3, None, None), attempt(4, None, "b")])
    assert [(g.grader, g.ungraded, g.total and g.total.mean) for g in found.graders] == [
        ("a", 1, 80), ("b", 1, None),
    ]  # fmt: skip
    assert found.graders[1].level is None
    assert found.unfinished == 1


def test_hints_cost_what_they_cost_elsewhere() -> None:
    assert series([attempt(1, 80, hints=2)])[0].mean == 60


def test_a_blank_answer_counts_with_the_one_judge_of_its_session() -> None:
    blank = attempt(3, 0, "rule:blank")
    assert [s.mean for s in series([attempt(1, 80), blank])] == [40]
    for attempts in (
        [blank],
        [attempt(1, 80), attempt(2, 80, "b"), blank],
        [attempt(1, 80, session=2), blank],
    ):
        found = statistics(attempts)
        assert found.left_out == 1
        assert all(s.mean == 80 for s in series(attempts))


def test_a_trend_is_the_later_half_against_the_earlier_and_needs_four_scores() -> None:
    scores = [20.0, 40.0, 60.0, 80.0, 100.0]
    assert series([attempt(n, score) for n, score in enumerate(scores)])[0].trend == 60
    assert series([attempt(n, score) for n, score in enumerate(scores[:3])])[0].trend is None


def test_the_level_is_worked_out_from_one_grader_alone() -> None:
    generous = [attempt(n, 100, "b") for n in range(5)]
    strict = [attempt(n + 5, 0) for n in range(5)]
    assert [(g.grader, g.level) for g in statistics([*generous, *strict]).graders] == [("b", 380), ("a", 180)]
