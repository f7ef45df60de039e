"""Criteria for a question that has none: its reference, taken apart.

Sentences and list items of the reference become criteria; a verdict, a number, a shape or a set of named
items becomes a check.
"""

from __future__ import annotations

import math
import re

from interviewer.grading.checks import run_check
from interviewer.language.numbers import numbers
from interviewer.language.polarity import verdict
from interviewer.language.sentences import sentences
from interviewer.language.words import content_stems, words
from interviewer.models import Criterion, Group, NumberCheck, PatternCheck, Question, SetCheck, VerdictCheck

LONGEST_STATEMENT = 14
"""Words; a longer sentence is cut at "and" and at relative clauses too."""
MANY = 3
"""Statements from which not all are asked for: nobody repeats every sentence of a model answer."""
ENOUGH = 0.6
"""Share of them that earns full marks."""
SHORTEST_STATEMENT = 4
"""Words; nothing shorter is cut off."""
_CONTRAST = re.compile(r";\s+|,?\s+(?:while|whereas|but|leading\s+to|resulting\s+in|so\s+that)\s+", re.I)
_ANY_JOINT = re.compile(
    _CONTRAST.pattern + r"|,?\s+and\s+(?:the\s+)?|,\s+(?:which|thereby|prior\s+to|acting\s+as)\s+", re.I
)
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ASKS_FOR = re.compile(
    r"\b(?:name|list|give|state|mention|provide|what\s+are|which)\b[^.?]*?\b(one|two|three|four|five|six|\d)\b",
    re.I,
)
_TRUE_FALSE = re.compile(
    r"\btrue\s+or\s+false\b|^\W*(?:is|are|does|do|will|would|can|should|has|have)\b|\b(?:will|would|do|does|is|are|can)\s+(?:they|it|this|we|he|she|there)\b[^.?]*\?",
    re.I,
)
_SIZE = r"\w+(?:\s*[-+*/]\s*\w+)*"
_SHAPE = re.compile(rf"[(\[]\s*{_SIZE}(?:\s*[,x×]\s*{_SIZE})+\s*[)\]]|\b\w\s*[x×]\s*\w(?:\s*[x×]\s*\w)*\b")


def with_criteria(question: Question) -> Question:
    """The question, with criteria from its reference where it has none."""
    if question.criteria:
        return question
    derived: list[Criterion] = []
    groups: list[Group] = []
    rest = question.reference
    side = verdict(rest) if _TRUE_FALSE.search(question.prompt) else None
    if side is not None:
        first = sentences(rest)[0]
        derived.append(_verdict_criterion(side, first.text))
        opening = re.match(r"\W*(?:true|false|yes|no)\b[\s.,:;–—-]*", rest, re.I)
        rest = rest[opening.end() :] if opening else rest
    listed = _listed(question.prompt, rest)
    if listed is not None:
        group, items = listed
        groups.append(group)
        derived += items
        rest = "" if len(sentences(rest)) == 1 else sentences(rest)[0].text if _defines(question) else ""
    result = _result(question.prompt, rest)
    if result is not None:
        derived.append(result)
        rest = " ".join(part.text for part in sentences(rest) if not _states(result, part.text))
    said = _statements(rest, question, total=_weight_of_prose(question, side, result))
    if len(said) >= MANY:
        groups.append(Group(id="points", choose=math.ceil(ENOUGH * len(said))))
        said = [criterion.model_copy(update={"group": "points"}) for criterion in said]
    derived += said
    if not derived:
        derived = [Criterion(id="reference", text=question.reference, points=1)]
    return question.model_copy(update={"criteria": tuple(derived), "groups": tuple(groups)})


def _verdict_criterion(side: bool, sentence: str) -> Criterion:
    return Criterion(
        id="verdict",
        text=f"Says that it is {'true' if side else 'false'}: {sentence}",
        points=1,
        required=True,
        check=VerdictCheck(kind="verdict", value=side),
    )


def _result(prompt: str, reference: str) -> Criterion | None:
    """The number or shape that the question asks for."""
    shape = _SHAPE.search(reference)
    if re.search(r"\b(?:dimension|shape|size)s?\b", prompt, re.I) and shape:
        inner = re.findall(r"\w+", shape.group())
        symbols = [part for part in inner if part.lower() != "x"]
        pattern = (
            r"(?<![\w×])\(?\[?\s*"
            + r"\s*(?:,|x|×|\*|by|\s)\s*".join(map(re.escape, symbols))
            + r"(?!\s*[x×*]|\w)"
        )
        return Criterion(
            id="result",
            text=f"Gives {shape.group()}",
            points=3,
            required=True,
            check=PatternCheck(kind="pattern", pattern=pattern, wrong=_SHAPE.pattern),
        )
    if not re.search(
        r"\bhow\s+(?:many|much)\b|\bnumber\s+of\b|\bwhat\s+is\s+the\s+(?:value|result|total)\b|\bcalculate|\bcompute",
        prompt,
        re.I,
    ):
        return None
    found = [number for number in numbers(reference) if number.text.lower() != "one"]
    if not found:
        return None
    after = [n for n in found if re.search(r"=\s*$", reference[: n.start])]
    value = (after or found)[-1].value
    return Criterion(
        id="result",
        text=f"Gives {value:g}",
        points=3,
        required=True,
        check=NumberCheck(kind="number", value=value),
    )


def _states(result: Criterion, sentence: str) -> bool:
    """Whether the sentence is the one that gives the result: its own criterion asks for that."""
    return result.check is not None and run_check(result.id, result.check, sentence) is not None


def _listed(prompt: str, reference: str) -> tuple[Group, list[Criterion]] | None:
    """The items of "name three …", as a group with a set check each."""
    asked = _ASKS_FOR.search(prompt)
    if asked is None:
        return None
    count = _COUNTS.get(asked.group(1).lower()) or int(asked.group(1))
    items = _items(reference, count)
    if count < 2 or len(items) < count:
        return None
    criteria = [
        Criterion(
            id=f"item-{number}",
            text=f"Names {item}",
            points=1,
            group="items",
            check=SetCheck(kind="set", items=(aliases(item),)),
        )
        for number, item in enumerate(items, 1)
    ]
    text = f"a valid answer to: {prompt.strip()}"
    return Group(id="items", choose=count, open=True, text=text), criteria


def _items(reference: str, count: int) -> list[str]:
    """Short items between commas in the sentence that lists the most of them."""
    best: list[str] = []
    for sentence in sentences(reference):
        text = re.sub(r"^.*?\b(?:are|include|includes|namely|such as|e\.g\.)\b:?", "", sentence.text)
        text = text if len(text) > 3 else sentence.text
        text = re.sub(r"\s+are\s+(?:all\s+)?\w+(?:\s+\w+){0,3}\.?$", "", text)
        parts = re.split(r",\s*(?:and|or)\s+|,\s*|;\s*|\s+and\s+|\s+or\s+", text.strip(" .:"))
        parts = [part.strip(" .") for part in parts if part.strip(" .")]
        if (
            parts
            and ":" not in sentence.text
            and all(len(words(part)) <= 6 for part in parts)
            and len(parts) > len(best)
        ):
            best = parts
    return best if len(best) >= count else []


def aliases(item: str) -> tuple[str, ...]:
    """The names in one list item: "Masked Autoencoders (MAE)" and "L2/L1" have two each."""
    names = [re.sub(r"\s*\(.*?\)", "", item), *re.findall(r"\(([^)]+)\)", item)]
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


def _defines(question: Question) -> bool:
    return re.search(r"\bwhat\s+(?:is|are)\b.*\bname\b", question.prompt, re.I | re.S) is not None


def _weight_of_prose(question: Question, side: bool | None, result: Criterion | None) -> float | None:
    """Points for all statements that are asked for together; None is one each.

    Beside a result they are only its working. Beside a verdict they are the reason: two thirds where the
    question
    asks why, else a third.
    """
    if result is not None:
        return 1.0
    if side is not None:
        return 2.0 if re.search(r"\bwhy\b|\bexplain|\bjustif|\breason", question.prompt, re.I) else 1.0
    return None


def _statements(reference: str, question: Question, *, total: float | None) -> list[Criterion]:
    """One criterion a sentence or list item; sentences that only repeat the question are left out."""
    asked = content_stems(question.prompt)
    found = []
    for span in sentences(_without_code(reference)):
        for text in _cut(span.text):
            fresh = {stem for stem in content_stems(text) - asked if stem.isalpha() and len(stem) > 1}
            if len(words(text)) >= 2 and fresh:
                found.append(text)
    asked_for = math.ceil(ENOUGH * len(found)) if len(found) >= MANY else max(1, len(found))
    each = 1.0 if total is None else round(total / asked_for, 3)
    return [Criterion(id=f"point-{number}", text=text, points=each) for number, text in enumerate(found, 1)]


def _cut(sentence: str) -> list[str]:
    """The statements of a sentence: cut at contrasts and consequences, a long one at "and" too."""
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
