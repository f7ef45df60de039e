"""Writing one more answer: another try at a question, or the answer to a follow-up."""

from __future__ import annotations

from dataclasses import dataclass

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from interviewer.models import Answer, Draft, Part
from interviewer.tui.app import PracticeApp
from interviewer.tui.widgets.answer_box import AnswerBox
from interviewer.tui.widgets.keys import Keys
from interviewer.tui.widgets.plain import Plain, Prose


@dataclass(frozen=True)
class Writing:
    """What is being written."""

    to: Answer
    """The answer that it is another try at, or follows up."""
    part: Part
    criterion: str = ""


@dataclass(frozen=True)
class Written:
    """What was handed in."""

    text: str
    seconds: float


class WriteScreen(ModalScreen[Written | None]):
    """A box for one more answer; Escape leaves it, and keeps what is typed.

    Args:
        prompt: what is asked, as Markdown.
        note: what the answer will count for.
        asked_on: a follow-up question, which a model may have asked; plain text.
    """

    BINDINGS = [  # noqa: RUF012
        Binding("ctrl+s,f5,ctrl+enter", "hand_in", "Hand in", key_display="^s"),
        Binding("escape", "leave", "Not now"),
    ]

    app = getters.app(PracticeApp)
    box = getters.query_one(AnswerBox)

    def __init__(self, writing: Writing, title: str, prompt: str, note: str, *, asked_on: str = "") -> None:
        super().__init__()
        self._writing, self._title, self._prompt, self._note = writing, title, prompt, note
        self._asked_on = asked_on
        self._began = 0.0
        self._done = False

    def compose(self) -> ComposeResult:
        """What is asked, and the box."""
        with Vertical(classes="wide-dialog"):
            yield Plain(f"{self._title}. {self._note}", classes="dialog-title")
            with VerticalScroll(classes="dialog-prompt", can_focus=False):
                yield Prose(self._prompt)
            if self._asked_on:
                yield Plain(self._asked_on, classes="dialog-asked-on")
            yield AnswerBox()
            yield Keys()

    async def on_mount(self) -> None:
        """Takes up what was typed before."""
        self._began = self.app.clock()
        desk, writing = self.app.desk, self._writing
        self.box.read_only = True
        draft = await desk.writer.do(
            desk.history.draft, writing.to.session_id, writing.to.position, writing.part, writing.criterion
        )
        self.box.begin(writing.to.question, draft.text if draft else "", self.app.theme)
        self.box.read_only = False
        self.box.focus()

    @on(AnswerBox.Changed)
    def _keep_draft(self) -> None:
        if self._done:
            return
        to, history = self._writing.to, self.app.desk.history
        draft = Draft(
            session_id=to.session_id,
            position=to.position,
            question_id=to.question.id,
            part=self._writing.part,
            criterion=self._writing.criterion,
            text=self.box.text,
            time=self.app.now(),
        )
        self.app.desk.writer.newest(self._key, lambda: history.save_draft(draft))

    @work
    async def action_hand_in(self) -> None:
        """Hands it in."""
        if self._done:
            return
        if not self.box.text.strip():
            self.notify("Nothing is typed yet.")
            return
        self._done = True
        self.app.desk.writer.forget(self._key)
        self.dismiss(Written(self.box.text, round(self.app.clock() - self._began, 1)))

    def action_leave(self) -> None:
        """Goes back; what is typed is there the next time."""
        self.dismiss(None)

    @property
    def _key(self) -> tuple[str, int, int, str, str]:
        to = self._writing.to
        return ("draft", to.session_id, to.position, self._writing.part, self._writing.criterion)
