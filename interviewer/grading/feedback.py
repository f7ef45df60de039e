"""What a grade tells the candidate. It is derived: it names only what the verdicts found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

from interviewer.grading.scoring import Score
from interviewer.models import Criterion, Feedback, Gap, Mistake, Question, Scheme, Strength, Verdict


def derive_feedback(
    question: Question,
    scheme: Scheme,
    criteria: Sequence[Criterion],
    verdicts: Sequence[Verdict],
    made: Sequence[tuple[Mistake, Verdict]],
    score: Score,
) -> Feedback:
    """Strengths with their quotes, gaps with their points, mistakes made, and what to do next.

    A full score has no gap; an answer that earned nothing has no strength.
    """
    by_id = {verdict.id: verdict for verdict in verdicts}
    strengths = tuple(
        Strength(criterion=c.id, text=c.text, quote=by_id[c.id].quote)
        for c in criteria
        if score.earned[c.id] > 0 and by_id[c.id].level == "met"
    )
    gaps = tuple(
        Gap(criterion=c.id, text=_what_to_say(c, scheme, criteria), points=points)
        for c in criteria
        if (points := _missing(c, scheme, score, criteria, by_id)) > 0
    )
    return Feedback(
        summary=_summary(score, scheme),
        strengths=strengths,
        gaps=gaps,
        mistakes=tuple(f"{mistake.text} (−{mistake.points:g})" for mistake, _ in made),
        next_step=_next_step(criteria, gaps),
    )


def _summary(score: Score, scheme: Scheme) -> str:
    earned = fsum(score.earned.values())
    text = f"{round(earned, 2):g} of {score.available:g} points"
    if score.lost:
        text += f", −{score.lost:g} for mistakes"
    if score.capped_by:
        part = "at most" if score.score == scheme.required_cap else "that share of"
        text += f"; {part} {scheme.required_cap:g} because “{score.capped_by}” is required"
    return text


def _missing(
    criterion: Criterion,
    scheme: Scheme,
    score: Score,
    criteria: Sequence[Criterion],
    found: Mapping[str, Verdict],
) -> float:
    """Points still to be had from this criterion; a group has one gap, at its first open member.

    What is met has none, even where a judge that is not certain of it gives less than all its points.
    """
    met = {identifier for identifier, verdict in found.items() if verdict.level == "met"}
    if criterion.group is None:
        return 0.0 if criterion.id in met else round(criterion.points - score.earned[criterion.id], 3)
    group = next(g for g in scheme.groups if g.id == criterion.group)
    members = [c for c in criteria if c.group == group.id]
    first = next((c for c in members if c.id not in met and score.earned[c.id] < c.points), None)
    if first is None or first.id != criterion.id or sum(c.id in met for c in members) >= group.choose:
        return 0.0
    return round(group.choose * criterion.points - fsum(score.earned[c.id] for c in members), 3)


def _what_to_say(criterion: Criterion, scheme: Scheme, criteria: Sequence[Criterion]) -> str:
    if criterion.group is None:
        return criterion.text
    group = next(g for g in scheme.groups if g.id == criterion.group)
    named = [c.text for c in criteria if c.group == group.id and ".other-" not in c.id]
    return f"any {group.choose} of: {'; '.join(named)}"


def _next_step(criteria: Sequence[Criterion], gaps: Sequence[Gap]) -> str | None:
    """The follow-up of the costliest gap, or the advice to answer again."""
    if not gaps:
        return None
    probes = {c.id: c.follow_up for c in criteria}
    costliest = sorted(gaps, key=lambda gap: -gap.points)
    probe = next((probes[gap.criterion] for gap in costliest if probes.get(gap.criterion)), None)
    return f"Think about: {probe}" if probe else "Answer again, with the missing points in mind."
