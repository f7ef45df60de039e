"""One practice session in a plain terminal: ask, take the answer, grade it, show the grade.

What is typed is on disk before the next line is asked for, an answer before it is graded.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass

from interviewer.bank import Bank
from interviewer.cli.compose import Composed, Composer
from interviewer.cli.show import Screen
from interviewer.cli.tally import show_summary, sum_of
from interviewer.cli.unfinished import draft_to_continue, reopened
from interviewer.errors import InterviewerError
from interviewer.grading.derive import with_criteria
from interviewer.history import History
from interviewer.models import Answer, Draft, Part, Question, Session, Ungraded
from interviewer.practice.credit import credit
from interviewer.practice.running import RunningSession, answer_again, keep_outcome, outcome_of, rate
from interviewer.practice.schedule import RATINGS, counts, is_certain, suggested
from interviewer.practice.summary import summarise
from interviewer.wiring import ChosenGrader

INTERRUPTED = 130


def practise(
    bank: Bank,
    history: History,
    chosen: ChosenGrader,
    new: Callable[[], Session],
    *,
    only: str | None = None,
) -> int:
    """Asks the questions of a session in turn; gives the exit code.

    Args:
        new: begins the session, where none is gone on with.
        only: the one question to ask, by its id.
    """
    screen = Screen()
    screen.say(f"Graded by {chosen.label}: {chosen.why}", style="dim")
    for downgrade in chosen.downgrades:
        screen.say(downgrade, style="dim")
    if history.notice:
        screen.say(history.notice, style="bold", whole=True)
    if history.problem:
        screen.say(f"Answers cannot be kept: {history.problem}", style="bold", whole=True)
    # A closed terminal ends the session as Ctrl-C does: what is on the line is saved first.
    for name in ("SIGHUP", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    draft = draft_to_continue(bank, history, screen, only)
    running = reopened(bank, history, draft) if draft else RunningSession(history, bank, new())
    history.claim(running.session.id)
    if screen.interactive:
        screen.say("Type your answer; a line with only . hands it in. :help lists what else you can do.")
    screen.gap()
    with asyncio.Runner() as runner:
        practice = Practice(bank, history, chosen, runner, screen, running)
        return practice.run(draft.position if draft else running.position, once=only is not None)


@dataclass
class Practice:
    """A session that is being asked, with all it needs."""

    bank: Bank
    history: History
    chosen: ChosenGrader
    runner: asyncio.Runner
    screen: Screen
    running: RunningSession

    def run(self, position: int | None, *, once: bool) -> int:
        """Asks from this question on, or `once` just this one; gives the exit code."""
        code: int | None = None
        try:
            while position is not None and self._ask(position):
                position = None if once else self.running.position
        except KeyboardInterrupt:
            code = INTERRUPTED
            self.screen.gap()
        except InterviewerError:
            self._close(position)
            raise
        ungraded = self._close(position)
        return code if code is not None else int(ungraded > 0)

    def _close(self, stopped_at: int | None) -> int:
        """Ends the session unless there is something to resume; gives how many answers have no grade."""
        session = self.running.session
        if stopped_at is not None:
            self._say_what_is_kept(stopped_at)
        resumable = any(draft.session_id == session.id for draft in self.history.drafts())
        stopped = stopped_at is not None
        if self.running.is_done or (stopped and not resumable):
            self.running.finish()
        summary = summarise(self.history, session)
        show_summary(self.screen, summary, self.history, self.chosen.label)
        return summary.ungraded

    def _say_what_is_kept(self, position: int) -> None:
        tried = self._latest(position)
        draft = self.history.draft(self.running.session.id, position, _part(tried))
        if self.history.problem is not None:
            return
        if draft is not None and draft.text.strip():
            goes_on = f"interviewer ask {draft.question_id}"
            self.screen.say(f"What you typed is kept as a draft; go on with: {goes_on}", whole=True)
        elif tried is not None and tried.outcome is None:
            self.screen.say("Your answer is kept, not graded yet.")

    def _ask(self, position: int) -> bool:
        """One question until it is done with; False: the candidate wants to stop."""
        tried = self._latest(position)
        question = self._show(position, tried)
        composer = self._composer(position, question, tried, self._draft(position, tried))
        while True:
            composed = composer.compose()
            if composed.ending != "handed in":
                return self._left(position, question, tried, composed)
            tried = self._handed_in(position, tried, composed)
            try:
                tried = self._grade(tried)
            except KeyboardInterrupt:
                self.screen.gap()
                self.screen.say("Grading stopped; your answer is kept. Hand it in again with . or change it.")
                wish = "again"
            else:
                self._show_outcome(tried)
                wish = self._wish(question)
                if wish == "again":
                    self.screen.say("Again:")
            if wish != "again":
                return wish == "next"
            composer = self._composer(position, question, tried)

    def _latest(self, position: int) -> Answer | None:
        """The newest try at a question of this session."""
        answers = self.history.answers(self.running.session.id)
        tries = [a for a in answers if a.position == position and a.part != "follow_up"]
        return tries[-1] if tries else None

    def _show(self, position: int, tried: Answer | None) -> Question:
        planned = self.running.session.planned
        question = tried.question if tried else self.bank.question(planned[position].question_id)
        parents = tried.parents if tried else self.bank.parents(question)
        place = f"{position + 1} of {len(planned)}" if len(planned) > 1 else ""
        self.screen.question(question, place, parents, planned[position].why)
        return question

    def _draft(self, position: int, tried: Answer | None) -> Draft | None:
        draft = self.history.draft(self.running.session.id, position, _part(tried))
        if draft is not None:
            self.screen.say("You have typed so far (:clear throws it away):")
            self.screen.quote(draft.text or "(nothing; you looked at a hint)")
        return draft

    def _composer(
        self, position: int, question: Question, tried: Answer | None, draft: Draft | None = None
    ) -> Composer:
        part = _part(tried)
        composer = Composer(question, lambda typed: self._keep(position, part, typed), self.screen)
        if draft is not None:
            composer.lines = draft.text.split("\n") if draft.text else []
            composer.hints, composer.seconds = min(draft.hints, len(question.hints)), draft.seconds
        elif tried is not None:
            composer.hints = tried.hints
            if tried.grade is None:
                # What no judge has seen need not be typed again.
                composer.lines = tried.text.split("\n")
                self.screen.quote(tried.text)
        return composer

    def _keep(self, position: int, part: Part, typed: Composed) -> None:
        session_id = self.running.session.id
        if typed.text.strip() or (typed.hints and part == "first"):
            draft = self.running.draft_of(position, typed.text, hints=typed.hints, seconds=typed.seconds)
            self.history.save_draft(draft.model_copy(update={"part": part}))
        else:
            self.history.drop_draft(session_id, position, part)

    def _left(self, position: int, question: Question, tried: Answer | None, composed: Composed) -> bool:
        if composed.ending == "quit":
            return False
        gave_up = composed.ending == "gave up"
        if tried is None:
            self.running.leave("gave_up" if gave_up else "skipped")
        else:
            self.history.drop_draft(self.running.session.id, position, "again")
        if gave_up:
            self.screen.gap()
            self.screen.model_answer(question)
            return True
        if composed.text.strip() and (tried is None or composed.text != tried.text):
            self._keep(position, _part(tried), composed)
            self.screen.say("Skipped; what you typed is kept as a draft.")
        else:
            self.screen.say("Skipped.")
        self.screen.gap()
        return True

    def _handed_in(self, position: int, tried: Answer | None, composed: Composed) -> Answer:
        """The answer, on disk before anything is asked of a model."""
        text, hints, seconds = composed.text, composed.hints, composed.seconds
        if tried is None:
            return self.running.hand_in(text, hints=hints, seconds=seconds)
        if tried.grade is None and (tried.text, tried.hints) == (text, hints):
            self.history.drop_draft(self.running.session.id, position, "again")
            return tried
        return answer_again(self.history, tried.model_copy(update={"hints": hints}), text, seconds=seconds)

    def _grade(self, answer: Answer) -> Answer:
        with self.screen.waiting("grading …"):
            outcome = self.runner.run(outcome_of(self.chosen.grader(), self.bank, answer))
        return keep_outcome(self.history, answer, outcome)

    def _show_outcome(self, answer: Answer) -> None:
        if isinstance(answer.outcome, Ungraded):
            self.screen.ungraded(answer.outcome)
        elif answer.outcome is not None:
            self.screen.grade(with_criteria(answer.question), answer.outcome)
        worth = credit(answer)
        if worth is not None and answer.hints:
            self.screen.say(f"{sum_of(worth, answer.hints).capitalize()}.")
            self.screen.gap()
        if worth is not None and self.screen.interactive and counts(answer) and not is_certain(answer):
            self._ask_rating(answer)

    def _ask_rating(self, answer: Answer) -> None:
        """An uncertain grade does not schedule its question: the candidate may."""
        self.screen.say("The grade is uncertain. How well did you know it?")
        choices = " ".join(f"[{number}] {name}" for number, name in RATINGS.items())
        reply = self.screen.choice(f"{choices}, Enter skips (the score suggests {suggested(answer)}): ")
        if reply in map(str, RATINGS):
            rate(self.history, answer, int(reply))

    def _wish(self, question: Question) -> str:
        """What the candidate wants next: "next", "again" or "quit"."""
        if not self.screen.interactive:
            self.screen.model_answer(question)
            return "next"
        while True:
            reply = self.screen.choice("[Enter] next · [a]nswer: the model's · [r]etry · [q]uit: ")
            if reply in ("a", "answer"):
                self.screen.gap()
                self.screen.model_answer(question)
            elif reply in ("r", "retry", "again"):
                return "again"
            elif reply in ("q", "quit"):
                return "quit"
            elif reply in ("", "n", "next"):
                self.screen.gap()
                return "next"


def _part(tried: Answer | None) -> Part:
    """What an answer would be that is typed now."""
    return "first" if tried is None else "again"
