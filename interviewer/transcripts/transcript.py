"""A recorded interview: who said what, in order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from interviewer.answers.line import AnswerCriterion

INTERVIEWER = "Interviewer"
"""Who asks in a file that marks questions as such and names nobody."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said before another spoke."""

    speaker: str | None
    """None where the file does not say."""
    text: str
    line: int | None = None
    """Of the file, from 1."""
    start: float | None = None
    """Seconds from the beginning of the recording."""
    asks: bool = False
    """Whether the file itself marks it as a question."""
    question_id: str | None = None
    """The question it asks, where the file says so."""
    reference: str | None = None
    """The model answer, where the file brings one."""
    criteria: tuple[AnswerCriterion, ...] = ()

    @property
    def place(self) -> str:
        """Where it is: `00:01:30`, or `line 12`."""
        if self.start is None:
            return f"line {self.line}"
        minutes, seconds = divmod(int(self.start), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


@dataclass(frozen=True, slots=True)
class Transcript:
    """One file."""

    path: Path
    turns: tuple[Turn, ...]

    @property
    def speakers(self) -> tuple[str, ...]:
        """Everyone who speaks, as first spelt, in the order in which they begin."""
        named: dict[str, str] = {}
        for turn in self.turns:
            if turn.speaker is not None:
                named.setdefault(key(turn.speaker), turn.speaker)
        return tuple(named.values())


def key(speaker: str) -> str:
    """A speaker's name without what may differ between two spellings: case and white space."""
    return " ".join(speaker.split()).casefold()
