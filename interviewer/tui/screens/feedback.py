"""The feedback to one answer: what was found, in which of the candidate's words, and what would earn more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import OptionList, TabbedContent, TabPane
from textual.widgets.option_list import Option

from interviewer.errors import InterviewerError
from interviewer.models import Answer, Dispute, Grade, Review, Ungraded
from interviewer.practice.credit import credit
from interviewer.practice.running import answer_again, answer_follow_up, rate
from interviewer.practice.schedule import counts
from interviewer.tui.screens.base import DeskScreen, one_at_a_time, until_left
from interviewer.tui.screens.dialogs import Choose
from interviewer.tui.screens.dispute import DisputeScreen
from interviewer.tui.screens.write import WriteScreen, Writing
from interviewer.tui.widgets.findings import Finding, about, findings, headline, ledger, own_words
from interviewer.tui.widgets.keys import Keys
from interviewer.tui.widgets.plain import Plain, Prose
from interviewer.tui.widgets.status import TopBar
from interviewer.tui.widgets.tries import earlier_try, is_missed, rating_line
from interviewer.wording import signed

if TYPE_CHECKING:
    from interviewer.grading.probing import Probe


class FeedbackScreen(DeskScreen):
    """Shows what became of one answer.

    Args:
        answer_id: the answer's number in the history.
        in_session: whether another question comes next.
    """

    BINDINGS = [  # noqa: RUF012
        Binding("n", "next", "Next", id="feedback.next"),
        Binding("a", "again", "Again", id="feedback.again", tooltip="Answer the question again"),
        Binding("f", "follow_up", "Follow-up", id="feedback.follow-up"),
        Binding("d", "dispute", "Dispute", id="feedback.dispute"),
        Binding("g", "regrade", "Regrade", id="feedback.regrade", tooltip="Grade again, with any judge"),
        Binding("c", "copy", "Copy", id="feedback.copy"),
        Binding("m", "tab('model')", "Model", id="feedback.model", tooltip="The model answer"),
        Binding("1", "rate(1)", "Rate", id="feedback.rate", key_display="1-4", tooltip="1 again … 4 easy"),
        Binding("2", "rate(2)", show=False),
        Binding("3", "rate(3)", show=False),
        Binding("4", "rate(4)", show=False),
        Binding("escape", "next", "Back", show=False),
    ]

    tabs = getters.query_one(TabbedContent)
    entries = getters.query_one("#findings", OptionList)

    def __init__(self, answer_id: int, *, in_session: bool = False) -> None:
        super().__init__()
        self._answer_id = answer_id
        self._in_session = in_session
        self._answer: Answer | None = None
        self._found: list[Finding] = []
        self._head = ""
        self._voice: Literal["silent", "asking", "done"] = "silent"
        self._probe: tuple[str, str] | None = None
        self._voiced: Probe | None = None
        self._voiced_at: int | None = None
        self._asked_at = 0.0

    def compose(self) -> ComposeResult:
        """The score, the findings, and in tabs the answer, what is missing, the model answer, the rest."""
        yield TopBar("Feedback")
        yield Plain(id="score")
        yield Plain(id="rating")
        yield Plain(id="asks-on")
        with Vertical(id="feedback"):
            yield OptionList(id="findings", compact=True)
            with TabbedContent(id="details"):
                with TabPane("Your answer", id="own"), VerticalScroll():
                    yield Plain(id="finding")
                    yield Plain(id="own-words")
                with TabPane("To earn more", id="ledger"), VerticalScroll():
                    yield Plain(id="ledger-text")
                with TabPane("Model answer", id="model"), VerticalScroll():
                    yield Prose(id="asked-text")
                    yield Prose(id="model-text")
                with TabPane("The grade", id="about-grade"), VerticalScroll():
                    yield Plain(id="about-text")
        yield Keys()

    async def on_mount(self) -> None:
        """Shows what there is already."""
        self._asked_at = self.app.clock()
        self.set_interval(1, self._show_waiting)
        # After the other `on_mount`, so that no grade comes between what is read now and being told.
        self.call_next(self._refresh)

    def answer_changed(self, answer: Answer) -> None:
        """The answer, or a follow-up to it, has been graded."""
        super().answer_changed(answer)
        if answer.id == self._answer_id or answer.of == self._answer_id:
            self._refresh()

    # What is shown

    @work(exclusive=True, group="show")
    async def _refresh(self) -> None:
        await self._show()

    @until_left
    async def _show(self) -> None:
        desk = self.app.desk
        answer = await desk.writer.do(desk.history.answer, self._answer_id)
        if answer is None:
            return
        others = await desk.writer.do(desk.history.answers, answer.session_id)
        reviews = await desk.writer.do(desk.history.reviews, answer.question.id)
        self._answer = answer
        self.top.show_title("Feedback, again" if answer.part == "again" else "Feedback")
        await self.query_one("#asked-text", Prose).show(f"**Question**\n\n{answer.question.prompt}")
        await self.query_one("#model-text", Prose).show(f"**Model answer**\n\n{answer.question.reference}")
        self.query_one("#own-words", Plain).say(own_words(answer.text, None))
        if answer.grade is None:
            self._show_ungraded(answer)
        else:
            self._show_grade(answer, answer.grade, others, reviews)
        self.refresh_bindings()

    def _show_ungraded(self, answer: Answer) -> None:
        self._found = []
        self.entries.clear_options()
        self.query_one("#feedback").add_class("-ungraded")
        self.query_one("#score").remove_class("-passed")
        self.query_one("#rating", Plain).say("")
        self.query_one("#finding", Plain).say("")
        self.query_one("#ledger-text", Plain).say("Not graded, so nothing is known to be missing.")
        self.query_one("#about-text", Plain).say("Not graded.")
        self._show_waiting()

    def _show_waiting(self) -> None:
        """What is going on, or why there is no grade."""
        answer, desk = self._answer, self.app.desk
        if answer is None or answer.grade is not None:
            return
        if answer.id in desk.in_work:
            seconds = int(self.app.clock() - self._asked_at)
            judge = desk.status.text if desk.status.phase != "ready" else desk.status.label
            go_on = "n goes on meanwhile" if self._in_session else "Esc goes back meanwhile"
            text = f"Grading … {seconds} s ({judge}). Your answer is kept; {go_on}."
        elif isinstance(answer.outcome, Ungraded):
            text = f"Not graded: {answer.outcome.reason}\nThis is no score, not even 0. g grades it again."
        else:
            text = "Not graded: it was cut off. This is no score, not even 0. g grades it."
        self.query_one("#score", Plain).say(text)

    def _show_grade(self, answer: Answer, grade: Grade, others: list[Answer], reviews: list[Review]) -> None:
        follow_ups = [other for other in others if other.part == "follow_up" and other.of == answer.id]
        before = earlier_try(answer, grade, others)
        self._found = findings(answer, grade, before, follow_ups)
        kept = self.entries.highlighted
        self.entries.clear_options()
        self.entries.add_options(Option(finding.line) for finding in self._found)
        self.query_one("#feedback").remove_class("-ungraded")
        worth = credit(answer, follow_ups)
        self._head = head = headline(grade, worth)
        if before is not None:
            change = signed(grade.score - before.score)
            head += f"\nbefore: {before.score:g}, now: {grade.score:g} ({change})"
        score = self.query_one("#score", Plain)
        score.say(head)
        score.set_class(worth is not None and worth.total >= grade.receipt.scheme.pass_mark, "-passed")
        self.query_one("#rating", Plain).say(rating_line(answer, reviews))
        self.query_one("#ledger-text", Plain).say(ledger(answer, grade))
        self.query_one("#about-text", Plain).say(about(answer, grade, self._voiced))
        if self._found:
            self.entries.highlighted = min(kept or 0, len(self._found) - 1)
            if self.focused is None:
                self.entries.focus()
        self._show_finding()
        if self._in_session and answer.part == "first" and self._voice == "silent" and not follow_ups:
            self._voice = "asking"
            self._ask_on(answer, grade)

    @on(OptionList.OptionHighlighted, "#findings")
    def _show_finding(self) -> None:
        """The reason of the selected finding, and its words in the answer."""
        at = self.entries.highlighted
        if self._answer is None or at is None or at >= len(self._found):
            return
        finding = self._found[at]
        self.query_one("#finding", Plain).say(finding.detail)
        self.query_one("#own-words", Plain).say(own_words(self._answer.text, finding.quote))

    @on(OptionList.OptionSelected, "#findings")
    def _to_own_words(self) -> None:
        self.tabs.active = "own"

    @property
    def _selected(self) -> Finding | None:
        at = self.entries.highlighted
        return self._found[at] if at is not None and at < len(self._found) else None

    # The interviewer asks on

    @work(exclusive=True, group="voice")
    @until_left
    async def _ask_on(self, answer: Answer, grade: Grade) -> None:
        """After a partial answer the judge's model asks on, word by word; the bank's probe waits for f."""
        from interviewer.grading.probing import missed, probe

        criterion = missed(answer.question, grade)
        if (
            criterion is None
            or not 0 < grade.score < 100
            or not self.app.desk.settings.config.practice.follow_ups
        ):
            return
        desk = self.app.desk
        speaker = await desk.speaker()
        if speaker is None:
            return
        line = self.query_one("#asks-on", Plain)

        def show(text: str) -> None:
            # What was said on the way may arrive after the end of it.
            if self._voice == "asking":
                line.say(f"Interviewer: {text}  (f answers)")

        def hear(text: str) -> None:
            self.call_later(show, text)

        # Where the judge's connections are: they belong to one event loop.
        found = await desk.backstage.run(probe(speaker, answer.question, grade, answer.text, criterion, hear))
        show(found.text)
        self._voice, self._probe = "done", (criterion, found.text)
        self._voiced, self._voiced_at = found, self.entries.highlighted

    def _stop_asking(self) -> None:
        self.workers.cancel_group(self, "voice")
        self._voice, self._probe = "done", None
        self.query_one("#asks-on", Plain).say("")

    @work
    @one_at_a_time
    async def action_follow_up(self) -> None:
        """A further question about one missed criterion; answering it earns half of its points."""
        from interviewer.grading.probing import bank_probe, missed

        answer = self._answer
        grade = answer.grade if answer else None
        if answer is None or grade is None:
            return
        voiced, text = self._probe or ("", "")
        if not is_missed(grade, voiced):
            voiced = ""
        at = self._selected
        wanted = at.id if at and at.kind == "criterion" and is_missed(grade, at.id) else ""
        if wanted not in {c.id for c in answer.question.criteria}:
            wanted = ""
        # Who has selected another missed criterion since the model asked wants to be asked about that one.
        if voiced and self.entries.highlighted == self._voiced_at:
            wanted = ""
        criterion = wanted or voiced or missed(answer.question, grade) or ""
        if not criterion:
            self.notify("There is no missed point to ask on about.")
            return
        if criterion != voiced:
            text = bank_probe(answer.question, criterion)
        counted = "Half of the points that it adds count."
        written = await self.app.push_screen_wait(
            WriteScreen(
                Writing(answer, "follow_up", criterion),
                "Follow-up",
                answer.question.prompt,
                counted if counts(answer) else "The first answer counts; this is for you.",
                asked_on=text,
            )
        )
        if written is None:
            return
        desk = self.app.desk
        kept = await desk.writer.do(
            answer_follow_up, desk.history, answer, criterion, text, written.text, seconds=written.seconds
        )
        self._stop_asking()
        self.app.grade(kept)

    # What one can do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides the keys that have nothing to work on."""
        graded = self._answer is not None and self._answer.grade is not None
        if action in ("follow_up", "dispute", "copy"):
            return graded
        if action == "rate":
            return graded and self._answer is not None and counts(self._answer)
        return True

    def action_next(self) -> None:
        """The next question, or back."""
        self.dismiss(None)

    def action_tab(self, name: str) -> None:
        """Shows one of the tabs."""
        self.tabs.active = name

    @work
    @one_at_a_time
    async def action_again(self) -> None:
        """Another try; the first answer stays the one that counts."""
        answer = self._answer
        if answer is None:
            return
        note = "The first answer stays the one that counts."
        written = await self.app.push_screen_wait(
            WriteScreen(Writing(answer, "again"), "Again", answer.question.prompt, note)
        )
        if written is None:
            return
        desk = self.app.desk
        kept = await desk.writer.do(answer_again, desk.history, answer, written.text, seconds=written.seconds)
        self._answer_id, self._asked_at = kept.id, self.app.clock()
        self._stop_asking()
        self.app.grade(kept)
        self._refresh()

    @work
    @one_at_a_time
    async def action_dispute(self) -> None:
        """Says that the judge is wrong on the selected criterion; kept for calibration."""
        answer, finding = self._answer, self._selected
        grade = answer.grade if answer else None
        if answer is None or grade is None or finding is None or finding.kind != "criterion":
            self.notify("Select a criterion of the list first.")
            return
        given = next(c.level for c in grade.criteria if c.id == finding.id)
        objection = await self.app.push_screen_wait(DisputeScreen(finding.line, given))
        if objection is None:
            return
        dispute = Dispute(
            answer_id=answer.id,
            criterion=finding.id,
            grader=grade.grader,
            given=given,
            should_be=objection.should_be,
            why=objection.why,
            time=self.app.now(),
        )
        desk = self.app.desk
        await desk.writer.do(desk.history.dispute, dispute)
        self.notify("Kept. The grade stays as it is; your objection counts when the judge is calibrated.")

    @work
    @one_at_a_time
    async def action_regrade(self) -> None:
        """Grades the answer again, with the judge in use or with another one."""
        answer, desk = self._answer, self.app.desk
        if answer is None or answer.id in desk.in_work:
            return
        name = await self.app.push_screen_wait(Choose("Grade this answer again with", self.app.judges()))
        if name is None:
            return
        try:
            settings = None if name == "" else self.app.reopen(name)
        except InterviewerError as error:
            self.notify(error.message, severity="error", markup=False)
            return
        self._asked_at = self.app.clock()
        self.app.grade(answer, settings)

    async def action_rate(self, rating: int) -> None:
        """Says how well the question was known; decides when it comes again."""
        answer, desk = self._answer, self.app.desk
        if answer is None or answer.grade is None or not counts(answer):
            return
        await desk.writer.do(rate, desk.history, answer, rating)
        self._refresh()

    def action_copy(self) -> None:
        """Copies question, answer and feedback as text."""
        answer = self._answer
        if answer is None or answer.grade is None:
            return
        found = "\n".join(f"- {finding.line.plain}" for finding in self._found)
        parts = [answer.question.prompt, answer.text, self._head, found]
        self.app.copy_to_clipboard("\n\n".join([*parts, ledger(answer, answer.grade)]))
        self.notify("Copied, if your terminal allows it.")
