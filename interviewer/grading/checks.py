"""Deterministic tests of a criterion. What is conclusive decides without a model."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
_UNIT = re.compile(r"\s*([a-zA-Zµ%°]+)")
PERCENT = re.compile(r"\s*per\s?cent\b", re.IGNORECASE)
_BYTES = re.compile(r"\s*(?:[kMGT]i?B|(?:k|m|g|kilo|mega|giga|tera|kibi|mebi|gibi)i?bytes?)\b", re.IGNORECASE)
"""Of another size than the check's plain number, which may be bytes or not."""
_COMMA = r"(?<![\w.,(\[])(\d+),{}(\d+)(?!\d|,\d)"
_DECIMAL_COMMA = re.compile(_COMMA.format(r"(?!\d{3}\b)"))
_ANY_COMMA = re.compile(_COMMA.format(""))
_ZERO_COMMA = re.compile(r"(?<![\w.,(\[])0,\d\d")

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
    found = _result(check, answer, answer)
    # "3,14" is one number where commas are decimal, and two where they are not; "3,142" may be either.
    if _ANY_COMMA.search(answer):
        decimal = _result(check, _DECIMAL_COMMA.sub(r"\1.\2", answer), answer)
        if decimal is not None and decimal[0] == "met":
            return decimal
        if found is not None and found[0] == "met":
            return None if _ZERO_COMMA.search(answer) else found
        either = _result(check, _ANY_COMMA.sub(r"\1.\2", answer), answer)
        return None if decimal is None or (either is not None and either[0] == "met") else found
    return found


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
    is_bytes = check.unit is None and any(_BYTES.match(answer, number.end) for number in found)
    if is_bytes or any(_is_value(number, check, answer) for number in found):
        return None
    return "not_met", None, f"gives {written[given.start : given.end].strip()}, not {check.value:.12g}"


def _after_equals(found: Iterable[Number], answer: str) -> list[Number]:
    results = {match.end() for match in _RESULT.finditer(answer)}
    return [number for number in found if number.start in results]


def _is_value(number: Number, check: NumberCheck, answer: str) -> bool:
    is_percent = number.text.endswith("%") or PERCENT.match(answer, number.end)
    # 0.95 may be written as 95 %.
    values = (number.value, number.value / 100) if is_percent and abs(check.value) <= 1 else (number.value,)
    if all(abs(value - check.value) > check.tolerance + 1e-9 * abs(check.value) for value in values):
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
    parts = ["-?".join(map(re.escape, part)) for part in re.split(r"[\s_-]+", phrase) if part]
    pattern = r"[\s_-]*".join(parts)
    for match in re.finditer(rf"(?<!\w){pattern}(?:e?s)?(?!\w)", answer, re.IGNORECASE):
        if not is_negated(match.start(), denied):
            return match.start(), match.end()
    return None
