"""A report in words and rows, the same for every format; nothing in it is escaped yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from interviewer.grading.derive import with_criteria
from interviewer.grading.evidence import find_spans
from interviewer.models import Answer, CriterionGrade, Dispute, Grade, Level, MistakeGrade, Receipt, Ungraded
from interviewer.practice.credit import gain
from interviewer.practice.schedule import RATINGS
from interviewer.practice.summary import Asked
from interviewer.reports.session import SessionReport
from interviewer.wording import FLAGS, LEVELS, any_of, calibrated, to_earn, visible


@dataclass(frozen=True)
class Finding:
    """What a grade says of one criterion, or of one mistake."""

    label: str
    """Short, unique in its answer; stands beside the words that show it."""
    state: str
    """A level, or `mistake`."""
    sign: str
    points: str
    text: str
    quote: str | None
    reason: str
    decided_by: str


@dataclass(frozen=True)
class Piece:
    """A stretch of the candidate's words."""

    text: str
    labels: tuple[str, ...] = ()
    """Of the findings that it shows."""
    ends: tuple[str, ...] = ()
    """Of those whose words end with it."""


@dataclass(frozen=True)
class Told:
    """One answer, and all there is to say of it."""

    title: str
    answer: Answer
    pieces: tuple[Piece, ...]
    verdict: str
    facts: tuple[str, ...]
    worth: str | None = None
    """What it counts with hints and follow-ups, where these change it."""
    findings: tuple[Finding, ...] = ()
    mistakes: tuple[Finding, ...] = ()
    ledger: tuple[str, ...] = ()
    """What would have earned more: "+2: say that …"."""
    notes: tuple[str, ...] = ()
    """Flags, and what they mean."""
    changes: tuple[str, ...] = ()
    """Of a further try: what is different from the answer that counts."""
    records: tuple[str, ...] = ()
    """Disputes, other graders' findings, when the question comes again."""


def told(report: SessionReport, entry: Asked) -> list[Told]:
    """The answers to one question: the one that counts, further tries, follow-ups."""
    first = entry.answer
    if first is None:
        return []
    beside = [answer for answer in report.beside if answer.position == entry.position]
    found = [_told(report, a, "Answer, earlier try") for a in beside if a.part != "follow_up"]
    found.append(replace(_told(report, first, "Answer"), worth=_worth(entry)))
    for number, again in enumerate(entry.again, len(found) + 1):
        found.append(_told(report, again, f"Answer, try {number}", changes=_changes(first, again)))
    for answer in (*entry.follow_ups, *(a for a in beside if a.part == "follow_up")):
        found.append(_told(report, answer, "Follow-up", changes=_adds(first, answer)))
    return found


def _adds(first: Answer, follow_up: Answer) -> tuple[str, ...]:
    """What a follow-up is about, and what it is worth."""
    criteria = with_criteria(follow_up.question).criteria
    lines = [f"It probes: {c.text}" for c in criteria if c.id == follow_up.criterion]
    if follow_up.of != first.id:
        lines.append("It follows up another try, so it adds nothing to the answer that counts.")
    elif first.grade is not None and follow_up.grade is not None:
        lines.append(f"On its own it adds {round(gain(first.grade, follow_up), 1):g} to the answer's score.")
    return tuple(lines)


def _told(report: SessionReport, answer: Answer, title: str, *, changes: tuple[str, ...] = ()) -> Told:
    records = _records(report, answer)
    grade, outcome = answer.grade, answer.outcome
    if grade is None:
        verdict = f"Not graded: {outcome.reason}" if isinstance(outcome, Ungraded) else "Not graded yet"
        grader = [f"tried by {outcome.grader}"] if outcome is not None else []
        return Told(
            title=title,
            answer=answer,
            pieces=(Piece(visible(answer.text)),),
            verdict=f"{verdict}. This is no score, not even 0.",
            facts=(*grader, *_effort(answer)),
            notes=notes(outcome.flags if outcome is not None else ()),
            changes=changes,
            records=records,
        )
    findings, mistakes = _findings(answer, grade), mistakes_told(grade.mistakes)
    passed = "passed" if grade.passed else "not passed"
    mark = grade.receipt.scheme.pass_mark
    return Told(
        title=title,
        answer=answer,
        pieces=pieces(answer.text, [(f.label, f.quote) for f in (*findings, *mistakes) if f.quote]),
        verdict=f"{grade.score:g} of 100 · {passed} (at {mark:g}) · confidence {grade.confidence}",
        facts=(
            grade.feedback.summary,
            *([both] if (both := calibrated(grade.raw_score, grade.score)) else []),
            f"graded by {grade.grader}",
            *receipt_facts(grade.receipt),
            *_effort(answer),
        ),
        findings=findings,
        mistakes=mistakes,
        ledger=_ledger(answer, grade),
        notes=(
            *notes(grade.flags),
            *(["Low confidence: have a person look at this grade."] if grade.needs_review else []),
        ),
        changes=changes,
        records=records,
    )


def pieces(text: str, quotes: Sequence[tuple[str, str]]) -> tuple[Piece, ...]:
    """The text as it may be shown, cut where the words of a quote begin or end.

    Args:
        quotes: label and quote; a quote that is not in the text marks nothing.
    """
    shown = visible(text)
    spans = [(label, *span) for label, quote in quotes for span in find_spans(visible(quote), shown)]
    cuts = sorted({0, len(shown), *(at for _, *span in spans for at in span)})
    return tuple(
        Piece(
            shown[start:end],
            tuple(dict.fromkeys(label for label, begin, stop in spans if begin <= start and end <= stop)),
            tuple(dict.fromkeys(label for label, _, stop in spans if stop == end)),
        )
        for start, end in pairwise(cuts)
    )


def _findings(answer: Answer, grade: Grade) -> tuple[Finding, ...]:
    texts = {c.id: c.text for c in with_criteria(answer.question).criteria}
    texts |= {gap.criterion: gap.text for gap in grade.feedback.gaps if gap.criterion not in texts}
    texts |= {strength.criterion: strength.text for strength in grade.feedback.strengths}
    return findings_of(grade.criteria, grade.receipt, lambda identifier: texts.get(identifier, identifier))


def findings_of(
    criteria: Sequence[CriterionGrade], receipt: Receipt | None, text_of: Callable[[str], str]
) -> tuple[Finding, ...]:
    """What was found on each criterion; of "name three of …" what was not named stands in the ledger.

    Args:
        text_of: the wording of the criterion with this id.
    """
    groups = {c.id: c.group for c in receipt.scheme.criteria} if receipt else {}
    told = [c for c in criteria if not (groups.get(c.id) and c.level == "not_met")]
    return tuple(
        Finding(
            label=str(number),
            state=found.level,
            sign=LEVELS[found.level],
            points=f"{found.earned:g}/{found.points:g}{_why_none(found, groups.get(found.id))}",
            text=text_of(found.id),
            quote=found.quote,
            reason=found.reason,
            decided_by=found.decided_by,
        )
        for number, found in enumerate(told, 1)
    )


def _why_none(found: CriterionGrade, group: str | None) -> str:
    """Why a criterion that is met earned nothing: of "any three of …" a fourth that is met earns nothing."""
    return " (enough others count)" if group and found.level != "not_met" and not found.earned else ""


def mistakes_told(mistakes: Sequence[MistakeGrade]) -> tuple[Finding, ...]:
    """Each mistake made, with a label of its own."""
    return tuple(
        Finding(
            label=f"M{number}",
            state="mistake",
            sign="! made",
            points=f"−{made.points:g}",
            text=made.reason,
            quote=made.quote,
            reason="",
            decided_by=made.decided_by,
        )
        for number, made in enumerate(mistakes, 1)
    )


def _ledger(answer: Answer, grade: Grade) -> tuple[str, ...]:
    groups = {c.id: c.group for c in grade.receipt.scheme.criteria}
    levels = {found.id: found.level for found in grade.criteria}
    lines = []
    for gap in grade.feedback.gaps:
        group = groups.get(gap.criterion)
        if group is not None:
            criteria = with_criteria(answer.question).criteria
            open_items = [c.text for c in criteria if c.group == group and levels.get(c.id) == "not_met"]
            lines.append(any_of(gap, open_items))
        elif levels.get(gap.criterion) == "partial":
            lines.append(f"+{gap.points:g}: say all of this: {gap.text}")
        else:
            lines.append(to_earn(gap))
    return tuple(lines)


def receipt_facts(receipt: Receipt) -> list[str]:
    """Similarity, cost and time of a grade."""
    usage = receipt.usage
    near = "similarity to the model answer unknown"
    if receipt.similarity is not None:
        earns = " (earns nothing)" if receipt.scheme.combine.method == "gate" else ""
        near = f"similarity to the model answer {receipt.similarity.cosine:.2f}{earns}"
    if not usage.calls:
        cost = "no model was called"
    elif usage.cost_usd is None:
        cost = "cost unknown"
    else:
        cost = f"cost {usage.cost_usd:.4f} USD" if usage.cost_usd >= 0.0001 else "cost below 0.0001 USD"
    return [near, cost, f"graded in {receipt.seconds:.2f} s"]


def _effort(answer: Answer) -> list[str]:
    took = "time spent unknown" if answer.seconds is None else f"answered in {clock(answer.seconds)}"
    hints = f"{answer.hints} hint{'s' if answer.hints > 1 else ''} looked at"
    return [took, hints] if answer.hints else [took]


def notes(flags: Sequence[str]) -> tuple[str, ...]:
    """Each flag, and what it means."""
    return tuple(f"{flag}: {FLAGS[flag]}" if flag in FLAGS else flag for flag in flags)


def _changes(first: Answer, again: Answer) -> tuple[str, ...]:
    before, after = first.grade, again.grade
    if before is None or after is None:
        return ("There are not two grades to compare.",)
    lines = [f"Against the answer that counts: {before.score:g} → {after.score:g}"]
    if before.grader != after.grader:
        lines.append(f"Graded by another grader ({before.grader}, then {after.grader}): not one scale.")
    texts = {c.id: c.text for c in with_criteria(again.question).criteria}
    was = {found.id: found for found in before.criteria}
    for now in after.criteria:
        old = was.get(now.id)
        if old is not None and old.level != now.level:
            worth = now.earned - old.earned
            sign = f" ({worth:+g})".replace("-", "−") if worth else ""
            lines.append(f"{LEVELS[old.level]} → {LEVELS[now.level]}{sign}: {texts.get(now.id, now.id)}")
    if len(lines) == 1 and before.grader == after.grader:
        lines.append("No criterion has another level.")
    return tuple(lines)


def _records(report: SessionReport, answer: Answer) -> tuple[str, ...]:
    texts = {c.id: c.text for c in with_criteria(answer.question).criteria}
    lines = [_disputed(d, texts) for d in report.disputes if d.answer_id == answer.id]
    for opinion in report.opinions:
        if opinion.answer_id == answer.id:
            found = (
                f"{opinion.score:g} of 100" if opinion.score is not None else f"no grade: {opinion.reason}"
            )
            lines.append(f"Also by {opinion.grader}: {found}")
    for review in report.reviews:
        if review.answer_id == answer.id:
            by = "the grade" if review.by == "grade" else "yourself"
            due = f"comes again from {review.due:%Y-%m-%d}"
            lines.append(f"Known: {review.rating} of 4 ({RATINGS[review.rating]}), said by {by}; {due}")
    return tuple(lines)


def _disputed(dispute: Dispute, texts: dict[str, str]) -> str:
    about = texts.get(dispute.criterion, dispute.criterion)
    given: Level = dispute.given
    return (
        f"Disputed: {about}: {dispute.grader} found {LEVELS[given]},"
        f" should be {LEVELS[dispute.should_be]}: {dispute.why}"
    )


def _worth(entry: Asked) -> str | None:
    credit = entry.credit
    if credit is None or credit.total == credit.graded:
        return None
    hints = f", −{credit.hints:g} for hints" if credit.hints else ""
    added = f", +{credit.follow_ups:g} for follow-ups" if credit.follow_ups else ""
    return f"Counts {credit.total:g}: graded {credit.graded:g}{hints}{added}"


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min"
