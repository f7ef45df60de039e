"""Sentences taken apart at their verb and put together otherwise, for `make_twins`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.twin_rules import VERBS

_BASES = frozenset(VERBS.split())
_AUXILIARIES = ("is", "are", "can", "should", "must", "will", "may")
_CLAUSE = frozenset({"that", "which", "who", "whose", "how", "when", "if", "whether", "what", "to", "where"})
_LEADS_IN = re.compile(r"(With|In|On|At|Without|First|During|For|To|If|Starting|After)\b|.*\balso\b")
_NAME = re.compile(
    r"\w*[A-Z0-9(]\w*[A-Z]|[A-Z]\b(?! )|[A-Z][×_]|(?:Adam|Langevin|Chinchilla|Gaussian|Laplacian|Momentum)\b"
)
DENIES = re.compile(r"\b(not|cannot|no|neither|nor|never|nothing|nobody|none|only|without)\b|n't\b", re.I)
"""A sentence that denies something already: it isn't negated once more."""


class Parts(NamedTuple):
    """A sentence around its verb."""

    subject: str
    verb: str
    rest: str

    @property
    def is_auxiliary(self) -> bool:
        """Whether "not" stands behind the verb without a "do"."""
        return self.verb in _AUXILIARIES

    @property
    def base(self) -> str:
        """The verb as it follows "do"."""
        return _base(self.verb) or self.verb

    @property
    def do(self) -> str:
        """The "do" of the subject."""
        return "do" if self.verb == self.base else "does"


def parted(text: str) -> Parts | None:
    """Subject, verb and rest of a sentence that is simple enough."""
    tokens = text.split(" ")
    for place, token in enumerate(tokens[:12]):
        if place and (token in _AUXILIARIES or _base(token) or _is_plural_verb(token, tokens[place - 1])):
            return Parts(" ".join(tokens[:place]), token, " ".join(tokens[place + 1 :]))
        if token[-1:] in ",:;=" or token.lower() in _CLAUSE:
            return None
    return None


def negated(text: str) -> str | None:
    """The sentence with "not" at its verb, where that denies all of it."""
    parts = None if DENIES.search(text) else parted(text)
    if parts is None:
        return None
    subject, verb, rest = parts
    if parts.is_auxiliary:
        return f"{subject} {'cannot' if verb == 'can' else verb + ' not'} {rest}"
    return None if _has_second_verb(rest) else f"{subject} {parts.do} not {parts.base} {rest}"


def turned_sentences(text: str) -> Iterator[tuple[str, str]]:
    """The sentence in other constructions, and each of these denied."""
    parts = parted(text)
    if parts is None or DENIES.search(text) or _LEADS_IN.match(text):
        return
    subject, verb, rest = small(parts.subject), parts.verb, parts.rest
    is_plain = len(rest.split()) <= 14 and not re.search(r"[:,]|\bnon-", rest)
    if not parts.is_auxiliary and not _has_second_verb(rest):
        what = f"what {subject} {parts.do}"
        yield f"{what} is {parts.base} {rest}", f"{what} not do is {parts.base} {rest}"
        if is_plain:
            said = f"true that {subject} {parts.do} not {parts.base} {rest}"
            yield f"it is not {said}", f"it is {said}"
    if verb in ("is", "are") and is_plain:
        said = f"to say that {subject} {verb} not {rest}"
        yield f"it would be wrong {said}", f"it would be right {said}"
    elif parts.is_auxiliary:
        said = f"should doubt that {subject} {verb} {rest}"
        yield f"nobody {said}", f"everybody {said}"
    if len(subject.split()) <= 4 and ":" not in rest:
        yield f"it is {subject} that {verb} {rest}", f"it is not {subject} that {verb} {rest}"


def denies_twice(body: str) -> bool:
    """Whether the sentence is one of those that deny a denial."""
    return body.startswith(("it is not true", "it would be wrong", "nobody should"))


def small(text: str) -> str:
    """The text as it stands inside a sentence."""
    return text if _NAME.match(text) or not text[:1].isupper() else text[0].lower() + text[1:]


def capital(text: str) -> str:
    """The text as it begins a sentence; a symbol stays small."""
    return text if re.match(r"[b-z][ _(]", text) else text[:1].upper() + text[1:]


def _base(verb: str) -> str | None:
    """The verb of a third person."""
    if verb == "has":
        return "have"
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if verb.endswith(ending) and verb.removesuffix(ending) + instead in _BASES:
            return verb.removesuffix(ending) + instead
    return None


def _is_plural_verb(token: str, before: str) -> bool:
    return token in _BASES and (
        re.search(r"[^s]s$", before) is not None or before in ("They", "it", "You", "people")
    )


def _has_second_verb(rest: str) -> bool:
    """Whether more is said of the subject, which a "not" would leave standing."""
    return re.search(r"(?:,|\band) \w+", rest) is not None and any(map(_base, re.findall(r"\w+", rest)))
