"""What a file of grades comes to. Different graders are never in one mean; ungraded answers are in none."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from interviewer.measuring.figures import mean, spread
from interviewer.models import Level
from interviewer.practice.summary import is_rule
from interviewer.reports.grades.human import Human, human_agreement
from interviewer.reports.grades.reading import Grades, Made, Row

NO_NAME = "no name"
"""Stands for the candidates of answers that name none."""
BINS = 10
"""Of the distribution: 0–9, 10–19, … 90–100."""


@dataclass(frozen=True)
class Part:
    """The answers to one question, or of one candidate."""

    name: str
    graded: int
    ungraded: int
    review: int
    mean: float | None
    """Over the graded; None where there are none. So are the next two."""
    spread: float | None
    """The standard deviation; None also where there is only one."""
    passed: float | None
    """Share, 0..1."""


@dataclass(frozen=True)
class CriterionShare:
    """How often each level was found for a criterion, among `count` graded answers."""

    question: str
    id: str
    text: str | None
    """What it says; None where no record has told."""
    count: int
    levels: dict[Level, float]
    """Shares, 0..1."""


@dataclass(frozen=True)
class Spent:
    """What the answers took that were not from the cache; sums over what is known."""

    answers: int
    called: int
    """Of these, answers that a model was called for, or may have been."""
    cost: float
    cost_unknown: int
    tokens_in: int
    tokens_out: int
    tokens_unknown: int


@dataclass(frozen=True)
class Figures:
    """All figures of the answers that one grader graded, or could not."""

    grader: str
    made: tuple[Made, ...]
    """The different ways in which it did; rules and ungraded ones left out."""
    graded: int
    ungraded: int
    review: int
    """Graded ones that a person should look at."""
    cached: int
    by_rule: int
    """Graded ones that a rule decided without the grader, for example blank ones."""
    mean: float | None
    median: float | None
    spread: float | None
    passed: float | None
    bins: tuple[int, ...]
    confidence: tuple[tuple[str, int], ...]
    flags: tuple[tuple[str, int], ...]
    questions: tuple[Part, ...]
    """The lowest mean first."""
    candidates: tuple[Part, ...]
    """By name; those without a name are one, and last."""
    criteria: tuple[CriterionShare, ...]
    human: Human | None
    spent: Spent


def all_figures(grades: Grades, human_max: float | None = None) -> tuple[Figures, ...]:
    """The figures of each grader, in the order of its first answer.

    Args:
        human_max: what `human_score` is out of; default: guessed from all of them.
    """
    return tuple(_figures(label, rows, grades, human_max) for label, rows in by_grader(grades.rows).items())


def by_grader(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each grader. Rules grade alike beside every judge, so they count with the only one."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        label = "rules" if is_rule(row.made.grader) else row.made.grader
        found.setdefault(label, []).append(row)
    if "rules" in found and len(found) == 2:
        (judge,) = (label for label in found if label != "rules")
        merged = sorted((*found[judge], *found["rules"]), key=lambda row: row.number)
        return {judge: merged}
    return found


def _figures(label: str, rows: Sequence[Row], grades: Grades, human_max: float | None) -> Figures:
    graded = [row for row in rows if row.score is not None]
    whole = _part(label, rows)
    scores = [row.score for row in graded if row.score is not None]
    return Figures(
        grader=label,
        made=tuple(dict.fromkeys(row.made for row in graded if not is_rule(row.made.grader))),
        graded=whole.graded,
        ungraded=whole.ungraded,
        review=whole.review,
        cached=sum(row.cached for row in rows),
        by_rule=sum(is_rule(row.made.grader) for row in graded) if label != "rules" else 0,
        mean=whole.mean,
        median=statistics.median(scores) if scores else None,
        spread=whole.spread,
        passed=whole.passed,
        bins=bins(scores),
        confidence=_counted(row.confidence for row in graded),
        flags=_counted(flag for row in rows for flag in row.flags),
        questions=_parts(rows, lambda row: row.question, _hardest),
        candidates=_parts(rows, lambda row: row.candidate, _by_name),
        criteria=tuple(_criteria(graded, grades)),
        human=human_agreement(rows, grades.rows, human_max),
        spent=_spent([row for row in rows if not row.cached]),
    )


def bins(scores: Iterable[float]) -> tuple[int, ...]:
    """How many scores are in each tenth of the scale; 100 is in the last."""
    found = Counter(min(BINS - 1, int(score * BINS / 100)) for score in scores)
    return tuple(found[place] for place in range(BINS))


def _part(name: str, rows: Sequence[Row]) -> Part:
    scores = [row.score for row in rows if row.score is not None]
    return Part(
        name=name,
        graded=len(scores),
        ungraded=len(rows) - len(scores),
        review=sum(row.needs_review for row in rows if row.score is not None),
        mean=mean(scores),
        spread=spread(scores),
        passed=mean([float(bool(row.passed)) for row in rows if row.score is not None]),
    )


def _parts(
    rows: Sequence[Row], of: Callable[[Row], str | None], order: Callable[[Part], tuple[object, ...]]
) -> tuple[Part, ...]:
    found: dict[str | None, list[Row]] = {}
    for row in rows:
        found.setdefault(of(row) or None, []).append(row)
    nameless = found.pop(None, None)
    parts = sorted((_part(name or "", group) for name, group in found.items()), key=order)
    return (*parts, *([_part(NO_NAME, nameless)] if nameless else []))


def _hardest(part: Part) -> tuple[object, ...]:
    return (part.mean is None, part.mean or 0.0)


def _by_name(part: Part) -> tuple[object, ...]:
    return (part.name.casefold(), part.name)


def _counted(values: Iterable[str | None]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(value for value in values if value is not None).most_common())


def _criteria(graded: Sequence[Row], grades: Grades) -> Iterable[CriterionShare]:
    """By question, in the order of the questions' first answers, and of the criteria in their first grade."""
    found: dict[str, dict[str, Counter[Level]]] = {}
    for row in graded:
        of_question = found.setdefault(row.question, {})
        for criterion, level in row.levels:
            of_question.setdefault(criterion, Counter())[level] += 1
    for question, criteria in found.items():
        for criterion, counts in criteria.items():
            total = counts.total()
            # An open place of "name any three of …" that nobody filled says nothing.
            if ".other-" in criterion and counts["not_met"] == total:
                continue
            levels: tuple[Level, ...] = ("met", "partial", "not_met")
            yield CriterionShare(
                question=question,
                id=criterion,
                text=grades.texts.get((question, criterion)),
                count=total,
                levels={level: counts[level] / total for level in levels},
            )


def _spent(rows: Sequence[Row]) -> Spent:
    known = [row.called for row in rows if row.called is not None]
    # Where no grade needed a model, what could not be graded needed none either.
    called = [row for row in rows if row.called is not False] if any(known) or not known else []
    costs = [row.cost for row in called if row.cost is not None]
    tokens = [
        (row.prompt_tokens, row.completion_tokens)
        for row in called
        if row.prompt_tokens is not None and row.completion_tokens is not None
    ]
    return Spent(
        answers=len(rows),
        called=len(called),
        cost=sum(costs),
        cost_unknown=len(called) - len(costs),
        tokens_in=sum(sent for sent, _ in tokens),
        tokens_out=sum(received for _, received in tokens),
        tokens_unknown=len(called) - len(tokens),
    )
