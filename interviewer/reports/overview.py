"""The head of a report in words: what the session was, what it came to, what to do next."""

from __future__ import annotations

from interviewer.models import Gap, Question, Ungraded
from interviewer.practice.summary import KINDS, Asked, Share
from interviewer.reports.session import SessionReport
from interviewer.wording import to_earn

ENDINGS = {"answered": "answered", "skipped": "skipped", "gave_up": "given up: the model answer was shown"}
"""What became of a question."""


def title(report: SessionReport) -> str:
    """Which session it is."""
    return f"Practice session {report.summary.session.id}"


def about(report: SessionReport) -> list[str]:
    """When, how and by whom; times are UTC, so that a report is the same wherever it is written."""
    session, graders = report.summary.session, report.summary.graders
    facts = [f"{session.started:%Y-%m-%d %H:%M} UTC", f"mode {session.mode}"]
    if session.topic:
        facts.append(f"topic {session.topic}")
    if session.difficulty is not None:
        facts.append(f"difficulty {session.difficulty}")
    open_questions = sum(ending is None for ending in session.endings)
    if open_questions:
        facts.append(f"{open_questions} of {len(session.planned)} questions still open")
    facts.append(f"graded by {', '.join(graders)}" if graders else "no judge's grade in it")
    return facts


def result(report: SessionReport) -> list[str]:
    """The mean and what it is made of, beside earlier sessions."""
    summary = report.summary
    answered = summary.graded + summary.ungraded
    if not answered:
        return ["Nothing was answered."]
    counted = f"{summary.graded} of {answered} answers graded"
    if summary.ungraded:
        counted += f", {summary.ungraded} ungraded (no score, not in the mean)"
    if len(summary.graders) > 1:
        return [
            f"No mean: {counted}, by {len(summary.graders)} graders ({', '.join(summary.graders)}),"
            " whose scores are not one scale."
        ]
    if summary.mean is None:
        return [f"No mean: {counted}."]
    lines = [f"Mean {summary.mean:g} of 100: {counted}."]
    if summary.earlier_mean is not None:
        change = f"{summary.mean - summary.earlier_mean:+.1f}".replace("-", "−")
        lines.append(f"Earlier sessions with the same grader: {summary.earlier_mean:g} ({change}).")
    elif summary.graders:
        lines.append("There is no earlier session with the same grader to compare with.")
    return lines


def topics(report: SessionReport) -> list[tuple[str, str, str]]:
    """Topic, percent, and percent in earlier sessions; none where graders are mixed."""
    return [
        (share.name, f"{share.percent:.0f}", _before(share))
        for share in _of_one_grader(report, report.summary.topics)
    ]


def kinds(report: SessionReport) -> list[tuple[str, str, str, str]]:
    """Kind of criterion, points earned of those there were, percent, and percent in earlier sessions."""
    return [
        (
            KINDS[share.name],
            f"{share.earned:g} of {share.available:g}",
            f"{share.percent:.0f}",
            _before(share),
        )
        for share in _of_one_grader(report, report.summary.kinds)
    ]


def _before(share: Share) -> str:
    return "–" if share.earlier is None else f"{share.earlier:.0f}"


def to_study(report: SessionReport) -> list[tuple[str, str]]:
    """What would have added the most points, and the question where it was missed."""
    return [(worth_studying(gap.text, gap.points), gap.question_id) for gap in report.summary.to_study]


def not_graded(report: SessionReport) -> list[tuple[int, str, str]]:
    """Number and id of each question whose answer has no grade, and why."""
    found = []
    for entry in report.summary.asked:
        if entry.answer is not None and entry.answer.grade is None:
            outcome = entry.answer.outcome
            reason = outcome.reason if isinstance(outcome, Ungraded) else "grading was not finished"
            found.append((entry.position + 1, entry.question_id, reason))
    return found


def question(report: SessionReport, entry: Asked) -> Question | None:
    """The question as it was asked, else as it is in the bank; None where it has left the bank."""
    if entry.answer is not None:
        return entry.answer.question
    return next((question for question in report.left if question.id == entry.question_id), None)


def ending(entry: Asked) -> str | None:
    """What became of a question that was not answered."""
    if entry.answer is not None:
        return None
    return f"Not answered: {ENDINGS[entry.ending]}." if entry.ending else "Still to come."


def worth_studying(text: str, points: float) -> str:
    """What would have earned the points of a criterion, or of a group of them, in one line."""
    if text.startswith("any "):
        return f"+{points:g}: say {text}"
    return to_earn(Gap(criterion="", text=text, points=points))


def _of_one_grader(report: SessionReport, shares: tuple[Share, ...]) -> tuple[Share, ...]:
    return shares if len(report.summary.graders) < 2 else ()
