"""`Q:` and `A:` text: each mark begins a question or its answer, which run on until the next mark."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from interviewer.errors import DataError
from interviewer.importers.drafts import Draft, finish
from interviewer.importers.fences import code_flags, unclosed
from interviewer.importers.plain import as_markdown
from interviewer.models import Question

_BOLD = r"(?:\*\*|__)?"
_MARK = re.compile(
    rf"^ {{0,3}}{_BOLD}(?:(?P<question>Q|[Qq]uestion|QUESTION)|(?:A|[Aa]nswer|ANSWER))(?: ?#?\d+)?"
    rf"{_BOLD}:{_BOLD}[ \t\u00a0]*(?P<rest>.*)$"
)
_OPTION_B = re.compile(r"^\s*B\s*:")
_FOLLOW_UP = re.compile(
    r"^\W*(?:and\s+)?(?:the\s+)?same\s+(?:question\s+)?(?:with|for|but|as|in|again)\b", re.IGNORECASE
)


@dataclass
class _Item:
    """A question being read: the number of its first line, its lines, and those of each answer."""

    line: int
    prompt: list[str]
    answers: list[list[str]] = field(default_factory=list)


def has_questions(text: str) -> bool:
    """Whether a line of the text begins with `Q:` or `Question:`."""
    marks = (_MARK.match(line) for line in text.split("\n"))
    return any(mark is not None and mark["question"] for mark in marks)


def parse(text: str, path: Path) -> tuple[Question, ...]:
    """The questions of a text; one without an answer is kept, and tagged `needs-reference`.

    A second `A:` is an alternative answer. "The same with …" depends on the question before it.

    Raises:
        DataError: there is no `Q:`, text or an `A:` stands before it, or a `Q:` has no text.
    """
    drafts = [_draft(item, path) for item in _items(text.split("\n"), path)]
    questions = finish(drafts, path)
    return (questions[0], *(_follow_up(before, question) for before, question in pairwise(questions)))


def _follow_up(before: Question, question: Question) -> Question:
    if not _FOLLOW_UP.match(question.prompt):
        return question
    return question.model_copy(update={"depends_on": before.id})


def _items(lines: list[str], path: Path) -> list[_Item]:
    open_fence = unclosed(lines)
    if open_fence is not None:
        raise DataError(f"{path}:{open_fence}: this code fence is never closed")
    items: list[_Item] = []
    preamble: list[str] = []
    code = code_flags(lines)
    for at, line in enumerate(lines):
        mark = None if code[at] or _is_option(lines, at) else _MARK.match(line)
        if mark is None:
            _append(items, preamble, line)
        elif mark["question"]:
            items.append(_Item(at + 1, [_unbold(mark["rest"])]))
        elif not items:
            raise DataError(f"{path}:{at + 1}: an answer before the first question", hint="begin with 'Q:'")
        else:
            items[-1].answers.append([_unbold(mark["rest"])])
    if not items:
        raise DataError(f"{path}: has no line that begins with 'Q:'")
    if len(preamble) > 1:
        raise DataError(
            f"{path}:{items[0].line}: there is text before the first question",
            hint="one line is taken for a title; begin a question with 'Q:'",
        )
    return items


def _append(items: list[_Item], preamble: list[str], line: str) -> None:
    if items:
        (items[-1].answers[-1] if items[-1].answers else items[-1].prompt).append(line)
    elif line.strip():
        preamble.append(line)


def _is_option(lines: list[str], at: int) -> bool:
    """Whether `A:` is the first of the choices A:, B:, C: and not an answer."""
    following = next((line for line in lines[at + 1 : at + 3] if line.strip()), "")
    return bool(_OPTION_B.match(following))


def _unbold(rest: str) -> str:
    """The text after a mark, without the end of a `**` that began before the mark."""
    rest = rest.rstrip()
    return rest.removesuffix("**") if rest.count("**") % 2 else rest


def _draft(item: _Item, path: Path) -> Draft:
    where = f"{path}:{item.line}"
    prompt = as_markdown("\n".join(item.prompt))
    if not prompt.strip():
        raise DataError(f"{where}: a question without text", hint="write it after 'Q:'")
    answers = [answer for lines in item.answers if (answer := as_markdown("\n".join(lines))).strip()]
    record: dict[str, object] = {"prompt": prompt, "reference": answers[0] if answers else ""}
    if len(answers) > 1:
        record["alternatives"] = answers[1:]
    return Draft(where, record)
