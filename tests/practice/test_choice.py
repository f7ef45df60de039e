"""Which questions a session asks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from interviewer.bank import Bank
from interviewer.errors import DataError
from interviewer.models import Attempt, PlannedQuestion, Question, Review
from interviewer.practice.choice import choose, standing
from tests.practised import NOON, hours, make_question

SOON = timedelta(days=2)


def make_bank(*questions: Question) -> Bank:
    """A bank of these questions."""
    return Bank(questions={question.id: question for question in questions})


def attempt(
    question: str, score: float | None = 80, *, topic: str = "cnn", difficulty: int = 300, hints: int = 0
) -> Attempt:
    """A first answer in short."""
    return Attempt(
        answer_id=1,
        session_id=1,
        question_id=question,
        topic=topic,
        difficulty=difficulty,
        hints=hints,
        submitted=NOON,
        grader="g",
        score=score,
    )


def review(question: str, due: datetime) -> Review:
    """The newest review of a question."""
    return Review(question_id=question, answer_id=1, rating=3, by="grade", time=NOON, card="", due=due)


def names(planned: list[PlannedQuestion]) -> list[str]:
    """Their ids."""
    return [question.question_id for question in planned]


BANK = make_bank(
    *(
        make_question(f"{topic}-{difficulty}", topic=topic, difficulty=difficulty)
        for topic in ("cnn", "losses", "transformers")
        for difficulty in (100, 200, 300, 400, 500)
    )
)


def test_due_questions_come_first_then_weak_topics_then_new_ones_then_the_rest() -> None:
    attempts = [
        attempt("cnn-300", 95),
        attempt("losses-300", 20, topic="losses"),
        attempt("losses-200", 20, topic="losses", difficulty=200),
        attempt("cnn-200", 95),
    ]
    last = {
        "losses-300": review("losses-300", hours(-48)),
        "cnn-300": review("cnn-300", hours(-72)),
        "cnn-200": review("cnn-200", hours(72)),
    }
    chosen = choose(BANK, attempts, last, now=NOON, n=99, seed=1)
    assert names(chosen)[:2] == ["cnn-300", "losses-300"]
    assert {name.split("-")[0] for name in names(chosen)[2:5]} == {"losses"}
    assert {name.split("-")[0] for name in names(chosen)[5:13]} == {"cnn", "transformers"}
    assert names(chosen)[13:] == ["losses-200", "cnn-200"]
    why = {question.question_id: question.why for question in chosen}
    assert why["cnn-300"] == "due for 3 days"
    assert why["losses-300"] == "due for 2 days"
    assert why["losses-100"].startswith("weak topic: losses, mean 20; difficulty 100, your level is about ")
    assert why["transformers-400"].startswith("new; difficulty 400, your level is about ")
    assert why["losses-200"] == "answered before, not rated yet"
    assert why["cnn-200"] == "asked before, not due yet"


@pytest.mark.parametrize(("hours_ago", "why"), [(0, "due today"), (23, "due today"), (24, "due for 1 day")])
def test_a_due_question_says_for_how_long(hours_ago: int, why: str) -> None:
    last = {"cnn-300": review("cnn-300", hours(-hours_ago))}
    assert choose(BANK, [], last, now=NOON, n=1, seed=0)[0].why == why


def test_no_question_comes_twice_and_all_come_if_asked_for() -> None:
    chosen = names(choose(BANK, [attempt("cnn-300")], {}, now=NOON, n=99, seed=3))
    assert sorted(chosen) == sorted(BANK.questions)


def test_the_same_seed_chooses_the_same_and_another_does_not() -> None:
    chosen = [names(choose(BANK, [], {}, now=NOON, n=5, seed=seed)) for seed in (1, 1, 2, 3, 4)]
    assert chosen[0] == chosen[1]
    assert len({tuple(one) for one in chosen}) > 1


def test_new_questions_come_near_the_candidates_level_first() -> None:
    nothing_known = choose(BANK, [], {}, now=NOON, n=6, seed=1)
    assert {BANK.questions[name].difficulty for name in names(nothing_known)} == {200, 300}
    assert nothing_known[0].why.endswith("a start from the middle")
    strong = [attempt(f"old-{number}", 100, difficulty=400) for number in range(5)]
    first = choose(BANK, strong, {}, now=NOON, n=3, seed=1)
    assert {BANK.questions[name].difficulty for name in names(first)} == {400, 500}


def test_what_was_answered_longest_ago_comes_first_of_what_is_not_due() -> None:
    attempts = [attempt("cnn-500"), attempt("cnn-100"), attempt("cnn-500"), attempt("cnn-300")]
    bank = make_bank(*(BANK.questions[name] for name in ("cnn-300", "cnn-500", "cnn-100")))
    assert names(choose(bank, attempts, {}, now=NOON, n=9, seed=0)) == ["cnn-100", "cnn-500", "cnn-300"]


def test_a_question_that_was_given_up_is_no_new_one() -> None:
    last = {"cnn-300": review("cnn-300", hours(24))}
    assert names(choose(BANK, [], last, now=NOON, n=99, seed=0))[-1] == "cnn-300"


def test_only_due_gives_nothing_where_nothing_is_due() -> None:
    last = {"cnn-300": review("cnn-300", NOON + SOON)}
    assert choose(BANK, [], last, now=NOON, n=9, only_due=True) == []
    assert names(choose(BANK, [], last, now=NOON + SOON, n=9, only_due=True)) == ["cnn-300"]


def test_topic_and_difficulty_narrow_what_is_due_too() -> None:
    last = {name: review(name, hours(-1)) for name in ("cnn-300", "losses-300")}
    assert names(choose(BANK, [], last, now=NOON, n=9, topic="cnn", difficulty=300)) == ["cnn-300"]


def test_a_review_of_a_question_that_has_left_the_bank_is_passed_over() -> None:
    last = {"gone": review("gone", hours(-1))}
    assert choose(BANK, [attempt("gone")], last, now=NOON, n=9, only_due=True) == []


def test_what_there_is_not_is_a_message() -> None:
    with pytest.raises(DataError, match="no topic 'rnn'"):
        choose(BANK, [], {}, now=NOON, n=1, topic="rnn")
    with pytest.raises(DataError, match="no question of difficulty 150") as caught:
        choose(BANK, [], {}, now=NOON, n=1, topic="cnn", difficulty=150)
    assert caught.value.hint == "there are: 100, 200, 300, 400, 500"


def test_minutes_limit_the_questions_but_leave_one() -> None:
    bank = make_bank(*(make_question(f"q-{n}", time_limit=120 if n else None) for n in range(4)))
    assert len(choose(bank, [], {}, now=NOON, n=9, minutes=1, seed=1)) == 1
    assert len(choose(bank, [], {}, now=NOON, n=9, minutes=10, seed=1)) == 4
    short = make_bank(*(make_question(f"q-{n}", time_limit=120) for n in range(9)))
    assert len(choose(short, [], {}, now=NOON, n=9, minutes=7, seed=1)) == 3
    assert len(choose(short, [], {}, now=NOON, n=2, minutes=7, seed=1)) == 2


def test_a_question_that_follows_up_another_is_chosen_by_itself(bank: Bank) -> None:
    chosen = names(choose(bank, [], {}, now=NOON, n=len(bank.questions), seed=5))
    assert sorted(chosen) == sorted(bank.questions)
    assert any(bank.questions[name].depends_on for name in chosen)


@pytest.mark.parametrize(
    ("attempts", "level"),
    [
        ([], 250),
        ([attempt("a", 100)], 380),
        ([attempt("a", 60)], 300),
        ([attempt("a", 100, hints=2)], 340),
        ([attempt("a", 0, difficulty=100)], 100),
        ([attempt("a", 100, difficulty=500)], 500),
        ([attempt("a", None)], 250),
    ],
)
def test_the_level_is_where_answers_would_just_pass(attempts: list[Attempt], level: int) -> None:
    at = standing(attempts)
    assert (at.level, at.known) == (level, any(a.score is not None for a in attempts))


def test_only_the_latest_answers_make_a_level_and_a_topics_mean() -> None:
    attempts = [attempt("a", 0)] * 30 + [attempt("a", 90)] * 12
    assert standing(attempts).topics == {"cnn": 90}
    assert standing(attempts).level == 360


def test_one_answer_is_not_enough_to_call_a_topic_weak() -> None:
    assert standing([attempt("a", 0)]).topics == {}
