"""The names in a reference that is a list of them, for questions such as "name three …"."""

from __future__ import annotations

import re

from interviewer.language.numbers import numbers
from interviewer.language.sentences import sentences
from interviewer.language.words import content_stems, words
from interviewer.models import Criterion, Group, SetCheck

LONGEST_NAME = 4
"""Words of content in an item of a list of names."""
_ASKS_FOR = re.compile(
    r"\b(?:name|list|give|state|mention|provide|what\s+are|which)\b(?:\s+and\s+\w+)?"
    r"(?:\s+(?:me|us|the|at\s+least|any|some|main|top|other))*\s+([a-z]+|\d\d?)\b",
    re.I,
)
_ASKS_MORE = re.compile(r"\b(?:what|how|why|explain|describe|define|compare|discuss|say)\b", re.I)
_EXPLANATION = re.compile(r":\s|,?\s+(?:(?:in|by|of|for|with)\s+)?(?:which|who|where)\s|\s+[-–—]+\s")
_LEAD = re.compile(r"^(?:(?:and|or|also)\s+)?(?:(?:the|an?)\s+)?", re.I)
_FURTHER = re.compile(r"(?:others?|also|further|more|examples?)\b", re.I)
_CLAUSE = re.compile(
    r"^(?:to|by|for|in|at|with|from)\s|\b(?:it|they|we|you|this|these|which|that|who|when|where|while|as|so|because|than|if|is|are|was|were|be|has"
    r"|have|can|may|must|do|does|each|every|not|first|second|third)\b",
    re.I,
)
"""Words that no name in a list has."""


def count_asked(prompt: str) -> int:
    """How many things the question asks to be named; 0 where it does not say, or asks for one."""
    return _asked_for(prompt)[0]


def _asked_for(prompt: str) -> tuple[int, str]:
    """The same, and the question without the words that say so."""
    for asked in _ASKS_FOR.finditer(prompt):
        count = numbers(asked.group(1))
        if count and count[0].value > 1:
            return int(count[0].value), prompt[: asked.start()] + prompt[asked.end() :]
    return 0, prompt


def listed(prompt: str, reference: str) -> tuple[Group, list[Criterion], str] | None:
    """The items of "name three …" as a group with a set check each, and what else of the reference is asked.

    Only what is plainly a list is taken for one: the first sentence, or the second of two, to which lists
    further down add ("Others are …"); or lines that each are a name or begin with one.
    """
    count, rest = _asked_for(prompt)
    parts = [part.text for part in sentences(reference)]
    if not count or not parts:
        return None
    lists = [_names_in(part) for part in parts]
    first = next((k for k, names in enumerate(lists) if len(names) >= count), None)
    if first == 0 or (first == 1 and len(parts) == 2):
        lists = [
            names if k == first or _FURTHER.match(part) else []
            for k, (names, part) in enumerate(zip(lists, parts, strict=True))
        ]
    else:
        lists = [[name] for name in map(_head, parts) if name]
        if len(lists) < max(count, len(parts)):
            return None
    criteria = [
        Criterion(
            id=f"item-{number}",
            text=f"Names {name}",
            points=1,
            group="items",
            check=SetCheck(kind="set", items=(aliases(name),)),
        )
        for number, name in enumerate(dict.fromkeys(name for names in lists for name in names), 1)
    ]
    group = Group(id="items", choose=count, open=True, text=f"a valid answer to: {prompt.strip()}")
    asks_more = _ASKS_MORE.search(rest) is not None
    others = [
        part for part, names in zip(parts, lists, strict=True) if not names or _EXPLANATION.search(part)
    ]
    return group, criteria, " ".join(others) if asks_more else ""


def _names_in(sentence: str) -> list[str]:
    """The names in a sentence that is nothing but a list of them ("A, B and C", "Such are A and B")."""
    after = re.sub(
        r"^.*?(?:\b(?:are|include|includes|namely|such as|for example|e\.g\.)\b:?|:)\s", "", sentence
    )
    after = _EXPLANATION.split(after)[0]
    before = re.sub(r"\s+are\s+(?:all\s+)?\w+(?:\s+\w+){0,3}\.?$", "", sentence)
    found: list[str] = []
    for text in (after, before):
        *parts, last = re.split(r"[,;]\s*", text.strip(" .:"))
        # "Hold and wait" is one name between commas, but the last "and" stands between two.
        parts += re.split(r"\s+(?:and|or)\s+", re.sub(r"^(?:and|or)\s+", "", last))
        names = [name for part in parts if (name := part.strip(" .`*_")) not in ("", "etc")]
        if len(names) > max(1, len(found)) and all(map(_is_name, names)):
            found = names
    return found


def _head(part: str) -> str:
    """The name that a line of a list is or begins with ("Lexing: makes tokens"), or nothing."""
    name, *explained = _EXPLANATION.split(_LEAD.sub("", part), maxsplit=1)
    name = name.strip(" ;")
    is_prose = not explained and name.endswith(".") and len(words(name)) > 2
    return name.rstrip(".") if _is_name(name) and not is_prose else ""


def _is_name(text: str) -> bool:
    bare = re.sub(r"\s*\([^()]*\)", "", text)
    is_whole = not re.search(r"[()]|:$", bare)
    return (
        is_whole
        and bool(words(bare))
        and len(content_stems(bare)) <= LONGEST_NAME
        and not _CLAUSE.search(bare)
    )


def aliases(item: str) -> tuple[str, ...]:
    """The names in one list item: "Masked Autoencoders (MAE)" and "L2/L1" have two each."""
    item = item.strip(" `*_")
    names = [re.sub(r"\s*\(.*?\)", "", item)]
    # "(MAE)" and "(tanh)" are short for the name; "(stable)" is said of it.
    names += [
        short for short in re.findall(r"\(([^)]+)\)", item) if set(short.lower()) <= set(names[0].lower())
    ]
    head, slash, tail = names[0].partition("/")
    if slash:
        last = tail.split()
        names += [head.strip(), tail.strip(), last[0], f"{head.strip()} {' '.join(last[1:])}".strip()]
    if len(names[0].split()) > 1 and names[0].split()[-1].lower() in _GENERIC:
        names.append(" ".join(names[0].split()[:-1]))
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


_GENERIC = {
    "regularization",
    "regularisation",
    "normalization",
    "normalisation",
    "algorithm",
    "method",
    "loss",
}
