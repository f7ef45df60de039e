"""The bank: find a question, read it, look at what it wants, and begin with it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import DataTable, Input, Select, Static

from interviewer.grading.derive import with_criteria
from interviewer.models import Answer, Attempt, PlannedQuestion, Question, Rubric
from interviewer.practice.credit import attempt_score
from interviewer.practice.running import begin
from interviewer.tui.screens.base import DeskScreen, one_at_a_time, until_left
from interviewer.tui.screens.interview import InterviewScreen, asked_text
from interviewer.tui.widgets.field import Field
from interviewer.tui.widgets.keys import Keys
from interviewer.tui.widgets.plain import Plain, Prose, cells, plain
from interviewer.tui.widgets.status import TopBar
from interviewer.wording import visible

ALL = ""
"""Stands for all topics."""
HIDDEN = "The model answer and what earns points are hidden: v shows them."


class BrowseScreen(DeskScreen):
    """Searches the bank, and shows one question of it."""

    BINDINGS = [  # noqa: RUF012
        Binding("s", "start", "Start", id="browse.start", tooltip="A session with just this question"),
        Binding("v", "reveal", "Reveal", id="browse.reveal", tooltip="The model answer and the rubric"),
        Binding("slash", "search", "Search", id="browse.search", key_display="/"),
        Binding("t", "topic", "Topic", id="browse.topic", tooltip="Only one topic"),
        Binding("escape", "leave", "Back", id="browse.leave"),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
    ]

    search = getters.query_one("#search", Input)
    table = getters.query_one("#found", DataTable)
    topic = getters.query_one("#only-topic", Select)

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Question] = []
        self._attempts: dict[str, list[Attempt]] = {}
        self._shown: Question | None = None
        self._revealed = False

    def compose(self) -> ComposeResult:
        """What to look for, what was found, and the one that is selected."""
        topics = sorted({question.topic for question in self.app.desk.bank.questions.values()})
        yield TopBar("Browse")
        with Horizontal(id="searching"):
            words = "Words of the question, its id or tags; Enter goes to the list"
            search = Field(placeholder=words, id="search", compact=True)
            search.border_title = "Search"
            yield search
            options = [(plain("all topics"), ALL), *((plain(topic), topic) for topic in topics)]
            only = Select(options, value=ALL, allow_blank=False, compact=True, id="only-topic")
            only.border_title = "Topic"
            yield only
        with Vertical(id="browse"):
            yield DataTable(id="found", cursor_type="row")
            with VerticalScroll(id="reading"):
                yield Plain(id="reading-about")
                yield Prose(id="reading-prompt")
                yield Plain(HIDDEN, id="reading-hidden")
                with Vertical(id="revealed"):
                    yield Prose(id="reading-reference")
                    yield Static(id="reading-scheme")
        yield Keys()

    async def on_mount(self) -> None:
        """All questions at first."""
        self.table.add_columns("Question", "Score", "Last", "Diff.", "Topic", "Kind")
        await self._read_attempts()
        self.search.focus()

    def on_screen_resume(self) -> None:
        """Questions may have been answered meanwhile."""
        super().on_screen_resume()
        self._refresh()

    def answer_changed(self, answer: Answer) -> None:
        """A grade came in."""
        super().answer_changed(answer)
        if self.is_current:
            self._refresh()

    @work(exclusive=True, group="attempts")
    async def _refresh(self) -> None:
        await self._read_attempts()

    @until_left
    async def _read_attempts(self) -> None:
        desk = self.app.desk
        found: dict[str, list[Attempt]] = {}
        for attempt in await desk.writer.do(desk.history.attempts):
            found.setdefault(attempt.question_id, []).append(attempt)
        self._attempts = found
        self._list()

    # What is found

    @on(Input.Changed, "#search")
    @on(Select.Changed, "#only-topic")
    def _list(self) -> None:
        """Everything that fits what is typed, with the selection where it was if it still fits."""
        kept = self._selected
        topic = self.topic.value
        self._found = matching(
            self.app.desk.bank.questions.values(), self.search.value, str(topic) if topic else None
        )
        self.table.clear()
        for question in self._found:
            self.table.add_row(*cells(_row(question, self._attempts)))
        self.table.border_title = f"{len(self._found)} of {len(self.app.desk.bank.questions)} questions"
        self.table.move_cursor(row=self._found.index(kept) if kept in self._found else 0)
        self._show_selected()

    @property
    def _selected(self) -> Question | None:
        row = self.table.cursor_row
        return self._found[row] if 0 <= row < len(self._found) else None

    @on(DataTable.RowHighlighted, "#found")
    def _show_selected(self) -> None:
        question = self._selected
        if question is None or question is not self._shown:
            # Another question, so what it wants is hidden again.
            self._revealed = False
        self._shown = question
        self._show(question)

    @work(exclusive=True, group="reading")
    @until_left
    async def _show(self, question: Question | None) -> None:
        about = self.query_one("#reading-about", Plain)
        hidden, revealed = self.query_one("#reading-hidden", Plain), self.query_one("#revealed")
        hidden.display = question is not None and not self._revealed
        revealed.display = question is not None and self._revealed
        self.refresh_bindings()
        if question is None:
            about.say("No question fits. Take a word out of the search, or choose all topics (t).")
            await self.query_one("#reading-prompt", Prose).show("")
            return
        bank = self.app.desk.bank
        about.say(_about(question, self._attempts.get(question.id, [])))
        await self.query_one("#reading-prompt", Prose).show(asked_text(question, bank.parents(question)))
        if self._revealed:
            reference = f"**Model answer**\n\n{question.reference}"
            await self.query_one("#reading-reference", Prose).show(reference)
            scheme = _scheme(with_criteria(question), bank.rubric(question.rubric))
            self.query_one("#reading-scheme", Static).update(scheme)

    # What one can do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides the keys that have nothing to work on."""
        if action in ("start", "reveal"):
            return self._selected is not None
        return True

    def action_search(self) -> None:
        """To the words that are searched for."""
        self.search.focus()

    def action_topic(self) -> None:
        """To the list of topics."""
        self.topic.focus()
        self.topic.action_show_overlay()

    @on(Input.Submitted, "#search")
    def _to_list(self) -> None:
        self.table.focus()

    @on(DataTable.RowSelected, "#found")
    def _to_reading(self) -> None:
        self.query_one("#reading").focus()

    def action_move(self, rows: int) -> None:
        """Moves the selection while one is typing."""
        if self.focused is self.search:
            self.table.move_cursor(row=self.table.cursor_row + rows)

    def action_reveal(self) -> None:
        """Shows the model answer and what earns points, or hides them."""
        self._revealed = not self._revealed
        self._show_selected()

    @work
    @one_at_a_time
    async def action_start(self) -> None:
        """A session with just this question."""
        question, desk = self._selected, self.app.desk
        if question is None:
            return
        planned = [PlannedQuestion(question_id=question.id, why="you chose it")]
        mode = desk.settings.config.practice.mode
        session = await desk.writer.do(begin, desk.history, planned, mode=mode)
        await desk.writer.do(desk.history.claim, session.id)
        self._revealed = False
        self.app.push_screen(InterviewScreen(session))

    def action_leave(self) -> None:
        """From the search to the list, from there back to where one came from."""
        self.app.pop_screen()


def matching(questions: Iterable[Question], words: str, topic: str | None = None) -> list[Question]:
    """The questions that have every word in their id, topic, wording or tags, in the order given."""
    wanted = words.casefold().split()
    return [
        question
        for question in questions
        if topic in (None, question.topic) and all(word in _searched(question) for word in wanted)
    ]


def _searched(question: Question) -> str:
    return "\n".join([question.id, question.topic, question.prompt, *question.tags]).casefold()


def _row(question: Question, attempts: dict[str, list[Attempt]]) -> tuple[str, ...]:
    own = attempts.get(question.id, [])
    last = own[-1] if own else None
    when = last.submitted.astimezone().strftime("%d %b") if last else "never"
    return (question.id, _score(last), when, str(question.difficulty), question.topic, _kind(question))


def _score(last: Attempt | None) -> str:
    score = attempt_score(last) if last else None
    if score is not None:
        return f"{score:5.1f}"
    return "    –" if last is None else "! none"


def _kind(question: Question) -> str:
    return question.kind.replace("_", "/")


def _about(question: Question, attempts: list[Attempt]) -> str:
    lines = [f"{question.id} · {question.topic} · difficulty {question.difficulty} · {_kind(question)}"]
    if question.tags:
        lines[0] += f" · {', '.join(question.tags)}"
    if not attempts:
        return "\n".join([*lines, "Not answered yet"])
    last = attempts[-1]
    score = attempt_score(last)
    result = f"{score:g} of 100 from {last.grader}" if score is not None else "not graded"
    times = "once" if len(attempts) == 1 else f"{len(attempts)} times"
    when = last.submitted.astimezone().strftime("%d %b %Y")
    return "\n".join([*lines, f"Answered {times}, last on {when}: {result}"])


def _scheme(question: Question, rubric: Rubric) -> Table:
    """What earns points, and what costs some."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1)
    table.add_row("", _text(f"What earns points (rubric {rubric.name}, passes at {rubric.pass_mark:g})"))
    for criterion in (*question.criteria, *rubric.criteria):
        asked = [", required"] if criterion.required else []
        asked += [f", one of “{criterion.group}”"] if criterion.group else []
        asked += [f" (checked by code: {criterion.check.kind})"] if criterion.check else []
        table.add_row(f"+{criterion.points:g}", _text(f"{criterion.text}{''.join(asked)}"))
    for group in question.groups:
        more = ", others than these too" if group.open else ""
        table.add_row("", _text(f"Of “{group.id}” the best {group.choose} count{more}."))
    if question.mistakes:
        table.add_row("", "")
        table.add_row("", "What costs points")
    for mistake in question.mistakes:
        table.add_row(f"−{mistake.points:g}", _text(mistake.text))
    return table


def _text(text: str) -> Text:
    return Text(visible(text))
