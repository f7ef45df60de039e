"""Speaker labels at the beginning of lines, told from what only looks like one ("Note: …", `x: int`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.importers.fences import code_flags, unclosed
from interviewer.transcripts.roles import is_candidate, is_interviewer, is_role
from interviewer.transcripts.transcript import key

_STAMP = r"[\[(]?(?P<{}>\d{{1,3}}:\d\d(?::\d\d)?)(?:[.,]\d{{1,3}})?[\])]?"
_BEFORE, _AFTER = _STAMP.format("before"), _STAMP.format("after")
_BOLD = r"(?:\*\*|__)"
_NAME = r"(?P<name>[^\W_](?:[^\W_]|[.'’()#&/-]| (?! )){0,48}?)"
_GAP = r"[ \t]*(?:[-–—|,][ \t]*)?"
_START = (
    rf"^[ \t]{{0,3}}(?:(?:[-•*>]|\d{{1,4}}[.)])[ \t]+)?(?P<bold>{_BOLD})?[ \t]*"
    rf"(?:{_BEFORE}{_GAP})?(?P<inner>{_BOLD})?{_NAME}{_BOLD}?(?:{_GAP}{_AFTER})?{_BOLD}?[ \t]*"
)
_LABEL = re.compile(rf"{_START}(?::{_BOLD}?(?:[ \t]+|$)|：{_BOLD}?)(?P<rest>.*)$")
_OWN_LINE = re.compile(rf"{_START}(?P<rest>)$")
_LOWER_IN_NAMES = re.compile(r"van|von|der|den|de|da|di|du|la|le|bin|ibn|al|el|of|and|the|y|e")
_NO_SPEAKER = re.compile(
    r"notes?|nb|hints?|warning|examples?|todo|steps?|ps|tip|important|update|edit|sources?|summary|pros?|cons?"
    r"|(?:dis)?advantages?|time|date|topic|title|subject|location|duration|attendees|participants|references?"
    r"|https?|definition|option|case|input|output|results?|loss|first|second|third|finally|also|but|so|then|and"
    r"|recording|meeting|transcript|role|position",
    re.IGNORECASE,
)
"""First words of what stands before a colon in answers and headers."""
_MOST_WORDS = 6
_LONGEST = 160
"""Characters at the beginning of a line that are looked at."""


@dataclass(frozen=True, slots=True)
class Label:
    """The beginning of a line that may name its speaker."""

    name: str
    rest: str
    """The line after it."""
    start: float | None
    bold: bool


def read_label(line: str) -> Label | None:
    """What the line begins with, if that may be a speaker's name."""
    head = line[:_LONGEST]
    match = _LABEL.match(head)
    if match is None:
        match = _OWN_LINE.match(head) if len(line) <= _LONGEST else None
        if match is None or (match["before"] or match["after"]) is None:
            return None
    name = (match["name"] or "").strip(" -–—,")
    if not name or not _may_be_name(name):
        return None
    return Label(
        name,
        line[match.start("rest") :],
        _seconds(match["before"] or match["after"]),
        bool(match["bold"] or match["inner"]),
    )


def labels_in(lines: Sequence[str]) -> list[Label | None]:
    """For each line, the speaker it names.

    A label counts when it has a time, names a role ("Interviewer"), comes again, or is the only one beside
    one that counts; where some have a time or are bold, only such count.
    """
    found = [
        None if inside else label
        for label, inside in zip(map(read_label, lines), code_in(lines), strict=True)
    ]
    for has_mark in (_is_timed, _is_bold):
        marked = [label for label in found if label is not None and has_mark(label)]
        if len(marked) >= 2 and (has_mark is _is_timed or len(_lasting(marked)) >= 2):
            found = [label if label is not None and has_mark(label) else None for label in found]
    names = _lasting([label for label in found if label is not None])
    return [
        label if label is not None and (_is_timed(label) or key(label.name) in names) else None
        for label in found
    ]


def code_in(lines: Sequence[str]) -> list[bool]:
    """For each line, whether it is fenced code; one never closed is none, and it may begin behind a label."""
    labels = [read_label(line) for line in lines]
    spoken = [line if label is None else label.rest for line, label in zip(lines, labels, strict=True)]
    flags, last = code_flags(spoken), unclosed(spoken)
    closed = len(lines) if last is None else last - 1
    return [
        flag and at < closed and (label is None or not label.rest.startswith(("```", "~~~")))
        for at, (flag, label) in enumerate(zip(flags, labels, strict=True))
    ]


def _lasting(labels: Sequence[Label]) -> set[str]:
    """The names that are roles or come again; where both sides are roles, nothing else is a speaker.

    Of an interview as short as one question and its answer, each name may be there once.
    """
    times = Counter(key(label.name) for label in labels)
    roles = {key(label.name) for label in labels if is_role(label.name)}
    if any(map(is_interviewer, roles)) and any(map(is_candidate, roles)):
        return roles
    lasting = roles | {name for name, count in times.items() if count > 1}
    return set(times) if len(lasting) == 1 and len(times) == 2 else lasting


def _is_timed(label: Label) -> bool:
    return label.start is not None


def _is_bold(label: Label) -> bool:
    return label.bold


def _may_be_name(name: str) -> bool:
    parts = name.split()
    if len(parts) > _MOST_WORDS or _NO_SPEAKER.fullmatch(parts[0].strip(".")):
        return False
    return is_role(name) or all(
        not part.strip("(#'’")[:1].islower() or _LOWER_IN_NAMES.fullmatch(part) for part in parts
    )


def _seconds(stamp: str | None) -> float | None:
    if stamp is None:
        return None
    seconds = 0
    for part in stamp.split(":"):
        seconds = seconds * 60 + int(part)
    return float(seconds)
