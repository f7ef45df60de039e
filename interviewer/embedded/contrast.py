"""Minimal pairs of a claim: the same words with the roles exchanged, or one word turned to its opposite.

Vectors of a claim and of its contrary are nearly equal, but an answer that states the contrary is nearer to
the contrary.
So a claim is never looked for alone: what counts is by how much the answer is nearer to it than to its
contraries
(Gardner et al., "Evaluating Models' Local Decision Boundaries via Contrast Sets", arXiv 2004.02709, use
such pairs to test).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from interviewer.language.polarity import CONTRARY, OPPOSITES
from interviewer.language.words import Word, content_stems, stem, words

_THINGS = frozenset(
    stem(word)
    for word in """encoder decoder discriminator generator query key training inference test testing deep
    shallow positive
    negative majority minority softmax sigmoid forward reverse supervised unsupervised input output sparse
    dense local global
    spatial channel stochastic deterministic""".split()
)
MOST = 4
"""Contraries of one claim that are looked at."""
_NAME = re.compile(r"[A-Z]\w*[A-Z]\w*")


def names(prompt: str, claims: Iterable[str], is_rare: Callable[[str], bool]) -> frozenset[str]:
    """Stems of the things that a question tells apart: what some of its claims are about and others are not.

    Acronyms, pairs of opposites (encoder and decoder), and rare words of the prompt with which a claim
    begins.

    Args:
        is_rare: whether a word is rare in general English.
    """
    stems = [[word.stem for word in words(claim) if word.is_content] for claim in claims]
    asked = {word.stem for word in words(prompt) if is_rare(word.text)}
    everywhere = {word.stem for word in words(prompt)}.union(*stems)
    found = {name for name in everywhere & _THINGS if OPPOSITES.get(name, frozenset()) & everywhere}
    found |= {stem for claim in stems for stem in claim[:2] if stem in asked}
    for text in (prompt, *claims):
        found |= {word.stem for word in words(text) if _NAME.fullmatch(text[word.start : word.end])}
    return frozenset(name for name in found if any(name not in claim for claim in stems))


def contraries(text: str, named: frozenset[str]) -> tuple[str, ...]:
    """The claim with names exchanged, and with single words turned to their opposites; at most four."""
    found = words(text)
    mine = tuple(word for word in found if word.stem in named)
    turned = [*_swapped(text, mine), *_opposed(text, found), *_renamed(text, mine, named)]
    return tuple(dict.fromkeys(other for other in turned if other != text))[:MOST]


def _swapped(text: str, mine: tuple[Word, ...]) -> list[str]:
    """Two names of the claim, each in the place of the other."""
    pairs = [(a, b) for i, a in enumerate(mine) for b in mine[i + 1 :] if a.stem != b.stem]
    return [_replace(text, {a.stem: text[b.start : b.end], b.stem: text[a.start : a.end]}) for a, b in pairs]


def _opposed(text: str, found: tuple[Word, ...]) -> list[str]:
    """Opposites that are both in the claim exchanged; each other word turned to its opposite."""
    out = []
    stems = {word.stem for word in found}
    for word in found:
        contrary = CONTRARY.get(word.text) or CONTRARY.get(word.stem)
        if contrary is None:
            continue
        present = [
            other
            for other in found
            if other.stem in OPPOSITES.get(word.stem, ()) and other.start > word.start
        ]
        if present:
            other = present[0]
            out.append(_replace(text, {word.stem: other.text, other.stem: word.text}))
        elif not stems & OPPOSITES.get(word.stem, frozenset()):
            out.append(_replace(text, {word.stem: contrary}))
    return out


def _renamed(text: str, mine: tuple[Word, ...], named: frozenset[str]) -> list[str]:
    """Each name of the claim replaced by one that the claim is not about."""
    own = {word.stem for word in mine}
    return [_replace(text, {word.stem: other}) for word in mine for other in sorted(named - own)[:2]]


def _replace(text: str, by_stem: dict[str, str]) -> str:
    out, end = [], 0
    for word in words(text):
        if word.stem in by_stem:
            out += [text[end : word.start], by_stem[word.stem]]
            end = word.end
    return "".join([*out, text[end:]])


_WORD = r"\S{1,40}"
"""Longer runs without a space are no words, and would be searched from each of their places."""
_SIDE = rf"((?:{_WORD}\s+){{0,4}}?{_WORD}?)"
_CHANGES = (
    re.compile(rf"\bfrom\s+{_SIDE}\s+to\s+((?:{_WORD}\s*){{1,4}})", re.I),
    re.compile(
        rf"\b(?:replac|swap|substitut|chang|switch|turn|convert|mov)\w*\s+{_SIDE}"
        rf"\s+(?:with|by|to|for|into)\s+((?:{_WORD}\s*){{1,4}})",
        re.I,
    ),
    re.compile(rf"((?:{_WORD}\s+){{0,2}}{_WORD})\s*(?:→|->|=>)\s*((?:{_WORD}\s*){{1,3}})"),
)
_PREFERRED = re.compile(
    rf"((?:{_WORD}\s+){{0,3}}{_WORD})\s+(?:instead\s+of|rather\s+than|in\s+place\s+of)\s+{_SIDE}(?=[,.;]|\s|$)",
    re.I,
)


@lru_cache(maxsize=4096)
def changes(text: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """What the text says is replaced, and by what: "from A to B", "replace A by B", "B instead of A"."""
    found = [match.group(1, 2) for pattern in _CHANGES for match in pattern.finditer(text)]
    found += [match.group(2, 1) for match in _PREFERRED.finditer(text)]
    sides = [(frozenset(content_stems(old)), frozenset(content_stems(new))) for old, new in found]
    return tuple((old - new, new - old) for old, new in sides)


def reversed_change(claim: str, answer: str) -> bool:
    """Whether the answer replaces the right thing by the wrong one."""
    for old, new in changes(claim):
        said = changes(answer)
        if any(theirs[0] & old and theirs[1] & new for theirs in said):
            return False
        if any(theirs[0] & new and theirs[1] & old for theirs in said):
            return True
    return False
