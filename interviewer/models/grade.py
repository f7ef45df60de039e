"""What grading gives back: verdicts, and the two outcomes. A failure is never a score."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from interviewer.models.calibration import ScoreMap
from interviewer.models.question import Group
from interviewer.models.rubric import Combine, Levels
from interviewer.models.value import Value

Level = Literal["not_met", "partial", "met"]
Band = Literal["high", "medium", "low"]


def _the_score(given: dict[str, Any]) -> Any:
    """The raw score of a grade that was kept before there were calibrations."""
    return given.get("score")


class Verdict(Value):
    """The finding on one criterion (or mistake: `met` then means that it was made)."""

    id: str
    level: Level
    quote: str | None = None
    """The candidate's own words that show it; found in the answer before it counts."""
    reason: str = ""
    decided_by: str
    """Who decided: `check:number`, `rule:blank`, or the judge's label."""
    confidence: float | None = Field(default=None, ge=0, le=1)
    """How sure the one who decided is; None where unknown."""
    share: float | None = Field(default=None, ge=0, le=1)
    """Share of the points that a judge with calibrated probabilities expects it to earn; None: as its level
    earns."""


class Usage(Value):
    """What the calls of one judgement took; None is unknown, never zero."""

    calls: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None


class Judgement(Value):
    """A judge's verdict on every criterion and mistake it was asked about."""

    verdicts: tuple[Verdict, ...]
    mistakes: tuple[Verdict, ...] = ()
    usage: Usage = Usage()
    prompt_version: str | None = None
    prompt_digest: str | None = None
    """Of the prompt that was sent, without the answer; None where no model was asked."""
    reply: str | None = None
    """The raw reply, kept for the receipt."""
    downgrades: tuple[str, ...] = ()
    """What the model's server could not do, for example "json_schema → json_object"."""
    flags: tuple[str, ...] = ()


class CriterionGrade(Value):
    """One criterion as it appears in a grade."""

    id: str
    level: Level
    points: float
    """What meeting it is worth."""
    earned: float
    quote: str | None
    decided_by: str
    reason: str


class MistakeGrade(Value):
    """One stated mistake that the answer makes."""

    id: str
    points: float
    """What making it costs."""
    quote: str | None
    decided_by: str
    reason: str


class Similarity(Value):
    """Embedding comparison of answer and reference, each 0..1."""

    cosine: float
    """Cosine of answer and reference; the best of several references."""
    coverage: float
    """Mean over reference sentences of the best matching answer sentence."""
    without_question: float
    """Coverage with the words of the question removed from both, so that an echo earns nothing."""
    recall: float | None = None
    """Mean over the reference's words, without the question's and weighted by rarity, of the best match
    among the answer's words in context; None where it was not asked for."""
    stated: float | None = None
    """Probability that the answer states the beginning of the reference (72 tokens), as the cross-encoder
    reads both; of several references, of the likeliest. None where it was not asked for."""


class Strength(Value):
    """A criterion earned, and the words that earned it."""

    criterion: str
    text: str
    quote: str | None


class Gap(Value):
    """A criterion not (fully) earned, and what it would add."""

    criterion: str
    text: str
    points: float
    """Points still to be had."""


class Feedback(Value):
    """Derived from the grade; it adds no finding of its own."""

    summary: str
    strengths: tuple[Strength, ...] = ()
    gaps: tuple[Gap, ...] = ()
    mistakes: tuple[str, ...] = ()
    next_step: str | None = None


class ScoredCriterion(Value):
    """The part of a criterion that arithmetic needs."""

    id: str
    points: float
    required: bool = False
    group: str | None = None


class ScoredMistake(Value):
    """The part of a mistake that arithmetic needs."""

    id: str
    points: float


class Scheme(Value):
    """All that turns verdicts into a score: re-scoring needs this and the verdicts, nothing else."""

    criteria: tuple[ScoredCriterion, ...]
    mistakes: tuple[ScoredMistake, ...] = ()
    groups: tuple[Group, ...] = ()
    levels: Levels = Levels()
    combine: Combine = Combine()
    required_cap: float = 100
    pass_mark: float = 60


class Receipt(Value):
    """All that is needed to explain or replay a grade."""

    version: str
    """Of this program."""
    grader: str
    parameters: dict[str, str | int | float | bool | None] = {}
    prompt_version: str | None = None
    embedder: str | None = None
    question_digest: str
    rubric_digest: str
    answer_digest: str
    prompt_digest: str | None = None
    scheme: Scheme
    verdicts: tuple[Verdict, ...]
    mistakes: tuple[Verdict, ...] = ()
    similarity: Similarity | None = None
    calibration: ScoreMap | None = None
    """The map that made the score of the raw score; None where the two are the same."""
    usage: Usage = Usage()
    reply: str | None = None
    downgrades: tuple[str, ...] = ()
    seconds: float = 0.0


class Grade(Value):
    """A graded answer."""

    outcome: Literal["graded"] = "graded"
    score: float = Field(ge=0, le=100)
    """Calibrated, where a calibration was applied."""
    passed: bool
    raw_score: float = Field(default_factory=_the_score, ge=0, le=100)
    """What the points earned, before any calibration."""
    criteria: tuple[CriterionGrade, ...]
    mistakes: tuple[MistakeGrade, ...] = ()
    similarity: float | None
    """Cosine of answer and reference, 0..1; its features are in the receipt. None where unknown."""
    confidence: Band
    needs_review: bool
    flags: tuple[str, ...] = ()
    feedback: Feedback
    grader: str
    receipt: Receipt


class Ungraded(Value):
    """An answer that could not be graded, and why. It has no score, not even 0."""

    outcome: Literal["ungraded"] = "ungraded"
    reason: str
    flags: tuple[str, ...] = ()
    grader: str


Outcome = Annotated[Grade | Ungraded, Field(discriminator="outcome")]


class GradeRecord(Value):
    """One line of the JSONL that `interviewer grade` writes."""

    number: int = Field(ge=1)
    """The place of the answer among those of the input, from 1."""
    key: str
    """Digest of all that decides the grade: question, rubric, answer, judge and its parameters."""
    outcome: Literal["graded", "ungraded"]
    score: float | None = Field(ge=0, le=100)
    """0–100, calibrated where a calibration was applied; null when ungraded."""
    id: str
    question_id: str | None
    candidate: str | None
    human_score: float | None
    """As given with the answer, for comparing."""
    question: str
    """The prompt."""
    answer: str
    cached: bool
    """Whether it was graded as an equal answer, of an earlier run or of this one, and so cost nothing."""
    passed: bool | None
    reason: str | None
    """Why it is ungraded; null when graded."""
    raw_score: float | None = Field(default_factory=_the_score, ge=0, le=100)
    """What the points earned, before any calibration; null when ungraded."""
    criteria: tuple[CriterionGrade, ...]
    mistakes: tuple[MistakeGrade, ...]
    similarity: float | None
    confidence: Band | None
    needs_review: bool
    flags: tuple[str, ...]
    feedback: Feedback | None
    grader: str
    receipt: Receipt | None


OUTCOME: TypeAdapter[Grade | Ungraded] = TypeAdapter(Outcome)
