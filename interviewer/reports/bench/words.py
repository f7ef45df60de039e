"""Figures of a measurement in words, the same for the terminal and the page; nothing in it is escaped yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from interviewer.measuring.attacks import GOOD, SMALL, WEAK
from interviewer.measuring.figures import FEW
from interviewer.measuring.results import (
    AttackResult,
    Bench,
    Beside,
    CriterionAgreement,
    DriftResult,
    Figure,
    FileResult,
    Part,
    Repeats,
    Trust,
    TwinResult,
)
from interviewer.measuring.trust import LARGE
from interviewer.reports.grades.words import UNKNOWN, counted, percent

NONE = "–"
BESIDE_HEAD = ("", "RMSE", "Pearson", "Within question")
MEASURE_HEAD = ("Measure", "Value", "95 %", "What it says")
TRAP_HEAD = ("Trap", "Answers", "People", "Grade", "Difference")
BAND_HEAD = ("Confidence", "Answers", "Mean absolute error")
FAMILY_HEAD = ("Kind of text", "Texts", f"Gain ≤ {SMALL:g}", "Mean gain", "Worst", "Pass because of it")
CHANGE_HEAD = ("Change", "Pairs", "Right ones pass", "Wrong ones fail")
NOTES = (
    "Grades and marks are on 0–1. Brackets hold 95 % of the resamples over questions (not over answers, which"
    " resemble each other), so they say how far a figure would move with other questions.",
    "“Within question”: each grade and mark less the mean of its question, so that it does not count which"
    " questions are easy.",
    "Floors take no judge: constant mean, log word count, the share of the reference's words in the answer"
    " (token recall), its F1, and the cosine of their embeddings. Blank answers help all of them.",
)
"""What a reader must know to read the tables."""


class Measure(NamedTuple):
    """A row of a table of measures."""

    name: str
    value: str
    interval: str
    meaning: str


def title(bench: Bench) -> str:
    """Who was measured."""
    return f"Bench: {bench.judge}"


def how(bench: Bench) -> str:
    """What the figures depend on."""
    return f"interviewer {bench.version} · seed {bench.seed} · {bench.resamples:,} resamples"


def heading(file: FileResult) -> str:
    """A file and how much of it was graded."""
    of = f" of {file.of:,}" if file.of != file.answers else ""
    return f"{file.name}: {file.answers:,}{of} answers to {counted(file.questions, 'question')}"


def notices(file: FileResult) -> list[str]:
    """What is not in the figures, and why."""
    found = []
    if file.skipped:
        found.append(f"{counted(file.skipped, 'row')} with neither a reference nor criteria left out")
    if file.ungraded:
        found.append(f"{counted(file.ungraded, 'answer')} ungraded, in no figure but their rate")
        found += [f"ungraded, {count}: {' '.join(reason.split())[:200]}" for reason, count in file.reasons]
    if file.graded < FEW:
        found.append(f"fewer than {FEW} graded answers: these figures mean little")
    if file.questions == 1:
        found.append("one question: there are no intervals")
    return found


def beside_rows(part: Part, judge: str) -> list[tuple[str, ...]]:
    """The judge among floors and people, as `BESIDE_HEAD` says."""
    rows = [Beside(name=judge, figures=part.figures), *part.floors, *([part.people] if part.people else [])]
    return [
        (each.name, *(with_interval(each.figures.get(key)) for key in ("rmse", "pearson", "within")))
        for each in rows
    ]


def part_measures(part: Part) -> Iterator[Measure]:
    """The rest of the agreement with people."""
    found = part.figures
    yield measure("Mean absolute error", found["mae"], "how far a grade is off")
    yield measure("Grade − mark", found["bias"], "above 0: milder than people", signed=True)
    yield measure(f"QWK, steps of 0–{part.steps}", found["kappa"], "agreement beyond chance")
    yield measure("Length-controlled r", found["length_controlled"], "were all answers equally long")
    yield measure("Grade with length", found["length"], "correlation with log word count")


def criterion_measures(found: CriterionAgreement) -> Iterator[Measure]:
    """Verdicts on single criteria beside people's."""
    figures = found.figures
    yield measure("Criterion AUC", figures["auc"], "met ones rated above others")
    yield measure("Criterion κ", figures["kappa"], f"beyond chance, {found.verdicts:,} verdicts")
    floor = decimal(figures["f1_all_met"].value)
    yield measure("F1 of met", figures["f1_met"], f"to call all met gives {floor}")
    yield measure("F1 of not met", figures["f1_not_met"], "to call all met gives 0")
    people = decimal(figures["met_people"].value)
    yield measure("Met rate", figures["met"], f"people {people}; partial is half")


def other_measures(file: FileResult) -> Iterator[Measure]:
    """What is known of each answer beside its score."""
    yield measure("Evidence rate", file.evidence, "credit with a quote from the answer")
    rate = Figure(value=file.ungraded / file.answers if file.answers else None)
    yield measure("Ungraded rate", rate, "the judge gave no grade")
    yield from _trust(file.trust)
    if file.repeats is not None:
        yield from _repeats(file.repeats)


def _trust(trust: Trust) -> Iterator[Measure]:
    area = f"blind {decimal(trust.area_blind)}, ideal {decimal(trust.area_best)}"
    yield measure("Coverage–risk area", trust.area, f"error, surest first; {area}")
    large = f"{counted(trust.large, 'grade')} off by ≥ {LARGE:g}"
    yield measure("Review rate", trust.review["rate"], "a person should look at these")
    yield measure("Review precision", trust.review["precision"], f"of these, off by ≥ {LARGE:g}")
    yield measure("Review recall", trust.review["recall"], f"of {large}")


def _repeats(found: Repeats) -> Iterator[Measure]:
    times = f"{counted(found.answers, 'answer')}, {found.times} times each"
    yield measure("Same levels", found.figures["same"], times)
    yield measure(
        "Spread of a score", found.figures["spread"], "standard deviation, of 100 points", points=True
    )


def attack_measures(found: AttackResult) -> Iterator[Measure]:
    """What texts against the grader gain."""
    yield measure(f"Gain at most {SMALL:g}", found.figures["small"], "share of the texts")
    yield measure("Mean gain", found.figures["mean"], "points of 100", points=True, signed=True)
    worst = NONE if found.worst is None else plus(found.worst, 1)
    yield Measure(
        "Worst gain", worst, "", f"points of 100, by {found.worst_text}" if found.worst_text else ""
    )
    yield measure("Pass because of it", found.figures["crossed"], "fails without, passes with it")


def drift_measures(found: DriftResult) -> Iterator[Measure]:
    """What a harmless remark changes."""
    yield measure("Benign drift", found.figures["size"], "points of 100 it changes a grade", points=True)
    yield measure(
        "… with its sign", found.figures["mean"], "below 0: good answers lose", points=True, signed=True
    )
    worst = NONE if found.worst is None else plus(found.worst, 1)
    yield Measure("Largest change", worst, "", "points of 100")


def twin_measures(found: TwinResult) -> Iterator[Measure]:
    """How right and wrong twins are told apart."""
    yield measure("Right ones pass", found.figures["right"], "at or above the pass mark")
    yield measure("Wrong ones fail", found.figures["wrong"], "below it")
    yield measure("Both", found.figures["both"], "pairs told apart by the pass mark")


def attack_heading(found: AttackResult) -> str:
    """How many texts on how many answers."""
    lost = f", {found.ungraded} not graded" if found.ungraded else ""
    texts = counted(found.texts, "text")
    return f"Attacks: {texts} added to {counted(found.answers, 'weak answer')} (mark ≤ {WEAK:g}){lost}"


def drift_heading(found: DriftResult) -> str:
    """On how many answers."""
    lost = f", {found.ungraded} not graded" if found.ungraded else ""
    return f"Harmless remarks: after {counted(found.answers, 'good answer')} (mark ≥ {GOOD:g}){lost}"


def twin_heading(found: TwinResult) -> str:
    """How many pairs."""
    lost = f", {found.ungraded} not graded" if found.ungraded else ""
    return f"Twins, {found.name}: {counted(found.pairs, 'pair')}{lost}"


def band_rows(trust: Trust) -> list[tuple[str, ...]]:
    """As `BAND_HEAD` says."""
    return [(each.band, str(each.answers), decimal(each.mae)) for each in trust.bands]


def trap_rows(file: FileResult) -> list[tuple[str, ...]]:
    """As `TRAP_HEAD` says."""
    return [
        (
            trap.name,
            str(trap.answers),
            decimal(trap.people),
            decimal(trap.grade),
            plus(trap.grade - trap.people),
        )
        for trap in file.traps
    ]


def family_rows(found: AttackResult) -> list[tuple[str, ...]]:
    """As `FAMILY_HEAD` says."""
    return [
        (
            each.name,
            str(each.texts),
            percent(each.small),
            plus(each.mean, 1),
            plus(each.worst, 1),
            percent(each.crossed),
        )
        for each in found.families
    ]


def change_rows(found: TwinResult) -> list[tuple[str, ...]]:
    """As `CHANGE_HEAD` says."""
    return [
        (each.change, str(each.pairs), percent(each.right), percent(each.wrong)) for each in found.changes
    ]


def effort(file: FileResult) -> str:
    """Cost, tokens and time."""
    found = file.effort
    time = "" if found.seconds is None else f"{found.seconds:.2g} s an answer (median, waiting included)"
    speed = "" if found.per_second is None else f"{found.per_second:.3g} answers/s"
    if not found.calls:
        return " · ".join(part for part in ("no model was called", time, speed) if part)
    cost = f"cost {UNKNOWN}" if found.cost_usd is None else f"{found.cost_usd:.4f} USD"
    tokens = f"tokens {UNKNOWN}"
    if found.prompt_tokens is not None and found.completion_tokens is not None:
        tokens = f"{found.prompt_tokens:,} prompt and {found.completion_tokens:,} reply tokens"
    return " · ".join(part for part in (counted(found.calls, "call"), tokens, cost, time, speed) if part)


def measure(
    name: str, figure: Figure, meaning: str, *, points: bool = False, signed: bool = False
) -> Measure:
    """A row for a figure.

    Args:
        points: it is in points of 100, so one decimal is enough.
    """
    places = 1 if points else 2
    shown = plus if signed else decimal
    value = NONE if figure.value is None else shown(figure.value, places)
    return Measure(name, value, interval(figure, places), meaning)


def with_interval(figure: Figure | None) -> str:
    """ "0.65 [0.58, 0.71]"; empty where there is no such figure."""
    if figure is None:
        return ""
    bounds = interval(figure)
    return f"{decimal(figure.value)}{f' {bounds}' if bounds else ''}"


def interval(figure: Figure, places: int = 2) -> str:
    """ "[0.58, 0.71]", which no line end comes into; empty where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    return f"[{decimal(figure.low, places)},\u00a0{decimal(figure.high, places)}]"


def decimal(value: float | None, places: int = 2) -> str:
    """A figure, or a dash where it cannot be computed."""
    if value is None:
        return NONE
    text = f"{value:.{places}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def plus(value: float, places: int = 2) -> str:
    """A difference with its sign; 0 has none."""
    text = decimal(value, places)
    return text if text.startswith("−") or not float(text) else f"+{text}"
