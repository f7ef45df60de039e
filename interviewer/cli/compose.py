"""Typing an answer in a plain terminal: many lines, `.` ends them, `:` begins a command."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from interviewer.cli.journal import Draft, Journal
from interviewer.cli.show import Screen
from interviewer.models import Question

HELP = """\
.        on a line of its own: hand the answer in (or Ctrl-D)
:hint    show the next hint
:edit    go on in your editor ($VISUAL or $EDITOR)
:text    show what you have typed so far
:clear   throw it away and begin again
:skip    leave this question, ungraded
:answer  give up and see the model answer, ungraded
:quit    stop here; what you typed stays as a draft"""

Ending = Literal["handed in", "skipped", "gave up", "quit"]


@dataclass
class Composed:
    """What came of typing an answer."""

    ending: Ending
    text: str = ""
    hints: int = 0


@dataclass
class Composer:
    """Takes the lines of one answer; every line is on disk before the next is asked for."""

    question: Question
    journal: Journal
    screen: Screen
    lines: list[str] = field(default_factory=list)
    hints: int = 0
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
                return self._ended("handed in" if self._has_text() else "quit")
            if typed.strip() == ".":
                if self._has_text() or self._warned or not self.screen.interactive:
                    return self._ended("handed in")
                self._warned = True
                self.screen.say("Nothing is typed yet. Another . hands in a blank answer, :skip leaves it.")
                continue
            command = re.fullmatch(r":([a-z]+)\s*", typed)
            if command is None:
                self._add(typed)
            elif (ending := self._obey(command.group(1), typed)) is not None:
                return self._ended(ending)

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

    def _ended(self, ending: Ending) -> Composed:
        if ending == "skipped" and not self._has_text():
            self.journal.drop(self.question.id)
        if ending == "gave up":
            self.journal.drop(self.question.id)
        return Composed(ending, "\n".join(self.lines).strip("\n"), self.hints)

    def _add(self, typed: str) -> None:
        # A paste may come as one input of several lines.
        self.lines += typed.split("\n")
        self._save()

    def _save(self) -> None:
        if self._has_text() or self.hints:
            now = datetime.now(UTC)
            text = "\n".join(self.lines)
            self.journal.save(Draft(question_id=self.question.id, text=text, hints=self.hints, time=now))

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
        self.hints += 1
        self.screen.say(f"Hint {self.hints} of {len(hints)}: {hints[self.hints - 1]}")
        self._save()

    def _text(self) -> None:
        self.screen.quote("\n".join(self.lines) or "(nothing yet)")

    def _clear(self) -> None:
        self.lines = []
        self.journal.drop(self.question.id)
        self.screen.say("Cleared.")

    def _edit(self) -> None:
        edited = edit("\n".join(self.lines), self.screen)
        if edited is None:
            return
        self.lines = edited.rstrip("\n").split("\n") if edited.strip() else []
        self._save()
        self._text()
        self.screen.say("Hand it in with . or go on typing.")


def edit(text: str, screen: Screen) -> str | None:
    """The text after the user's editor has been at it; None where no editor could be run."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command:
        command = next((name for name in ("nano", "vim", "vi", "notepad") if shutil.which(name)), None)
    if not command:
        screen.say("No editor found: set EDITOR, for example to nano.")
        return None
    with tempfile.TemporaryDirectory(prefix="interviewer-") as folder:
        path = Path(folder) / "answer.md"
        path.write_text(f"{text}\n" if text else "", encoding="utf-8")
        try:
            code = subprocess.run([*shlex.split(command), str(path)], check=False).returncode
        except (OSError, ValueError) as error:
            screen.say(f"The editor {command!r} cannot be run: {error}. Your text is as it was.")
            return None
        if code != 0:
            screen.say(f"The editor ended with {code}. Your text is as it was.")
            return None
        return path.read_text(encoding="utf-8", errors="replace")
