"""Everything that is kept comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviewer.errors import DataError
from interviewer.history import History
from interviewer.models import Dispute, Draft, Example, Question, Review, Ungraded
from tests.practised import graded, hours, make_answer, make_question, make_session, practised

FAILED = Ungraded(reason="HTTP 503", flags=("blank",), grader="openai/x")


def draft(session_id: int, text: str, **fields: object) -> Draft:
    """What was typed for the first question."""
    return Draft.model_validate(
        {"session_id": session_id, "position": 0, "question_id": "why-relu", "text": text, "time": hours(0)}
        | fields
    )


def review(answer_id: int | None, when: datetime, rating: int = 3) -> Review:
    """A review as it was scheduled."""
    return Review(
        question_id="why-relu",
        answer_id=answer_id,
        rating=rating,
        by="grade",
        time=when,
        card="{}",
        due=when + timedelta(days=3),
    )


def test_a_session_comes_back_as_it_was(history: History) -> None:
    session = make_session(
        "a", "b", mode="interview", topic="cnn", difficulty=300, minutes=20, seed=0, started=hours(1)
    )
    kept = history.begin(session)
    assert kept == session.model_copy(update={"id": kept.id})
    assert history.session(kept.id) == kept
    assert history.session(kept.id + 1) is None


def test_sessions_come_newest_first_and_only_as_many_as_are_asked_for(history: History) -> None:
    kept = [history.begin(make_session(*names)) for names in (["a", "b"], ["c"], ["d", "e", "f"])]
    empty = history.begin(make_session().model_copy(update={"planned": (), "endings": ()}))
    history.end(kept[1].id, hours(2))
    assert history.sessions() == [empty, kept[2], kept[1].model_copy(update={"ended": hours(2)}), kept[0]]
    assert history.sessions(unfinished=True, limit=2) == [empty, kept[2]]


def test_a_session_ends_once(history: History) -> None:
    session = history.begin(make_session())
    history.end(session.id, hours(1))
    history.end(session.id, hours(9))
    ended = history.session(session.id)
    assert ended is not None
    assert ended.ended == hours(1)


def test_a_question_that_was_left_comes_again_when_its_ending_is_taken_back(history: History) -> None:
    session = history.begin(make_session("a", "b"))
    history.leave(session.id, 0, "skipped")
    assert history.sessions()[0].endings == ("skipped", None)
    history.leave(session.id, 0, None)
    assert history.sessions()[0].position == 0


def test_a_newer_draft_takes_the_place_of_the_older(history: History) -> None:
    history.save_draft(draft(1, "first"))
    newer = draft(1, "second", hints=2, seconds=12.5, time=hours(1))
    history.save_draft(newer)
    assert history.draft(1, 0) == newer
    assert history.drafts() == [newer]
    history.drop_draft(1, 0)
    assert history.draft(1, 0) is None


def test_drafts_of_an_answer_and_of_its_follow_ups_do_not_meet(history: History) -> None:
    drafts = [
        draft(1, "an answer", time=hours(3)),
        draft(1, "another try", part="again", time=hours(2)),
        draft(1, "to a follow-up", part="follow_up", criterion="cheap", time=hours(1)),
    ]
    for one in drafts:
        history.save_draft(one)
    assert history.drafts() == drafts
    assert history.draft(1, 0, "follow_up", "cheap") == drafts[2]


def test_leaving_a_question_forgets_its_draft_and_no_other(history: History) -> None:
    session = history.begin(make_session("a", "b"))
    history.save_draft(draft(session.id, "left"))
    history.save_draft(draft(session.id, "stays", position=1))
    history.leave(session.id, 0, "skipped")
    assert [one.text for one in history.drafts()] == ["stays"]


def test_an_answer_comes_back_with_its_question_parents_and_outcome(history: History) -> None:
    parent = make_question("parent")
    question = make_question("child", depends_on="parent", hints=("look",), time_limit=60)
    session = history.begin(make_session("child"))
    answer = make_answer(
        session, question=question, parents=(parent,), hints=1, seconds=30.5, submitted=hours(1)
    )
    kept = history.keep_answer(answer)
    assert history.answer(kept.id) == answer.model_copy(update={"id": kept.id})
    outcome = graded({"saturates": "met"}, question)
    history.keep_outcome(kept.id, outcome, hours(2))
    assert history.answers(session.id) == [kept.model_copy(update={"outcome": outcome})]


def test_an_answer_takes_the_place_of_its_own_draft_in_one_step(history: History) -> None:
    session = history.begin(make_session("a", "b"))
    history.save_draft(draft(session.id, "typed"))
    history.save_draft(draft(session.id, "typed again", part="again"))
    history.keep_answer(make_answer(session))
    assert [one.part for one in history.drafts()] == ["again"]
    assert history.sessions()[0].endings == ("answered", None)


def test_a_second_try_does_not_change_what_became_of_the_question(history: History) -> None:
    session = history.begin(make_session())
    history.leave(session.id, 0, "gave_up")
    history.keep_answer(make_answer(session, part="again"))
    assert history.sessions()[0].endings == ("gave_up",)


def test_a_question_is_kept_as_it_was_asked_without_its_graded_examples(history: History) -> None:
    session = history.begin(make_session())
    example = Example(label="wrong", answer="It is a layer.")
    history.keep_answer(make_answer(session, question=make_question(examples=(example,))))
    history.keep_answer(make_answer(session, question=make_question(prompt="Why not sigmoid?")))
    first, second = history.all_answers()
    assert (first.question.prompt, first.question.examples) == ("Why is ReLU used?", ())
    assert second.question.prompt == "Why not sigmoid?"


def test_a_failed_judge_does_not_take_an_earlier_grade_away(history: History) -> None:
    answer = practised(history, {"saturates": "met"}, grader="first/judge")
    history.keep_outcome(answer.id, FAILED, hours(1))
    assert history.answers(answer.session_id)[0].outcome == answer.outcome
    newer = graded({}, grader="second/judge")
    history.keep_outcome(answer.id, newer, hours(2))
    again = history.answer(answer.id)
    assert again is not None
    assert again.grade == newer
    assert history.outcomes(answer.id) == [
        (hours(0), answer.outcome),
        (hours(1), FAILED),
        (hours(2), newer),
    ]


def test_what_has_no_grade_is_found_again(history: History) -> None:
    session = history.begin(make_session())
    cut_off, failed = (history.keep_answer(make_answer(session, text)) for text in ("one", "two"))
    history.keep_outcome(failed.id, FAILED, hours(0))
    practised(history, {})
    assert [(a.text, a.outcome) for a in history.ungraded()] == [("one", None), ("two", FAILED)]
    assert history.answer(cut_off.id) == cut_off


def test_attempts_are_first_answers_with_their_newest_grade(history: History) -> None:
    answer = practised(history, {"saturates": "met"}, hints=2, when=hours(1))
    history.keep_answer(answer.model_copy(update={"part": "again", "of": answer.id}))
    session = history.begin(make_session())
    history.keep_outcome(history.keep_answer(make_answer(session)).id, FAILED, hours(0))
    first, second = history.attempts()
    assert (first.topic, first.difficulty, first.hints, first.submitted) == ("cnn", 300, 2, hours(1))
    assert (first.score, first.grader) == (66.7, "embedded/test")
    assert (second.score, second.grader) == (None, "openai/x")


def test_followed_up_answers_come_with_their_follow_ups(history: History) -> None:
    practised(history, {})
    answer = practised(history, {})
    follow_up = answer.model_copy(
        update={"part": "follow_up", "of": answer.id, "criterion": "cheap", "probe": "And the cost?"}
    )
    kept = history.keep_answer(follow_up)
    assert [found.id for found in history.followed_up()] == [answer.id, kept.id]
    assert history.followed_up()[1].probe == "And the cost?"


def test_disputes_come_back(history: History) -> None:
    answers = [practised(history, {}), practised(history, {})]
    disputes = [
        Dispute(
            answer_id=answer.id,
            criterion="cheap",
            grader="g",
            given="not_met",
            should_be="met",
            why="I said it",
            time=hours(1),
        )
        for answer in answers
    ]
    for dispute in disputes:
        history.dispute(dispute)
    assert history.disputes() == disputes
    assert history.disputes(answers[1].id) == disputes[1:]


def test_reviews_are_changed_as_one_and_come_in_order_of_time(history: History) -> None:
    late, early = review(2, hours(5)), review(1, hours(1))
    history.change_reviews("why-relu", lambda before: [*before, late])
    history.change_reviews("why-relu", lambda before: [*before, early])
    assert history.reviews("why-relu") == [early, late]
    assert history.last_reviews() == {"why-relu": late}
    history.change_reviews("why-relu", lambda before: [one for one in before if one != late])
    assert history.last_reviews() == {"why-relu": early}


def test_a_change_of_reviews_that_fails_leaves_them_as_they_were(history: History) -> None:
    history.change_reviews("why-relu", lambda _: [review(1, hours(1))])

    def fail(before: list[Review]) -> list[Review]:
        raise ZeroDivisionError

    answer = practised(history, {})
    with pytest.raises(ZeroDivisionError):
        history.keep_outcome(answer.id, FAILED, hours(2), change=fail)
    assert history.reviews("why-relu") == [review(1, hours(1))]
    assert len(history.outcomes(answer.id)) == 1


def test_times_come_back_in_utc_whatever_their_zone_was(history: History) -> None:
    elsewhere = datetime(2025, 3, 1, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    kept = history.begin(make_session(started=elsewhere))
    found = history.session(kept.id)
    assert found is not None
    assert found.started == elsewhere
    assert found.started.tzinfo == UTC


def test_half_characters_become_question_marks(history: History) -> None:
    half = "half \ud83d here"
    session = history.begin(make_session(topic=half))
    history.save_draft(draft(session.id, half))
    assert history.drafts()[0].text == "half ? here"
    kept = history.keep_answer(make_answer(session, half, probe=half))
    history.keep_outcome(kept.id, FAILED.model_copy(update={"reason": half}), hours(0))
    found = history.answer(kept.id)
    assert found is not None
    assert isinstance(found.outcome, Ungraded)
    assert {kept.text, found.text, found.probe, found.outcome.reason} == {"half ? here"}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_to_the_letter(history: History, text: str) -> None:
    session = history.begin(make_session())
    history.save_draft(draft(session.id, text))
    assert history.drafts()[0].text == text
    kept = history.keep_answer(make_answer(session, text))
    assert history.answers(session.id) == [kept]
    assert kept.text == text


def test_all_of_it_is_there_when_it_is_opened_again(history: History, folder: Path) -> None:
    answer = practised(history, {"cheap": "met"})
    history.save_draft(draft(answer.session_id, "typed"))
    history.close()
    again = History(folder)
    assert again.answer(answer.id) == answer
    assert again.drafts()[0].text == "typed"
    again.close()


def test_what_another_version_kept_is_a_message_not_a_crash(history: History) -> None:
    answer = practised(history, {})
    strange = Question.model_construct(id="why-relu", prompt="", reference="")
    history.keep_answer(answer.model_copy(update={"question": strange}))
    with pytest.raises(DataError, match=r"answer 2 cannot be read \(prompt"):
        history.all_answers()
