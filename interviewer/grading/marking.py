"""A question with its rubric, ready for marking: what is the same for every answer to it, computed once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from interviewer.grading.derive import with_criteria
from interviewer.grading.digests import question_digest, rubric_digest, text_digest
from interviewer.grading.scoring import open_slots, scheme_of
from interviewer.models import Criterion, Estimate, Question, Rubric, Scheme

REMEMBERED = 4096
"""Questions."""


@dataclass(frozen=True)
class Marking:
    """What answers to one question are marked by."""

    given: Question
    question: Question
    """With criteria, taken from its reference where it has none."""
    rubric: Rubric
    criteria: tuple[Criterion, ...]
    """The question's and the rubric's."""
    judged: tuple[Criterion, ...]
    """Those, and one for each open slot of a group."""
    is_derived: bool
    """Whether those of the question are taken from its reference, not only a result, verdict or names."""
    question_digest: str
    rubric_digest: str
    checked_scheme: Scheme
    """What turns verdicts on the criteria into a score."""
    judged_scheme: Scheme
    """The same with the open slots."""
    reads_reference: bool
    """Whether the reference as a whole is looked for in the answer, for an estimate."""


def marking_of(question: Question, rubric: Rubric, estimate: Estimate | None = None) -> Marking:
    """What answers to this question are marked by.

    Args:
        estimate: what is fitted for the judge, if anything, to combine its share with similarity.
    """
    whole = with_criteria(question)
    criteria = (*whole.criteria, *rubric.criteria)
    judged = (*criteria, *open_slots(whole))
    # A result, a verdict or a list of names needs no estimate; prose does.
    is_derived = not question.criteria and any(c.check is None for c in whole.criteria)
    judged_scheme = scheme_of(whole, rubric, judged, is_derived=is_derived, estimate=estimate)
    return Marking(
        given=question,
        question=whole,
        rubric=rubric,
        criteria=criteria,
        judged=judged,
        is_derived=is_derived,
        question_digest=question_digest(whole),
        rubric_digest=rubric_digest(rubric),
        checked_scheme=scheme_of(whole, rubric, criteria, is_derived=is_derived, estimate=estimate),
        judged_scheme=judged_scheme,
        reads_reference=judged_scheme.combine.method == "calibrated",
    )


class Markings:
    """The markings of the questions seen last. Questions are told apart by identity, which costs nothing.

    Args:
        estimate: see `marking_of`.
    """

    def __init__(self, estimate: Estimate | None = None) -> None:
        self._estimate = estimate
        self._known: OrderedDict[tuple[int, int], Marking] = OrderedDict()
        self._lock = Lock()

    def of(self, question: Question, rubric: Rubric) -> Marking:
        """The marking, made when first asked for."""
        name = (id(question), id(rubric))
        with self._lock:
            known = self._known.get(name)
        # An id is given again once its object is gone, so both are kept, and compared.
        if known is not None and known.given is question and known.rubric is rubric:
            return known
        made = marking_of(question, rubric, self._estimate)
        with self._lock:
            self._known[name] = made
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return made


def key_maker(marking: Marking, parents: Sequence[Question], made_by: str) -> Callable[[str], str]:
    """Gives for each answer a digest of all that decides its grade: equal keys need one grade.

    Args:
        made_by: the judge with its parameters, and the embedder.
    """
    asked_before = [question_digest(parent) for parent in parents]
    # They are no part of the question's digest, but a judge that is shown some may decide by them.
    shown = marking.question.examples if marking.rubric.few_shot else ()
    examples = text_digest("\0".join(example.model_dump_json(exclude={"note"}) for example in shown))
    scope = "\0".join((marking.question_digest, marking.rubric_digest, *asked_before, examples, made_by))
    return lambda answer: text_digest(f"{scope}\0{answer}", length=32)
