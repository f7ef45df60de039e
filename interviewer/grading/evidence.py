"""Whether a quote is in the answer, and exactly where. A judge's quote counts only when it is found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

LONGEST_ECHO = 3
"""Words. A quote of no more ("True", "800") is evidence even when the question has the same words."""
SHORTEST_PART = 3
"""Letters and digits that a part of a quote with an ellipsis needs, or any answer would contain it."""

_SAME = {
    ord(char): plain
    for chars, plain in (
        ("‘’‚‛′ʼ`´", "'"),
        ("“”„‟″«»", '"'),
        ("‐‑‒–—―−", "-"),
        ("×∙·⋅", "*"),
    )
    for char in chars
}
_MARKUP = re.compile(
    # Fences, headings, quotes and bullets at the start of a line; emphasis that opens or closes a word.
    r"^[ \t]*(?:```\w*|#{1,6}[ \t]|>[ \t]|[-*+•][ \t]+(?=\S))|`+|\*\*|__|~~"
    r"|(?<![\w*])\*(?=\w)|(?<=\w)\*(?![\w*])|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)",
    re.M,
)
_RUN = re.compile(r"\s+|\S+")
# Only where a run of spaces begins: a long one would else be looked through from each of its places.
_ELLIPSIS = re.compile(r"(?<!\s)\s*+[\[(]?(?:\.\.\.+|…)[\])]?")
_EDGES = " \t\n\"'"
_ENDS = ".,;:!?" + _EDGES


@dataclass(frozen=True)
class _Plain:
    """A text without what may differ in a faithful quote, and where each character came from."""

    text: str
    origin: tuple[int, ...]


def find_quote(quote: str, answer: str) -> str | None:
    """The answer's own words that the quote stands for, or None where it has no such words.

    Case, white space, Unicode forms, quotation marks, dashes and Markdown do not matter. Parts joined by an
    ellipsis must follow each other; they come back joined by " … ".
    """
    spans = find_spans(quote, answer)
    return " … ".join(answer[start:end] for start, end in spans) if spans else None


@lru_cache(maxsize=256)
def find_spans(quote: str, answer: str) -> tuple[tuple[int, int], ...]:
    """Start and end in the answer of each part of the quote; empty where it is not there."""
    plain = _plain(answer)
    whole = _find(quote, plain, 0)
    if whole is not None:
        return (_in_answer(plain, whole),)
    parts = [part for part in _ELLIPSIS.split(quote) if part.strip()]
    if len(parts) < 2:
        if len(parts) == 1 and parts[0] != quote and (only := _find(parts[0], plain, 0)) is not None:
            return (_in_answer(plain, only),)
        return ()
    found, at = [], 0
    for part in parts:
        if sum(char.isalnum() for char in part) < SHORTEST_PART:
            return ()
        span = _find(part, plain, at)
        if span is None:
            return ()
        found.append(_in_answer(plain, span))
        at = span[1]
    return tuple(found)


def is_echo(quote: str, prompts: Sequence[str]) -> bool:
    """Whether the quote only repeats the question: more than three words that stand like this in a prompt."""
    if len(quote.split()) <= LONGEST_ECHO:
        return False
    return any(find_spans(quote, prompt) for prompt in prompts)


@lru_cache(maxsize=256)
def _plain(text: str) -> _Plain:
    # An answer is looked at again for each of its criteria.
    if text.isascii() and not _MARKUP.search(text):
        return _plain_ascii(text)
    chars: list[str] = []
    origin: list[int] = []
    dropped = [False] * len(text)
    for match in _MARKUP.finditer(text):
        dropped[match.start() : match.end()] = [True] * (match.end() - match.start())
    for index, char in enumerate(text):
        if dropped[index]:
            continue
        for plain in _form(char):
            space = plain.isspace()
            if space and (not chars or chars[-1] == " "):
                continue
            chars.append(" " if space else plain)
            origin.append(index)
    return _Plain("".join(chars), tuple(origin))


def _plain_ascii(text: str) -> _Plain:
    """The same for a text in which only case and white space may differ."""
    parts: list[str] = []
    origin: list[int] = []
    for match in _RUN.finditer(text.translate(_SAME).lower()):
        if not match[0].isspace():
            parts.append(match[0])
            origin.extend(range(match.start(), match.end()))
        elif parts:
            parts.append(" ")
            origin.append(match.start())
    return _Plain("".join(parts), tuple(origin))


@lru_cache(maxsize=4096)
def _form(char: str) -> str:
    """What a character is compared as; nothing for an invisible one."""
    if unicodedata.category(char) == "Cf":
        return ""
    # NFKD is the decomposed NFKC: unlike it, it can be had one character at a time.
    return unicodedata.normalize("NFKD", char.translate(_SAME)).translate(_SAME).casefold()


def _find(quote: str, plain: _Plain, start: int) -> tuple[int, int] | None:
    """The first place from `start` on that has the quote as whole words."""
    wanted = _plain(quote).text.lstrip(_EDGES).rstrip(_ENDS)
    # Punctuation and space say nothing, nor does an accent: it may be the one on another letter.
    if not wanted or all(unicodedata.category(char)[0] in "MPZ" for char in wanted):
        return None
    at = plain.text.find(wanted, start)
    while at >= 0:
        end = at + len(wanted)
        if not _joined(plain.text, at) and not _joined(plain.text, end):
            return at, end
        at = plain.text.find(wanted, at + 1)
    return None


def _joined(text: str, at: int) -> bool:
    """Whether a cut at this place would go through a word or a number."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before.isdigit() and after in ".," and text[at + 1 : at + 2].isdigit():
        return True
    if after.isdigit() and before in ".," and text[at - 2 : at - 1].isdigit() and at >= 2:
        return True
    # Chinese and Japanese are written without spaces: there a word may begin anywhere.
    return (
        before.isalnum() and after.isalnum() and "W" not in map(unicodedata.east_asian_width, (before, after))
    )


def _in_answer(plain: _Plain, span: tuple[int, int]) -> tuple[int, int]:
    return plain.origin[span[0]], plain.origin[span[1] - 1] + 1
