"""Markdown: bold speakers ("**Jane:** …"), or each question as a heading with its answer below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from interviewer.errors import DataError
from interviewer.importers.markdown import QUESTION, bare_heading
from interviewer.transcripts.labels import code_in
from interviewer.transcripts.speaker_text import turns_of
from interviewer.transcripts.transcript import INTERVIEWER, Transcript, Turn

_TITLE = re.compile(r"^#[ \t]+\S")
_NUMBERING = re.compile(r"^\d{1,3}[.)][ \t]+")
_PART = re.compile(
    r"^(?:#{3,6}[ \t]+)?(?:\*\*|__)?(?P<part>answer|reference)(?:\*\*|__)?:?(?:\*\*|__)?"
    r"(?:[ \t]+(?P<rest>.*))?$",
    re.I,
)
_LEAST_SPEAKERS = 2


def parse(text: str, path: Path) -> Transcript:
    """The turns of a Markdown file.

    A question that is longer than its heading goes on below it up to a line "Answer:"; a model answer follows
    "Reference:".

    Raises:
        DataError: it has neither speakers nor a heading with a question.
    """
    lines = text.split("\n")
    spoken = turns_of(lines, headings=True)
    if len({turn.speaker for turn in spoken}) >= _LEAST_SPEAKERS:
        return Transcript(path, spoken)
    turns = tuple(turn for section in _sections(lines) for turn in _turns(section, path))
    if not turns:
        raise DataError(
            f"{path}: has neither speakers nor questions",
            hint="write '**Interviewer:** …', or each question as a heading '## …' with its answer below",
        )
    return Transcript(path, turns)


@dataclass
class _Section:
    """A heading and what stands below it, by part; what stands before any mark is "below"."""

    line: int
    heading: str
    parts: dict[str, list[str]] = field(default_factory=lambda: {"below": []})
    first: dict[str, int] = field(default_factory=dict)

    def text(self, part: str) -> str:
        return "\n".join(self.parts.get(part, ())).strip()


def _title(heading: str) -> str:
    return _NUMBERING.sub("", bare_heading(heading))


def _sections(lines: Sequence[str]) -> Iterator[_Section]:
    section: _Section | None = None
    part = "below"
    for number, (line, code) in enumerate(zip(lines, code_in(lines), strict=True), 1):
        question = None if code else QUESTION.match(line)
        if question is not None or (not code and _TITLE.match(line)):
            if section is not None:
                yield section
            section = None if question is None else _Section(number, _title(question[1]))
            part = "below"
        elif section is not None:
            mark = None if code else _PART.match(line)
            if mark is not None and mark["part"].lower() not in section.parts:
                part = mark["part"].lower()
                section.parts[part] = [mark["rest"] or ""]
            else:
                section.parts[part].append(line)
            if line.strip():
                section.first.setdefault(part, number)
    if section is not None:
        yield section


def _turns(section: _Section, path: Path) -> Iterator[Turn]:
    question, part = section.heading, "below"
    if "answer" in section.parts:
        question, part = f"{question}\n\n{section.text('below')}".strip(), "answer"
    if not question:
        raise DataError(
            f"{path}:{section.line}: a question without text", hint="write it in the heading: ## What …?"
        )
    yield Turn(INTERVIEWER, question, section.line, asks=True, reference=section.text("reference") or None)
    answer = section.text(part)
    if answer:
        yield Turn(None, answer, section.first[part])
