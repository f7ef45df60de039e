"""When a calibration is applied to a grade, and what of the grade it leaves alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from interviewer.backends.onnx import MiniLM
from interviewer.backends.scripted import ScriptedBackend, ScriptedReply
from interviewer.grading.calibration import score_map
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.digests import rubric_digest
from interviewer.grading.pipeline import Grader
from interviewer.grading.scoring import rescored, score
from interviewer.models import (
    Agreement,
    Calibration,
    Criterion,
    Grade,
    NumberCheck,
    Question,
    Rubric,
    Scheme,
    ScoredCriterion,
    Verdict,
)

RUBRIC = Rubric(name="plain", title="Plain", instructions="Be fair.", required_cap=40)
QUESTION = Question(
    id="why",
    prompt="Why is the sky blue at noon?",
    reference="Air scatters blue light most.",
    criteria=(Criterion(id="air", text="Air scatters light"), Criterion(id="blue", text="Most of it blue")),
)
ANSWER = "The air scatters the light of the sun."
LIFT = ((0.0, 30.0), (100.0, 100.0))


def judge(**parameters: str) -> ChatJudge:
    """One that meets the first criterion."""
    findings = {
        "air": {"reason": "so", "quote": "air scatters", "level": "met"},
        "blue": {"reason": "missing", "quote": "", "level": "not_met"},
    }
    reply = ScriptedReply(reply={"criteria": findings}, repeat=True)
    return ChatJudge(ScriptedBackend([reply]), parameters=dict(parameters))


def calibration(of: ChatJudge, **given: Any) -> Calibration:
    same = Agreement(rmse=0.2, mae=0.2, qwk=0.5)
    return Calibration(
        **{
            "judge": of.label, "parameters": of.parameters, "rubrics": (rubric_digest(RUBRIC),),
            "map": score_map(LIFT), "shape": "line", "shrinkage": 5, "source": "grades", "pairs": 20,
            "questions": 5, "held_out": "question", "before": same, "after": same, "improved": 0.9,
            "made": datetime(2025, 1, 1, tzinfo=UTC), "version": "1",
        }
        | given
    )  # fmt: skip


async def graded(grader: Grader, question: Question = QUESTION, answer: str = ANSWER) -> Grade:
    outcome = await grader.grade(question, RUBRIC, answer)
    assert isinstance(outcome, Grade)
    return outcome


async def test_the_score_is_calibrated_and_the_receipt_alone_gives_it_again(model: MiniLM) -> None:
    by = judge()
    grade = await graded(Grader(by, None, model, [calibration(by)]))
    assert (grade.raw_score, grade.score, grade.passed) == (50, 65, True)
    again = Grade.model_validate_json(grade.model_dump_json())
    assert (rescored(again.receipt).raw, rescored(again.receipt).score) == (50, 65)


@pytest.mark.parametrize(
    "other",
    [{"judge": "another"}, {"parameters": {"mode": "other"}}, {"rubrics": ("0" * 16,)}],
    ids=["judge", "parameters", "rubric"],
)
async def test_what_was_fitted_on_something_else_is_not_applied(other: dict[str, Any], model: MiniLM) -> None:
    by = judge()
    grader = Grader(by, None, model, [calibration(by, **other)])
    grade = await graded(grader)
    assert (grade.score, grade.raw_score, grade.receipt.calibration) == (50, 50, None)
    (note,) = grader.notes
    assert note.startswith("not calibrated: ")
    assert grader.key(QUESTION, RUBRIC)(ANSWER) == Grader(by, None, model).key(QUESTION, RUBRIC)(ANSWER)


async def test_of_two_for_the_same_rubric_the_newest_counts_and_keys_tell_them_apart(model: MiniLM) -> None:
    by = judge()
    first, second = calibration(by), calibration(by, map=score_map(((0.0, 0.0), (100.0, 50.0))))
    graders = [Grader(by, None, model, known) for known in ([], [first], [first, second])]
    assert [(await graded(grader)).score for grader in graders] == [50, 65, 25]
    assert len({grader.key(QUESTION, RUBRIC)(ANSWER) for grader in graders}) == 3
    assert not graders[2].notes


@pytest.mark.parametrize("answer", ["", "I don't know.", "Why is the sky blue at noon?"])
async def test_what_a_rule_gives_0_stays_0(answer: str, model: MiniLM) -> None:
    by = judge()
    grade = await graded(Grader(by, None, model, [calibration(by)]), answer=answer)
    assert (grade.score, grade.raw_score, grade.receipt.calibration) == (0, 0, None)


async def test_what_checks_alone_decide_is_no_measure_of_the_judge(model: MiniLM) -> None:
    by = judge()
    checked = QUESTION.model_copy(
        update={
            "criteria": (Criterion(id="n", text="Gives 800", check=NumberCheck(kind="number", value=800)),)
        }
    )
    low = calibration(by, map=score_map(((0.0, 0.0), (100.0, 80.0))))
    grade = await graded(Grader(by, None, model, [low]), checked, "It is 800.")
    assert (grade.score, grade.receipt.calibration) == (100, None)


@pytest.mark.parametrize(("knots", "expected"), [(LIFT, 40), (((0.0, 0.0), (100.0, 50.0)), 20)])
def test_a_missed_required_criterion_caps_the_calibrated_score(
    knots: tuple[tuple[float, float], ...], expected: float
) -> None:
    scheme = Scheme(
        criteria=(ScoredCriterion(id="a", points=1, required=True), ScoredCriterion(id="b", points=3)),
        required_cap=40,
    )
    met = [Verdict(id="b", level="met", decided_by="judge")]
    result = score(scheme, met, calibration=score_map(knots))
    assert (result.raw, result.score) == (40, expected)
