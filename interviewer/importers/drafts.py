"""What every importer shares: drafts from a source made into questions with ids, kinds and rubrics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from interviewer.errors import DataError
from interviewer.importers.classify import RUBRICS, classify
from interviewer.importers.cues import TRUE_OR_FALSE, prose
from interviewer.models import Question
from interviewer.reading import validate

NO_ANSWER = "(no answer in the source)"
"""The reference of a question whose source has none."""
NEEDS_REFERENCE = "needs-reference"
"""The tag of a question whose reference somebody has to write: there was none, or only a link."""

_LONGEST_ID = 60
_LINK = re.compile(r"\[[^\]\[]*\]\([^()\s]*\)|<?\b(?:https?://|www\.)[^\s>]+>?")
_POINTER = re.compile(
    r"a|also|an|and|answers?|article|at|based|blog|by|check|code|details|docs|documentation|explanation|for|from"
    r"|full|good|here|in|inspired|is|it|links?|more|of|on|or|original|out|page|paper|post|read|refer|references?"
    r"|see|solution|sources?|taken|the|this|to|tutorial|video"
)


@dataclass(frozen=True)
class Draft:
    """A question as its source gives it, under the keys of the bank files."""

    where: str
    """File and place, as the beginning of an error message."""
    record: Mapping[str, object]


def finish(drafts: Sequence[Draft], path: Path) -> tuple[Question, ...]:
    """The drafts as questions; what the source leaves open is filled in: topic, id, kind, rubric, reference.

    Raises:
        DataError: there is no draft, two have the same id, or one breaks a rule.
    """
    if not drafts:
        raise DataError(f"{path}: no question found")
    taken = _given_ids(drafts)
    topic = slug(path.stem) or "imported"
    questions: list[Question] = []
    for draft in drafts:
        record = _complete(draft.record, topic)
        if "id" not in record:
            record["id"] = _free_id(str(record.get("prompt", "")), taken)
        questions.append(validate(Question, record, where=draft.where))
    return tuple(questions)


def slug(text: str, longest: int = _LONGEST_ID) -> str:
    """The first words of a text as an id: `how-do-cnns-work`; empty where it has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    kept = ""
    for word in re.findall(r"[a-z0-9]+", plain.replace("'", "")):
        longer = f"{kept}-{word}" if kept else word[:longest]
        if len(longer) > longest:
            break
        kept = longer
    return kept


def points_elsewhere(reference: str) -> bool:
    """Whether a reference is only a link, with at most "see", "inspired by" and the like around it."""
    words, links = _LINK.subn(" ", reference)
    return links > 0 and all(_POINTER.fullmatch(word) for word in re.findall(r"\w+", words.lower()))


def _complete(given: Mapping[str, object], topic: str) -> dict[str, object]:
    record = {key: value for key, value in given.items() if value is not None}
    record.setdefault("topic", topic)
    reference, prompt = record.get("reference", ""), record.get("prompt")
    if isinstance(reference, str) and (not reference.strip() or points_elsewhere(reference)):
        record["reference"] = reference.strip() or NO_ANSWER
        record["tags"] = _with_tag(record.get("tags", ()))
    elif isinstance(reference, str) and isinstance(prompt, str):
        record.setdefault("kind", classify(prompt, reference))
    if "kind" not in record and isinstance(prompt, str):
        record["kind"] = classify(prompt, "")
    kinds = [rubric for kind, rubric in RUBRICS.items() if kind == record.get("kind")]
    if kinds:
        record.setdefault("rubric", kinds[0])
    return record


def _with_tag(tags: object) -> object:
    if not isinstance(tags, list | tuple):
        return tags
    return tags if NEEDS_REFERENCE in tags else [*tags, NEEDS_REFERENCE]


def _given_ids(drafts: Sequence[Draft]) -> dict[str, int]:
    places: dict[str, str] = {}
    for draft in drafts:
        identifier = draft.record.get("id")
        if not isinstance(identifier, str):
            continue
        if identifier in places:
            raise DataError(f"{draft.where}: id {identifier!r} is already taken by {places[identifier]}")
        places[identifier] = draft.where
    return dict.fromkeys(places, 1)


def _free_id(prompt: str, taken: dict[str, int]) -> str:
    """An id that is not taken, and is from now on; `taken` knows the last number given to each."""
    base = slug(TRUE_OR_FALSE.sub("", prose(prompt))) or slug(prompt) or "question"
    identifier, number = base, taken.get(base, 1)
    while identifier in taken:
        number += 1
        identifier = f"{base}-{number}"
    taken[base] = number
    taken.setdefault(identifier, 1)
    return identifier
