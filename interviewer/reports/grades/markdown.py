"""A file of grades, or two, as Markdown that also reads well in a terminal. No text can leave its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import TypeVar

from interviewer.reports.grades import compare_words, words
from interviewer.reports.grades.answers import Shown, chosen, shown
from interviewer.reports.grades.compare import Comparison, Versus
from interviewer.reports.grades.figures import Figures
from interviewer.reports.grades.reading import Grades, Row
from interviewer.reports.markdown import fenced, finding, inline, quoted
from interviewer.reports.view import notes
from interviewer.wording import LEVELS

T = TypeVar("T")
ROWS = 50
"""A table or list has no more."""
CRITERIA = 200
PER_REASON = 10
FLIPS = 20
"""So many of what flipped are shown where nobody says."""
_BAR = 30
"""Characters of the longest bar."""
_WIDEST = 48
"""Characters that the first and last column of a table are padded to at most."""


def to_markdown(grades: Grades, figures: tuple[Figures, ...], answers: int = 0) -> str:
    """The summary of one file.

    Args:
        answers: how many are shown in full.
    """
    parts = [f"# {inline(words.title(grades))}"]
    parts += [f"> {inline(line)}" for line in words.notices(grades, figures)]
    for each in figures:
        parts += _figures(each)
    parts += _ungraded(grades.rows)
    parts += _review([row for row in grades.rows if row.score is not None and row.needs_review])
    rows = chosen(grades.rows, answers)
    if rows:
        parts += ["## Answers", f"{len(rows)} of {words.counted(len(grades.rows), 'answer')}."]
    for row in rows:
        parts += _answer(shown(grades, row))
    return _text(parts)


def comparison_to_markdown(comparison: Comparison, answers: int = FLIPS) -> str:
    """The summary of two files.

    Args:
        answers: how many of those that flipped are shown.
    """
    parts = [f"# {inline(compare_words.title(comparison))}"]
    parts += [f"> {inline(line)}" for line in compare_words.notices(comparison)]
    parts += [inline(line) for line in compare_words.joined(comparison)]
    parts.append("## What differs between the runs")
    if comparison.settings:
        parts.append(_table(compare_words.SETTINGS_HEAD, comparison.settings, numbers=False))
    parts += _list(compare_words.edits(comparison), inline)
    for each in comparison.versus:
        parts += _versus(each)
    parts += _flips(comparison, answers)
    for name, texts in compare_words.turned(comparison):
        parts += [f"## {name}", *_list(texts, inline)]
    return _text(parts)


def _text(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _figures(figures: Figures) -> list[str]:
    parts = [f"## Graded by {inline(figures.grader)}"]
    parts += [inline(line) for line in words.made_by(figures)]
    first, *rest = (inline(line) for line in words.result(figures))
    parts += [f"**{first}**", *([" ".join(rest)] if rest else [])]
    if spent := words.spent(figures):
        parts.append(inline(spent))
    if figures.graded:
        parts += ["### Distribution of the scores", _bars(figures.bins)]
    for title, name, found in (
        ("By question", "Question", figures.questions),
        ("By candidate", "Candidate", figures.candidates),
    ):
        head = (name, *words.PART_HEAD[1:])
        parts += [f"### {title}", _table(head, [words.part_row(part) for part in found[:ROWS]])]
        parts += _more(len(found))
    if figures.criteria:
        parts += ["### Criteria", *_criteria(figures)]
    parts += _human(figures)
    if figures.flags:
        parts.append("### Flags")
        parts += _list([f"{count} × {notes([flag])[0]}" for flag, count in figures.flags], inline)
    return parts


def _bars(bins: Sequence[int]) -> str:
    most = max(1, *bins)
    lines = [
        f"{label:>6}  {'█' * max(round(count / most * _BAR), int(count > 0))} {count}"
        for label, count in words.distribution(bins)
    ]
    return "\n".join(["```text", *lines, "```"])


def _criteria(figures: Figures) -> list[str]:
    parts = []
    for question, shares in groupby(figures.criteria[:CRITERIA], key=lambda share: share.question):
        rows = [words.criterion_row(share) for share in shares]
        # The long texts come last, so that the figures stand below each other.
        cells = [[*row[1:], row[0]] for row in (words.LEVEL_HEAD, *rows)]
        parts += [f"**{inline(question)}**", _table(cells[0], cells[1:], numbers=False)]
    return [*parts, *_more(len(figures.criteria), CRITERIA)]


def _human(figures: Figures) -> list[str]:
    human = figures.human
    if human is None:
        return []
    parts = ["### Agreement with people", " ".join(inline(line) for line in words.human_lines(human))]
    if human.count:
        parts.append(_table(("Measure", "Value"), words.human_figures(human)))
    if rows := [cells for _, cells in words.worst_rows(human)]:
        parts += ["Largest disagreements:", _table(words.WORST_HEAD, rows)]
    return parts


def _ungraded(rows: Sequence[Row]) -> list[str]:
    parts = []
    found = words.by_reason(rows)
    for reason, group in found[:ROWS]:
        named = [words.who(row) for row in group[:PER_REASON]]
        if len(group) > PER_REASON:
            named.append(f"and {len(group) - PER_REASON} more")
        parts += [f"{len(group)} × {inline(reason)}", *_list(named, inline)]
    return ["## Ungraded", "They have no score, not even 0.", *parts, *_more(len(found))] if parts else []


def _review(rows: Sequence[Row]) -> list[str]:
    texts = [
        f"{words.who(row)}: {words.score(row.score)} of 100 ({words.why_review(row)})" for row in rows[:ROWS]
    ]
    return ["## To review", *_list(texts, inline), *_more(len(rows))] if texts else []


def _answer(one: Shown) -> list[str]:
    text = "".join(piece.text for piece in one.pieces)
    parts = [f"### {inline(one.title)}", quoted(one.prompt), fenced(text) if text.strip() else "(blank)"]
    parts.append(f"**{inline(one.verdict)}**  \n{' · '.join(map(inline, one.facts))}")
    for title, findings in (("Criteria:", one.findings), ("Mistakes:", one.mistakes)):
        if findings:
            parts += [title, *_list(findings, finding)]
    for title, texts in (("What would have earned more:", one.ledger), ("Flags:", one.notes)):
        if texts:
            parts += [title, *_list(texts, inline)]
    return parts


def _versus(versus: Versus) -> list[str]:
    first, *rest = (inline(line) for line in compare_words.result(versus))
    rows = [compare_words.question_row(beside) for beside in versus.questions[:ROWS]]
    return [
        f"## {inline(' → '.join(versus.graders))}",
        f"**{first}**",
        " ".join(rest),
        _table(("Measure", "Value"), compare_words.measures(versus)),
        "### By question",
        _table(compare_words.QUESTION_HEAD, rows),
        *_more(len(versus.questions)),
    ]


def _flips(comparison: Comparison, answers: int) -> list[str]:
    if not comparison.flips:
        return ["## Flipped", "No answer passes in one and fails in the other."]
    shown_now = comparison.flips[:answers]
    parts = ["## Flipped", f"{len(shown_now)} of {len(comparison.flips)}, the largest difference first."]
    for pair in shown_now:
        parts.append(f"### {inline(words.who(pair.second))}")
        parts.append(f"**{inline(compare_words.verdict(pair))}**")
        if pair.first.answer != pair.second.answer:
            parts.append("The answer is not the same text in both.")
        lines = []
        for change in comparison.changes(pair):
            sides = [
                f"{name}: {LEVELS[level]}{f', “{quote}”' if quote else ''} {reason}".rstrip()
                for name, level, quote, reason in zip(
                    ("first", "second"), change.levels, change.quotes, change.reasons, strict=True
                )
            ]
            lines.append("  \n  ".join([inline(change.text), *map(inline, sides)]))
        parts += _list(lines, str)
    return parts


def _list(items: Sequence[T], told: Callable[[T], str]) -> list[str]:
    return ["\n".join(f"- {told(item)}" for item in items)] if items else []


def _more(count: int, limit: int = ROWS) -> list[str]:
    return [f"{limit} of {count:,} are listed; --csv has all."] if count > limit else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> str:
    """A table whose columns stand below each other in plain text too."""
    cells = [[inline(cell) for cell in row] for row in (head, *rows)]
    widths = [max(3, *(len(row[place]) for row in cells)) for place in range(len(head))]
    for place in (0, -1):
        widths[place] = min(widths[place], _WIDEST)

    def line(row: Sequence[str]) -> str:
        padded = [row[0].ljust(widths[0])]
        for cell, width in zip(row[1:], widths[1:], strict=True):
            padded.append(cell.rjust(width) if numbers else cell.ljust(width))
        return f"| {' | '.join(padded)} |"

    first, *others = cells
    mark = "-:" if numbers else "--"
    ruler = "|".join(["-" * (widths[0] + 2), *(f"{'-' * width}{mark}" for width in widths[1:])])
    return "\n".join([line(first), f"|{ruler}|", *(line(row) for row in others)])
