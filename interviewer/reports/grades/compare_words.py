"""A comparison in words and rows, the same for every format; nothing in it is escaped yet."""

from __future__ import annotations

from dataclasses import dataclass

from interviewer.measuring.figures import FEW
from interviewer.reports.grades import words
from interviewer.reports.grades.compare import Beside, Change, Comparison, Pair, Versus
from interviewer.reports.view import Piece, pieces

SETTINGS_HEAD = ("", "First", "Second")
QUESTION_HEAD = ("Question", "Both", "First", "Second", "Change", "To fail", "To pass")
NAMED = 12
"""Questions are named up to so many; of more the rest are counted."""


@dataclass(frozen=True)
class Flip:
    """An answer that passes in one run and not in the other."""

    title: str
    verdict: str
    note: str | None
    prompt: str
    pieces: tuple[Piece, ...]
    changes: tuple[Change, ...]


def title(comparison: Comparison) -> str:
    """What is compared."""
    return f"Grades compared: {comparison.first.name} → {comparison.second.name}"


def notices(comparison: Comparison) -> list[str]:
    """What a reader must know before the figures."""
    found = [
        f"{grades.name}: {line}"
        for grades in (comparison.first, comparison.second)
        for line in words.notices(grades, ())
    ]
    if others := len(comparison.other_answers):
        found.append(
            f"{words.counted(others, 'answer')} of the same id {'is' if others == 1 else 'are'} not the same"
            " text in both files: there the difference is not the graders' alone."
        )
    if not comparison.pairs:
        found.append("The files have no answer in common: none has the same id and question in both.")
    if len(comparison.versus) > 1:
        found.append("There are several graders; scores of different ones are never in one mean.")
    return found


def joined(comparison: Comparison) -> list[str]:
    """How many answers were compared."""
    both = sum(pair.difference is not None for pair in comparison.pairs)
    counts = [f"{words.counted(len(comparison.pairs), 'answer')} in both files, {both} graded in both"]
    for grades, rows in (
        (comparison.first, comparison.only_first),
        (comparison.second, comparison.only_second),
    ):
        if rows:
            counts.append(f"{len(rows):,} only in {grades.name}")
    turned = (len(comparison.became_graded), len(comparison.became_ungraded))
    if any(turned):
        counts.append(f"{turned[0]} became graded, {turned[1]} became ungraded")
    return [f"{'; '.join(counts)}."]


def edits(comparison: Comparison) -> list[str]:
    """Questions and rubrics that are not the same in both; or that nothing differs."""
    lines = []
    for what, names in comparison.edited:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        lines.append(f"Another {what} than before: {', '.join(names[:NAMED])}{more}")
    if not lines and not comparison.settings:
        return ["Nothing that the grades tell of: the same grader, settings, questions and rubrics."]
    return lines


def result(versus: Versus) -> list[str]:
    """The means, and what flipped."""
    whole = versus.whole
    lines = [
        f"Mean {words.score(whole.first)} → {words.score(whole.second)}"
        f" ({words.points(whole.difference)}): {words.counted(whole.count, 'answer')} graded in both.",
        f"{whole.to_fail + whole.to_pass} flipped: {whole.to_fail} from pass to fail,"
        f" {whole.to_pass} from fail to pass.",
    ]
    if whole.count < FEW:
        lines.append(f"Fewer than {FEW} pairs: these figures mean little.")
    return lines


def measures(versus: Versus) -> list[tuple[str, str]]:
    """Name and value of each measure."""
    same = words.UNKNOWN
    if versus.levels:
        same = (
            f"{versus.levels_same} of {versus.levels} ({words.percent(versus.levels_same / versus.levels)})"
        )
    return [
        ("Pearson correlation of the scores", words.decimal(versus.pearson)),
        ("Root mean square of the differences (of 100)", words.score(versus.rms)),
        ("Kappa of passed and not passed", words.decimal(versus.kappa)),
        ("Criteria with the same level", same),
    ]


def question_row(beside: Beside) -> tuple[str, ...]:
    """As `QUESTION_HEAD` says."""
    return (
        beside.name,
        str(beside.count),
        words.score(beside.first),
        words.score(beside.second),
        words.points(beside.difference),
        str(beside.to_fail),
        str(beside.to_pass),
    )


def verdict(pair: Pair) -> str:
    """What both say of an answer."""
    sides = [
        f"ungraded ({row.reason})" if row.score is None else f"{row.score:g} {_passed(row.passed)}"
        for row in (pair.first, pair.second)
    ]
    return " → ".join(sides)


def flip(comparison: Comparison, pair: Pair) -> Flip:
    """A flipped answer with what changed; the second grader's words are marked in it."""
    record = comparison.second.record(pair.second)
    changes = tuple(comparison.changes(pair))
    quotes = [
        (name, quote)
        for change in changes
        for name, quote in zip(("first", "second"), change.quotes, strict=True)
        if quote
    ]
    other = pair.first.answer != pair.second.answer
    return Flip(
        title=words.who(pair.second),
        verdict=verdict(pair),
        note="The answer is not the same text in both; this is the second." if other else None,
        prompt=record.question,
        pieces=pieces(record.answer, quotes),
        changes=changes,
    )


def turned(comparison: Comparison) -> list[tuple[str, list[str]]]:
    """Answers that only one of the runs has graded."""
    groups = [("Became graded", comparison.became_graded), ("Became ungraded", comparison.became_ungraded)]
    return [
        (name, [f"{words.who(pair.second)}: {verdict(pair)}" for pair in pairs])
        for name, pairs in groups
        if pairs
    ]


def _passed(passed: bool | None) -> str:
    return "passed" if passed else "not passed"
