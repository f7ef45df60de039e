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
LONGEST_NAME = 4
"""Words of content in an item of a list of names."""
ROUNDING = 0.005
"""By how much of itself a result with decimals may be off: people round."""
_CONTRAST = re.compile(r";\s+|,?\s+(?:while|whereas|but|leading\s+to|resulting\s+in|so\s+that)\s+", re.I)
_ANY_JOINT = re.compile(
    _CONTRAST.pattern + r"|,?\s+and\s+(?:the\s+)?|,\s+(?:which|thereby|prior\s+to|acting\s+as)\s+", re.I
)
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ASKS_FOR = re.compile(
    r"\b(?:name|list|give|state|mention|provide|what\s+are|which)\b[^.?]*?\b(one|two|three|four|five|six|\d)\b",
    re.I,
)
_ASKS_MORE = re.compile(r"\b(?:what|how|why|explain|describe|define)\b", re.I)
_EXPLANATION = re.compile(r":\s|,?\s+(?:(?:in|by|of|for|with)\s+)?(?:which|who|where)\s|\s+[-–—]+\s")
_LEAD = re.compile(r"^(?:(?:and|or|also)\s+)?(?:(?:the|an?)\s+)?", re.I)
_BETWEEN_NAMES = re.compile(r",\s*(?:and|or)\s+|,\s*|;\s*|\s+and\s+|\s+or\s+")
_FURTHER = re.compile(r"(?:others?|also|further|more|examples?)\b", re.I)
_CLAUSE = re.compile(
    r"^(?:to|by|for|in|at|with|from)\s|\b(?:it|they|we|you|this|these|which|that|who|when|where|while|as|so|because|than|if|is|are|was|were|be|has"
    r"|have|can|may|must|do|does|each|every|not|no|first|second|third)\b",
    re.I,
)
"""Words that no name in a list has."""
_TRUE_FALSE = re.compile(
    r"\btrue\s+or\s+false\b|^\W*(?:is|are|does|do|will|would|can|should|has|have)\b", re.I
)
_TAKES_SIDE = re.compile(r"\W*(?:true|false|yes|no)\s*(?:[.,:;!–—-]|$)", re.I)
_ASKS_SHAPE = re.compile(r"\b(?:dimension|shape|size)s?\b", re.I)
_ASKS_NUMBER = re.compile(
    r"\bhow\s+(?:many|much)\b|\bnumber\s+of\b|\bwhat\s+is\s+the\s+(?:value|result|total)\b|\bcalculate|\bcompute",
    re.I,
)
_OR_ANOTHER = re.compile(r"\s*(?:\(?or\b|to\b|[-–—]\s*\d)")
_SIZE = r"\w+(?:\s*[-+*/]\s*\w+)*"
_SHAPE = re.compile(rf"[(\[]\s*{_SIZE}(?:\s*[,x×]\s*{_SIZE})+\s*[)\]]|\b\w\s*[x×]\s*\w(?:\s*[x×]\s*\w)*\b")


def with_criteria(question: Question) -> Question:
    """The question, with criteria from its reference where it has none."""
    if question.criteria:
        return question
    derived: list[Criterion] = []
    groups: list[Group] = []
    rest = question.reference
    side = verdict(rest) if _TAKES_SIDE.match(rest) or _TRUE_FALSE.search(question.prompt) else None
    if side is not None:
        first = sentences(rest)[0]
        derived.append(_verdict_criterion(side, first.text))
        opening = re.match(r"\W*(?:true|false|yes|no)\b[\s.,:;–—-]*", rest, re.I)
        rest = rest[opening.end() :] if opening else rest
    listed = _listed(question.prompt, rest)
    if listed is not None:
        group, items, rest = listed
        groups.append(group)
        derived += items
    result = _result(question.prompt, rest)
    if result is not None:
        derived.append(result)
        rest = " ".join(part.text for part in sentences(rest) if not _states(result, part.text))
    said = _statements(rest, question, total=_weight_of_prose(question, side, result))
    if len(said) >= MANY:
        count = 0 if listed else _count_asked(question.prompt)
        enough = min(count, len(said)) or math.ceil(ENOUGH * len(said))
        groups.append(Group(id="points", choose=enough))
        said = [criterion.model_copy(update={"group": "points"}) for criterion in said]
    derived += said
    if not derived:
        derived = [Criterion(id="reference", text=question.reference, points=1)]
    return question.model_copy(update={"criteria": tuple(derived), "groups": tuple(groups)})


def _verdict_criterion(side: bool, sentence: str) -> Criterion:
    said = "" if _TAKES_SIDE.fullmatch(sentence) else f": {sentence}"
    return Criterion(
        id="verdict",
        text=f"Says that it is {'true' if side else 'false'}{said}",
        points=1,
        required=True,
        check=VerdictCheck(kind="verdict", value=side),
    )


def _result(prompt: str, reference: str) -> Criterion | None:
    """The number or shape that the question asks for, where the reference leaves no doubt which one it is."""
    prose = _without_code(reference)
    if _ASKS_SHAPE.search(prompt) and (shape := _asked_shape(prompt, prose)) is not None:
        pattern = (
            r"(?<![\w×])\(?\[?\s*"
            + r"\s*(?:,|x|×|\*|by|\s)\s*".join(map(re.escape, _symbols(shape)))
            + r"(?!\s*[x×*]|\w)"
        )
        return Criterion(
            id="result",
            text=f"Gives {shape}",
            points=3,
            required=True,
            check=PatternCheck(kind="pattern", pattern=pattern, wrong=_SHAPE.pattern),
        )
    if _ASKS_NUMBER.search(prompt) and (value := _asked_number(prompt, prose)) is not None:
        rounding = 0.0 if value.is_integer() else ROUNDING * abs(value)
        return Criterion(
            id="result",
            text=f"Gives {value:g}",
            points=3,
            required=True,
            check=NumberCheck(kind="number", value=value, tolerance=rounding),
        )
    return None


def _asked_shape(prompt: str, reference: str) -> str | None:
    """The shape that the reference begins with, or the only one that the question does not name itself."""
    known = {_symbols(found.group()) for found in _SHAPE.finditer(prompt)}
    fresh = [found for found in _SHAPE.finditer(reference) if _symbols(found.group()) not in known]
    if not fresh:
        return None
    leads = fresh[0].start() == 0
    return fresh[0].group() if leads or len({_symbols(found.group()) for found in fresh}) == 1 else None


def _symbols(shape: str) -> tuple[str, ...]:
    return tuple(part for part in re.findall(r"\w+", shape) if part.lower() != "x")


def _asked_number(prompt: str, reference: str) -> float | None:
    """The number that the reference begins with or comes to, or the only one that the question has not."""
    known = {number.value for number in numbers(prompt)}
    fresh = [number for number in numbers(reference) if number.value not in known]
    if not fresh or fresh[-1].text.lower() == "one":
        return None
    comes_to = re.search(r"[=≈]\s*$", reference[: fresh[-1].start]) is not None
    if fresh[0].start == 0 and not fresh[0].is_expression and not _OR_ANOTHER.match(reference, fresh[0].end):
        return fresh[0].value
    return fresh[-1].value if comes_to or len({number.value for number in fresh}) == 1 else None


def _states(result: Criterion, sentence: str) -> bool:
    """Whether the sentence is the one that gives the result: its own criterion asks for that."""
    return result.check is not None and run_check(result.id, result.check, sentence) is not None


def _count_asked(prompt: str) -> int:
    """How many things the question asks to be named; 0 where it does not say, or asks for one."""
    asked = _ASKS_FOR.search(prompt)
    count = _COUNTS.get(asked.group(1).lower()) or int(asked.group(1)) if asked else 0
    return count if count > 1 else 0


def _listed(prompt: str, reference: str) -> tuple[Group, list[Criterion], str] | None:
    """The items of "name three …" as a group with a set check each, and what else of the reference is asked.

    Only what is plainly a list is taken for one: the first sentence, or the second of two, to which lists
    further down add ("Others are …"); or lines that each are a name or begin with one.
    """
    count = _count_asked(prompt)
    parts = [" ".join(part.text.split()) for part in sentences(reference)]
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
    asks_more = _ASKS_MORE.search(_ASKS_FOR.sub("", prompt)) is not None
    others = [
        part for part, names in zip(parts, lists, strict=True) if not names or _EXPLANATION.search(part)
    ]
    return group, criteria, " ".join(others) if asks_more else ""


def _names_in(sentence: str) -> list[str]:
    """The names in a sentence that is nothing but a list of them ("A, B and C", "Such are A and B")."""
    after = re.sub(r"^.*?(?:\b(?:are|include|includes|namely|such as|e\.g\.)\b:?|:)\s", "", sentence)
    after = _EXPLANATION.split(after)[0]
    before = re.sub(r"\s+are\s+(?:all\s+)?\w+(?:\s+\w+){0,3}\.?$", "", sentence)
    found: list[str] = []
    for text in (after, before):
        parts = _BETWEEN_NAMES.split(text.strip(" .:"))
        names = [name for part in parts if (name := part.strip(" ."))]
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
    is_whole = text.count("(") == text.count(")") and not text.endswith(":")
    return is_whole and 0 < len(content_stems(text)) <= LONGEST_NAME and not _CLAUSE.search(text)


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
            if len(words(text)) >= 2 and fresh and not text.endswith(":"):
                found.append(" ".join(text.split()))
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
