"""Numbers as people write them: 800, 1,024, 8e2, 3/4, 12 %, "eight hundred", 5·5·4·8."""

from __future__ import annotations

import ast
import math
import operator
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

_UNIT_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_UNITS = {word: value for value, word in enumerate(_UNIT_WORDS.split())}
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * value for value, word in enumerate(_TEN_WORDS.split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_LARGEST = 10**300
_SUFFIXES = {"k": 10**3, "m": 10**6, "b": 10**9, "bn": 10**9}
_NUMBER_WORD = "|".join(sorted([*_UNITS, *_TENS, *_SCALES], key=len, reverse=True))
_IN_WORDS = re.compile(rf"\b(?:{_NUMBER_WORD})(?:(?:[\s-]+(?:and\s+)?)(?:{_NUMBER_WORD}))*\b", re.IGNORECASE)
_LITERAL = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?"
_OPERATOR = r"(?:\*\*|\^|[·×✕*x⋅/+−-]|times|by)"
# Possessive and bounded: an answer of nothing but brackets or spaces would else take minutes.
_IN_DIGITS = re.compile(
    rf"(?<![\w.])-?\({{0,9}}+{_LITERAL}"
    rf"(?:\s*+\){{0,9}}+\s*+(?:{_OPERATOR})\s*+\({{0,9}}+\s*+{_LITERAL})*\){{0,9}}"
    r"(?:\s?(?P<suffix>k|m|bn|b|million|billion|thousand)\b)?(?P<percent>\s?%)?",
    re.IGNORECASE,
)
_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


@dataclass(frozen=True)
class Number:
    """A number in a text; an arithmetic expression counts as its value."""

    value: float
    text: str
    start: int
    end: int
    is_expression: bool = False


def numbers(text: str) -> list[Number]:
    """Every number in the text, in order."""
    digits = _digits(text)
    starts = [number.start for number in digits]

    def is_part(spelled: Number) -> bool:
        # "1.5 million" is one number, though "million" could be one by itself.
        at = bisect_right(starts, spelled.start)
        return at > 0 and spelled.start < digits[at - 1].end

    spelled = [number for number in _spelled(text) if not is_part(number)]
    return sorted([*digits, *spelled], key=lambda number: number.start)


def _digits(text: str) -> list[Number]:
    found = []
    for match in _IN_DIGITS.finditer(text):
        whole = match.group()
        suffix, percent = match.group("suffix"), match.group("percent")
        body = whole[: match.start("suffix") - match.start()] if suffix else whole
        body = body.rstrip("% ") if percent else body
        value = _value(body)
        if value is not None and suffix:
            value *= _SUFFIXES.get(suffix.lower()) or _SCALES[suffix.lower()]
        if value is None or not math.isfinite(value):
            continue
        is_expression = re.fullmatch(rf"-?\s*\(*{_LITERAL}\)*\s*", body) is None
        found.append(Number(value, whole.strip(), match.start(), match.end(), is_expression))
    return found


def _value(text: str) -> float | None:
    """The value of a literal or of products, sums and powers of literals; None if it is neither."""
    expression = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    expression = re.sub(r"[·×✕x⋅]|times|by", "*", expression, flags=re.I).replace("−", "-").replace("^", "**")
    expression += ")" * (expression.count("(") - expression.count(")"))
    expression = re.sub(r"(?<![\d.])0+(?=\d)", "", expression).strip()
    while expression.count(")") > expression.count("("):
        expression = expression[::-1].replace(")", "", 1)[::-1]
    try:
        value = _evaluate(ast.parse(expression, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError, MemoryError):
        return None
    return value


def _evaluate(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = _evaluate(node.left), _evaluate(node.right)
        value = _OPERATIONS[type(node.op)](left, right)
        if isinstance(value, complex):
            raise ValueError("not a real number")
        return value
    raise ValueError("not arithmetic")


def _spelled(text: str) -> list[Number]:
    return [
        Number(value, match.group(), match.start(), match.end())
        for match in _IN_WORDS.finditer(text)
        if (value := _spelled_value(match.group())) is not None
    ]


def _spelled_value(text: str) -> float | None:
    total = current = 0
    for word in re.split(r"[\s-]+", text.lower()):
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _SCALES:
            total += max(current, 1) * _SCALES[word]
            current = 0
    value = total + current
    return float(value) if value <= _LARGEST else None
