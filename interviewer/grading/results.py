"""The number or shape that a question asks for, in its reference."""

from __future__ import annotations

import re

from interviewer.grading.checks import PERCENT
from interviewer.language.numbers import Number, numbers
from interviewer.language.sentences import sentences
from interviewer.models import Criterion, NumberCheck, PatternCheck

ROUNDING = 0.005
"""By how much of itself a result with decimals may be off: people round."""
ABOUT = 0.1
"""The same of a result that the reference itself gives as "about 20"."""
_ASKS_SHAPE = re.compile(r"\b(?:what|which|give|state)\b[^.?]{0,40}\b(?:dimension|shape|size)s?\b", re.I)
_ASKS_NUMBER = re.compile(
    r"\bhow\s+(?:many|much)\b|\bnumber\s+of\b|\bwhat\s+is\s+the\s+(?:value|result|total)\b"
    r"|(?:^|[.?!:,]\s+|\b(?:and|please|to)\s+)(?:calculate|compute)\b",
    re.I,
)
_ASKS_SEVERAL = re.compile(r"\b(?:calculate|compute)\b[^.?]*\band\b|\bboth\b", re.I)
_ABOUT = re.compile(r"(?:\b(?:about|around|roughly|approximately|circa)|[~≈])\s*$", re.I)
_OR_ANOTHER = re.compile(r"\s*(?:\(?or\b|to\b|[-–—]\s*\d)")
_ATOM = r"(?:\d++(?:(?!x)[^\W\d]\w*+)?|[^\W\d]\w*+)"
_SIZE = rf"{_ATOM}(?:\s*[-+*/]\s*{_ATOM})*"
_SHAPE = re.compile(
    rf"(?<!\w)[(\[]\s*{_SIZE}(?:\s*[,x×]\s*{_SIZE})+\s*[)\]]|\b\w\s*[x×]\s*\w(?:\s*[x×]\s*\w)*\b"
)
_SIDE_NAME = re.compile(r"\w{1,2}(?:[-+*/]\w{1,2})*|\w*[\d_]\w*")
"""What a side of a shape is called; "(noisy, slow)" is none."""


def asked_result(prompt: str, reference: str) -> Criterion | None:
    """The number or shape that the question asks for, where the reference leaves no doubt which one it is."""
    if _ASKS_SHAPE.search(prompt) and (shape := _asked_shape(prompt, reference)) is not None:
        sides = (r"\s*".join(map(re.escape, re.findall(r"\w+|[-+*/]", side))) for side in _sides(shape))
        pattern = r"(?<![\w×])\(?\[?\s*" + r"\s*(?:,|x|×|\*|by|\s)\s*".join(sides) + r"(?!\s*[x×*]|\w)"
        return Criterion(
            id="result",
            text=_asked_for(shape, reference, reference.index(shape)),
            points=3,
            required=True,
            check=PatternCheck(kind="pattern", pattern=pattern, wrong=_SHAPE.pattern),
        )
    asks_one = len(_ASKS_NUMBER.findall(prompt)) == 1 and not _ASKS_SEVERAL.search(prompt)
    if asks_one and (number := _asked_number(prompt, reference)) is not None:
        about = _ABOUT.search(reference[: number.start])
        rounding = ABOUT if about else 0.0 if number.value.is_integer() else ROUNDING
        value = number.value
        return Criterion(
            id="result",
            text=_asked_for(f"{value:.12g}", reference, number.start),
            points=3,
            required=True,
            check=NumberCheck(kind="number", value=value, tolerance=rounding * abs(value)),
        )
    return None


def _asked_for(result: str, reference: str, place: int) -> str:
    """The result, and the sentence that gives it: what a judge reads where the check cannot tell."""
    said = next((span.text for span in sentences(reference) if span.end > place), result)
    return f"Gives {result}" if len(said) <= len(result) + 1 else f"Gives {result}: {said}"


def _asked_shape(prompt: str, reference: str) -> str | None:
    """The shape that the reference begins with, or the only one that the question does not name itself."""
    known = {_sides(found.group()) for found in _SHAPE.finditer(prompt)}
    fresh = [found for found in _SHAPE.finditer(reference) if _sides(found.group()) not in known]
    fresh = [found for found in fresh if all(map(_SIDE_NAME.fullmatch, _sides(found.group())))]
    if not fresh:
        return None
    leads = fresh[0].start() == 0
    return fresh[0].group() if leads or len({_sides(found.group()) for found in fresh}) == 1 else None


def _sides(shape: str) -> tuple[str, ...]:
    """The sides of "(h - 2, w, 2)", "3x5" or "n × d", without spaces."""
    inner = re.sub(r"\s+(?=[-+*/])|(?<=[-+*/])\s+", "", shape.strip("()[] "))
    if re.fullmatch(r"\w(?:x\w)+", inner):
        return tuple(inner.split("x"))
    return tuple(side for side in re.split(r"\s*[,×]\s*|\s+x\s+|(?<=\d)x(?=\d)", inner) if side)


def _asked_number(prompt: str, reference: str) -> Number | None:
    """The number that the reference begins with or comes to, or the only one of its first sentence that the
    question has not."""
    known = {number.value for number in numbers(prompt)}
    fresh = [number for number in numbers(reference) if number.value not in known]
    if not fresh:
        return None
    comes_to = re.search(r"[=≈]\s*$", reference[: fresh[-1].start]) is not None
    leads = (
        fresh[0].start == 0 and not fresh[0].is_expression and not _OR_ANOTHER.match(reference, fresh[0].end)
    )
    is_only = len({number.value for number in fresh}) == 1 and fresh[0].end <= sentences(reference)[0].end
    chosen = fresh[0] if leads else fresh[-1] if comes_to or is_only else None
    return chosen if chosen and _is_plain(chosen, reference) else None


def _is_plain(number: Number, reference: str) -> bool:
    """Whether it is a number by itself: no range, percentage or part of a formula, and not "one" of some."""
    before, after = reference[: number.start], reference[number.end :]
    is_part = re.search(r"[A-Za-z_)]\s*[-+*/^(·×]\s*$", before) or re.match(
        r"\s*[-+*/^·×]\s*[A-Za-z(]", after
    )
    is_range = re.fullmatch(r"[\d.,]+\s*[-–]\s*[\d.,]+", number.text)
    is_percent = number.text.endswith("%") or PERCENT.match(after)
    return not (is_part or is_range or is_percent or number.text.lower() == "one")
