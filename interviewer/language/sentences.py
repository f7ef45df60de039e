"""Sentences and clauses of a text, as spans, so that a quote is always the writer's own words."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

_SENTENCE_END = re.compile(r"(?<=[.!?;])[)\"'”’]*\s+|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|fig|eq|dr|mr|al)|(?:^|\s)(?-i:[A-Z]))\.$", re.I
)
_BULLET = re.compile(r"^(?:[-*+•‣·●○–]|\(?\d{1,2}[.)]|\(?[a-h]\))\s+")
_CLAUSE_END = re.compile(
    r"[,;:()\n–—]+|(?<=[.!?])\s|\s-+>?\s|→"
    r"|\s(?:and|but|while|whereas|however|although|though|because|since|so that|which|then|unlike|whilst)\s",
    re.I,
)
_OPENING = re.compile(r"(?:in|for|with|at|on|during)(?:\s+\S+){1,3}", re.I)

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_LINE = re.compile(r"[^\n]+")
_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_ENDED = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)[.!?;][)\"'”’]*\Z")
NARROWEST = 50
"""Characters of the longest line from which lines are taken to be wrapped."""
EVEN = 0.6
"""Share of full lines from which a paragraph is taken to be wrapped."""


class Span(NamedTuple):
    """A piece of a text, with its place in it."""

    text: str
    start: int
    end: int


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    bullet = _BULLET.match(piece.lstrip())
    if bullet:
        left += bullet.end()
    start, end = start + left, start + len(piece.rstrip())
    return Span(text[start:end], start, end) if end > start else None


def sentences(text: str) -> list[Span]:
    """Sentences and list items, in order; neither abbreviations and decimals nor wrapped lines end one."""
    spans = []
    start = 0
    wrapped = wraps(text)
    for match in _SENTENCE_END.finditer(text):
        if match.start() in wrapped:
            continue
        head = text[start : match.start()]
        if (
            "\n" not in match.group()
            and _ABBREVIATION.search(head[-12:])
            and not _BULLET.match(head.lstrip())
        ):
            continue
        if "\n" not in match.group() and re.fullmatch(r"\s*\(?(?:\d{1,2}|[a-h])[.)]", head):
            continue
        spans.append(_trimmed(text, start, match.start()))
        start = match.end()
    spans.append(_trimmed(text, start, len(text)))
    return [span for span in spans if span is not None and any(c.isalnum() for c in span.text)]


def wraps(text: str) -> frozenset[int]:
    """Where a line break is only there because the line was full.

    A line is full if it has no room for the first word of the next one, as long as the longest of its
    paragraph. One alone may be the longest of a list, unless the next line goes on in lower case.
    """
    found: list[int] = []
    for paragraph in _PARAGRAPH.finditer(_FENCED.sub(_blanked, text)):
        lines = list(_LINE.finditer(paragraph.group()))
        width = max(len(line.group().rstrip()) for line in lines)
        if width < NARROWEST:
            continue
        full = []
        for line, after in pairwise(lines):
            if len(line.group().rstrip()) + 1 + len(after.group().split(maxsplit=1)[0]) > width:
                full.append((line.end(), after.group().lstrip()))
        is_even = len(full) > 1 and len(full) >= EVEN * (len(lines) - 1)
        found += [
            paragraph.start() + end
            for end, after in full
            if (is_even or after[0].islower())
            and not _BULLET.match(after)
            and not _ENDED.search(paragraph.group(), max(0, end - 12), end)
        ]
    return frozenset(found)


def unwrapped(text: str) -> str:
    """The text, as long as before, with a space where a full line ends."""
    wrapped = wraps(text)
    return "".join(" " if at in wrapped else character for at, character in enumerate(text))


def _blanked(code: re.Match[str]) -> str:
    return "\n" * len(code.group())


def clauses(text: str) -> list[Span]:
    """The pieces between commas, brackets, dashes and conjunctions, in order."""
    spans = []
    start = 0
    wrapped = wraps(text)
    for match in _CLAUSE_END.finditer(text):
        if match.start() in wrapped:
            continue
        if (
            re.match(r"[,.]", match.group())
            and text[match.end() : match.end() + 1].isdigit()
            and (text[match.start() - 1 : match.start()].isdigit())
        ):
            continue
        spans.append(_trimmed(text, start, match.start()))
        start = match.end()
    spans.append(_trimmed(text, start, len(text)))
    kept = [span for span in spans if span is not None and any(c.isalnum() for c in span.text)]
    return _with_openings(text, kept)


def _with_openings(text: str, spans: list[Span]) -> list[Span]:
    """The clauses, with an opening such as "In a GAN," as part of what it opens."""
    out: list[Span] = []
    for span in spans:
        if out and _OPENING.fullmatch(out[-1].text) and text[out[-1].end : span.start].strip() == ",":
            start = out.pop().start
            span = Span(text[start : span.end], start, span.end)
        out.append(span)
    return out


def windows(text: str, size: int = 2) -> list[Span]:
    """Every sentence, and every run of up to `size` sentences."""
    parts = sentences(text)
    return [
        Span(text[parts[i].start : parts[i + n - 1].end], parts[i].start, parts[i + n - 1].end)
        for n in range(1, size + 1)
        for i in range(len(parts) - n + 1)
    ]
