"""A report as one HTML file that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markdown_it import MarkdownIt
from markupsafe import Markup

from interviewer.reports import overview
from interviewer.reports.session import SessionReport
from interviewer.reports.view import told
from interviewer.wording import visible

TEMPLATE, STYLE = "session.html.jinja", "session.css"
"""Beside this file."""


def to_html(report: SessionReport) -> str:
    """The report to be opened in a browser or printed."""
    style = _file(STYLE)
    return _template().render(
        report=report, overview=overview, told=told, prose=prose, style=Markup(style), digest=digest_of(style)
    )


def digest_of(style: str) -> Markup:
    """By which the policy of a page allows this style and no other."""
    return Markup(base64.b64encode(hashlib.sha256(style.encode()).digest()).decode())


@cache
def _template() -> Template:
    # `finalize`: whatever the template shows is made visible, then escaped, so that none can be forgotten.
    environment = Environment(
        autoescape=True, finalize=shown, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    return environment.from_string(_file(TEMPLATE))


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def shown(value: Any) -> Any:
    """What a template puts out, with control and direction characters made visible."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _markdown() -> MarkdownIt:
    # Without `html` tags are text, and links to `javascript:` and the like stay text too.
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def prose(markdown: str) -> Markup:
    """Markdown of a bank as HTML."""
    return Markup(_markdown().render(visible(markdown)))
