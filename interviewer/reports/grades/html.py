"""A file of grades, or two, as one page that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from markupsafe import Markup

from interviewer.reports.grades import charts, compare_words, words
from interviewer.reports.grades.answers import chosen, shown
from interviewer.reports.grades.compare import Comparison
from interviewer.reports.grades.figures import Figures
from interviewer.reports.grades.reading import Grades, Row
from interviewer.reports.page import page
from interviewer.reports.view import notes
from interviewer.wording import LEVELS, visible

ANSWERS = 100
"""So many are shown in full where nobody says."""
ROWS = 200
"""A table or list has no more; a page with 10⁵ candidates could not be opened."""
CRITERIA = 1000
PER_REASON = 20


def to_html(grades: Grades, figures: tuple[Figures, ...], answers: int = ANSWERS) -> str:
    """The page about one file.

    Args:
        answers: how many are shown in full.
    """
    rows = chosen(grades.rows, answers)
    linked = {row.offset for row in rows}

    def named(row: Row) -> Markup:
        text = visible(words.who(row))
        if row.offset not in linked:
            return Markup("<bdi>{}</bdi>").format(text)
        return Markup('<a href="#a{}"><bdi>{}</bdi></a>').format(row.offset, text)

    ungraded = words.by_reason(grades.rows)
    return _render(
        "grades.html.jinja",
        grades=grades,
        figures=figures,
        answers=(shown(grades, row) for row in rows),
        shown_count=len(rows),
        named=named,
        ungraded=ungraded,
        ungraded_count=sum(len(group) for _, group in ungraded),
        review=[row for row in grades.rows if row.score is not None and row.needs_review],
        limit=ROWS,
        criteria_limit=CRITERIA,
        per_reason=PER_REASON,
        words=words,
    )


def comparison_to_html(comparison: Comparison, answers: int = ANSWERS) -> str:
    """The page about two files.

    Args:
        answers: how many of those that flipped are shown.
    """
    return _render(
        "compare.html.jinja",
        comparison=comparison,
        versus=compare_words,
        flips=[compare_words.flip(comparison, pair) for pair in comparison.flips[:answers]],
        limit=ROWS,
        levels=LEVELS,
    )


_FILTERS = {
    "part_row": words.part_row,
    "beside_row": compare_words.question_row,
    "flag_row": lambda flag: (notes([flag[0]])[0], str(flag[1])),
    "groupby_question": lambda shares: [
        (name, list(group)) for name, group in groupby(shares, key=lambda share: share.question)
    ],
}


def _render(template: str, **values: Any) -> str:
    return page(f"grades/{template}", _FILTERS, charts=charts, **values)
