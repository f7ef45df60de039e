"""The first screen: go on with a session, start a new one, and see what is due and who will grade."""

from __future__ import annotations

import random

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Select

from interviewer.config import PracticeConfig
from interviewer.errors import InterviewerError
from interviewer.models import Answer, PlannedQuestion, Session
from interviewer.practice.choice import choose, standing
from interviewer.practice.running import begin
from interviewer.practice.schedule import due
from interviewer.tui.screens.base import DeskScreen, one_at_a_time
from interviewer.tui.screens.dialogs import Choose, Confirm
from interviewer.tui.widgets.keys import Keys
from interviewer.tui.widgets.plain import Plain, plain
from interviewer.tui.widgets.status import TopBar

COUNTS = (1, 3, 5, 10, 15, 20, 40)
MINUTES = (10, 15, 20, 30, 45, 60, 90)
DIFFICULTIES = (100, 200, 300, 400, 500)
ANY = "any"


class HomeScreen(DeskScreen):
    """Where practice begins."""

    BINDINGS = [  # noqa: RUF012
        Binding("s", "start", "Start", id="home.start"),
        Binding("r", "resume", "Resume", id="home.resume"),
        Binding("x", "end", "End", id="home.end", tooltip="End an unfinished session for good"),
        Binding("d", "due", "Due only", id="home.due"),
        # Short, so that with all keys shown they fit into 80 columns.
        Binding("g", "grade_ungraded", "Grade", id="home.grade", tooltip="Grade what has no grade yet"),
        Binding("b", "browse", "Browse", id="home.browse"),
        Binding("h", "history", "History", id="home.history"),
        Binding("comma", "settings", "Settings", id="home.settings", key_display=","),
        Binding("question_mark", "app.help", "Help", show=False),
        Binding("q", "app.quit", "Quit", id="home.quit"),
    ]

    plan_view = getters.query_one("#plan", Plain)

    def __init__(self) -> None:
        super().__init__()
        self._plan: list[PlannedQuestion] | None = None
        self._unfinished: list[Session] = []
        self._ungraded: list[Answer] = []
        self._only_due = False
        self._seed = 0
        self._practice = PracticeConfig()

    def compose(self) -> ComposeResult:
        """What is unfinished, what to start, why these questions, and who grades."""
        wishes, practice = self.app.wishes, self.app.desk.settings.config.practice
        self._practice, self._only_due = practice, wishes.due
        self._seed = random.randrange(1 << 31) if wishes.seed is None else wishes.seed
        topics = sorted({question.topic for question in self.app.desk.bank.questions.values()})
        yield TopBar("interviewer · mock interviews with grades you can check")
        with VerticalScroll(id="home", can_focus=False):
            yield Plain(id="unfinished")
            with Horizontal(id="choices"):
                yield _select("topic", "Topic", [ANY, *topics], wishes.topic or ANY)
                yield _select("difficulty", "Difficulty", [ANY, *DIFFICULTIES], wishes.difficulty or ANY)
                yield _select("count", "Questions", COUNTS, wishes.n or practice.questions)
                yield _select("minutes", "Minutes", [ANY, *MINUTES], wishes.minutes or ANY)
                yield _select("mode", "Feedback", ["coach", "interview"], practice.mode, _MODES)
            with Horizontal(id="go"):
                yield Button("Start (s)", id="start", variant="primary")
                yield Button("Resume (r)", id="resume")
            with Vertical(id="standing"):
                yield Plain(id="due")
                yield Plain(id="plan")
                yield Plain(id="judge")
        yield Keys()

    async def on_mount(self) -> None:
        """Enter starts."""
        self.query_one("#start").focus()
        self._refresh()
        # Only now: what is loaded in the background takes turns with what draws the screen.
        self.call_after_refresh(self.app.load_judge)

    def on_screen_resume(self) -> None:
        """A session may have been played, or the bank's standing be another."""
        super().on_screen_resume()
        self._follow_settings()
        self._refresh()

    def _follow_settings(self) -> None:
        """Offers what the settings say where they were changed meanwhile."""
        before, now = self._practice, self.app.desk.settings.config.practice
        self._practice = now
        if now.mode != before.mode:
            self.query_one("#mode", Select).value = now.mode
        if now.questions != before.questions:
            count = self.query_one("#count", Select)
            numbers = sorted({*COUNTS, now.questions})
            count.set_options((plain(str(number)), str(number)) for number in numbers)
            count.value = str(now.questions)

    def judge_changed(self) -> None:
        """Says who will grade, and what that means."""
        super().judge_changed()
        status = self.app.desk.status
        lines = [f"Judge: {status.text}"]
        lines += [f"  {status.why}"] if status.why else []
        lines += [f"  {what}" for what in status.downgrades]
        if status.problem:
            lines += [
                f"  {status.problem}",
                "  You can practise all the same: answers are kept, to be graded later.",
            ]
        self.query_one("#judge", Plain).say("\n".join(lines))

    def answer_changed(self, answer: Answer) -> None:
        """A late grade changes what is due."""
        super().answer_changed(answer)
        if self.is_current:
            self._refresh()

    @on(Select.Changed)
    @work(exclusive=True, group="show")
    async def _refresh(self) -> None:
        await self._show()

    async def _show(self) -> None:
        # A key that comes before the new ones are chosen waits for them.
        self._plan = None
        desk, now = self.app.desk, self.app.now()
        history = desk.history
        self._unfinished = await desk.writer.do(history.sessions, unfinished=True)
        self._ungraded = await desk.writer.do(history.ungraded)
        attempts = await desk.writer.do(history.attempts)
        last = await desk.writer.do(history.last_reviews)
        drafts = await desk.writer.do(history.drafts)
        waiting = [answer for answer in self._ungraded if answer.id not in desk.in_work]
        at_hand = [review for review in due(last, now) if review.question_id in desk.bank.questions]
        level = standing(attempts)
        parts = [f"Due now: {len(at_hand)}{' (d: only these)' if at_hand and not self._only_due else ''}"]
        parts.append(f"answered so far: {len(attempts)}")
        parts.append(f"level about {level.level}" if level.known else "level not known yet")
        if waiting:
            parts.append(f"ungraded: {len(waiting)} (g grades them)")
        # Drafts of first answers are offered with their session; these would be found by nobody.
        further = sorted(
            {draft.session_id for draft in drafts if draft.part != "first" and draft.text.strip()}
        )
        if further:
            parts.append(f"typed and not handed in: session {', '.join(map(str, further))} (h shows it)")
        self.query_one("#due", Plain).say(" · ".join(parts))
        self._show_unfinished()
        try:
            self._plan = choose(
                desk.bank,
                attempts,
                last,
                now=now,
                n=int(self._chosen("count") or 5),
                topic=self._chosen("topic"),
                difficulty=int(difficulty) if (difficulty := self._chosen("difficulty")) else None,
                minutes=int(minutes) if (minutes := self._chosen("minutes")) else None,
                only_due=self._only_due,
                seed=self._seed,
            )
        except InterviewerError as error:
            self._plan = []
            self.plan_view.say(f"{error.in_a_line[:1].upper()}{error.in_a_line[1:]}")
        else:
            self._show_plan()
        self.query_one("#start", Button).disabled = not self._plan
        self.refresh_bindings()

    def _show_plan(self) -> None:
        if not self._plan:
            self.plan_view.say("Nothing is due now. d shows all questions again.")
            return
        questions = [self.app.desk.bank.question(planned.question_id) for planned in self._plan]
        wide = max(len(question.topic) for question in questions)
        title = "Next, only what is due:" if self._only_due else "Next, and why this one:"
        lines = [
            f"{number:3}. {question.topic:{wide}}  {planned.why}"
            for number, (question, planned) in enumerate(zip(questions, self._plan, strict=True), 1)
        ]
        self.plan_view.say("\n".join([title, *lines]))

    def _show_unfinished(self) -> None:
        self.query_one("#resume", Button).display = bool(self._unfinished)
        if not self._unfinished:
            self.query_one("#unfinished", Plain).say("")
            return
        newest = self._unfinished[0]
        more = f", and {len(self._unfinished) - 1} older" if len(self._unfinished) > 1 else ""
        self.query_one("#unfinished", Plain).say(f"Unfinished: {describe(newest)}{more}. r goes on with it.")

    def _chosen(self, name: str) -> str | None:
        value = self.query_one(f"#{name}", Select).value
        return None if value in (ANY, Select.NULL) else str(value)

    # What one can do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides the keys that have nothing to work on."""
        if action in ("resume", "end"):
            return bool(self._unfinished)
        if action == "grade_ungraded":
            return bool(self._ungraded)
        return True

    @on(Button.Pressed, "#start")
    @work
    @one_at_a_time
    async def action_start(self) -> None:
        """Begins the session that is shown."""
        if self._plan is None:
            # A key that came before the questions were chosen.
            await self._show()
        if not self._plan:
            return
        desk, minutes, difficulty = self.app.desk, self._chosen("minutes"), self._chosen("difficulty")
        session = await desk.writer.do(
            begin,
            desk.history,
            self._plan,
            mode="interview" if self._chosen("mode") == "interview" else "coach",
            topic=self._chosen("topic"),
            difficulty=int(difficulty) if difficulty else None,
            minutes=int(minutes) if minutes else None,
            seed=self._seed,
        )
        self._seed += 1
        await self._open(session)

    @on(Button.Pressed, "#resume")
    @work
    @one_at_a_time
    async def action_resume(self) -> None:
        """Goes on with an unfinished session."""
        chosen = await self._which("Go on with which session?")
        if chosen is not None:
            await self._open(chosen)

    @work
    @one_at_a_time
    async def action_end(self) -> None:
        """Ends an unfinished session for good."""
        chosen = await self._which("End which session?")
        if chosen is None or not await self._claimed(chosen):
            return
        question = f"End {describe(chosen)}? What was answered stays in the history."
        desk = self.app.desk
        if await self.app.push_screen_wait(Confirm(question, yes="End it")):
            await desk.writer.do(desk.history.end, chosen.id, self.app.now())
            self._refresh()
        else:
            await desk.writer.do(desk.history.release, chosen.id)

    async def _which(self, question: str) -> Session | None:
        """The unfinished session; where there are several, the one that is chosen."""
        sessions = self._unfinished
        if len(sessions) < 2:
            return sessions[0] if sessions else None
        options = [(str(session.id), describe(session)) for session in sessions]
        picked = await self.app.push_screen_wait(Choose(question, options))
        return next((session for session in sessions if str(session.id) == picked), None)

    async def _claimed(self, session: Session) -> bool:
        """Whether the session is this program's now; says so where it is another's."""
        desk = self.app.desk
        if await desk.writer.do(desk.history.claim, session.id):
            return True
        self.notify("This session is open in another window. Close it there first.", severity="warning")
        return False

    async def _open(self, session: Session) -> None:
        desk = self.app.desk
        if not await self._claimed(session):
            return
        # It may have been gone on with, here or in another window, since it was listed.
        newest = await desk.writer.do(desk.history.session, session.id)
        from interviewer.tui.screens.interview import InterviewScreen

        self.app.push_screen(InterviewScreen(newest or session))

    def action_due(self) -> None:
        """Only what is due, or all questions again."""
        self._only_due = not self._only_due
        self._refresh()

    def action_grade_ungraded(self) -> None:
        """Grades every answer that has no grade."""
        self.app.grade_all(self._ungraded)

    def action_browse(self) -> None:
        """The bank."""
        from interviewer.tui.screens.browse import BrowseScreen

        self.app.push_screen(BrowseScreen())

    def action_history(self) -> None:
        """What was practised."""
        from interviewer.tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen())

    def action_settings(self) -> None:
        """Judge, model and theme."""
        from interviewer.tui.screens.settings import SettingsScreen

        self.app.push_screen(SettingsScreen())


_MODES = {"coach": "each answer", "interview": "at the end"}


def describe(session: Session) -> str:
    """A session in a few words."""
    when = session.started.astimezone().strftime("%d %b %H:%M")
    left = sum(ending is None for ending in session.endings)
    about = f", {session.topic}" if session.topic else ""
    return f"session {session.id} of {when}{about}, {left} of {len(session.endings)} questions left"


def _select(
    name: str, title: str, values: list[object] | tuple[int, ...] | list[str], value: object,
    words: dict[str, str] | None = None,
) -> Select[str]:  # fmt: skip
    options = [str(entry) for entry in values]
    if str(value) not in options:
        options.append(str(value))
    select = Select(
        [(plain((words or {}).get(option, option)), option) for option in options],
        value=str(value),
        allow_blank=False,
        compact=True,
        id=name,
    )
    select.border_title = title
    return select
