"""Text in which each turn begins with its speaker: "Interviewer: …", "[00:01:02] Jane Doe: …"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from interviewer.errors import DataError
from interviewer.transcripts.labels import Label, code_in, labels_in
from interviewer.transcripts.transcript import Transcript, Turn

_HEADING = re.compile(r"^#{1,6}[ \t]+\S")


def parse(text: str, path: Path) -> Transcript:
    """The turns of a text; what stands before the first speaker is a title and no turn.

    Raises:
        DataError: no line names a speaker.
    """
    turns = turns_of(text.split("\n"))
    if not turns:
        raise DataError(
            f"{path}: no line names a speaker", hint="begin each turn with its speaker: 'Interviewer: …'"
        )
    return Transcript(path, turns)


def turns_of(lines: Sequence[str], *, headings: bool = False) -> tuple[Turn, ...]:
    """The turns that the lines hold; none where no line names a speaker.

    Args:
        headings: a Markdown heading ends a turn and belongs to none.
    """
    turns: list[Turn] = []
    speaker: tuple[Label, int] | None = None
    said: list[str] = []

    def close() -> None:
        text = "\n".join(said).strip()
        if speaker is not None and text:
            turns.append(Turn(speaker[0].name, text, speaker[1], speaker[0].start))
        said.clear()

    labels = labels_in(lines)
    for number, (line, label, code) in enumerate(zip(lines, labels, code_in(lines), strict=True), 1):
        if label is not None:
            close()
            speaker = (label, number)
            said.append(label.rest)
        elif headings and not code and _HEADING.match(line):
            close()
            speaker = None
        else:
            said.append(line)
    close()
    return tuple(turns)
