"""WebVTT and SRT, as meeting tools write them: cues with voice tags, or with "Name: …" in their text."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from interviewer.errors import DataError
from interviewer.transcripts.labels import labels_in
from interviewer.transcripts.transcript import Transcript, Turn, key

_VOICE = re.compile(r"<v(?:\.[\w.-]*)?[ \t]+([^<>]*)>")
_TAG = re.compile(r"</?(?:c|i|b|u|v|lang|ruby|rt|font)(?:[.\s][^<>]*)?>|<\d[\d:.]*>|\{\\[^{}]*\}")
_TIMES = re.compile(
    r"^\s*(?:\d{1,10}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}\s*-->\s*(?:\d{1,10}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}(?!\d)"
)
_ROLLING = 0.2
"""Share of the cues that repeat the end of the one before, from which on captions are taken to roll up."""
_LONGEST_OVERLAP = 60
"""Words."""
_SURE_OVERLAP = 3
"""Words. Nobody says so many again just where a cue ends."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one speaker says in one cue."""

    start: float
    speaker: str | None
    text: str


def parse_vtt(text: str, path: Path) -> Transcript:
    """The turns of a WebVTT file.

    Raises:
        DataError: it is no such file, a cue has no times, or nothing names a speaker.
    """
    return _parse(text, path, "vtt")


def parse_srt(text: str, path: Path) -> Transcript:
    """The turns of an SRT file.

    Raises:
        DataError: it is no such file, a cue has no number or times, or nothing names a speaker.
    """
    return _parse(text, path, "srt")


def _parse(text: str, path: Path, format: str) -> Transcript:
    text = text.strip()
    _require_times(text, path, numbered=format == "srt")
    try:
        cues = webvtt.from_buffer(io.StringIO(text), format=format).captions
    except (MalformedFileError, MalformedCaptionError):
        begins = "a line WEBVTT" if format == "vtt" else "the number of its first cue"
        raise DataError(f"{path}: does not begin as a {format.upper()} file", hint=f"with {begins}") from None
    cues.sort(key=lambda cue: cue.start_in_seconds)
    spoken = [(float(cue.start_in_seconds), cue.raw_text) for cue in cues]
    pieces = _voices(spoken, unescape=html.unescape if format == "vtt" else str)
    if not any(piece.speaker for piece in pieces):
        pieces = _labelled(pieces)
    if not any(piece.speaker for piece in pieces):
        raise DataError(
            f"{path}: names no speakers", hint="begin each cue with its speaker: '<v Jane>…' or 'Jane: …'"
        )
    return Transcript(path, _merged(_unrolled(list(_carried(pieces)))))


def _require_times(text: str, path: Path, *, numbered: bool) -> None:
    """The library drops a cue that it cannot read, and with it somebody's words."""
    before = ""
    for number, line in enumerate(text.split("\n"), 1):
        if "-->" in line:
            if not _TIMES.match(line):
                raise DataError(
                    f"{path}:{number}: not the times of a cue", hint="00:01:02.500 --> 00:01:04.000"
                )
            if numbered and not before.strip().isdecimal():
                raise DataError(
                    f"{path}:{number}: a cue without its number", hint="on the line above its times"
                )
        before = line
    if "-->" not in text:
        raise DataError(
            f"{path}: has no cue", hint="00:01:02.500 --> 00:01:04.000, and below it what is said"
        )


def _voices(cues: Sequence[tuple[float, str]], unescape: Callable[[str], str]) -> list[_Piece]:
    """What each voice tag holds, without the other tags; `<int>` in a spoken text is none of them."""
    pieces = []
    for start, text in cues:
        unvoiced, *voiced = _VOICE.split(text)
        said = [("", unvoiced), *zip(voiced[::2], voiced[1::2], strict=True)]
        pieces += [
            _Piece(start, unescape(name).strip() or None, words)
            for name, tagged in said
            if (words := unescape(_TAG.sub("", tagged)).strip())
        ]
    return pieces


def _labelled(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces cut where a line begins with a speaker."""
    lines = [(piece.start, line) for piece in pieces for line in piece.text.split("\n")]
    return [
        _Piece(start, None, line) if label is None else _Piece(start, label.name, label.rest)
        for (start, line), label in zip(lines, labels_in([line for _, line in lines]), strict=True)
    ]


def _carried(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """The pieces with one that names nobody given to whoever spoke last."""
    speaker: str | None = None
    for piece in pieces:
        speaker = piece.speaker or speaker
        yield replace(piece, speaker=speaker)


def _unrolled(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces without the words that live captions show again, line by line or as a line that grows."""
    spoken: dict[str | None, list[str]] = {}
    overlaps = []
    for piece in pieces:
        words = piece.text.split()
        overlaps.append(_overlap(spoken.get(piece.speaker, []), words))
        spoken[piece.speaker] = words if overlaps[-1] < len(words) else spoken.get(piece.speaker, words)
    if sum(overlap >= _SURE_OVERLAP for overlap in overlaps) < _ROLLING * len(pieces):
        return list(pieces)
    return [
        replace(piece, text=" ".join(piece.text.split()[overlap:]))
        for piece, overlap in zip(pieces, overlaps, strict=True)
    ]


def _overlap(before: Sequence[str], words: Sequence[str]) -> int:
    """How many words at the beginning are the end of what was shown before; one word alone is a stammer."""
    for size in range(min(len(before), len(words), _LONGEST_OVERLAP), 0, -1):
        if before[-size:] == words[:size]:
            return size if size > 1 or size == len(before) else 0
    return 0


def _merged(pieces: Sequence[_Piece]) -> tuple[Turn, ...]:
    """The turns: what a speaker says in cue after cue, as one text."""
    turns: list[Turn] = []
    for piece in pieces:
        words = " ".join(piece.text.split())
        if not words:
            continue
        if turns and piece.speaker is not None and key(turns[-1].speaker or "") == key(piece.speaker):
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text} {words}")
        else:
            turns.append(Turn(piece.speaker, words, start=piece.start))
    return tuple(turns)
