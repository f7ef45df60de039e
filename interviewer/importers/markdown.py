"""Markdown: `# topic`, `## question`, then its answer.

A question that is longer than a heading goes on below it, up to a line `**Answer**` or `### Answer`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from interviewer.errors import DataError
from interviewer.importers.drafts import Draft, finish, slug
from interviewer.importers.fences import code_flags, unclosed
from interviewer.models import Question

_TOPIC = re.compile(r"^#([ \t]+.+)$")
QUESTION = re.compile(r"^##(?!#)(.*)$")
_NUMBERING = re.compile(r"^\d+[.)][ \t]+")
_ANSWER = re.compile(
    r"^(?:#{3,6}[ \t]+answer:?|(\*\*|__)answer(?::\1|\1:?)|answer:)[ \t]*(?P<rest>.*)$", re.IGNORECASE
)


@dataclass
class _Section:
    """A question being read: its place, its heading, and what stands below."""

    line: int
    topic: str | None
    heading: str
    body: list[str] = field(default_factory=list)
    answer: list[str] | None = None

    def add(self, line: str, *, code: bool) -> None:
        """Take one more line: the answer's mark, or a line of the part it belongs to."""
        mark = None if code or self.answer is not None else _ANSWER.match(line)
        if mark:
            self.answer = [mark["rest"]]
        else:
            (self.body if self.answer is None else self.answer).append(line)


def parse(text: str, path: Path) -> tuple[Question, ...]:
    """The questions of a Markdown file; each `# heading` is the topic of those below it.

    Raises:
        DataError: there is no `## heading`, one is empty, or a code fence is never closed.
    """
    lines = text.split("\n")
    open_fence = unclosed(lines)
    if open_fence is not None:
        raise DataError(f"{path}:{open_fence}: this code fence is never closed")
    drafts = [_draft(section, path) for section in _sections(lines)]
    if not drafts:
        raise DataError(f"{path}: has no question", hint="each is a heading: ## What is …?")
    return finish(drafts, path)


def bare_heading(text: str) -> str:
    """A heading's text without the `#` that may close it."""
    return text.strip(" \t").rstrip("#").rstrip(" \t")


def _sections(lines: list[str]) -> Iterator[_Section]:
    topic: str | None = None
    section: _Section | None = None
    for number, (line, code) in enumerate(zip(lines, code_flags(lines), strict=True), 1):
        if not code and (question := QUESTION.match(line)):
            if section:
                yield section
            section = _Section(number, topic, _NUMBERING.sub("", bare_heading(question[1])))
        elif not code and (heading := _TOPIC.match(line)):
            if section:
                yield section
            topic, section = slug(bare_heading(heading[1])), None
        elif section:
            section.add(line, code=code)
    if section:
        yield section


def _draft(section: _Section, path: Path) -> Draft:
    where = f"{path}:{section.line}"
    body = "\n".join(section.body).strip("\n")
    prompt, reference = section.heading, body
    if section.answer is not None:
        prompt, reference = f"{prompt}\n\n{body}", "\n".join(section.answer).strip("\n")
    if not prompt.strip():
        raise DataError(f"{where}: a question without text", hint="write it in the heading: ## What is …?")
    return Draft(where, {"prompt": prompt, "reference": reference, "topic": section.topic or None})
