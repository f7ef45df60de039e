"""One file for each format that a session is exported to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from interviewer.errors import ConfigError
from interviewer.reports.html import to_html
from interviewer.reports.json import json_text, to_json
from interviewer.reports.markdown import to_markdown
from interviewer.reports.session import Opinion, SessionReport, session_report

FORMATS: dict[str, Callable[[SessionReport], str]] = {
    "markdown": to_markdown,
    "html": to_html,
    "json": to_json,
}
"""What writes a report, by the format's name."""
SUFFIXES = {"markdown": ".md", "html": ".html", "json": ".json"}
"""How a file of each format is named."""
_FORMAT_OF = {suffix: name for name, suffix in SUFFIXES.items()} | {".markdown": "markdown", ".htm": "html"}


def format_of(path: Path | None, name: str | None = None) -> str:
    """The format to write: the one named, else that of the file's name; Markdown where there is no file.

    Raises:
        ConfigError: there is no such format.
    """
    if name is not None and name not in FORMATS:
        raise ConfigError(f"there is no report format {name!r}", hint=f"there are: {', '.join(FORMATS)}")
    found = name or ("markdown" if path is None else _FORMAT_OF.get(path.suffix.lower()))
    if found is None:
        raise ConfigError(
            f"{path}: its name does not say which format it is",
            hint=f"end it in {', '.join(SUFFIXES.values())}, or give --format {', '.join(FORMATS)}",
        )
    return found


__all__ = [
    "FORMATS",
    "SUFFIXES",
    "Opinion",
    "SessionReport",
    "format_of",
    "json_text",
    "session_report",
    "to_html",
    "to_json",
    "to_markdown",
]
