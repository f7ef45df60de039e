"""One practice session: ask, take the answer, grade it, show the grade; nothing typed is lost on the way."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from interviewer.bank import Bank
from interviewer.cli.compose import Composed, Composer
from interviewer.cli.journal import Journal, KeptAnswer
from interviewer.cli.show import Screen
from interviewer.errors import InterviewerError
from interviewer.grading.derive import with_criteria
from interviewer.models import Grade, Question, Ungraded
from interviewer.wiring import ChosenGrader

INTERRUPTED = 130


@dataclass
class Session:
    """What became of the questions so far."""

    scores: list[tuple[Question, Grade, int]] = field(default_factory=list)
    """With the number of hints."""
    ungraded: list[tuple[Question, str]] = field(default_factory=list)
    left: list[Question] = field(default_factory=list)


def practise(
    bank: Bank, questions: Sequence[Question], chosen: ChosenGrader, folder: Path, *, only: str | None
) -> int:
    """Asks the questions in turn; gives the exit code."""
    screen, journal, session = Screen(), Journal(folder), Session()
    screen.say(f"Graded by {chosen.label}: {chosen.why}", style="dim")
    for downgrade in chosen.downgrades:
        screen.say(downgrade, style="dim")
    if journal.problem:
        screen.say(f"Answers cannot be kept: {journal.problem}", style="bold")
    # A closed terminal ends the session as Ctrl-C does: what is on the line is saved first.
    for name in ("SIGHUP", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    with asyncio.Runner() as runner:
        loop = Practice(bank, chosen, runner, screen, journal, session)
        return _run(loop, questions, offer_draft=only is None)


def _run(loop: Practice, questions: Sequence[Question], *, offer_draft: bool) -> int:
    screen, session = loop.screen, loop.session
    queue = list(questions)
    if offer_draft and screen.interactive:
        queue = loop.with_unfinished(queue)
    if screen.interactive:
        screen.say("Type your answer; a line with only . hands it in. :help lists what else you can do.")
    screen.gap()
    code = None
    try:
        for number, question in enumerate(queue, 1):
            if not loop.ask(question, f"{number} of {len(queue)}" if len(queue) > 1 else ""):
                break
    except KeyboardInterrupt:
        code = INTERRUPTED
        screen.gap()
        loop.say_what_is_kept(question)
    except InterviewerError:
        loop.say_what_is_kept(question)
        loop.summary()
        raise
    loop.summary()
    if code is not None:
        return code
    return 1 if session.ungraded else 0


@dataclass
class Practice:
    """The loop over one question, with all it needs."""

    bank: Bank
    chosen: ChosenGrader
    runner: asyncio.Runner
    screen: Screen
    journal: Journal
    session: Session

    def with_unfinished(self, queue: list[Question]) -> list[Question]:
        """The questions, after the one that was left unfinished last time, if the candidate wants it."""
        draft = self.journal.newest()
        if draft is None or draft.question_id not in self.bank.questions:
            return queue
        when = draft.time.astimezone().strftime("%d %b %H:%M")
        self.screen.say(f"An answer to {draft.question_id} was left unfinished on {when}:")
        self.screen.quote(draft.text or "(hints only)")
        reply = self._choose("Go on with it? [Y]es, [n]ot now, [d]elete it: ")
        if reply.startswith("d"):
            self.journal.drop(draft.question_id)
        if reply.startswith(("n", "d")):
            return queue
        unfinished = self.bank.question(draft.question_id)
        return [unfinished, *(q for q in queue if q.id != unfinished.id)][: max(1, len(queue))]

    def ask(self, question: Question, place: str) -> bool:
        """One question until it is done with; False: the candidate wants to stop."""
        self.screen.question(question, place, self.bank.parents(question))
        composer = Composer(question, self.journal, self.screen)
        self._continue_draft(composer)
        while True:
            composed = composer.compose()
            if composed.ending == "quit":
                self.say_what_is_kept(question)
                return False
            if composed.ending in ("skipped", "gave up"):
                self.session.left.append(question)
                if composed.ending == "gave up":
                    self.screen.gap()
                    self.screen.model_answer(question)
                else:
                    self.screen.say("Skipped.")
                    self.screen.gap()
                return True
            try:
                outcome = self._grade(question, composed)
            except KeyboardInterrupt:
                self.screen.gap()
                self.screen.say("Grading stopped; your answer is kept. Hand it in again with . or change it.")
                self.screen.quote(composed.text)
                composer = Composer(
                    question, self.journal, self.screen, composed.text.split("\n"), composed.hints
                )
                continue
            match self._after(question, outcome):
                case "again":
                    self.screen.say("Again:")
                    # What no judge has seen need not be typed again.
                    lines = composed.text.split("\n") if isinstance(outcome, Ungraded) else []
                    if lines:
                        self.screen.quote(composed.text)
                    composer = Composer(question, self.journal, self.screen, lines, composed.hints)
                case "quit":
                    return False
                case _:
                    return True

    def say_what_is_kept(self, question: Question) -> None:
        """That the answer in hand is not lost, where there is one."""
        draft = self.journal.draft(question.id)
        if draft is not None and draft.text.strip():
            goes_on = f"interviewer ask {question.id}"
            self.screen.say(f"What you typed is kept as a draft; go on with: {goes_on}", whole=True)

    def _continue_draft(self, composer: Composer) -> None:
        draft = self.journal.draft(composer.question.id) if self.screen.interactive else None
        if draft is None:
            return
        composer.lines = draft.text.split("\n") if draft.text else []
        composer.hints = min(draft.hints, len(composer.question.hints))
        self.screen.say("You have typed so far (:clear throws it away):")
        self.screen.quote(draft.text or "(nothing; you looked at a hint)")

    def _grade(self, question: Question, composed: Composed) -> Grade | Ungraded:
        """The outcome; the answer is on disk before anything is asked of a model."""
        now = datetime.now(UTC)
        self.journal.keep(
            KeptAnswer(time=now, question_id=question.id, answer=composed.text, hints=composed.hints)
        )
        rubric, parents = self.bank.rubric(question.rubric), self.bank.parents(question)
        with self.screen.waiting("grading …"):
            grader = self.chosen.grader()
            outcome = self.runner.run(grader.grade(question, rubric, composed.text, parents=parents))
        self._forget(question)
        if isinstance(outcome, Grade):
            self.journal.drop(question.id)
            self.session.scores.append((question, outcome, composed.hints))
            self.screen.grade(with_criteria(question), outcome)
        else:
            self.session.ungraded.append((question, outcome.reason))
            self.screen.ungraded(outcome)
        if composed.hints:
            self.screen.say(f"With {composed.hints} of {len(question.hints)} hints.")
        return outcome

    def _after(self, question: Question, outcome: Grade | Ungraded) -> str:
        """What the candidate wants next: "next", "again" or "quit"."""
        if not self.screen.interactive:
            self.screen.model_answer(question)
            return "next"
        while True:
            reply = self._choose("[Enter] next · [a]nswer: the model's · [r]etry · [q]uit: ")
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

    def _choose(self, prompt: str) -> str:
        try:
            return input(prompt).strip().lower().lstrip(":")
        except EOFError:
            self.screen.gap()
            return "q"

    def _forget(self, question: Question) -> None:
        """A retried question counts once, with its last outcome."""
        self.session.scores = [entry for entry in self.session.scores if entry[0].id != question.id]
        self.session.ungraded = [entry for entry in self.session.ungraded if entry[0].id != question.id]

    def summary(self) -> None:
        """What was graded, with its mean; what was not is listed apart."""
        session, screen = self.session, self.screen
        answered = len(session.scores) + len(session.ungraded)
        if not answered:
            screen.say("Nothing was graded.")
            return
        line = f"Graded {len(session.scores)} of {answered}"
        if session.scores:
            mean = sum(grade.score for _, grade, _ in session.scores) / len(session.scores)
            line += f" · mean {mean:.1f} of the graded"
        screen.say(f"{line} · judge {self.chosen.label}", style="bold")
        for question, grade, hints in session.scores:
            aid = f", {hints} hint{'s' if hints > 1 else ''}" if hints else ""
            screen.say(f"  {grade.score:5.1f}  {question.id} (confidence {grade.confidence}{aid})")
        for question, reason in session.ungraded:
            screen.say(f"      –  {question.id}, not graded: {reason}")
        for question in session.left:
            screen.say(f"      –  {question.id}, left")
        if self.journal.problem:
            screen.say(f"Answers could not be kept: {self.journal.problem}", style="bold")
        else:
            screen.say(f"Your answers are in {self.journal.answers}", style="dim", whole=True)
