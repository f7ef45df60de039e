"""A report as Markdown. No text of a candidate, model or bank can leave the place it is put in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from interviewer.models import Question
from interviewer.practice.summary import Asked
from interviewer.reports import overview
from interviewer.reports.session import SessionReport
from interviewer.reports.view import Finding, Told, told
from interviewer.wording import visible

_SPECIAL = re.compile(r"[\\`*\[\]<>|~$&]|(?<![^\W_])_|_(?![^\W_])")
"""What would be markup within a line; `_` inside a word is not."""
_AT_START = re.compile(r"^(#{0,5}|\d{0,8}|-*|=*)([#.)=+-])(?=\s|$)")
"""What would be a heading, a list or a rule at the start of a line."""
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")
_FENCE_ELSEWHERE = re.compile(r"^(?!```|~~~).*(?:```|~~~)", re.M)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK = re.compile(r"\](?=[(:]\s*<?(?:[^\s)]*[:&]|$))(?![(:]\s*<?https?://)")
"""The end of a link's text before a target that is no web page (`javascript:`) or is on the next line."""


def to_markdown(report: SessionReport) -> str:
    """The report for a person, also without a renderer."""
    parts = [f"# {overview.title(report)}", " · ".join(map(inline, overview.about(report)))]
    first, *rest = map(inline, overview.result(report))
    parts.append("\n".join([f"**{first}**", *rest]))
    parts += _table("By topic", ("Topic", "Of 100", "Earlier"), overview.topics(report))
    parts += _table("By kind of criterion", ("Kind", "Points", "Of 100", "Earlier"), overview.kinds(report))
    study = [f"{text} ({name})" for text, name in overview.to_study(report)]
    parts += _list("What to study next", study)
    parts += _list(
        "Not graded", [f"question {n}, {name}: {why}" for n, name, why in overview.not_graded(report)]
    )
    parts.append("## Questions")
    for entry in report.summary.asked:
        parts += _question(report, entry)
    return "\n\n".join(parts) + "\n"


def inline(text: str) -> str:
    """The text within a line: nothing in it is markup, and it stays on its line."""
    escaped = _SPECIAL.sub(lambda found: f"\\{found.group()}", " ".join(visible(text).split()))
    return _AT_START.sub(r"\1\\\2", escaped)


def fenced(text: str) -> str:
    """The text as a block of its own, letter by letter; its fence is longer than any inside."""
    shown = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"


def quoted(markdown: str) -> str:
    """Markdown of a bank inside a quotation, without HTML, images and links to anything but web pages."""
    text = visible(markdown).strip()
    # Where every fence is at the margin it is certain what is code; else nothing is taken for code.
    certain, fence, lines = _FENCE_ELSEWHERE.search(text) is None, "", []
    for line in text.split("\n"):
        found = _FENCE.match(line) if certain else None
        if fence and found and found.group(1).startswith(fence) and not found.group(2).strip():
            fence = ""
        elif not fence and found and (line.startswith("~") or "`" not in found.group(2)):
            fence = found.group(1)
        elif not fence:
            line = _LINK.sub("&#93;", _TAG.sub("&lt;", line)).replace("![", "!&#91;")
        lines.append(f"> {line}".rstrip())
    return "\n".join(lines)


def _question(report: SessionReport, entry: Asked) -> list[str]:
    question = overview.question(report, entry)
    topic = f" · {entry.topic}" if entry.topic else ""
    level = f" · difficulty {question.difficulty}" if question else ""
    parts = [f"### {entry.position + 1}. {inline(entry.question_id + topic + level)}"]
    parts.append(f"Chosen because: {inline(entry.why)}")
    if question is not None:
        parts += _prompt(question, entry)
    if (ending := overview.ending(entry)) is not None:
        parts.append(f"**{ending}**")
    for one in told(report, entry):
        parts += _answer(one)
    if question is not None:
        parts += ["#### Model answer", quoted(question.reference)]
    return parts


def _prompt(question: Question, entry: Asked) -> list[str]:
    parents = entry.answer.parents if entry.answer else ()
    parts = [f"It follows up on this:\n\n{quoted(parent.prompt)}" for parent in parents]
    # Two quotations in a row would be one.
    return [*parts, *(["Asked was:"] if parts else []), quoted(question.prompt)]


def _answer(one: Told) -> list[str]:
    parts = [f"#### {one.title}"]
    if one.answer.probe:
        parts.append(f"Asked was: {inline(one.answer.probe)}")
    parts.append(fenced(one.answer.text) if one.answer.text.strip() else "(blank)")
    parts.append(f"**{inline(one.verdict)}**  \n{' · '.join(map(inline, one.facts))}")
    if one.worth:
        parts.append(f"**{inline(one.worth)}**")
    # Each list has a line above it: two in a row would be one.
    parts += _named("Compared:", map(inline, one.changes))
    parts += _named("Criteria:", map(finding, one.findings))
    parts += _named("Mistakes:", map(finding, one.mistakes))
    parts += _named("What would have earned more:", map(_earns, one.ledger))
    parts += _named("Flags:", map(inline, one.notes))
    return [*parts, *_named("Also:", map(inline, one.records))]


def finding(found: Finding) -> str:
    """One finding, with its words and who decided."""
    lines = [f"**{inline(found.sign)}** {inline(found.points)}: {inline(found.text)}"]
    if found.quote:
        lines.append(f"“{inline(found.quote)}”")
    lines.append(" · ".join(inline(text) for text in (found.reason, found.decided_by) if text))
    return "  \n  ".join(lines)


def _earns(text: str) -> str:
    """A gap; the items of a group become a list inside its point."""
    first, *items = text.split("\n")
    return "\n".join([inline(first), *(f"  - {inline(item.removeprefix('• '))}" for item in items)])


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    lines += [f"| {' | '.join(map(inline, row))} |" for row in rows]
    return [f"## {title}", "\n".join(lines)]


def _list(title: str, items: Sequence[str]) -> list[str]:
    return _named(f"## {title}", map(inline, items))


def _named(title: str, items: Iterable[str]) -> list[str]:
    found = "\n".join(f"- {item}" for item in items)
    return [title, found] if found else []
