"""A grade as entries of a list and as paragraphs: pure functions from values to text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.content import Content

from interviewer.grading.derive import with_criteria
from interviewer.grading.evidence import find_spans
from interviewer.models import Answer, CriterionGrade, Gap, Grade, Level, MistakeGrade, Usage
from interviewer.practice.credit import Credit, gain
from interviewer.tui.widgets.plain import plain
from interviewer.wording import FLAGS, LEVELS, any_of, calibrated, to_earn, visible

if TYPE_CHECKING:
    from interviewer.grading.probing import Probe

_STYLES: dict[Level, str] = {"met": "$text-success", "partial": "$text-warning", "not_met": "$text-error"}
_ORDER: tuple[Level, ...] = ("not_met", "partial", "met")


@dataclass(frozen=True)
class Finding:
    """One entry of the list: what was found, and what there is to say about it."""

    kind: Literal["criterion", "group", "mistake", "follow_up"]
    id: str
    line: Content
    detail: Content
    quote: str | None = None


def findings(
    answer: Answer, grade: Grade, before: Grade | None, follow_ups: Sequence[Answer]
) -> list[Finding]:
    """Everything that a grade found, in the order of the rubric.

    Args:
        before: of an earlier try by the same grader, to compare with.
    """
    texts = {c.id: c.text for c in with_criteria(answer.question).criteria}
    texts |= {strength.criterion: strength.text for strength in grade.feedback.strengths}
    gaps = {gap.criterion: gap for gap in grade.feedback.gaps}
    groups = {c.id: c.group for c in grade.receipt.scheme.criteria}
    was = {c.id: c.level for c in before.criteria} if before else {}
    found = [
        _criterion(c, texts.get(c.id) or (gaps[c.id].text if c.id in gaps else c.id), gaps.get(c.id), was)
        for c in grade.criteria
        # Of "name three" the items that were not named are one entry, as a list.
        if not (groups.get(c.id) and c.level == "not_met")
    ]
    for gap in grade.feedback.gaps:
        group = groups.get(gap.criterion)
        if group is not None:
            missed = [c.id for c in grade.criteria if c.level == "not_met" and groups.get(c.id) == group]
            found.append(_group(gap, [texts[identifier] for identifier in missed if identifier in texts]))
    found += [_mistake(mistake) for mistake in grade.mistakes]
    found += [_follow_up(grade, follow_up, texts) for follow_up in follow_ups]
    return found


def _criterion(found: CriterionGrade, text: str, gap: Gap | None, was: Mapping[str, Level]) -> Finding:
    mark = Content.styled(f"{LEVELS[found.level]:9}", _STYLES[found.level])
    line = Content.assemble(mark, f" {found.earned:g}/{found.points:g}  ", visible(text), _change(found, was))
    parts = [f"Why: {found.reason}"] if found.reason else []
    parts.append(f"decided by {found.decided_by}")
    if gap is not None:
        parts.append(to_earn(gap) if found.level == "not_met" else f"+{gap.points:g}: say all of it")
    return Finding("criterion", found.id, line, plain("\n".join(parts)), found.quote)


def _change(found: CriterionGrade, was: Mapping[str, Level]) -> Content:
    """How the level differs from the earlier try."""
    before = was.get(found.id)
    if before is None or before == found.level:
        return Content("")
    arrow = "▲ better" if _ORDER.index(found.level) > _ORDER.index(before) else "▼ worse"
    return Content.styled(f"  {arrow}: was {LEVELS[before]}", "bold")


def _group(gap: Gap, items: Sequence[str]) -> Finding:
    mark = Content.styled("✗ open   ", _STYLES["not_met"])
    line = Content.assemble(mark, f" 0/{gap.points:g}  more of the list was asked for")
    return Finding("group", gap.criterion, line, plain(any_of(gap, items) if items else to_earn(gap)))


def _mistake(mistake: MistakeGrade) -> Finding:
    mark = Content.styled("! mistake", _STYLES["not_met"])
    line = Content.assemble(mark, f" −{mistake.points:g}  ", visible(mistake.reason))
    detail = plain(f"Your answer makes this mistake.\ndecided by {mistake.decided_by}")
    return Finding("mistake", mistake.id, line, detail, mistake.quote)


def _follow_up(grade: Grade, follow_up: Answer, texts: Mapping[str, str]) -> Finding:
    criterion = follow_up.criterion or ""
    asked = f"Asked on: {follow_up.probe}\nYou said: {follow_up.text}"
    if follow_up.grade is None:
        reason = getattr(follow_up.outcome, "reason", "it is being graded, or was cut off")
        line = Content.assemble("? follow-up  not graded: ", visible(reason))
        return Finding("follow_up", criterion, line, plain(asked))
    level = follow_up.grade.criteria[0].level
    mark = Content.styled(f"{LEVELS[level]:9}", _STYLES[level])
    added = f" +{gain(grade, follow_up):.1f} for the follow-up (half credit)  "
    line = Content.assemble(mark, added, visible(texts.get(criterion, criterion)))
    return Finding("follow_up", criterion, line, plain(f"{asked}\n{follow_up.grade.criteria[0].reason}"))


def own_words(answer: str, quote: str | None) -> Content:
    """The candidate's answer, with the quoted words marked: by brackets too, for who sees no colours."""
    spans = find_spans(quote, answer) if quote else ()
    parts: list[Content] = []
    at = 0
    for start, end in spans:
        parts += [plain(answer[at:start]), Content.styled(f"[{visible(answer[start:end])}]", "bold reverse")]
        at = end
    return Content("").join([*parts, plain(answer[at:])])


def headline(grade: Grade, worth: Credit | None) -> str:
    """Score, band and pass mark in a line, and what hints and follow-ups make of it in another."""
    mark = grade.receipt.scheme.pass_mark
    total = worth.total if worth else grade.score
    verdict = "passed" if total >= mark else "not passed"
    lines = [f"{total:g} of 100 · {verdict} (at {mark:g}) · confidence {grade.confidence}"]
    if both := calibrated(grade.raw_score, grade.score):
        lines.append(both)
    if worth and (worth.hints or worth.follow_ups):
        parts = [f"graded {worth.graded:g}"]
        parts += [f"−{worth.hints:g} for hints"] if worth.hints else []
        parts += [f"+{worth.follow_ups:g} for follow-ups"] if worth.follow_ups else []
        lines.append(" ".join(parts))
    return "\n".join(lines)


def ledger(answer: Answer, grade: Grade) -> str:
    """What would earn more, as "+2: say that …"."""
    if not grade.feedback.gaps and not grade.mistakes:
        return "Nothing: every point is earned."
    texts = {c.id: c.text for c in with_criteria(answer.question).criteria}
    groups = {c.id: c.group for c in grade.receipt.scheme.criteria}
    levels = {c.id: c.level for c in grade.criteria}
    lines = []
    for gap in grade.feedback.gaps:
        group = groups.get(gap.criterion)
        if group is None:
            partly = levels.get(gap.criterion) == "partial"
            lines.append(to_earn(gap) + (" (you said a part of it)" if partly else ""))
        else:
            missed = [i for i, level in levels.items() if level == "not_met" and groups.get(i) == group]
            items = [texts[i] for i in missed if i in texts]
            lines.append(any_of(gap, items) if items else to_earn(gap))
    lines += [f"+{mistake.points:g}: do not say that {mistake.reason}" for mistake in grade.mistakes]
    return "\n".join([grade.feedback.summary, "", *lines])


def about(answer: Answer, grade: Grade, voiced: Probe | None = None) -> str:
    """Who graded and how: similarity beside the judge, flags explained, cost and time.

    Args:
        voiced: the follow-up that the judge asked, or why the bank's was asked in its place.
    """
    near = "unknown" if grade.similarity is None else f"{grade.similarity:.2f} (0 to 1; it earns no points)"
    receipt = grade.receipt
    lines = [
        f"Graded by     {grade.grader}",
        f"Judge's score {grade.raw_score:g} of 100, confidence {grade.confidence}",
        *([f"Calibrated    {both}"] if (both := calibrated(grade.raw_score, grade.score)) else []),
        f"Similarity    {near}",
        f"Cost          {_cost(receipt.usage)}",
        f"Time          {receipt.seconds:.2g} s for the grade"
        + (f", {answer.seconds:.0f} s for the answer" if answer.seconds is not None else ""),
    ]
    lines += [f"Given up      {what}" for what in receipt.downgrades]
    if voiced is not None:
        lines.append(f"Follow-up     by {voiced.by}; {_cost(voiced.usage)}")
        lines += [f"              {voiced.note}"] if voiced.note else []
    if grade.flags:
        lines += ["", "Flags"]
        lines += [f"  {flag}: {FLAGS.get(flag, 'see the documentation')}" for flag in grade.flags]
    if {"near-but-failed", "far-but-passed"} & set(grade.flags):
        lines += ["", "Similarity and judge disagree. Similarity only compares wordings; read the criteria."]
    if grade.needs_review:
        lines += ["", "Low confidence: have a person look at this grade, or press d where it is wrong."]
    return "\n".join(lines)


def _cost(usage: Usage) -> str:
    if not usage.calls:
        return "free: no model was called"
    money = "unknown" if usage.cost_usd is None else f"${usage.cost_usd:.4f}"
    tokens = [n for n in (usage.prompt_tokens, usage.completion_tokens) if n is not None]
    return f"{money}, {usage.calls} call{'s' if usage.calls > 1 else ''}" + (
        f", {sum(tokens)} tokens" if tokens else ""
    )
