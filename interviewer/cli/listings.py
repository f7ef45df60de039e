"""Sessions, statistics and what is due, as lines for a terminal and as data for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from interviewer.bank import Bank
from interviewer.models import Review
from interviewer.practice.statistics import Series, Statistics
from interviewer.practice.summary import Summary
from interviewer.wording import sparkline, visible


def session_facts(summary: Summary) -> dict[str, Any]:
    """One session, in short."""
    session = summary.session
    return {
        "session": session.id,
        "started": session.started.isoformat(),
        "ended": session.ended.isoformat() if session.ended else None,
        "mode": session.mode,
        "questions": len(session.planned),
        "answered": session.endings.count("answered"),
        "graded": summary.graded,
        "ungraded": summary.ungraded,
        "mean": summary.mean,
        "graders": list(summary.graders),
    }


def session_line(summary: Summary) -> str:
    """One session in a line; times are local."""
    session = summary.session
    mean = "   –" if summary.mean is None else f"{summary.mean:5.1f}"
    counts = f"{summary.graded} graded" + (f", {summary.ungraded} ungraded" if summary.ungraded else "")
    answered = f"{session.endings.count('answered')}/{len(session.planned)}"
    who = ", ".join(summary.graders) + (" (mixed: no mean)" if len(summary.graders) > 1 else "")
    state = "" if None not in session.endings or session.ended else "  unfinished"
    when = f"{session.started.astimezone():%Y-%m-%d %H:%M}"
    line = f"{session.id:4}  {when}  {session.mode:9}  {answered:>5} answered  mean {mean:>5}  {counts}"
    return visible(f"{line}{state}{f'  {who}' if who else ''}")


def statistics_facts(found: Statistics) -> dict[str, Any]:
    """Every series with its figures."""

    def one(series: Series) -> dict[str, Any]:
        return {
            "topic": series.topic,
            "n": len(series.points),
            "mean": round(series.mean, 1),
            "latest": series.latest.score,
            "trend": None if series.trend is None else round(series.trend, 1),
            "points": [point.model_dump(mode="json") for point in series.points],
        }

    return {
        "graders": [
            {
                "grader": grader.grader,
                "level": grader.level,
                "ungraded": grader.ungraded,
                "total": None if grader.total is None else one(grader.total),
                "topics": [one(series) for series in grader.topics],
            }
            for grader in found.graders
        ],
        "unfinished": found.unfinished,
        "left_out": found.left_out,
    }


def statistics_lines(found: Statistics) -> Iterator[str]:
    """A table for each grader."""
    for grader in found.graders:
        level = "" if grader.level is None else f" · your level is about {grader.level} (100 to 500)"
        failed = f" · {grader.ungraded} ungraded" if grader.ungraded else ""
        yield visible(f"{grader.grader}{level}{failed}")
        rows = [*grader.topics, *([grader.total] if grader.total and len(grader.topics) > 1 else [])]
        wide = max((len(row.topic or "all topics") for row in rows), default=0)
        for row in rows:
            trend = (
                "too few for a trend" if row.trend is None else f"trend {row.trend:+.0f}".replace("-", "−")
            )
            numbers = f"n {len(row.points):3}  mean {row.mean:5.1f}  latest {row.latest.score:5.1f}"
            scores = [point.score for point in row.points]
            yield visible(f"  {row.topic or 'all topics':{wide}}  {numbers}  {trend}  {sparkline(scores)}")
        yield ""
    if found.unfinished:
        yield f"{found.unfinished} not graded to the end"
    if found.left_out:
        yield f"{found.left_out} blank or without content, in sessions without one judge's grade: in no mean"


def appointment(review: Review, bank: Bank) -> dict[str, Any]:
    """When a question comes again, and why then."""
    return {
        "question_id": review.question_id,
        "topic": bank.question(review.question_id).topic,
        "due": review.due.isoformat(),
        "last_answered": review.time.isoformat(),
        "rating": review.rating,
    }


def due_lines(ready: Sequence[Review], coming: Sequence[Review], bank: Bank, now: datetime) -> Iterator[str]:
    """What is due and what comes next; times are local."""
    wide = max((len(review.question_id) for review in (*ready, *coming)), default=0)

    def row(review: Review, when: str) -> str:
        return f"  {review.question_id:{wide}}  {when}  {bank.question(review.question_id).topic}"

    if ready:
        yield f"{len(ready)} due now:"
    elif coming:
        yield "nothing is due now"
    for review in ready:
        days = (now - review.due).days
        since = "today" if days == 0 else f"{days} day{'s' if days > 1 else ''}"
        yield row(review, f"since {review.due.astimezone():%Y-%m-%d} ({since})")
    if coming:
        yield "next:"
    for review in coming:
        yield row(review, f"from {review.due.astimezone():%Y-%m-%d %H:%M}")
