"""Figures in words, the same for every format; nothing in it is escaped yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interviewer.measuring.figures import FEW
from interviewer.models import Level
from interviewer.reports.grades.figures import BINS, CriterionShare, Figures, Part, Spent
from interviewer.reports.grades.human import STEPS, Human
from interviewer.reports.grades.reading import Grades, Made, Row
from interviewer.reports.view import notes
from interviewer.wording import signed

UNKNOWN = "unknown"
PART_HEAD = ("", "Graded", "Mean", "SD", "Passed", "Ungraded", "To review")
LEVEL_HEAD = ("Criterion", "Met", "Partial", "Not met", "Of")
WORST_HEAD = ("Answer", "Human", "Grade", "Difference")


def title(grades: Grades) -> str:
    """What is reported on."""
    return f"Grades: {grades.name}"


def notices(grades: Grades, figures: Sequence[Figures]) -> list[str]:
    """What a reader must know before the figures."""
    found = []
    if grades.cut is not None:
        found.append(
            f"Line {grades.cut} is not whole: the run is still going on, or was stopped while it wrote."
            " It is not counted."
        )
    if grades.replaced:
        found.append(f"{counted(grades.replaced, 'earlier record')} replaced by later ones are not counted.")
    if len(figures) > 1:
        names = ", ".join(each.grader for each in figures)
        found.append(
            f"{len(figures)} graders ({names}): their scores are not one scale, so each has its own figures."
        )
    return found


def made_by(figures: Figures) -> list[str]:
    """How the grader graded; more than one line says that it was not always in the same way."""
    return [line for made in figures.made if (line := how(made))]


def how(made: Made) -> str:
    """The settings behind a grade; what is unknown is left out."""
    facts = []
    if made.prompt_version:
        facts.append(f"prompt {made.prompt_version}")
    if made.parameters:
        facts.append(made.parameters)
    if made.embedder:
        facts.append(f"embedder {made.embedder}")
    if made.calibration:
        facts.append(f"calibrated by {made.calibration}")
    if made.version:
        facts.append(f"interviewer {made.version}")
    return " · ".join(facts)


def result(figures: Figures) -> list[str]:
    """Mean and median with what they are made of, then the counts."""
    total = figures.graded + figures.ungraded
    of = f"{figures.graded} of {counted(total, 'answer')} graded"
    if figures.ungraded:
        of += f", {figures.ungraded} ungraded (no score, not in the mean)"
    if figures.mean is None or figures.median is None:
        return [f"No mean: {of}."]
    lines = [f"Mean {score(figures.mean)}, median {score(figures.median)} of 100: {of}."]
    passed = round((figures.passed or 0) * figures.graded)
    counts = [f"Passed {passed} of {figures.graded} ({percent(figures.passed)})"]
    counts.append(f"to review {figures.review}")
    if figures.spread is not None:
        counts.append(f"standard deviation {score(figures.spread)}")
    if figures.by_rule:
        counts.append(f"{figures.by_rule} decided by a rule")
    lines.append(f"{', '.join(counts)}.")
    confidence = dict(figures.confidence)
    bands = ", ".join(
        f"{band} {confidence[band]}" for band in ("high", "medium", "low") if band in confidence
    )
    lines.append(f"Confidence: {bands}.")
    return lines


def spent(figures: Figures) -> str:
    """Cost and tokens; what is unknown is said to be."""
    found: Spent = figures.spent
    cached = f"From the cache, at no cost: {figures.cached}. " if figures.cached else ""
    if not found.called:
        return f"{cached}No model was called." if found.answers else cached.strip()
    cost = _sum(f"{found.cost:.4f} USD", found.called, found.cost_unknown)
    tokens = _sum(f"{found.tokens_in:,} in, {found.tokens_out:,} out", found.called, found.tokens_unknown)
    return f"{cached}Cost: {cost}. Tokens: {tokens}."


def _sum(known: str, called: int, unknown: int) -> str:
    if unknown == called:
        return UNKNOWN
    return f"{known}, and {UNKNOWN} for {counted(unknown, 'answer')}" if unknown else known


def distribution(bins: Sequence[int]) -> list[tuple[str, int]]:
    """Range of scores, and how many are in it."""
    width = 100 // BINS
    return [
        (f"{place * width}–{100 if place == BINS - 1 else place * width + width - 1}", count)
        for place, count in enumerate(bins)
    ]


def part_row(part: Part) -> tuple[str, ...]:
    """As `PART_HEAD` says."""
    return (
        part.name,
        str(part.graded),
        score(part.mean),
        score(part.spread),
        percent(part.passed),
        str(part.ungraded),
        str(part.review),
    )


def criterion_row(share: CriterionShare) -> tuple[str, ...]:
    """As `LEVEL_HEAD` says."""
    levels: tuple[Level, ...] = ("met", "partial", "not_met")
    return (
        share.text or share.id,
        *(percent(share.levels[level]) for level in levels),
        str(share.count),
    )


def why_review(row: Row) -> str:
    """Why a person should look at a grade."""
    why = list(notes(row.flags))
    if row.confidence == "low":
        why.append("low confidence")
    return "; ".join(why) or "the grader says so"


def who(row: Row) -> str:
    """The answer in a few words: whose, which, to what."""
    return f"{row.candidate or 'no name'} · {row.question} · answer {row.id}"


def by_reason(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """The ungraded ones, the commonest reason first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.score is None:
            found.setdefault(row.reason or "no reason was recorded", []).append(row)
    return sorted(found.items(), key=lambda group: -len(group[1]))


def human_lines(human: Human) -> list[str]:
    """Agreement with people, and how it was computed."""
    top = f"{human.scale:g}"
    scale = f"`human_score` taken as 0–{top}"
    if human.assumed:
        scale += f" (assumed: the largest is {human.largest:g}; --human-max says otherwise)"
    lines = [f"{counted(human.count, 'answer')} graded by both; {scale}."]
    if human.off_scale:
        lines.append(f"Off that scale and left out: {human.off_scale}.")
    if human.ungraded:
        lines.append(f"With a human score, but ungraded: {human.ungraded}.")
    if human.count < FEW:
        lines.append(f"Fewer than {FEW} pairs: these figures mean little.")
    return lines


def human_figures(human: Human) -> list[tuple[str, str]]:
    """Name and value of each measure."""
    return [
        ("Pearson correlation", decimal(human.pearson)),
        ("Root mean square error (0–1)", decimal(human.rmse)),
        ("Mean absolute error (0–1)", decimal(human.mae)),
        ("Mean of grade − human (0–1)", plus(human.difference)),
        (f"Quadratic weighted kappa (both rounded to 0–{STEPS})", decimal(human.kappa)),
    ]


def worst_rows(human: Human) -> Iterator[tuple[Row, tuple[str, ...]]]:
    """The largest disagreements, as `WORST_HEAD` says."""
    for pair in human.worst:
        if pair.difference:
            yield pair.row, (who(pair.row), decimal(pair.human), decimal(pair.grade), plus(pair.difference))


def score(value: float | None) -> str:
    """A score or a difference of scores, one decimal."""
    return "–" if value is None else f"{value:.1f}"


def percent(share: float | None) -> str:
    """A share of 1 in percent."""
    return "–" if share is None else f"{share * 100:.0f} %"


def decimal(value: float | None) -> str:
    """A measure on 0–1, two decimals; "unknown" where it cannot be computed."""
    return UNKNOWN if value is None else f"{value:.2f}".replace("-", "−")


def plus(value: float | None) -> str:
    """A difference on 0–1, with its sign."""
    return UNKNOWN if value is None else f"{value:+.2f}".replace("-", "−")


def points(value: float | None) -> str:
    """A difference of scores, with its sign."""
    return "–" if value is None else signed(value)


def counted(count: int, noun: str) -> str:
    """ "1 answer", "2 answers"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
