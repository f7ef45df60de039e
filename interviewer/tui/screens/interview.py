"""The interview: a question, a box for the answer, a clock, and what else one can do about it."""

from __future__ import annotations

from textual import getters, on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll

from interviewer.editor import edited
from interviewer.errors import InterviewerError
from interviewer.models import Answer, Question, Session
from interviewer.practice.credit import HINT_COST
from interviewer.practice.running import RunningSession
from interviewer.tui.screens.base import DeskScreen, one_at_a_time, until_left
from interviewer.tui.screens.dialogs import Confirm
from interviewer.tui.widgets.answer_box import AnswerBox
from interviewer.tui.widgets.keys import Keys
from interviewer.tui.widgets.plain import Line, Plain, Prose, plain
from interviewer.tui.widgets.status import TopBar

DONT_KNOW = "I don't know."


class InterviewScreen(DeskScreen):
    """Asks the questions of one session.

    Args:
        session: new, or to be gone on with; claimed by this program.
    """

    BINDINGS = [  # noqa: RUF012
        # Ctrl-S and F5 reach every terminal program; Ctrl-Enter only some.
        Binding("ctrl+s,f5,ctrl+enter", "hand_in", "Hand in", id="answer.submit", key_display="^s"),
        Binding("f2", "hint", "Hint", id="answer.hint"),
        Binding("f3", "skip", "Skip", id="answer.skip"),
        Binding("f4", "dont_know", "Don't know", id="answer.dont-know"),
        Binding("ctrl+o,f9", "editor", "Editor", id="answer.editor", key_display="^o"),
        Binding("escape", "leave", "Home", id="interview.leave"),
    ]

    box = getters.query_one(AnswerBox)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._steps: RunningSession | None = None
        self._question: Question | None = None
        self._hints = 0
        self._before = 0.0
        self._began = 0.0
        self._earlier = 0.0
        self._busy = True
        self._is_over = False

    def compose(self) -> ComposeResult:
        """Question above (or on the left), answer below (or on the right)."""
        yield TopBar("Interview")
        with Vertical(id="interview"):
            with VerticalScroll(id="question-side", can_focus=False):
                yield Plain(id="about")
                yield Prose(id="prompt")
                yield Plain(id="hints")
            with Vertical(id="answer-side"):
                yield AnswerBox(id="answer")
                yield Line(id="kept")
        yield Keys()

    async def on_mount(self) -> None:
        """Takes the session up where it stands."""
        self.box.read_only = True
        desk = self.app.desk
        self._steps = await desk.writer.do(RunningSession, desk.history, desk.bank, self._session)
        answers = await desk.writer.do(desk.history.answers, self._session.id)
        self._earlier = sum(answer.seconds or 0.0 for answer in answers)
        self.set_interval(1, self._show_clock)
        await self._ask()

    @until_left
    async def _ask(self) -> None:
        """Shows the next question, or the summary after the last."""
        assert self._steps is not None
        position, question = self._steps.position, self._steps.question
        if question is None or position is None:
            await self._end()
            return
        desk = self.app.desk
        draft = await desk.writer.do(self._steps.draft)
        self._question = question
        self._hints = min(draft.hints, len(question.hints)) if draft else 0
        self._before, self._began = (draft.seconds if draft else 0.0), self.app.clock()
        # First of all the box: who sees the question can type, and no key goes astray.
        self.box.begin(question, draft.text if draft else "", self.app.theme)
        self.box.read_only = self._busy = False
        self.box.focus()
        self._show_kept(count_words(self.box.text))
        planned = self._steps.session.planned[position]
        self.top.show_title(f"Question {position + 1} of {len(self._steps.session.planned)}")
        about = f"{question.topic} · difficulty {question.difficulty} · {question.kind.replace('_', '/')}"
        self.query_one("#about", Plain).say(f"{about}\nWhy this one: {planned.why}")
        await self.query_one("#prompt", Prose).show(asked_text(question, desk.bank.parents(question)))
        self.query_one("#question-side").scroll_home(animate=False)
        self._show_hints()
        self._show_clock()

    async def _end(self) -> None:
        from interviewer.tui.screens.summary import SummaryScreen

        assert self._steps is not None
        await self.app.desk.writer.do(self._close, self._steps)
        self._is_over = True
        if self.is_current:
            self.app.switch_screen(SummaryScreen(self._session.id))
        else:
            # The help is in front of it.
            self.app.push_screen(SummaryScreen(self._session.id))

    def _close(self, steps: RunningSession) -> None:
        """Ends the session, unless it has questions that only another bank holds."""
        if steps.is_done:
            steps.finish()
        else:
            self.app.desk.history.release(self._session.id)

    def on_screen_resume(self) -> None:
        """Nothing is left to show once the session is over."""
        super().on_screen_resume()
        # The event may come late, where the summary has taken its place already.
        if self._is_over and self.is_current:
            self.app.pop_screen()

    # What is typed

    @on(AnswerBox.Changed)
    def _keep_draft(self) -> None:
        """Every key is on its way to the disk; a slow disk gets the newest text only."""
        steps, position = self._steps, self._steps.position if self._steps else None
        if steps is None or position is None or self._busy:
            return
        draft = steps.draft_of(position, self.box.text, hints=self._hints, seconds=self._seconds)
        history = self.app.desk.history

        def save() -> None:
            history.save_draft(draft)
            # What is said to be kept is on the disk, not on its way there.
            self.call_later(self._show_kept, count_words(draft.text))

        self.app.desk.writer.newest(("draft", draft.session_id, position), save)

    def _show_kept(self, count: int) -> None:
        problem = self.app.desk.history.problem
        if problem != self.top.problem:
            # The disk has failed since the last key.
            self.judge_changed()
        where = "in memory only" if problem else "kept as you type"
        words = f"{count} word{'s' if count != 1 else ''}, {where}" if count else "Nothing typed yet"
        cost = f"   −{self._hints * HINT_COST:g} for hints" if self._hints else ""
        self.query_one("#kept", Line).say(f"{words}{cost}")

    @property
    def _seconds(self) -> float:
        return round(self._before + self.app.clock() - self._began, 1)

    def _show_clock(self) -> None:
        """Time on this question and in the session: shown, and never the end of anything."""
        if self._question is None:
            return
        usual = f" of about {_clock(self._question.time_limit)}" if self._question.time_limit else ""
        over = self._question.time_limit is not None and self._seconds > self._question.time_limit
        own = f"{'over time: ' if over else ''}{_clock(self._seconds)}{usual}"
        session = f"session {_clock(self._earlier + self._seconds)}"
        minutes = self._session.minutes
        self.box.border_subtitle = plain(f"{own} · {session}{f' of {minutes}:00' if minutes else ''}")

    # What one can do

    @work
    @one_at_a_time
    async def action_hand_in(self) -> None:
        """Hands the answer in; it is on disk before anything else happens."""
        if not self.box.text.strip():
            self.notify("Nothing is typed yet. F4 says that you don't know, F3 skips the question.")
            return
        await self._hand_in(self.box.text)

    async def _hand_in(self, text: str) -> None:
        if self._steps is None or self._busy:
            return
        # The text stays on screen until it is kept, and no second key hands it in again.
        self._busy = self.box.read_only = True
        desk, position, seconds = self.app.desk, self._steps.position, self._seconds
        desk.writer.forget(("draft", self._session.id, position))
        answer = await desk.writer.do(self._steps.hand_in, text, hints=self._hints, seconds=seconds)
        self._earlier += seconds
        self.app.grade(answer)
        await self._after(answer)

    async def _after(self, answer: Answer) -> None:
        from interviewer.tui.screens.feedback import FeedbackScreen

        if self._session.mode == "coach":
            await self.app.push_screen_wait(FeedbackScreen(answer.id, in_session=True))
        await self._ask()

    @work
    @one_at_a_time
    async def action_hint(self) -> None:
        """Shows the next hint, after saying what it costs."""
        if self._question is None or self._busy:
            return
        hints = self._question.hints
        if self._hints >= len(hints):
            self.notify("There is no further hint." if hints else "This question has no hints.")
            return
        text = f"Hint {self._hints + 1} of {len(hints)} costs {HINT_COST:g} of 100 points. Show it?"
        if await self.app.push_screen_wait(Confirm(text, yes="Show it")):
            self._hints += 1
            self._show_hints()
            self._keep_draft()

    def _show_hints(self) -> None:
        assert self._question is not None
        shown = self._question.hints[: self._hints]
        lines = [f"Hint {number}: {hint}" for number, hint in enumerate(shown, 1)]
        self.query_one("#hints", Plain).say("\n".join(lines))
        if lines:
            self.call_after_refresh(self.query_one("#question-side").scroll_end, animate=False)

    @work
    @one_at_a_time
    async def action_skip(self) -> None:
        """Leaves the question, ungraded."""
        text = "Skip this question? What you typed for it is thrown away."
        if self._steps is None or self._busy:
            return
        if self.box.text.strip() and not await self.app.push_screen_wait(Confirm(text, yes="Skip")):
            return
        self._busy = True
        desk = self.app.desk
        desk.writer.forget(("draft", self._session.id, self._steps.position))
        await desk.writer.do(self._steps.leave, "skipped")
        await self._ask()

    @work
    @one_at_a_time
    async def action_dont_know(self) -> None:
        """Says so: an honest answer, graded 0 by rule, and the question comes again soon."""
        text = "Hand in “I don't know” in place of what you typed?"
        if self.box.text.strip() and not await self.app.push_screen_wait(Confirm(text, yes="Hand in")):
            return
        await self._hand_in(DONT_KNOW)

    def action_editor(self) -> None:
        """Goes on in the candidate's own editor."""
        if self._question is None or self._busy:
            return
        suffix = ".py" if self._question.kind == "code" else ".md"
        text: str | None = None
        problem = ""
        try:
            with self.app.suspend():
                # Nothing may be raised in here: the screen would not be taken back.
                try:
                    text = edited(self.box.text, suffix=suffix)
                except InterviewerError as error:
                    problem = error.message
        except SuspendNotSupported:
            problem = "no other program can be run from here"
        if text is None:
            self.notify(f"{problem}. Your text is as it was.", severity="error", markup=False)
            return
        # As an edit, so that it can be undone.
        self.box.replace(text, (0, 0), self.box.document.end)

    def action_leave(self) -> None:
        """Back to the first screen; the session can be gone on with there."""
        if self._busy:
            # An answer is on its way to the disk, and from there to the judge.
            return
        self._keep_draft()
        # The draft on its way to the disk comes before the session is given back.
        self.app.run_worker(self.app.desk.writer.do(self.app.desk.history.release, self._session.id))
        self.app.pop_screen()
        kept = "in memory, until you quit" if self.app.desk.history.problem else "as it is"
        self.app.notify(f"The session is kept {kept}. Home offers to go on with it.")


def count_words(text: str) -> int:
    """How many words are in a text."""
    return len(text.split())


def asked_text(question: Question, parents: tuple[Question, ...]) -> str:
    """The question, after those it follows up."""
    before = "".join(f"> This follows up on:\n>\n{_quoted(parent.prompt)}\n\n" for parent in parents)
    return f"{before}{question.prompt}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
