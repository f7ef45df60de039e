"""Questions as records of keys and values, as CSV and JSONL have them: the bank's keys and two aliases."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from interviewer.errors import DataError
from interviewer.importers.drafts import Draft
from interviewer.models import Question
from interviewer.reading import known_keys, require_whole_characters

ALIASES = {"question": "prompt", "answer": "reference"}
KEYS = frozenset({*known_keys(Question), *ALIASES})
"""Every key a record may have."""


def draft(record: Mapping[str, object], where: str) -> Draft:
    """A record as a draft, its aliases replaced by the bank's keys.

    Raises:
        DataError: an unknown key, a key beside its own alias, or half of a character.
    """
    for key in record:
        require_known(key, where)
    require_whole_characters(record, where)
    renamed: dict[str, object] = {}
    for key, value in record.items():
        name = ALIASES.get(key, key)
        if name in renamed:
            other = next(given for given in record if ALIASES.get(given, given) == name)
            raise DataError(f"{where}: {other!r} and {key!r} are the same key", hint=f"keep {name!r}")
        renamed[name] = value
    return Draft(where, renamed)


def require_known(key: str, where: str, what: str = "key") -> None:
    """Refuse a key that no question has.

    Raises:
        DataError: naming the nearest known key, or all of them.
    """
    if key in KEYS:
        return
    near = get_close_matches(key.lower(), KEYS, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known {what}s: {', '.join(sorted(KEYS))}"
    raise DataError(f"{where}: unknown {what} {key!r}", hint=hint)
