"""How findings are said on a screen, the same for every front end. Readable without colour."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interviewer.models import Gap, Level

LEVELS: dict[Level, str] = {"met": "✓ met", "partial": "~ partial", "not_met": "✗ not met"}
FLAGS = {
    "blank": "there is nothing in it that could be graded",
    "dont-know": "it says that it does not know",
    "gibberish": "it is not made of words",
    "echo": "it only repeats the question",
    "addresses-the-judge": "it speaks to the grader, not to the question; a person should look at it",
    "invisible-characters": "it has characters that cannot be seen",
    "pasted-reference": "it is the model answer, nearly word for word",
    "near-but-failed": "near the model answer in words, yet it earned little: perhaps it says the opposite",
    "far-but-passed": "it passed with words far from the model answer; a person should look at it",
    "off-topic": "it seems to be about something else",
    "unverified-quote": "the judge gave a quote that is not in the answer; that earned nothing",
    "members-disagree": "the judges of the panel disagree",
}
"""What each flag of a grade means."""
_BLOCKS = "▁▂▃▄▅▆▇█"
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_ALREADY_A_VERB = re.compile(r"(?:gives|says|names|states|derives|explains|shows|describes|mentions)\b", re.I)
_FUNCTION_WORD = re.compile(
    r"(?:the|a|an|any|all|it|its|in|on|of|for|with|without|each|every|at|by|from|both|because|\w+ing)\b", re.I
)


def harmless(text: str) -> str:
    """The text without what could drive the terminal: control and direction characters become `�`."""
    return _INVISIBLE.sub("�", text.replace("\r\n", "\n"))


def visible(text: str) -> str:
    """The text as it can be shown: harmless, and with tabs as spaces."""
    return harmless(text).expandtabs(4)


def sparkline(scores: Sequence[float], newest: int = 24) -> str:
    """The newest scores as blocks: the lowest is 0, the highest 100."""
    last = len(_BLOCKS) - 1
    return "".join(_BLOCKS[min(last, int(score / 100 * len(_BLOCKS)))] for score in scores[-newest:])


def signed(change: float) -> str:
    """A difference with its sign, one decimal."""
    return f"{'−' if change < 0 else '+'}{abs(change):.1f}"


def calibrated(raw: float, score: float) -> str | None:
    """Both scores, where a calibration made another of the raw one."""
    return None if raw == score else f"raw {raw:g} → {score:g} calibrated"


def to_earn(gap: Gap) -> str:
    """What would earn the points of a gap: "+2: say that …"."""
    text = gap.text.strip()
    if _ALREADY_A_VERB.match(text):
        return f"+{gap.points:g}: an answer that {text[0].lower()}{text[1:]}"
    if _FUNCTION_WORD.match(text):
        text = text[0].lower() + text[1:]
    return f"+{gap.points:g}: say that {text}"


def any_of(gap: Gap, items: Sequence[str]) -> str:
    """What would earn the points of a group: some of its items, one a line."""
    return "\n".join([f"+{gap.points:g}: say some of these", *(f"• {item}" for item in items)])
