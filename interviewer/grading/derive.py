"""Criteria for a question that has none: its reference, taken apart.

Sentences and list items of the reference become criteria; a verdict, a number, a shape or a set of named
items becomes a check.
"""

from __future__ import annotations

import math
import re

from interviewer.grading.checks import run_check
from interviewer.grading.lists import count_asked, listed
from interviewer.grading.results import asked_result
from interviewer.language.polarity import verdict
from interviewer.language.sentences import sentences, unwrapped
from interviewer.language.words import content_stems, words
from interviewer.models import Criterion, Group, Question, VerdictCheck

LONGEST_STATEMENT = 14
"""Words; a longer sentence is cut at "and" too."""
MANY = 3
"""Statements from which not all are asked for: nobody repeats every sentence of a model answer."""
ENOUGH = 0.6
"""Share of them that earns full marks."""
MOST = 100
"""Statements that are asked for at most."""
SHORTEST_STATEMENT = 4
"""Words; nothing shorter is cut off."""
_CONTRAST = re.compile(r";\s+|,?\s+(?:while|whereas|but|leading\s+to|resulting\s+in|so\s+that)\s+", re.I)
_ANY_JOINT = re.compile(
    _CONTRAST.pattern + r"|,?\s+and\s+(?=(?:it|they|we|you|he|she|this|that|these|those|there|then)\b)", re.I
)
"""What follows an "and" is a statement of its own only if it begins like one."""
_SUCH = r"(?:e\.?g\b\.?|for\s+(?:example|instance)\b)"
_EXAMPLE = re.compile(rf"\s*[(\[]\s*{_SUCH}[^()\[\]]*[)\]]|\s*[,;–—-]?\s*\b{_SUCH}[^,;]*?(?=\.?$)", re.I)
"""In brackets, or at the end of a sentence."""
_TRUE_OR_FALSE = re.compile(r"\btrue\s+or\s+false\b", re.I)
_CLOSED = re.compile(r"^\W*(?:is|are|does|do|will|would|can|should|has|have)\b", re.I)
_OPEN = re.compile(r"^\W*\w+\s+you\b|\bor\b", re.I)
"""What only looks like a question for yes or no: "Can you explain …", "Is it A or B?"."""
_TAKES_SIDE = re.compile(r"\W*(?:true|false|yes|no)(?:\s*[.,:;!–—]|\s+-|\s*$)", re.I)
_ASKS_REASONS = re.compile(r"\b(?:why|explain|justif\w+|reasons?|name|list)\b", re.I)


def with_criteria(question: Question) -> Question:
    """The question, with criteria from its reference where it has none."""
    if question.criteria:
        return question
    derived: list[Criterion] = []
    groups: list[Group] = []
    rest = unwrapped(question.reference)
    side = _side(question.prompt, rest)
    if side is not None:
        derived.append(_verdict_criterion(side, sentences(rest)[0].text))
        opening = _TAKES_SIDE.match(rest)
        rest = rest[opening.end() :].lstrip() if opening else rest
    names = listed(question.prompt, rest)
    if names is not None:
        group, items, rest = names
        groups.append(group)
        derived += items
    result = asked_result(question.prompt, _without_code(rest))
    if result is not None:
        derived.append(result)
        if not _ASKS_REASONS.search(question.prompt):
            rest = " ".join(part.text for part in sentences(rest) if not _states(result, part.text))
    said = _statements(rest, question.prompt)
    enough = len(said)
    if len(said) >= MANY:
        count = 0 if names else count_asked(question.prompt)
        enough = min(len(said), count or math.ceil(ENOUGH * len(said)), MOST)
        groups.append(Group(id="points", choose=enough))
    total = _weight_of_prose(question, side, result)
    derived += [
        Criterion(
            id=f"point-{number}",
            text=text,
            points=1 if total is None else round(total / enough, 3),
            group="points" if len(said) >= MANY else None,
        )
        for number, text in enumerate(said, 1)
    ]
    if not derived:
        derived = [Criterion(id="reference", text=question.reference, points=1)]
    return question.model_copy(update={"criteria": tuple(derived), "groups": tuple(groups)})


def _side(prompt: str, reference: str) -> bool | None:
    """The side that the reference begins with, or takes at once where the question asks for one."""
    is_closed = _CLOSED.search(prompt) and not _OPEN.search(prompt)
    if not (is_closed or _TRUE_OR_FALSE.search(prompt) or _TAKES_SIDE.match(reference)):
        return None
    said = sentences(reference)
    return verdict(said[0].text) if said else None


def _verdict_criterion(side: bool, sentence: str) -> Criterion:
    said = "" if _TAKES_SIDE.fullmatch(sentence) else f": {sentence}"
    return Criterion(
        id="verdict",
        text=f"Says that it is {'true' if side else 'false'}{said}",
        points=1,
        required=True,
        check=VerdictCheck(kind="verdict", value=side),
    )


def _states(result: Criterion, sentence: str) -> bool:
    """Whether the sentence is the one that gives the result: its own criterion asks for that."""
    found = run_check(result.id, result.check, sentence) if result.check else None
    return found is not None and found.level == "met"


def _weight_of_prose(question: Question, side: bool | None, result: Criterion | None) -> float | None:
    """Points for all statements that are asked for together; None is one each.

    Beside a result they are only its working. Beside a verdict they are the reason: two thirds where the
    question asks why, else a third.
    """
    if result is not None:
        return 1.0
    if side is not None:
        return 2.0 if re.search(r"\bwhy\b|\bexplain|\bjustif|\breason", question.prompt, re.I) else 1.0
    return None


def _statements(reference: str, prompt: str) -> list[str]:
    """The statements of each sentence or list item; those that only repeat the question are left out."""
    asked = content_stems(prompt)
    found: list[str] = []
    for span in sentences(_without_code(reference)):
        for text in _cut(" ".join(span.text.split())):
            fresh = {stem for stem in content_stems(text) - asked if stem.isalpha() and len(stem) > 1}
            is_answer = not found and len(words(text)) <= SHORTEST_STATEMENT
            if ((len(words(text)) >= 2 and fresh) or is_answer) and not text.endswith(":"):
                found.append(text)
    return found


def _cut(sentence: str) -> list[str]:
    """The statements of a sentence without its examples: cut at contrasts, a long one at "and" too."""
    general = _EXAMPLE.sub("", sentence)
    sentence = general if len(words(general)) >= SHORTEST_STATEMENT else sentence
    joints = _CONTRAST if len(words(sentence)) <= LONGEST_STATEMENT else _ANY_JOINT
    parts = [sentence]
    for match in reversed(list(joints.finditer(sentence))):
        head, tail = sentence[: match.start()], parts[0][match.end() :]
        if len(words(head)) >= SHORTEST_STATEMENT and len(words(tail)) >= SHORTEST_STATEMENT:
            parts[:1] = [head, tail]
    return [part.strip(" ,;") for part in parts]


def _without_code(text: str) -> str:
    prose = re.sub(r"```.*?```", "\n", text, flags=re.S)
    return prose if prose.strip() else text
