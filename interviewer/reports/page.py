"""Pages that need nothing else: one style, no script, no network, no other file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from interviewer.reports.html import digest_of, prose
from interviewer.reports.html import shown as visibly

STYLE = "grades/style.css"


def page(template: str, filters: Mapping[str, Any] | None = None, **values: Any) -> str:
    """The page of a template, which is named by its place below this folder.

    Whatever it shows is made visible, then escaped. It has `style`, and the `digest` that its policy allows.
    """
    style = _file(STYLE)
    environment = _environment()
    environment.filters |= filters or {}
    return environment.get_template(template).render(
        style=Markup(style), digest=digest_of(style), prose=_prose, **values
    )  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True, finalize=visibly, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, loader=FunctionLoader(_file),
    )  # fmt: skip


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _prose(markdown: str) -> Markup:
    return prose(markdown)
