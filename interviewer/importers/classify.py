"""What kind of question a prompt and its answer make, and the rubric that marks that kind."""

from __future__ import annotations

import re

from interviewer.importers.cues import TRUE_OR_FALSE, asks, sentences
from interviewer.importers.fences import code_flags, paragraphs
from interviewer.models import Kind

RUBRICS: dict[Kind, str] = {
    "open": "short-answer",
    "true_false": "true-false-explain",
    "list": "list",
    "numeric": "numeric",
    "code": "code",
    "review": "code-review",
}

_CODE_FENCE = re.compile(r"^\s*[`~]{3,}(?! *(?:te?xt|plain|output|console)\b)")
_VERDICT = re.compile(r"^\W*(true|false)(\W*$|\s*[.,:;!–—-]|\s+(because|since|as)\b)", re.IGNORECASE)
_OPEN_WORD = re.compile(r"\b(what|which|who|when|where|why|how)\b", re.IGNORECASE)
_WRITE = re.compile(
    r"^\W*(?:[^,.?!]{0,60},\s*)?(?:please\s+)?(write|implement|code|complete|program)\b", re.IGNORECASE
)
_CODE_NOUN = re.compile(
    r"\b(code|pseudo-?code|function|class|method|program|script|quer(?:y|ies)|snippet|decorator|generator|loop|sql"
    r"|python|pytorch|numpy|tensorflow|keras|regex|module|layer)\b",
    re.IGNORECASE,
)
_COUNT = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+|some|several|a few|the)"
_ITEMS = re.compile(
    r"^\W*(?:[^,.?!]{0,60},\s*)?(?:please\s+)?(?:"
    r"(?:name|list|give|provide|mention|enumerate|identify|state|suggest)\s+(?:me\s+)?"
    rf"(?:at least\s+)?{_COUNT}\b"
    r"|(?:list|enumerate)\b"
    rf"|(?:what|which)\s+are\s+(?:at least\s+)?(?:the\s+)?(?!the\b|some\b){_COUNT}\b)",
    re.IGNORECASE,
)
_AND_MORE = re.compile(
    r"\band\s+(?:briefly\s+)?(?:what|why|how|when|explain|describe|compare|discuss)\b", re.IGNORECASE
)
_ASKS_NUMBER = re.compile(
    r"\b(how (?:many|much|large|big|long|often)|calculate|compute|evaluate|percentage|number of"
    r"|what (?:is|are|'s|will be) (?:the )?[\w\s-]{0,40}"
    r"\b(?:value|probability|size|sum|mean|median|accuracy|precision|recall|total|result|count|rate|loss))\b",
    re.IGNORECASE,
)
_NUMBER = r"[-+−]?(?:\d[\d,.\u00a0 ]*\d|\d)(?:\s*%|e[-+]?\d+)?"
_RESULT = re.compile(rf"(?:=|≈|≃|\bequals)\s*\$?{_NUMBER}(?![\w(])")
_NUMBERS = re.compile(rf"(?<![\w.]){_NUMBER}(?![\w(])")
_ONLY_NUMBER = re.compile(rf"^\W*{_NUMBER}\W*\w*\W*$")
_LONGEST_GIST = 240
"""Characters. An answer beyond this explains; it does not only give a number."""


def classify(prompt: str, reference: str) -> Kind:
    """The kind of a question, from its wording and its answer; `open` when nothing says otherwise."""
    if _is_true_false(prompt, reference):
        return "true_false"
    writes = _asks_for_code(prompt, reference)
    if _shows_code(prompt):
        return "code" if writes and _WRITE.match(prompt) else "review"
    if writes:
        return "code"
    if _asks_for_items(prompt):
        return "list"
    return "numeric" if _gives_number(prompt, reference) else "open"


def _is_true_false(prompt: str, reference: str) -> bool:
    if any(TRUE_OR_FALSE.match(paragraph) for paragraph in paragraphs(prompt)):
        return True
    return bool(_VERDICT.match(reference)) and not _OPEN_WORD.search(prompt)


def _asks_for_code(prompt: str, reference: str) -> bool:
    wanted = [part for part in sentences(prompt) if _WRITE.match(part)]
    if any(_CODE_NOUN.search(part) for part in wanted):
        return True
    return bool(wanted) and _shows_code(reference)


def _shows_code(text: str) -> bool:
    """Whether a fence opens that is not marked as plain text."""
    lines = text.split("\n")
    flags = [False, *code_flags(lines)]
    return any(
        _CODE_FENCE.match(line)
        for line, inside, code in zip(lines, flags, flags[1:], strict=False)
        if code and not inside
    )


def _asks_for_items(prompt: str) -> bool:
    """Whether items are all it asks for: "What is X? Name three kinds of it" asks for more."""
    asked = [part for part in sentences(prompt) if asks(part)]
    return bool(asked) and all(_ITEMS.match(part) and not _AND_MORE.search(part) for part in asked)


def _gives_number(prompt: str, reference: str) -> bool:
    if len(reference) > _LONGEST_GIST:
        return False
    if _ONLY_NUMBER.match(reference):
        return True
    first = (sentences(reference) or [""])[0]
    found = _RESULT.search(reference) or len(set(_NUMBERS.findall(first))) == 1
    return bool(found and _ASKS_NUMBER.search(prompt))
