"""What a measurement comes to, as data: all of it is in the JSON that `interviewer bench` writes.

Grades and errors are on 0–1 but where it says otherwise; None is what cannot be computed, or is unknown.
"""

from __future__ import annotations

from interviewer.models import Band, Value


class Figure(Value):
    """A figure, and the bounds between which 95 % of the resamples over questions lie."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Beside(Value):
    """What a judge is measured against on the same answers: a floor, or people among themselves."""

    name: str
    figures: dict[str, Figure]


class Part(Value):
    """Agreement with people on some of the graded answers."""

    name: str
    answers: int
    questions: int
    figures: dict[str, Figure]
    """`rmse`, `mae`, `bias`, `pearson`, `within`, `kappa`, `length_controlled`, `length`."""
    steps: int
    """Both were rounded to whole steps from 0 to this for `kappa`."""
    floors: tuple[Beside, ...]
    people: Beside | None = None
    """Graders against each other, the mean over pairs of them."""


class CriterionAgreement(Value):
    """Verdicts on single criteria beside those of people."""

    verdicts: int
    partial: int
    """Of them, those that people call partial: in the met rates only."""
    figures: dict[str, Figure]
    """`auc`, `kappa`, `f1_met`, `f1_not_met`, `met`, `met_people`, `f1_all_met`."""


class BandErrors(Value):
    """The answers of one band of confidence."""

    band: Band
    answers: int
    mae: float | None


class Kept(Value):
    """A point of the coverage–risk curve: the surest share of the answers, and their mean absolute error."""

    share: float
    mae: float


class Trust(Value):
    """Whether the judge knows when it is wrong."""

    bands: tuple[BandErrors, ...]
    curve: tuple[Kept, ...]
    area: Figure
    """Below the coverage–risk curve: the mean error over all shares that could be kept."""
    area_blind: float | None
    """The same with answers kept in any order."""
    area_best: float | None
    """The same with answers kept in the order of their true errors."""
    large: int
    """Answers whose grade is off by at least `interviewer.measuring.trust.LARGE`."""
    review: dict[str, Figure]
    """`rate`, `precision`, `recall` of `needs_review` for those."""


class Repeats(Value):
    """The same answers graded several times."""

    times: int
    answers: int
    figures: dict[str, Figure]
    """`same`: share of criteria with the same level each time; `spread`: the score's mean standard deviation,
    in points of 100."""


class TrapMean(Value):
    """The answers that set the same trap."""

    name: str
    answers: int
    people: float
    grade: float


class Effort(Value):
    """What the grades took, those from a cache as when they were made."""

    calls: int
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    seconds: float | None
    """Median from handing an answer over to its grade, waiting for other answers included."""
    per_second: float | None
    """Answers a second of this run; None where it graded none afresh."""


class FileResult(Value):
    """One file of graded answers."""

    name: str
    answers: int
    """That were chosen."""
    of: int
    """That the file has."""
    skipped: int
    """Left out: they have neither a reference nor criteria."""
    questions: int
    graded: int
    reasons: tuple[tuple[str, int], ...]
    """Why answers are ungraded, and how many."""
    parts: tuple[Part, ...]
    """All answers; then, where some are blank, those that are not."""
    criteria: CriterionAgreement | None
    evidence: Figure
    """Share of met and partial verdicts whose quote is in the answer."""
    trust: Trust
    repeats: Repeats | None
    traps: tuple[TrapMean, ...]
    effort: Effort
    dots: tuple[tuple[float, float, int], ...]
    """People's mark, grade and how many, on a raster of fiftieths."""

    @property
    def ungraded(self) -> int:
        """Answers without a grade: in none of the figures but their own rate."""
        return self.answers - self.graded


class AttackFamily(Value):
    """Attack texts of one kind."""

    name: str
    texts: int
    small: float
    """Share that gains no more than `interviewer.measuring.attacks.SMALL`."""
    mean: float
    worst: float
    crossed: float
    """Share that turns a weak answer that fails into one that passes."""


class AttackResult(Value):
    """What texts against the grader gain for weak answers; points of 100."""

    texts: int
    answers: int
    """Weak answers that they were added to."""
    ungraded: int
    figures: dict[str, Figure]
    """`small`, `mean`, `crossed`, as for a family."""
    worst: float | None
    worst_text: str | None
    """The id of the text that gained most."""
    families: tuple[AttackFamily, ...]


class DriftResult(Value):
    """What a harmless remark changes for good answers; points of 100."""

    answers: int
    ungraded: int
    figures: dict[str, Figure]
    """`size`: mean change whatever its sign; `mean`: mean change."""
    worst: float | None


class TwinChange(Value):
    """Pairs of a right and a wrong answer that differ in one kind of change."""

    change: str
    pairs: int
    right: float
    """Share of right twins that pass."""
    wrong: float
    """Share of wrong twins that fail."""


class TwinResult(Value):
    """Right answers and their twins that one change makes wrong."""

    name: str
    pairs: int
    ungraded: int
    figures: dict[str, Figure]
    """`right`, `wrong`, as for a change; `both`: share of pairs in which both hold."""
    changes: tuple[TwinChange, ...]


class Bench(Value):
    """A judge, measured."""

    version: str
    """Of this program."""
    judge: str
    seed: int
    resamples: int
    files: tuple[FileResult, ...] = ()
    attacks: AttackResult | None = None
    drift: DriftResult | None = None
    twins: tuple[TwinResult, ...] = ()
