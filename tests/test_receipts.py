"""A grade can be replayed: its receipt leads to the same score, and the same input to the same output."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from interviewer.answers.line import GivenAnswer
from interviewer.backends.protocols import JudgeRequest
from interviewer.backends.scripted import ScriptedBackend, ScriptedReply
from interviewer.bank import Bank
from interviewer.batch.record import record_of
from interviewer.grading.chat_judge import ChatJudge, Parameters
from interviewer.grading.pipeline import Grader
from interviewer.grading.scoring import open_slots, rescored
from interviewer.models import Grade, GradeRecord, Judgement, Question, Receipt, Verdict
from tests.cli.conftest import Run, home, run, write  # noqa: F401  (fixtures)

LEVELS = ("met", "partial", "not_met")


def script_for(bank: Bank, question: Question, words: str) -> ScriptedReply:
    """A reply with every level in turn, and every second mistake."""
    criteria = (*question.criteria, *bank.rubric(question.rubric).criteria, *open_slots(question))
    findings = {
        criterion.id: {"reason": "so", "quote": words, "level": LEVELS[number % 3]}
        for number, criterion in enumerate(criteria)
    }
    faults = {
        mistake.id: {"quote": words, "made": number % 2 == 0}
        for number, mistake in enumerate(question.mistakes)
    }
    return ScriptedReply(reply={"criteria": findings, "mistakes": faults}, repeat=True)


@pytest.mark.parametrize("label", ["full", "partial", "wrong"])
async def test_a_receipt_of_the_embedded_judge_rescores_to_the_same_grade(
    label: str, bank: Bank, grader: Grader
) -> None:
    for question in islice(bank.questions.values(), 0, None, 4):
        example = next(example for example in question.examples if example.label == label)
        outcome = await grader.grade(question, bank.rubric(question.rubric), example.answer)
        assert isinstance(outcome, Grade)
        assert rescored(outcome.receipt).score == outcome.score, question.id


async def test_a_receipt_of_a_scripted_judge_rescores_to_the_same_grade(
    bank: Bank, make_grader: Callable[..., Grader]
) -> None:
    for question in bank.questions.values():
        words = "what I would say"
        reply = script_for(bank, question, words)
        judge = ChatJudge(ScriptedBackend([reply]))
        outcome = await make_grader(judge).grade(
            question, bank.rubric(question.rubric), f"This is {words} about layers and their training."
        )
        assert isinstance(outcome, Grade)
        assert rescored(outcome.receipt).score == outcome.score, question.id


class Unsure:
    """A judge that gives each criterion a share of its points."""

    label = "unsure"

    def __init__(self) -> None:
        self.parameters: Parameters = {}

    async def judge(self, request: JudgeRequest) -> Judgement:
        """Shares in steps of a ninth."""
        return Judgement(
            verdicts=tuple(
                Verdict(id=c.id, level=LEVELS[2 - number % 3], decided_by=self.label, share=number % 10 / 9)
                for number, c in enumerate(request.criteria, start=4)
            ),
            mistakes=tuple(
                Verdict(id=m.id, level="not_met", decided_by=self.label) for m in request.mistakes
            ),
        )


async def test_a_receipt_with_shares_rescores_to_the_same_grade(
    bank: Bank, make_grader: Callable[..., Grader]
) -> None:
    graded = make_grader(Unsure())
    for question in islice(bank.questions.values(), 0, None, 4):
        outcome = await graded.grade(
            question, bank.rubric(question.rubric), "Layers learn from their training."
        )
        assert isinstance(outcome, Grade)
        read_back = Receipt.model_validate_json(outcome.receipt.model_dump_json())
        assert rescored(read_back).score == outcome.score, question.id
        shares = [v.share for v in read_back.verdicts if v.decided_by == "unsure"]
        assert None not in shares


async def test_a_record_read_back_is_the_record_that_was_written(bank: Bank, grader: Grader) -> None:
    question = bank.question("conv-parameter-count")
    rubric = bank.rubric(question.rubric)
    answer = GivenAnswer(1, "1", question.id, question, rubric, (), "800 weights", "Zoë", 90.0)
    record = record_of(answer, "0" * 32, await grader.grade(question, rubric, answer.text))
    assert GradeRecord.model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize("judge", ["embedded", "scripted"])
def test_two_runs_on_the_same_input_differ_in_seconds_only(
    judge: str,
    bank: Bank,
    run: Run,  # noqa: F811
    write: Callable[[str, str], Path],  # noqa: F811
) -> None:
    questions = list(islice(bank.questions.values(), 0, None, 16))
    answers = [
        {"question_id": question.id, "answer": f"{example.answer} That is what I would say."}
        for question in questions
        for example in question.examples[:2]
    ]
    write("answers.jsonl", "".join(json.dumps(answer) + "\n" for answer in answers))
    replies = [
        script_for(bank, question, "what I would say").model_copy(update={"question_id": question.id})
        for question in questions
    ]
    write("script.jsonl", "".join(reply.model_dump_json(exclude_defaults=True) + "\n" for reply in replies))
    name = judge if judge == "embedded" else "scripted/script.jsonl"
    runs = [run("grade", "answers.jsonl", "--no-cache", "--judge", name) for _ in range(2)]
    assert [ran.code for ran in runs] == [0, 0]
    first, second = ([without_seconds(line) for line in ran.out.splitlines()] for ran in runs)
    assert len(first) == len(answers)
    assert first == second


def without_seconds(line: str) -> str:
    record = GradeRecord.model_validate_json(line)
    assert record.receipt is not None
    return record.model_copy(
        update={"receipt": record.receipt.model_copy(update={"seconds": 0.0})}
    ).model_dump_json()
