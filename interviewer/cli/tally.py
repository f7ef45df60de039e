"""What a session came to, in a few lines of a plain terminal."""

from __future__ import annotations

from interviewer.cli.show import Screen
from interviewer.history import History
from interviewer.models import Ungraded
from interviewer.practice.credit import Credit, credit
from interviewer.practice.summary import Asked, Summary


def show_summary(screen: Screen, summary: Summary, history: History, judge: str) -> None:
    """What was graded, with its mean; what was not is listed apart.

    Args:
        judge: named where no judge has graded anything.
    """
    answered = summary.graded + summary.ungraded
    if not answered:
        screen.say("Nothing was graded.")
        return
    line = f"Graded {summary.graded} of {answered}"
    if summary.mean is not None:
        line += f" · mean {summary.mean:.1f} of the graded"
    elif summary.graded:
        line += " · no mean: different judges"
    screen.say(f"{line} · judge {', '.join(summary.graders) or judge}", style="bold")
    for entry in summary.asked:
        if entry.answer is not None or entry.ending is not None:
            screen.say(f"  {_result(entry)}")
    if history.problem:
        screen.say(f"Answers could not be kept: {history.problem}", style="bold", whole=True)
    elif history.place is not None:
        screen.say(f"Your answers are in {history.place}", style="dim", whole=True)


def sum_of(worth: Credit, hints: int) -> str:
    """How hints lower a grade: "grade 70, −10 for a hint = 60"."""
    what = "a hint" if hints == 1 else f"{hints} hints"
    return f"grade {worth.graded:g}, −{worth.hints:g} for {what} = {worth.total:g}"


def _result(entry: Asked) -> str:
    if entry.answer is None:
        return f"    –  {entry.question_id}, left"
    tries = [f"{worth.total:.1f}" for answer in entry.again if (worth := credit(answer)) is not None]
    later = f" → {tries[-1]}" if tries else ""
    grade, hints = entry.answer.grade, entry.answer.hints
    if grade is None or entry.credit is None:
        outcome = entry.answer.outcome
        reason = outcome.reason if isinstance(outcome, Ungraded) else "it was stopped"
        return f"    –{later}  {entry.question_id}, not graded: {reason}"
    remarks = [f"confidence {grade.confidence}"]
    if hints:
        remarks.append(f"{hints} hint{'s' if hints > 1 else ''}")
    if later:
        remarks.append("the first counts")
    return f"{entry.credit.total:5.1f}{later}  {entry.question_id} ({', '.join(remarks)})"
