"""What was practised: the sessions, and how the scores of each judge develop by topic."""

from __future__ import annotations

from collections.abc import Sequence

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.color import Color
from textual.containers import Horizontal, Vertical
from textual.widgets import DataTable, Select
from textual_plotext import PlotextPlot

from interviewer.models import Answer, Session
from interviewer.practice.statistics import GraderStatistics, Point, Series, Statistics, statistics
from interviewer.practice.summary import Summary, summarise
from interviewer.tui.screens.base import DeskScreen, one_at_a_time, until_left
from interviewer.tui.screens.export import export_session
from interviewer.tui.screens.summary import SummaryScreen
from interviewer.tui.widgets.keys import Keys
from interviewer.tui.widgets.plain import Plain, cells, plain
from interviewer.tui.widgets.status import TopBar
from interviewer.wording import signed, sparkline

NOTHING = """Nothing was practised yet.

Esc goes back to the first screen; s starts a session there.
Every answer and grade is kept, and shown here with how you develop."""
BLOCKS_SHOWN = 8
"""Newest scores in a line of blocks."""
LONGEST_TOPIC = 18
"""Characters of it in the list where the screen is narrow."""
TICK_WIDTH = 12
"""Columns for each date below the plot."""


class HistoryScreen(DeskScreen):
    """Lists the sessions and plots the scores."""

    BINDINGS = [  # noqa: RUF012
        Binding("enter", "open", "Open", show=False),
        Binding("g", "grade_ungraded", "Grade ungraded", id="history.grade"),
        Binding("e", "export", "Export", id="history.export", tooltip="Write the session to a file"),
        Binding("j", "grader", "Judge", id="history.grader", tooltip="Whose scores are plotted"),
        Binding("escape,h", "leave", "Back", id="history.leave", key_display="esc"),
    ]

    table = getters.query_one("#sessions", DataTable)
    topics = getters.query_one("#series", DataTable)
    chosen = getters.query_one("#grader", Select)
    plot = getters.query_one(PlotextPlot)

    def __init__(self) -> None:
        super().__init__()
        self._sessions: list[Session] = []
        self._ungraded: list[Answer] = []
        self._graders: dict[str, GraderStatistics] = {}
        self._rows: list[Series] = []

    def compose(self) -> ComposeResult:
        """The sessions above; below, the topics and a plot of the selected one."""
        yield TopBar("History")
        yield Plain(NOTHING, id="no-history")
        with Vertical(id="history"):
            yield DataTable(id="sessions", cursor_type="row")
            with Horizontal(id="over-time"):
                with Vertical(id="series-side"):
                    grader: Select[str] = Select([], compact=True, id="grader", prompt="no judge yet")
                    yield grader
                    yield DataTable(id="series", cursor_type="row")
                    yield Plain(id="not-in-series")
                with Vertical(id="plot-side"):
                    yield Plain(id="no-plot")
                    yield PlotextPlot(id="plot")
        yield Keys()

    async def on_mount(self) -> None:
        """Shows what there is."""
        self.table.border_title = "Sessions"
        self.table.add_columns("No.", "Date", "Mode", "Answered")
        for name in ("Mean", "Ungraded", "Judge"):
            self.table.add_column(name, key=name)
        self.topics.add_columns("Topic", "n", "Mean", "Last", "Scores", "Trend")
        # Its own colours follow the terminal, so that they fit every theme.
        self.plot.theme = "textual-clear"
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self._refresh()
        self.table.focus()

    def on_screen_resume(self) -> None:
        """A session may have been gone on with meanwhile."""
        super().on_screen_resume()
        self._refresh()

    def answer_changed(self, answer: Answer) -> None:
        """A grade came in."""
        super().answer_changed(answer)
        if self.is_current:
            self._refresh()

    @work(exclusive=True, group="show")
    async def _refresh(self) -> None:
        await self._show()

    @until_left
    async def _show(self) -> None:
        desk = self.app.desk
        self._sessions = await desk.writer.do(desk.history.sessions)
        self._ungraded = await desk.writer.do(desk.history.ungraded)
        found = statistics(await desk.writer.do(desk.history.attempts))
        self.query_one("#no-history").display = not self._sessions
        self.query_one("#history").display = bool(self._sessions)
        self.refresh_bindings()
        self._list_sessions()
        self._show_statistics(found)
        for session in self._sessions:
            # One by one: between them the thread is free for what is being typed or graded.
            self._fill_in(await desk.writer.do(summarise, desk.history, session, compare=False))

    # Sessions

    def _list_sessions(self) -> None:
        at = self.table.cursor_row
        self.table.clear()
        for session in self._sessions:
            row = (*_session_row(session), "…", "…", "…")
            self.table.add_row(*cells(row), key=str(session.id))
        self.table.move_cursor(row=at)

    def _fill_in(self, summary: Summary) -> None:
        row = str(summary.session.id)
        for column, text in zip(("Mean", "Ungraded", "Judge"), cells(_results(summary)), strict=True):
            self.table.update_cell(row, column, text, update_width=True)

    @property
    def _session(self) -> Session | None:
        row = self.table.cursor_row
        return self._sessions[row] if 0 <= row < len(self._sessions) else None

    @on(DataTable.RowSelected, "#sessions")
    def _open(self) -> None:
        """Enter on a session shows what it came to."""
        session = self._session
        if session is not None:
            self.app.push_screen(SummaryScreen(session.id))

    # Scores over time

    def _show_statistics(self, found: Statistics) -> None:
        self._graders = {grader.grader: grader for grader in found.graders}
        newest = max(
            found.graders, key=lambda g: g.total.latest.time.timestamp() if g.total else 0.0, default=None
        )
        kept = self.chosen.value
        with self.prevent(Select.Changed):
            self.chosen.set_options((plain(_judge(grader)), grader.grader) for grader in found.graders)
            if kept in self._graders:
                self.chosen.value = kept
            elif newest is not None:
                self.chosen.value = newest.grader
        notes = []
        if found.unfinished:
            notes.append(f"{found.unfinished} not graded yet")
        if found.left_out:
            notes.append(f"{found.left_out} blank ones with no judge")
        self.query_one("#not-in-series", Plain).say(f"Left out: {', '.join(notes)}" if notes else "")
        self._list_topics()

    @on(Select.Changed, "#grader")
    def _list_topics(self) -> None:
        """The topics of the chosen judge, all of them together first."""
        grader = self._graders.get(str(self.chosen.value))
        at = self.topics.cursor_row
        total = [grader.total] if grader and grader.total else []
        self._rows = [*total, *(grader.topics if grader else ())]
        longest = LONGEST_TOPIC if self.has_class("-narrow") or self.has_class("-tiny") else 100
        self.topics.clear()
        for series in self._rows:
            self.topics.add_row(*cells(_series_row(series, longest)))
        self.topics.move_cursor(row=min(at, max(0, len(self._rows) - 1)))
        self._draw()

    @on(DataTable.RowHighlighted, "#series")
    def _draw(self) -> None:
        """Plots the selected topic."""
        row = self.topics.cursor_row
        series = self._rows[row] if 0 <= row < len(self._rows) else None
        self.plot.display = series is not None
        self.query_one("#no-plot", Plain).say("" if series else "No judge has given a score yet.")
        side = self.query_one("#plot-side")
        if series is None:
            side.border_title = "Scores"
            return
        trend = "too few for a trend" if series.trend is None else f"trend {signed(series.trend)}"
        side.border_title = plain(f"{series.topic or 'all topics'}: {trend}")
        self._plot(series.points)

    def _plot(self, points: Sequence[Point]) -> None:
        plt, scores = self.plot.plt, [point.score for point in points]
        places = list(range(1, len(points) + 1))
        line, text = (Color.parse(self.app.theme_variables[name]).rgb for name in ("primary", "foreground"))
        plt.clear_figure()
        if len(points) > 1:
            plt.plot(places, scores, marker="braille", color=line)
        plt.scatter(places, scores, marker="●", color=text)
        plt.ylim(0, 100)
        plt.yticks([0, 50, 100] if self.plot.size.height < 12 else [0, 25, 50, 75, 100])
        shown = _spread(len(points), max(2, self.plot.size.width // TICK_WIDTH))
        plt.xlim(0.5, len(points) + 0.5)
        plt.xticks([places[i] for i in shown], [f"{points[i].time.astimezone():%d %b}" for i in shown])
        self.plot.refresh()

    def on_resize(self) -> None:
        """Another width has room for other dates and topics."""
        self.call_after_refresh(self._list_topics)

    # What one can do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides the keys that have nothing to work on."""
        if action in ("open", "export"):
            return bool(self._sessions)
        if action == "grade_ungraded":
            return bool(self._ungraded)
        if action == "grader":
            return len(self._graders) > 1
        return True

    def action_open(self) -> None:
        """The tables' own Enter does it."""

    def action_grade_ungraded(self) -> None:
        """Grades every answer that has no grade."""
        self.app.grade_all(self._ungraded)

    def action_grader(self) -> None:
        """To the list of judges."""
        self.chosen.focus()
        self.chosen.action_show_overlay()

    @work
    @one_at_a_time
    async def action_export(self) -> None:
        """Writes the selected session to a file."""
        session = self._session
        if session is not None:
            await export_session(self.app, session.id)

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.app.pop_screen()


def _session_row(session: Session) -> tuple[str, ...]:
    answered = f"{session.endings.count('answered')}/{len(session.planned)}"
    is_open = session.ended is None and None in session.endings
    when = session.started.astimezone().strftime("%Y-%m-%d %H:%M")
    return (f"{session.id:3}", when, session.mode, f"{answered} open" if is_open else answered)


def _results(summary: Summary) -> tuple[str, str, str]:
    """Mean, ungraded answers, and who graded."""
    mean = "    –" if summary.mean is None else f"{summary.mean:5.1f}"
    ungraded = f"! {summary.ungraded}" if summary.ungraded else "–"
    who = ", ".join(summary.graders) or "–"
    return mean, ungraded, f"mixed, no mean: {who}" if len(summary.graders) > 1 else who


def _series_row(series: Series, longest: int) -> tuple[str, ...]:
    scores = [point.score for point in series.points]
    topic = series.topic or "all topics"
    return (
        topic if len(topic) <= longest else f"{topic[: longest - 1]}…",
        f"{len(scores):2}",
        f"{series.mean:4.0f}",
        f"{series.latest.score:4.0f}",
        sparkline(scores, BLOCKS_SHOWN),
        "–" if series.trend is None else signed(series.trend),
    )


def _judge(grader: GraderStatistics) -> str:
    parts = [grader.grader]
    parts += [f"level about {grader.level}"] if grader.level is not None else []
    parts += [f"{grader.ungraded} ungraded"] if grader.ungraded else []
    return " · ".join(parts)


def _spread(count: int, most: int) -> list[int]:
    """Indexes of at most so many entries, evenly from the first to the last."""
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) for i in range(most)]
