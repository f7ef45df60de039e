"""A measurement as one page that needs nothing else."""

from __future__ import annotations

from interviewer.measuring.results import Bench
from interviewer.reports.bench import charts, words
from interviewer.reports.grades.charts import SIDE, dots
from interviewer.reports.page import page


def to_html(bench: Bench) -> str:
    """The page, with its plots."""
    return page("bench/bench.html.jinja", bench=bench, words=words, charts=charts, dots=dots, side=SIDE)
