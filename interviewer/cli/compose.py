"""Typing an answer in a plain terminal: many lines, `.` ends them, `:` begins a command."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from interviewer.cli.show import Screen
from interviewer.editor import edited
from interviewer.errors import InterviewerError
from interviewer.models import Question
from interviewer.practice.credit import HINT_COST

HELP = f"""\
.        on a line of its own: hand the answer in (or Ctrl-D)
:hint    show the next hint; each costs {HINT_COST:g} points of 100
:edit    go on in your editor ($VISUAL or $EDITOR)
:text    show what you have typed so far
:clear   throw it away and begin again
:skip    leave this question, ungraded
:answer  give up and see the model answer; the question comes again soon
:quit    stop here; what you typed stays as a draft"""

Ending = Literal["handed in", "skipped", "gave up", "quit"]
"""How typing ended."""


@dataclass
class Composed:
    """What came of typing an answer."""

    ending: Ending | None
    """None while it goes on."""
    text: str = ""
    hints: int = 0
    seconds: float = 0.0


Keep = Callable[[Composed], None]
"""Puts what is typed so far on disk; a draft with neither text nor hints is forgotten."""


@dataclass
class Composer:
    """Takes the lines of one answer; every line is on disk before the next is asked for."""

    question: Question
    keep: Keep
    screen: Screen
    lines: list[str] = field(default_factory=list)
    hints: int = 0
    seconds: float = 0.0
    """Spent on it before."""
    _began: float = field(default_factory=time.monotonic)
    _warned: bool = False

    def compose(self) -> Composed:
        """Reads until the answer is handed in or left.

        Raises:
            KeyboardInterrupt: Ctrl-C; the draft is saved.
        """
        if self.screen.interactive:
            with suppress(ImportError):
                # From now on the arrow keys work in `input`.
                import readline  # noqa: F401
        while True:
            try:
                typed = self._read()
            except KeyboardInterrupt:
                self._add_unfinished_line()
                raise
            except EOFError:
                return self._so_far("handed in" if self._has_text() else "quit")
            if typed.strip() == ".":
                if self._has_text() or self._warned or not self.screen.interactive:
                    return self._so_far("handed in")
                self._warned = True
                self.screen.say("Nothing is typed yet. Another . hands in a blank answer, :skip leaves it.")
                continue
            command = re.fullmatch(r":([a-z]+)\s*", typed)
            if command is None:
                self._add(typed)
            elif (ending := self._obey(command.group(1), typed)) is not None:
                return self._so_far(ending)

    def _read(self) -> str:
        if self.screen.interactive:
            return input("> ")
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def _add_unfinished_line(self) -> None:
        readline = sys.modules.get("readline")
        if self.screen.interactive and readline is not None and (line := readline.get_line_buffer()):
            self._add(line)

    def _has_text(self) -> bool:
        return any(line.strip() for line in self.lines)

    def _so_far(self, ending: Ending | None = None) -> Composed:
        text, spent = "\n".join(self.lines), time.monotonic() - self._began
        return Composed(ending, text.strip("\n") if ending else text, self.hints, self.seconds + spent)

    def _add(self, typed: str) -> None:
        # A paste may come as one input of several lines.
        self.lines += typed.split("\n")
        self._save()

    def _save(self) -> None:
        self.keep(self._so_far())

    def _obey(self, command: str, typed: str) -> Ending | None:
        endings: dict[str, Ending] = {"skip": "skipped", "answer": "gave up", "quit": "quit", "q": "quit"}
        actions: dict[str, Callable[[], None]] = {
            "hint": self._hint,
            "edit": self._edit,
            "text": self._text,
            "clear": self._clear,
            "help": lambda: self.screen.say(HELP),
        }
        if command in endings:
            return endings[command]
        if command in actions:
            actions[command]()
        elif self.screen.interactive:
            self.screen.say(f"There is no command {typed.strip()}; :help lists them.")
        else:
            self._add(typed)
        return None

    def _hint(self) -> None:
        hints = self.question.hints
        if self.hints >= len(hints):
            self.screen.say("There is no further hint." if hints else "This question has no hints.")
            return
        name = f"Hint {self.hints + 1} of {len(hints)}"
        if self.screen.interactive:
            price = f"{name} costs {HINT_COST:g} of 100 points"
            if not self.screen.choice(f"{price}. Show it? [y]es, [N]o: ").startswith("y"):
                return
        self.hints += 1
        self.screen.say(f"{name}: {hints[self.hints - 1]}")
        self._save()

    def _text(self) -> None:
        self.screen.quote("\n".join(self.lines) or "(nothing yet)")

    def _clear(self) -> None:
        self.lines = []
        self._save()
        self.screen.say("Cleared.")

    def _edit(self) -> None:
        try:
            text = edited("\n".join(self.lines))
        except InterviewerError as error:
            hint = f" ({error.hint})" if error.hint else ""
            self.screen.say(f"{error.message[:1].upper()}{error.message[1:]}{hint}. Your text is as it was.")
            return
        self.lines = text.split("\n") if text.strip() else []
        self._save()
        self._text()
        self.screen.say("Hand it in with . or go on typing.")
