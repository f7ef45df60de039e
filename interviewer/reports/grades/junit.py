"""Grades as JUnit XML, for a CI server: one test case an answer, one suite a grader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from interviewer.reports.grades.answers import gaps_told
from interviewer.reports.grades.figures import Figures, by_grader
from interviewer.reports.grades.reading import Grades, Row
from interviewer.reports.view import notes
from interviewer.wording import visible

_NOT_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0 has no place for, beside the control characters that `visible` replaces."""


def to_junit(grades: Grades, figures: Sequence[Figures]) -> Iterator[str]:
    """The lines. Not passed is a failure, with what would have earned more; ungraded is an error."""
    rows = grades.rows
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<testsuites name={_quoted(grades.name)} {_counts(rows)}>"
    groups = by_grader(rows)
    for each in figures:
        group = groups[each.grader]
        yield f"  <testsuite name={_quoted(each.grader)} {_counts(group)}>"
        yield "    <properties>"
        for name, value in _properties(each):
            yield f"      <property name={_quoted(name)} value={_quoted(value)}/>"
        yield "    </properties>"
        for row in group:
            yield from _case(grades, row)
        yield "  </testsuite>"
    yield "</testsuites>"


def _case(grades: Grades, row: Row) -> Iterator[str]:
    record = grades.record(row)
    name = f"{row.candidate}/{row.id}" if row.candidate else row.id
    seconds = f' time="{record.receipt.seconds:.4f}"' if record.receipt else ""
    start = f"    <testcase classname={_quoted(row.question)} name={_quoted(name)}{seconds}"
    if row.score is None:
        yield f"{start}>"
        yield f'      <error type="ungraded" message={_quoted(row.reason or "")}/>'
    elif not row.passed:
        mark = f", below {record.receipt.scheme.pass_mark:g}" if record.receipt else ""
        details = "\n".join((*gaps_told(record), *notes(row.flags)))
        yield f"{start}>"
        yield (
            f'      <failure type="not passed" message={_quoted(f"score {row.score:g} of 100{mark}")}>'
            f"{_text(details)}</failure>"
        )
    else:
        yield f"{start}/>"
        return
    yield "    </testcase>"


def _properties(figures: Figures) -> Iterator[tuple[str, str]]:
    yield "grader", figures.grader
    yield "graded", str(figures.graded)
    yield "ungraded", str(figures.ungraded)
    yield "needs_review", str(figures.review)
    for name, value in (("mean", figures.mean), ("median", figures.median)):
        if value is not None:
            yield name, f"{value:.4g}"


def _counts(rows: Sequence[Row]) -> str:
    errors = sum(row.score is None for row in rows)
    failures = sum(row.score is not None and not row.passed for row in rows)
    return f'tests="{len(rows)}" failures="{failures}" errors="{errors}" skipped="0"'


def _plain(text: str) -> str:
    return _NOT_XML.sub("�", visible(text))


def _text(text: str) -> str:
    return escape(_plain(text))


def _quoted(text: str) -> str:
    return quoteattr(_plain(text))
