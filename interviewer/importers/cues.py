"""What in a paragraph shows that it asks something: question marks, imperatives, "True or False"."""

from __future__ import annotations

import re

from interviewer.importers.fences import code_flags, unclosed

TRUE_OR_FALSE = re.compile(r"^\W*(?:true\s*(?:or|/)\s*false|t/f)\b(?:[^:?\n]{0,40}[:?])?\W*", re.IGNORECASE)
"""The head of a true-or-false question: "*True or False, and explain why:* "."""
VERDICT = re.compile(
    r"^\W*(true|false|yes|no|correct|incorrect)(\W*$|\s*[.,:;!–—-]|\s+(because|since|as)\b)", re.IGNORECASE
)
"""An answer that begins with its verdict."""

_VERBS = (
    "name|list|give|state|provide|explain|describe|define|compare|contrast|discuss|write|implement|sketch|draw"
    "|derive|prove|show|calculate|compute|estimate|identify|outline|summari[sz]e|mention|tell|find|design|propose"
    "|suggest|justify|distinguish|differentiate|enumerate|complete|fill|rank|order|match|evaluate|simplify"
    "|determine|translate|convert|sort|predict|point out|walk|argue|recall"
)
_IMPERATIVE = re.compile(
    r"^[\W_]*(?:[^,.?!]{0,80},\s*)?(?:(?:please|briefly|now|also|then|and|in one sentence)\s+)*"
    rf"(?:{_VERBS})\b"
    r"(?!\s+(?:of|is|are|was|were|has|have|can|will|comprehensions?)\b|[,:;–-])",
    re.IGNORECASE,
)
_SCENE = re.compile(
    r"^[\W_]*(?:(?:consider|suppose|assum(?:e|ing)|imagine|ignore|say you|here (?:is|are)|look at"
    r"|use the following)\b|if\b(?:[^,(]|\([^)]*\))*$)",
    re.IGNORECASE,
)
_SETTING = re.compile(r"^[\W_]*(?:given|let|take|(?:you|we) (?:are|have|want|train|need))\b", re.IGNORECASE)
_NEWCOMER = re.compile(r"^[\W_]*(?:an?|two|three|your?|we|i|if|someone|there (?:is|are))\s", re.IGNORECASE)
_AUXILIARY = r"(?:do|does|did|is|are|was|were|will|would|can|could|should|has|have)"
_LEANS = re.compile(
    rf"^\W*(?:(?:how|what|why|when|where|which)(?:\s+(?!and\b|{_AUXILIARY}\b)[\w-]+){{0,3}}\s+)?{_AUXILIARY}\s+"
    r"(?:it|they|he|she|this|these|those)\b"
    r"|\b(?:in|of|for|with|by|is|are|does|do|will|would|can)\s+(?:this|these|such an?)\s+\w+"
    r"|\bthe (?:above|resulting|former|latter)\b",
    re.IGNORECASE,
)
_POINTS_ON = re.compile(r"\b(?:this|these|the following|below|here is|here are)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.?!])[\"'*_)\]]*\s+")
_FENCES = ("```", "~~~")


def prose(text: str) -> str:
    """The text without its fenced code; a fence that is never closed is none."""
    if not any(fence in text for fence in _FENCES):
        return text.strip()
    lines = text.split("\n")
    opened = unclosed(lines)
    closed = len(lines) if opened is None else opened - 1
    flags = [code and at < closed for at, code in enumerate(code_flags(lines))]
    # Of a block of code a blank line stays, which parts what stands around it.
    spoken = [
        "" if code else line
        for line, code, before in zip(lines, flags, [False, *flags], strict=False)
        if not (code and before)
    ]
    return "\n".join(spoken).strip()


def sentences(text: str) -> list[str]:
    """The sentences of a text, without its fenced code."""
    return [part for part in _SENTENCE_END.split(prose(text)) if part]


def asks(sentence: str) -> bool:
    """Whether a sentence is a question or an instruction."""
    return sentence.rstrip("\"'*_)] ").endswith("?") or bool(_IMPERATIVE.match(sentence))


def sets_up(sentence: str) -> bool:
    """Whether a sentence prepares a question: "Consider …", "Assume …", "Ignore …"."""
    return bool(_SCENE.match(sentence) or _SETTING.match(sentence))


def asking(paragraph: str) -> float:
    """How much a paragraph reads like a question: from 1 on it asks, below 0 it reads like an answer."""
    if TRUE_OR_FALSE.match(paragraph):
        return 4.0
    if VERDICT.match(paragraph):
        return -4.0
    parts = sentences(paragraph)
    if not parts:
        return -0.5
    asked = any(asks(part) for part in parts)
    if asks(parts[-1]) or (asked and sets_up(parts[-1])):
        return 3.0
    if asked:
        return 1.0
    if _SCENE.match(parts[0]):
        return 0.5
    return -1.0 if _NEWCOMER.match(parts[0]) else -2.0


def leans(paragraph: str) -> bool:
    """Whether a paragraph speaks of something that an earlier one must have named: "How large is it?"."""
    parts = sentences(TRUE_OR_FALSE.sub("", paragraph))
    return bool(parts) and bool(_LEANS.search(parts[0]))


def leads_on(paragraph: str, following: str) -> bool:
    """Whether a paragraph is not complete without the next: it ends with a colon, or points at code."""
    if paragraph.rstrip("*_ ").endswith(":"):
        return True
    return not prose(following) and bool(_POINTS_ON.search(paragraph)) and asking(paragraph) >= 1.0
