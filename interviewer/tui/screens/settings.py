"""Settings: which judge grades, how practice goes, the colours. A judge is tested before it is saved."""

from __future__ import annotations

import asyncio
import os
import time

from rich.table import Table
from rich.text import Text
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Select, Static

from interviewer.backends.local import LocalModel, local_model
from interviewer.config import Settings
from interviewer.config.saving import save, user_file, with_changes
from interviewer.errors import ConfigError, InterviewerError
from interviewer.grading.probe import Report
from interviewer.tui.judges import OTHER, JudgeChanges, judge_changes, judge_options, name_of, option_of
from interviewer.tui.probing import probe_judge
from interviewer.tui.screens.base import DeskScreen
from interviewer.tui.screens.dialogs import Confirm
from interviewer.tui.themes import DARK, HIGH_CONTRAST, LIGHT
from interviewer.tui.widgets.field import Field
from interviewer.tui.widgets.keys import Keys
from interviewer.tui.widgets.plain import Plain, plain
from interviewer.tui.widgets.status import TopBar
from interviewer.wording import visible

HERE = "the settings screen"
"""What set a value that is in no file."""
STATES = {"ok": "ok", "note": "note", "fail": "FAIL"}
MODES = {"coach": "after each answer (coach)", "interview": "at the end (interview)"}
THEMES = (DARK, LIGHT, HIGH_CONTRAST)


class SettingsScreen(DeskScreen):
    """Changes settings for this run and for later ones."""

    BINDINGS = [  # noqa: RUF012
        Binding("ctrl+s,f5", "save", "Save", id="settings.save", key_display="^s"),
        Binding("ctrl+t,f6", "test", "Test the judge", id="settings.test", key_display="^t"),
        Binding("escape", "leave", "Back, unsaved", id="settings.leave"),
    ]

    judge = getters.query_one("#judge-option", Select)
    result = getters.query_one("#test-result", Plain)

    def __init__(self) -> None:
        super().__init__()
        self._local: LocalModel | None = None
        self._before: JudgeChanges = {}
        self._usable: JudgeChanges | None = None
        self._theme = ""

    def compose(self) -> ComposeResult:
        """A field a line; below, what the test of the judge found."""
        config = self.app.desk.settings.config
        own = option_of(config.judge) == OTHER
        yield TopBar("Settings")
        with VerticalScroll(id="settings", can_focus=False):
            yield from self._field("Judge", "judge.backend", _select(
                "judge-option", judge_options(os.environ, None), option_of(config.judge)))  # fmt: skip
            yield from self._field("  its name", "judge.model", Field(
                name_of(config.judge) if own else "", placeholder="provider/model", compact=True,
                id="judge-name"))  # fmt: skip
            yield from self._field("  its server", "judge.base_url", Field(
                config.judge.base_url or "", placeholder="http://… (for a server of your own)", compact=True,
                id="base-url"))  # fmt: skip
            yield from self._field("Feedback", "practice.mode", _select(
                "mode", list(MODES.items()), config.practice.mode))  # fmt: skip
            yield from self._field("Questions", "practice.questions", Field(
                str(config.practice.questions), type="integer", compact=True, id="questions"))  # fmt: skip
            yield from self._field("Follow-ups", "practice.follow_ups", _select(
                "follow-ups", [("yes", "yes: an LLM judge asks on"), ("no", "no")],
                "yes" if config.practice.follow_ups else "no"))  # fmt: skip
            yield from self._field("Colours", "practice.theme", _select(
                "theme", [(name, name) for name in THEMES], config.practice.theme))  # fmt: skip
            with Horizontal(classes="buttons"):
                yield Button("Save (^s)", id="save", variant="primary")
                yield Button("Test the judge (^t)", id="test")
            yield Plain(id="test-result")
            yield Static(id="test-lines")
            yield Plain(f"Settings go to {user_file()}. Keys never do: they stay in the environment.")
        yield Keys()

    def _field(self, title: str, key: str, widget: Widget) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Label(title)
            yield widget
        source = _overriding(self.app.desk.settings, key)
        if source is not None:
            text = f"Set by {source}, which wins at the next start."
            yield Plain(text, classes="override")

    async def on_mount(self) -> None:
        """Looks whether a model is served on this machine."""
        self._theme = self.app.theme
        self._show_fields()
        self._before = self._form()
        self.judge.focus()
        self._look_for_server()

    @work(group="local")
    async def _look_for_server(self) -> None:
        self._local = await asyncio.to_thread(local_model)
        if self._local is None:
            return
        kept = self.judge.value
        with self.prevent(Select.Changed):
            self.judge.set_options(_options(judge_options(os.environ, self._local)))
            self.judge.value = kept

    # The form

    @on(Select.Changed, "#judge-option")
    def _show_fields(self) -> None:
        for name in ("judge-name", "base-url"):
            field = self.query_one(f"#{name}").parent
            assert isinstance(field, Horizontal)
            field.display = self.judge.value == OTHER

    @on(Select.Changed, "#theme")
    def _show_theme(self, event: Select.Changed) -> None:
        """The colours at once; they are put back where nothing is saved."""
        if self._theme:
            self.app.theme = str(event.value)

    def _form(self) -> JudgeChanges:
        """Every field by its key.

        Raises:
            ConfigError: one of them cannot be used.
        """
        questions = self._typed("questions")
        if not questions.isdecimal():
            raise ConfigError("Questions: needs a number")
        option = str(self.judge.value)
        return judge_changes(option, self._typed("judge-name"), self._typed("base-url"), self._local) | {
            "practice.mode": str(self.query_one("#mode", Select).value),
            "practice.questions": int(questions),
            "practice.follow_ups": self.query_one("#follow-ups", Select).value == "yes",
            "practice.theme": str(self.query_one("#theme", Select).value),
        }

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _read(self) -> tuple[JudgeChanges, Settings] | None:
        """The form and the settings it would make; None, with the reason shown, where it makes none."""
        try:
            form = self._form()
            return form, with_changes(self.app.desk.settings, form, HERE)
        except InterviewerError as error:
            self.result.say(f"This cannot be used. {error.in_a_line}")
            return None

    def _changes(self, form: JudgeChanges) -> JudgeChanges:
        """What differs from before; of the judge all or nothing."""
        judge = _of_judge(form)
        changed = {} if judge == _of_judge(self._before) else judge
        rest = {key: value for key, value in form.items() if key not in judge}
        return changed | {key: value for key, value in rest.items() if value != self._before.get(key)}

    # Testing and saving

    @on(Button.Pressed, "#test")
    @work(exclusive=True, group="settings")
    async def action_test(self) -> None:
        """Asks the judge once and says what it can do."""
        read = self._read()
        if read is not None:
            await self._test(*read)

    async def _test(self, form: JudgeChanges, settings: Settings) -> str | None:
        """Why the judge cannot be used; None where it can."""
        began = time.monotonic()

        def waiting() -> None:
            self.result.say(
                f"Testing the judge … {time.monotonic() - began:.0f} s. You can go on; Esc leaves."
            )

        self.query_one("#test-lines").display = False
        waiting()
        timer = self.set_interval(1, waiting)
        try:
            report = await probe_judge(settings)
        except InterviewerError as error:
            self.result.say(f"The judge cannot be used.\n  FAIL  {error.in_a_line}")
            return error.in_a_line
        finally:
            timer.stop()
        can = "can" if report.works else "cannot"
        self.result.say(f"{report.judge}: answers {can} be graded ({report.why})")
        self.query_one("#test-lines").display = True
        self.query_one("#test-lines", Static).update(_lines(report))
        if report.works:
            self._usable = _of_judge(form)
            return None
        return "; ".join(line.text for line in report.lines if line.status == "fail")

    @on(Button.Pressed, "#save")
    @work(exclusive=True, group="settings")
    async def action_save(self) -> None:
        """Saves what was changed; a judge only after it was tested, or when asked to all the same."""
        read = self._read()
        if read is None:
            return
        form, settings = read
        changes = self._changes(form)
        if not changes:
            self.notify("Nothing is changed.")
            return
        if "judge.backend" in changes and self._usable != _of_judge(form):
            failure = await self._test(form, settings)
            if self._read() != read:
                self.notify("Not saved: the fields were changed while the judge was being tested.")
                return
            if failure is not None and not await self._insists(failure):
                return
        await self._keep(changes)

    async def _insists(self, failure: str) -> bool:
        question = (
            f"This judge cannot be used now: {failure}\n\n"
            "Save it all the same? Answers are kept, and graded when it can be used."
        )
        confirm = Confirm(question, yes="Save anyway", no="Back")
        return await self.app.push_screen_wait(confirm)

    async def _keep(self, changes: JudgeChanges) -> None:
        desk, path, problem = self.app.desk, user_file(), None
        try:
            await desk.writer.do(save, path, changes)
        except ConfigError as error:
            problem = error.in_a_line
        settings = with_changes(desk.settings, changes, HERE if problem else str(path))
        if "judge.backend" in changes:
            desk.use(settings)
        else:
            # The judge is the same one, so it need not be loaded again.
            desk.settings = settings
        self._before |= changes
        self._theme = self.app.theme
        if problem:
            self.result.say(f"Not saved: {problem}\nThe settings hold until you quit.")
            return
        self.notify(f"Saved in {path}", markup=False)
        self.app.pop_screen()

    def action_leave(self) -> None:
        """Back, with everything as it was."""
        self.app.theme = self._theme
        self.app.pop_screen()


def _overriding(settings: Settings, key: str) -> str | None:
    """The source that wins over the user's own file for this key."""
    source = next((origin.source for origin in settings.origins if origin.key == key), "default")
    return None if source in ("default", str(user_file()), HERE) else source


def _of_judge(form: JudgeChanges) -> JudgeChanges:
    return {key: value for key, value in form.items() if key.startswith("judge.")}


def _lines(report: Report) -> Table:
    """What the test found, as `interviewer doctor` says it."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for line in report.lines:
        texts = (f"  {STATES[line.status]}", line.name, line.text)
        table.add_row(*(Text(visible(text)) for text in texts))
    return table


def _options(options: list[tuple[str, str]]) -> list[tuple[Content, str]]:
    return [(plain(text), value) for value, text in options]


def _select(name: str, options: list[tuple[str, str]], value: str) -> Select[str]:
    return Select(_options(options), value=value, allow_blank=False, compact=True, id=name)
