"""What all properties share: how many cases they are tried on, and texts to try."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from interviewer.errors import InterviewerError

T = TypeVar("T")
ROUNDS = int(os.environ.get("INTERVIEWER_FUZZ", "1"))
"""How often each property runs."""
_MORE = 10
"""Times as many cases in each round, where there are several."""
tried: Counter[str] = Counter()
"""Cases by property. One that tries several things in one example adds them itself."""

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def tries(number: int) -> Decorator:
    """Settings for a property: so many cases by default, and many times that where it is asked for."""
    long = ROUNDS > 1
    return settings(
        max_examples=_MORE * number if long else number,
        derandomize=not long,
        print_blob=long,
        database=None,
        suppress_health_check=list(HealthCheck),
        # What it would explain costs more than all cases together.
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )


def given_or_refused(work: Callable[[], T], *, naming: str | Path = "") -> T | None:
    """What the work gives; None where it is refused, in one line that names the file."""
    try:
        return work()
    except InterviewerError as error:
        require_line(error.message, naming)
        return None


def require_line(message: str, naming: str | Path = "") -> None:
    """It is one line that can be shown and kept, and names the file."""
    assert len(message.splitlines()) == 1
    assert str(naming) in message
    message.encode()


SIGNS = [
    "\n", "\n\n", "\r\n", "\t", " ", "    ", "\x00", "\x1b[31m", "\x7f", "\u0085", "\u00a0", "\u200b",
    "\u2028", "\u202e", "\ufeff", "e\u0301", "ﬁ", "ß", "İ", "²", "٣", "你好", "💡", "…", "’", "“", "–", "\"",
    "'", "\\", ",", ";", ":", ".", "?", "!", "(", ")", "[", "]", "{", "}", "<", ">", "*", "**", "_", "__",
    "`", "```", "~~~", "#", "=", "-->", "|",
]  # fmt: skip
"""What readers of text trip over."""
WORDS = [
    "a", "the", "It is", "800", "1,024", "5·5·4·8", "eight hundred", "-1", "1e308k", "3/4", "12 %",
    "True", "false.", "not", "no,", "Yes, because", "What is it?", "Name two.", "e.g.", "dropout",
    "weight decay", "x = f(", "https://a.b/c",
]  # fmt: skip
"""What answers and questions are made of."""


def texts(*pieces: str, longest: int = 30, own: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """Texts put together from pieces, signs, words and anything else.

    Args:
        own: more pieces.
    """
    known = st.sampled_from([*pieces, *own])
    piece = known | known | st.sampled_from(SIGNS) | st.sampled_from(WORDS) | st.text(max_size=6)
    return st.lists(piece, max_size=longest).map("".join)


@st.composite
def damaged(draw: st.DrawFn, wholes: Sequence[str], pieces: Sequence[str]) -> str:
    """One of several whole texts, with a few stretches of it replaced, doubled or left out."""
    text = draw(st.sampled_from(wholes))
    new = st.sampled_from([*pieces, *SIGNS]) | st.text(max_size=4)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 60)))
        put = draw(st.one_of(st.just(""), st.just(text[at:end] * 2), new))
        text = text[:at] + put + text[end:]
    return text


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 0, 1, 2**63])
    | st.floats()
    | st.sampled_from(["", " ", "a", "met", "number", "x" * 200, *SIGNS])
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
"""Anything that JSON can say."""


@st.composite
def misfit(draw: st.DrawFn, whole: Any, others: st.SearchStrategy[Any] = VALUES) -> Any:
    """A whole record with something else in a few of its places, a key left out, or one too many."""
    if isinstance(whole, dict) and whole and draw(st.integers(0, 3)):
        key = draw(st.sampled_from([*whole, "other"]))
        rest = {name: value for name, value in whole.items() if name != key}
        change = draw(st.integers(0, 5))
        if change == 0:
            return rest
        if change == 1:
            return draw(misfit(rest, others)) if rest else rest
        return {**whole, key: draw(misfit(whole[key], others)) if key in whole else draw(others)}
    if isinstance(whole, list) and whole and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(whole) - 1))
        return [*whole[:at], draw(misfit(whole[at], others)), *whole[at + draw(st.integers(0, 1)) :]]
    return draw(others)
