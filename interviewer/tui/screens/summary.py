"""What a session came to: by question, topic and kind of criterion, and what to study next."""

from __future__ import annotations

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import DataTable

from interviewer.history import History
from interviewer.models import Answer, Ungraded
from interviewer.practice.schedule import counts, is_certain
from interviewer.practice.summary import KINDS, Asked, Share, Summary, summarise
from interviewer.tui.screens.base import DeskScreen, one_at_a_time, until_left
from interviewer.tui.screens.export import export_session
from interviewer.tui.screens.feedback import FeedbackScreen
from interviewer.tui.widgets.keys import Keys
from interviewer.tui.widgets.plain import Plain, cells
from interviewer.tui.widgets.status import TopBar
from interviewer.wording import signed

BAR = 20
"""Cells of a full bar."""


class SummaryScreen(DeskScreen):
    """Shows one session; the first thing seen after its last question.

    Args:
        session_id: the session's number in the history.
    """

    BINDINGS = [  # noqa: RUF012
        Binding("enter", "open", "Feedback", show=False),
        Binding("e", "export", "Export", id="summary.export"),
        Binding("g", "grade_ungraded", "Grade ungraded", id="summary.grade"),
        Binding("escape,h", "leave", "Home", id="summary.leave", key_display="esc"),
    ]

    table = getters.query_one("#asked", DataTable)

    def __init__(self, session_id: int) -> None:
        super().__init__()
        self._session_id = session_id
        self._summary: Summary | None = None

    def compose(self) -> ComposeResult:
        """A headline, the questions, then what they add up to."""
        yield TopBar("Summary")
        yield Plain(id="headline")
        yield DataTable(id="asked", cursor_type="row")
        with VerticalScroll(id="sums"):
            yield Plain(id="topics")
            yield Plain(id="kinds")
            yield Plain(id="to-study")
        yield Keys()

    async def on_mount(self) -> None:
        """Shows what there is already."""
        self.table.add_columns("Score", "Question", "What became of it")
        # After the other `on_mount`, so that no grade comes between what is read now and being told.
        self.call_next(self._refresh)
        self.table.focus()

    def on_screen_resume(self) -> None:
        """A grade may have come, or a follow-up been answered, meanwhile."""
        super().on_screen_resume()
        self._refresh()

    def answer_changed(self, answer: Answer) -> None:
        """An answer of this session has been graded."""
        super().answer_changed(answer)
        if answer.session_id == self._session_id:
            self._refresh()

    @work(exclusive=True, group="show")
    async def _refresh(self) -> None:
        await self._show()

    @until_left
    async def _show(self) -> None:
        desk = self.app.desk
        session = await desk.writer.do(desk.history.session, self._session_id)
        if session is None:
            return
        topics = {question.id: question.topic for question in desk.bank.questions.values()}
        summary = await desk.writer.do(summarise, desk.history, session, topics)
        rated = await desk.writer.do(_rated, desk.history, summary)
        typed = {
            draft.position: "a" if draft.part == "again" else "f"
            for draft in await desk.writer.do(desk.history.drafts)
            if draft.session_id == session.id and draft.part != "first" and draft.text.strip()
        }
        self._summary = summary
        in_work = sum(answer.id in desk.in_work for entry in summary.asked for answer in _all_of(entry))
        self.query_one("#headline", Plain).say(headline(summary, in_work))
        at = self.table.cursor_row
        self.table.clear()
        for entry in summary.asked:
            score, name, became = _row(entry, desk.in_work, rated)
            if key := typed.get(entry.position):
                became = f"✎ more is typed: Enter, then {key} · {became}"
            self.table.add_row(*cells((score, name, became)))
        self.table.move_cursor(row=at)
        self.query_one("#topics", Plain).say(_shares("By topic", summary.topics, {}))
        self.query_one("#kinds", Plain).say(_shares("By kind of point", summary.kinds, KINDS))
        self.query_one("#to-study", Plain).say(_to_study(summary))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter on a question shows its feedback."""
        if self._summary is None:
            return
        answer = self._summary.asked[event.cursor_row].answer
        if answer is None:
            self.notify("This question was not answered.")
        else:
            self.app.push_screen(FeedbackScreen(answer.id))

    def action_grade_ungraded(self) -> None:
        """Grades what has no grade yet."""
        asked = self._summary.asked if self._summary else ()
        kept = [answer for entry in asked for answer in _all_of(entry)]
        self.app.grade_all(answer for answer in kept if answer.grade is None)

    @work
    @one_at_a_time
    async def action_export(self) -> None:
        """Writes the session to a file."""
        await export_session(self.app, self._session_id)

    def action_open(self) -> None:
        """The table's own Enter does it."""

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.app.pop_screen()


def headline(summary: Summary, in_work: int) -> str:
    """How many were graded, and their mean where it means something."""
    answered = summary.graded + summary.ungraded
    left = sum(entry.ending in ("skipped", "gave_up") for entry in summary.asked)
    line = f"Graded {summary.graded} of {answered} answers"
    if left:
        line += f", {left} left out"
    if in_work:
        line += f", {in_work} being graded"
    if summary.mean is not None:
        line += f" · mean {summary.mean:.1f} of the graded"
        if summary.earlier_mean is not None:
            change = summary.mean - summary.earlier_mean
            line += f" ({signed(change)} against {summary.earlier_mean:.1f} in earlier sessions)"
    graders = " and ".join(summary.graders)
    if len(summary.graders) > 1:
        line += f"\nGraded by {graders}: their scores are not comparable, so there is no mean."
    elif graders:
        line += f"\nGraded by {graders}"
    return line


def _all_of(entry: Asked) -> tuple[Answer, ...]:
    """All answers to one question."""
    return (*((entry.answer,) if entry.answer else ()), *entry.again, *entry.follow_ups)


def _rated(history: History, summary: Summary) -> set[int]:
    """Numbers of the answers that have been rated, by their grade or by the candidate."""
    asked = {entry.question_id for entry in summary.asked}
    return {r.answer_id for name in asked for r in history.reviews(name) if r.answer_id is not None}


def _row(entry: Asked, in_work: set[int], rated: set[int]) -> tuple[str, str, str]:
    score = f"{entry.credit.total:5.1f}" if entry.credit else "    –"
    return score, entry.question_id, _what_became(entry, in_work, rated)


def _what_became(entry: Asked, in_work: set[int], rated: set[int]) -> str:
    answer = entry.answer
    if answer is None:
        left = "not asked yet" if entry.topic else "no longer in the bank"
        return {"skipped": "skipped", "gave_up": "gave up"}.get(entry.ending or "", left)
    if answer.id in in_work:
        return "… being graded"
    if isinstance(answer.outcome, Ungraded):
        return f"! not graded: {answer.outcome.reason}"
    if answer.grade is None or entry.credit is None:
        return "! not graded yet: g grades it"
    mark = answer.grade.receipt.scheme.pass_mark
    parts = ["✓ passed" if entry.credit.total >= mark else "✗ not passed"]
    if counts(answer) and not is_certain(answer) and answer.id not in rated:
        parts.append("? uncertain: Enter, then rate it 1 to 4")
    else:
        parts.append(f"confidence {answer.grade.confidence}")
    parts += [f"−{entry.credit.hints:g} hints"] if entry.credit.hints else []
    parts += [f"+{entry.credit.follow_ups:g} follow-up"] if entry.credit.follow_ups else []
    again = [a.grade.score for a in entry.again if a.grade is not None]
    parts += [f"again: {again[-1]:g}"] if again else []
    return " · ".join(parts)


def _shares(title: str, shares: tuple[Share, ...], names: dict[str, str]) -> str:
    if not shares:
        return ""
    wide = max(len(names.get(share.name, share.name)) for share in shares)
    lines = [title]
    for share in shares:
        full = round(share.percent / 100 * BAR)
        bar = "█" * full + "░" * (BAR - full)
        earlier = f"  (earlier {share.earlier:.0f})" if share.earlier is not None else ""
        lines.append(f"  {names.get(share.name, share.name):{wide}}  {bar} {share.percent:3.0f} %{earlier}")
    return "\n".join(lines)


def _to_study(summary: Summary) -> str:
    if not summary.to_study:
        return ""
    lines = [f"  +{gap.points:g}  {gap.text}  ({gap.question_id})" for gap in summary.to_study]
    return "\n".join(["To study next", *lines])
