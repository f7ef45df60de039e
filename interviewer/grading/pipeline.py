"""Answer → screening → checks → similarity → judge → score → Grade | Ungraded.

One core for every front end: the CLI, the practice app and batch runs all call `Grader.grade`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence

from interviewer import __version__
from interviewer.backends.onnx import MiniLM
from interviewer.backends.protocols import Judge, JudgeRequest
from interviewer.embedded.references import References
from interviewer.errors import GradingError
from interviewer.grading.calibration import Calibrations, is_judged
from interviewer.grading.checks import run_check
from interviewer.grading.confidence import alarms, band
from interviewer.grading.digests import rubric_digest, text_digest
from interviewer.grading.feedback import derive_feedback
from interviewer.grading.marking import Marking, Markings, key_maker
from interviewer.grading.scoring import mistakes_made, rescored, without_contradicted
from interviewer.grading.screening import Screening, screen
from interviewer.grading.similarity import Comparer
from interviewer.models import (
    Calibration,
    Criterion,
    CriterionGrade,
    Estimate,
    Grade,
    Judgement,
    MistakeGrade,
    Question,
    Receipt,
    Rubric,
    ScoreMap,
    Similarity,
    Ungraded,
    Verdict,
)


class Grader:
    """Grades answers with one judge.

    Args:
        judge: decides what checks leave open.
        comparer: similarity to the reference; None grades without it.
        vocabulary: the shipped model, whose word list the gibberish rule uses.
        calibrations: what may turn the judge's scores into those of a person.
        references: compares whole answers with whole references, for an estimate; None does without.
        estimate: of the mark, from the judge's share and similarity; used where the rubric says so.
    """

    def __init__(
        self,
        judge: Judge,
        comparer: Comparer | None,
        vocabulary: MiniLM,
        calibrations: Sequence[Calibration] = (),
        references: References | None = None,
        estimate: Estimate | None = None,
    ) -> None:
        self._judge = judge
        self._comparer = comparer
        self._vocabulary = vocabulary
        self._references = references
        self._estimate = estimate if references else None
        self._markings = Markings(self._estimate)
        self.parameters = dict(judge.parameters)
        """Of the judge, and what was fitted for it: what its grades are compared by."""
        if self._estimate is not None:
            self.parameters["estimate"] = text_digest(self._estimate.model_dump_json())
        self._calibrations = Calibrations(calibrations, judge.label, self.parameters)
        self._made_by = json.dumps([judge.label, self.parameters, self.embedder])

    @property
    def judge(self) -> Judge:
        """Who decides what checks leave open."""
        return self._judge

    @property
    def label(self) -> str:
        """Who grades, as it stands on every grade."""
        return self._judge.label

    @property
    def embedder(self) -> str | None:
        """Label of the model behind similarity; None where there is no similarity."""
        return self._comparer.label if self._comparer else None

    @property
    def notes(self) -> list[str]:
        """Which calibrations at hand are not applied, and why."""
        return self._calibrations.notes()

    def calibration(self, rubric: Rubric) -> ScoreMap | None:
        """The map that the judge's scores under a rubric go through; None where there is none."""
        return self._calibrations.of(rubric, rubric_digest(rubric))

    async def grade(
        self, question: Question, rubric: Rubric, answer: str, *, parents: Sequence[Question] = ()
    ) -> Grade | Ungraded:
        """The outcome for one answer. A judge that fails gives `Ungraded`, never a score.

        Args:
            parents: the questions this one follows up, for the judge to understand the prompt.
        """
        began = time.perf_counter()
        marking = self._markings.of(question, rubric)
        question, criteria = marking.question, marking.criteria
        checked = _checked(criteria, answer)
        screening = screen(question, answer, is_known_word=self._vocabulary.knows)
        earned = any(verdict.level == "met" for verdict in checked.values())
        if screening.rule is not None and (screening.is_final or not earned):
            nothing = _nothing(criteria, screening)
            label = f"rule:{screening.rule}"
            return self._conclude(marking, nothing, None, screening, answer, label, began)
        request = _request(marking, answer, parents)
        near = self._near(question, answer, marking.reads_reference and len(checked) < len(criteria))
        try:
            judgement = await self._judgement(request, checked)
            similarity = None if near is None else await near
        except GradingError as error:
            return Ungraded(reason=error.message, flags=screening.flags, grader=self.label)
        finally:
            if near is not None:
                near.cancel()
        return self._conclude(marking, judgement, similarity, screening, answer, self.label, began)

    def key(
        self, question: Question, rubric: Rubric, parents: Sequence[Question] = ()
    ) -> Callable[[str], str]:
        """For answers to one question, a digest of all that decides the grade: equal keys need one grade."""
        marking = self._markings.of(question, rubric)
        calibration = self._map_of(marking)
        by = self._made_by if calibration is None else f"{self._made_by}\0{calibration.digest}"
        return key_maker(marking, parents, by)

    def request(
        self, question: Question, rubric: Rubric, answer: str, parents: Sequence[Question] = ()
    ) -> JudgeRequest:
        """What the judge would be asked about this answer."""
        return _request(self._markings.of(question, rubric), answer, parents)

    def ingredients(self, question: Question, rubric: Rubric) -> dict[str, object]:
        """What decides the grades of answers to a question, apart from the answer."""
        marking = self._markings.of(question, rubric)
        calibration = self._map_of(marking)
        return {
            "question": marking.question_digest,
            "rubric": marking.rubric_digest,
            "parameters": self.parameters,
            "embedder": self.embedder,
            "calibration": calibration.digest if calibration else None,
        }

    def _map_of(self, marking: Marking) -> ScoreMap | None:
        return self._calibrations.of(marking.rubric, marking.rubric_digest)

    def _near(
        self, question: Question, answer: str, reads_reference: bool
    ) -> asyncio.Task[Similarity] | None:
        """The similarity, being computed while the judge is asked.

        Args:
            reads_reference: see `Marking`; not where checks decide everything.
        """
        if self._comparer is None:
            return None
        return asyncio.create_task(self._similarity(self._comparer, question, answer, reads_reference))

    async def _similarity(
        self, comparer: Comparer, question: Question, answer: str, reads_reference: bool
    ) -> Similarity:
        near = await comparer.compared(question, answer)
        if not reads_reference or self._references is None:
            return near
        stated, recall = await asyncio.to_thread(self._references.of, question, answer)
        return near.model_copy(update={"stated": stated, "recall": recall})

    async def _judgement(self, request: JudgeRequest, checked: dict[str, Verdict]) -> Judgement:
        """The judge's verdicts, with those of conclusive checks in their place."""
        faults = {
            mistake.id: verdict
            for mistake in request.mistakes
            if mistake.check is not None
            and (verdict := run_check(mistake.id, mistake.check, request.answer)) is not None
        }
        if len(checked) == len(request.criteria) and len(faults) == len(request.mistakes):
            judgement = Judgement(
                verdicts=tuple(checked[c.id] for c in request.criteria),
                mistakes=tuple(faults[m.id] for m in request.mistakes),
            )
        else:
            judgement = await self._judge.judge(request)
        mistakes = tuple(faults.get(v.id, v) for v in judgement.mistakes)
        verdicts = tuple(checked.get(v.id, v) for v in judgement.verdicts)
        verdicts = without_contradicted(verdicts, request.mistakes, mistakes)
        return judgement.model_copy(update={"verdicts": verdicts, "mistakes": mistakes})

    def _conclude(
        self,
        marking: Marking,
        judgement: Judgement,
        similarity: Similarity | None,
        screening: Screening,
        answer: str,
        label: str,
        began: float,
    ) -> Grade:
        question, by_rule = marking.question, label.startswith("rule:")
        criteria = marking.criteria if by_rule else marking.judged
        scheme = marking.checked_scheme if by_rule else marking.judged_scheme
        judged = is_judged(judgement.verdicts)
        receipt = Receipt(
            version=__version__,
            grader=label,
            parameters={} if by_rule else self.parameters,
            embedder=self.embedder if similarity else None,
            question_digest=marking.question_digest,
            rubric_digest=marking.rubric_digest,
            answer_digest=text_digest(answer),
            prompt_version=judgement.prompt_version,
            prompt_digest=judgement.prompt_digest,
            scheme=scheme,
            verdicts=judgement.verdicts,
            mistakes=judgement.mistakes,
            similarity=similarity,
            calibration=self._map_of(marking) if judged else None,
            usage=judgement.usage,
            reply=judgement.reply,
            downgrades=judgement.downgrades,
            seconds=round(time.perf_counter() - began, 4),
        )
        result = rescored(receipt)
        made = mistakes_made(question.mistakes, judgement.mistakes)
        flags = (*screening.flags, *judgement.flags, *alarms(result.score, scheme.pass_mark, similarity))
        if screening.rule is not None and by_rule:
            flags = (screening.rule, *flags)
        confidence = band(scheme, judgement.verdicts, flags, result.raw, similarity)
        by_id = {verdict.id: verdict for verdict in judgement.verdicts}
        return Grade(
            score=result.score,
            passed=result.score >= scheme.pass_mark,
            raw_score=result.raw,
            criteria=tuple(
                CriterionGrade(
                    id=c.id,
                    level=by_id[c.id].level,
                    points=c.points,
                    earned=round(result.earned[c.id], 3),
                    quote=by_id[c.id].quote,
                    decided_by=by_id[c.id].decided_by,
                    reason=by_id[c.id].reason,
                )
                for c in criteria
            ),
            mistakes=tuple(
                MistakeGrade(
                    id=mistake.id,
                    points=mistake.points,
                    quote=verdict.quote,
                    decided_by=verdict.decided_by,
                    reason=mistake.text,
                )
                for mistake, verdict in made
            ),
            similarity=similarity.cosine if similarity else None,
            confidence=confidence,
            needs_review=confidence == "low",
            flags=flags,
            feedback=derive_feedback(question, scheme, criteria, judgement.verdicts, made, result),
            grader=label,
            receipt=receipt,
        )


def _request(marking: Marking, answer: str, parents: Sequence[Question]) -> JudgeRequest:
    return JudgeRequest(
        question=marking.question,
        rubric=marking.rubric,
        criteria=marking.judged,
        mistakes=marking.question.mistakes,
        parents=tuple(parents),
        is_derived=marking.is_derived,
        answer=answer,
    )


def _checked(criteria: Sequence[Criterion], answer: str) -> dict[str, Verdict]:
    """The verdicts of conclusive checks."""
    return {
        c.id: verdict
        for c in criteria
        if c.check is not None and (verdict := run_check(c.id, c.check, answer)) is not None
    }


def _nothing(criteria: Sequence[Criterion], screening: Screening) -> Judgement:
    """What a decisive rule finds: no criterion is met."""
    return Judgement(
        verdicts=tuple(
            Verdict(
                id=c.id,
                level="not_met",
                reason=screening.reason,
                decided_by=f"rule:{screening.rule}",
                confidence=1.0,
            )
            for c in criteria
        )
    )
