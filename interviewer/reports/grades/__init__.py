"""Reports on files of grades: one file, or two to be compared; one module a format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from interviewer.errors import ConfigError
from interviewer.reports.grades.compare import compare
from interviewer.reports.grades.figures import all_figures
from interviewer.reports.grades.html import ANSWERS, comparison_to_html, to_html
from interviewer.reports.grades.junit import to_junit
from interviewer.reports.grades.markdown import FLIPS, comparison_to_markdown, to_markdown
from interviewer.reports.grades.reading import STDIN, Grades, read_grades
from interviewer.reports.grades.table import comparison_to_csv, to_csv

FORMATS = ("html", "csv", "markdown", "junit")
"""What a report can be written as."""
_FORMAT_OF = {
    ".html": "html", ".htm": "html", ".csv": "csv", ".md": "markdown", ".markdown": "markdown",
    ".xml": "junit",
}  # fmt: skip


def format_of(path: Path | None, named: list[str]) -> str:
    """The format to write: the one named, else that of the file's name; Markdown where there is no file.

    Raises:
        ConfigError: several are named, or none and the file's name does not tell.
    """
    if len(named) > 1:
        raise ConfigError(
            f"{' and '.join(f'--{name}' for name in named)}: a report has one format", hint="give one of them"
        )
    if named:
        return named[0]
    if path is None:
        return "markdown"
    if (found := _FORMAT_OF.get(path.suffix.lower())) is None:
        raise ConfigError(
            f"{path}: its name does not say which format it is",
            hint="end it in .html, .csv, .md or .xml, or give --html, --csv, --markdown or --junit",
        )
    return found


def report(
    grades: Grades, name: str, *, answers: int | None = None, human_max: float | None = None
) -> Iterator[str]:
    """The report on one file, in parts that each end a line.

    Args:
        name: of the format.
        answers: how many are shown in full; default: as many as the format can take.
        human_max: what `human_score` is out of; default: guessed.
    """
    if name == "csv":
        yield from to_csv(grades)
        return
    figures = all_figures(grades, human_max)
    if name == "junit":
        yield from to_junit(grades, figures)
    elif name == "html":
        yield to_html(grades, figures, ANSWERS if answers is None else answers)
    else:
        yield to_markdown(grades, figures, answers or 0).removesuffix("\n")


def comparison_report(
    first: Grades, second: Grades, name: str, *, answers: int | None = None
) -> Iterator[str]:
    """The comparison of two files, in parts that each end a line.

    Args:
        name: of the format; there is no JUnit.
        answers: how many of those that flipped are shown.
    """
    comparison = compare(first, second)
    if name == "csv":
        yield from comparison_to_csv(comparison)
    elif name == "html":
        yield comparison_to_html(comparison, ANSWERS if answers is None else answers)
    else:
        yield comparison_to_markdown(comparison, FLIPS if answers is None else answers).removesuffix("\n")


__all__ = ["FORMATS", "STDIN", "Grades", "comparison_report", "format_of", "read_grades", "report"]
