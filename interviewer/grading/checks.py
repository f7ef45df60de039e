"""Deterministic tests of a criterion. What is conclusive decides without a model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from interviewer.language.numbers import Number, numbers
from interviewer.language.polarity import is_negated, negated_spans, verdict
from interviewer.language.sentences import sentences
from interviewer.models import (
    Check,
    ChoiceCheck,
    Level,
    NumberCheck,
    PatternCheck,
    SetCheck,
    Verdict,
    VerdictCheck,
)
from interviewer.models.check import FLAGS

_RESULT = re.compile(r"(?:=|≈|\bis|\bare)\s*")
_EQUALS_NUMBER = re.compile(r"\s*=\s*[\d-]")
_REMOVED = re.compile(
    r"\b(?:remov(?:e|ing)|disabl(?:e|ing)|(?:switch|turn)(?:ing)?\s+off|get(?:ting)?\s+rid\s+of|do(?:ing)?\s+away\s+with)"
    r"\s+(?:the\s+|any\s+|all\s+)?$",
    re.IGNORECASE,
)
"""What stands before a thing that is taken away, and so is not named as what helps."""
_NEAR = 24
"""Characters before a name in which that is looked for."""
_UNIT = re.compile(r"\s*([a-zA-Zµ%°]+)")
_PERCENT = re.compile(r"\s*per\s?cent\b", re.IGNORECASE)
_BYTES = re.compile(r"\s*(?:[kMGT]i?B|[kmg]i?bytes)\b", re.IGNORECASE)
"""Of another size than the check's plain number, which may be bytes or not."""
_ZERO_COMMA = re.compile(r"(?<![\w.,])(0),(\d{2,})(?!\d|,\d)")
_DECIMAL_COMMA = re.compile(r"(?<![\w.,])(\d+),(?!\d{3}\b)(\d+)(?!\d|,\d)")
"""Where it can be no separator of thousands and no list."""

Finding = tuple[Level, str | None, str] | None
"""Level, quote and reason; None where the check cannot tell."""


def run_check(identifier: str, check: Check, answer: str) -> Verdict | None:
    """The verdict of a check on the criterion or mistake `identifier`, or None: leave it to the judge."""
    finding = _find(check, answer)
    if finding is None:
        return None
    level, quote, reason = finding
    return Verdict(
        id=identifier,
        level=level,
        quote=quote,
        reason=reason,
        decided_by=f"check:{check.kind}",
        confidence=1.0,
    )


def _find(check: Check, answer: str) -> Finding:
    match check:
        case NumberCheck():
            return _number(check, answer)
        case VerdictCheck():
            return _verdict(check, answer)
        case ChoiceCheck():
            return _choice(check, answer)
        case SetCheck():
            return _set(check, answer)
        case PatternCheck():
            return _pattern(check, answer)


def _number(check: NumberCheck, answer: str) -> Finding:
    """The result is the last number, or the first, or what stands after the last equals sign."""
    # "3,14" is one number where commas are decimal, and two where they are not: either reading may be right.
    plain = _ZERO_COMMA.sub(r"\1.\2", answer)
    findings = [_result(check, text, answer) for text in (plain, _DECIMAL_COMMA.sub(r"\1.\2", plain))]
    met = next((found for found in findings if found is not None and found[0] == "met"), None)
    return met or (None if None in findings else findings[0])


def _result(check: NumberCheck, answer: str, written: str) -> Finding:
    """By the answer as read; it is quoted as it is written."""
    denied = negated_spans(answer)
    found = [
        number
        for number in numbers(answer)
        if not is_negated(number.start, denied)
        and number.text.lower() not in ("one", "zero")
        # "25·4·8 = 900" claims 900: the expression is only its working.
        and not (number.is_expression and _EQUALS_NUMBER.match(answer, number.end))
    ]
    if not found:
        return None
    claims = [found[-1], found[0], *_after_equals(found, answer)[-1:]]
    right = next((number for number in claims if _is_value(number, check, answer)), None)
    if right is not None:
        return "met", written[right.start : right.end].strip(), f"gives {check.value:.12g}"
    given = found[-1]
    is_bytes = check.unit is None and _BYTES.match(answer, given.end)
    if is_bytes or any(_is_value(number, check, answer) for number in found):
        return None
    return "not_met", None, f"gives {written[given.start : given.end].strip()}, not {check.value:.12g}"


def _after_equals(found: Iterable[Number], answer: str) -> list[Number]:
    results = {match.end() for match in _RESULT.finditer(answer)}
    return [number for number in found if number.start in results]


def _is_value(number: Number, check: NumberCheck, answer: str) -> bool:
    is_share = abs(check.value) <= 1 and check.unit is None
    is_percent = number.text.endswith("%") or _PERCENT.match(answer, number.end)
    value = number.value / 100 if is_share and is_percent else number.value
    if abs(value - check.value) > check.tolerance + 1e-9 * abs(check.value):
        return False
    if check.unit is None:
        return True
    written = _UNIT.match(answer, number.end)
    return written is None or written.group(1).lower().rstrip("s") == check.unit.lower().rstrip("s")


def _verdict(check: VerdictCheck, answer: str) -> Finding:
    side = verdict(answer)
    if side is None:
        return None
    said = "true" if side else "false"
    if side == check.value:
        return "met", sentences(answer)[0].text, f"says {said}"
    return "not_met", None, f"says {said}"


def _choice(check: ChoiceCheck, answer: str) -> Finding:
    named = {option: place for option in check.options if (place := _mention(option, answer))}
    # "(c) k-means" names the option "c" too: the longest of overlapping mentions counts.
    picked = [
        option
        for option, place in named.items()
        if not any(
            other != option and others[0] <= place[0] and place[1] <= others[1]
            for other, others in named.items()
        )
    ]
    if len(picked) != 1:
        return None
    start, end = named[picked[0]]
    if picked[0] == check.answer:
        return "met", answer[start:end], f"picks {check.answer}"
    return "not_met", None, f"picks {picked[0]}, not {check.answer}"


def _set(check: SetCheck, answer: str) -> Finding:
    places = [
        place
        for aliases in check.items
        if (place := next((p for alias in aliases if (p := _mention(alias, answer))), None))
    ]
    if len(places) >= check.choose:
        start, end = places[0]
        return "met", answer[start:end], f"names {len(places)} of {len(check.items)}"
    if check.otherwise == "not_met":
        return "not_met", None, f"names {len(places)}, asked for {check.choose}"
    (aliases, *others) = check.items
    named = [place for alias in aliases for place, _ in _places(alias, answer)]
    if named and not others and all(_is_removed(place, answer) for place in named):
        return "not_met", None, "is taken away"
    return None


def _pattern(check: PatternCheck, answer: str) -> Finding:
    denied = negated_spans(answer)
    for match in re.finditer(check.pattern, answer, FLAGS):
        if not is_negated(match.start(), denied):
            quote = match.group().strip() or None
            return "met", quote, "matches the expected form"
    if check.wrong is not None and re.search(check.wrong, answer, FLAGS):
        return "not_met", None, "has another form than expected"
    if check.otherwise == "not_met":
        return "not_met", None, "does not match the expected form"
    return None


def _mention(phrase: str, answer: str) -> tuple[int, int] | None:
    """Where the answer affirms the phrase: any case, hyphens and spaces alike, singular or plural."""
    denied = negated_spans(answer)
    for start, end in _places(phrase, answer):
        if not is_negated(start, denied) and not _is_removed(start, answer):
            return start, end
    return None


def _places(phrase: str, answer: str) -> Iterator[tuple[int, int]]:
    parts = ["-?".join(map(re.escape, part)) for part in re.split(r"[\s_-]+", phrase) if part]
    pattern = r"[\s_-]*".join(parts)
    for match in re.finditer(rf"(?<!\w){pattern}(?:e?s)?(?!\w)", answer, re.IGNORECASE):
        yield match.span()


def _is_removed(place: int, answer: str) -> bool:
    return _REMOVED.search(answer, max(0, place - _NEAR), place) is not None
