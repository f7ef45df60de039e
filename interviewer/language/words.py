"""Words of a text: where they stand, their stems, and which of them carry content."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import snowballstemmer

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below between both but
    by can could did do does doing done down during each either else etc even every few for from further gets get
    had has have having he her here hers him his how i if in instead into is it its itself just like made make makes
    may me might more most much must my no nor not of off on once one only onto or other our out over own per
    put quite rather really s same she should since so some such t than that the their theirs them then there
    therefore these they thing things this those though through thus to too under until up upon us use used uses
    using very via was way we well were what when where whereas whether which while who whom why will with within
    without would yes yet you your
    """.split()
)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:\.\d+)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_STEMMER = snowballstemmer.stemmer("english")
_LOCK = Lock()


class Word(NamedTuple):
    """One word or number of a text."""

    text: str
    """Lower case."""
    stem: str
    start: int
    """Offset of its first character."""
    end: int
    """Offset after its last character."""

    @property
    def is_content(self) -> bool:
        """Whether it says something by itself."""
        return self.text not in STOP_WORDS


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The word without its ending (Porter2, as in Snowball), in lower case."""
    lower = word.lower().replace("’", "'").removesuffix("'s")
    if lower[:1].isdigit():
        return lower
    # The stemmer keeps the word in itself while it works: two threads would get each other's.
    with _LOCK:
        stemmed: str = _STEMMER.stemWord(lower)
    return stemmed


@lru_cache(maxsize=512)
def words(text: str) -> tuple[Word, ...]:
    """Every word and number; identifiers fall into their parts (`nn.CrossEntropyLoss`, `top_p`)."""
    found = []
    for match in _WORD.finditer(text):
        start = match.start()
        whole = match.group()
        for part in (whole,) if whole.islower() else _CAMEL.split(whole):
            found.append(Word(part.lower(), stem(part), start, start + len(part)))
            start += len(part)
    return tuple(found)


def content_stems(text: str) -> set[str]:
    """The stems of the words that carry content."""
    return {word.stem for word in words(text) if word.is_content}


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """The text in one canonical form: NFKC, straight quotes and dashes, single spaces, lower case."""
    text = unicodedata.normalize("NFKC", text)
    text = text.translate(_CANONICAL)
    return re.sub(r"\s+", " ", text).strip().lower()


_CANONICAL = {
    ord("’"): "'",
    ord("‘"): "'",
    ord("“"): '"',
    ord("”"): '"',
    ord("–"): "-",
    ord("—"): "-",
    ord("−"): "-",
    ord("×"): "x",
    ord("\u200b"): None,
    ord("\ufeff"): None,
    ord("\u00ad"): None,
}
