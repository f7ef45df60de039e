"""Saying that the judge is wrong on one criterion: what it should be, and why."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select, Static

from interviewer.models import Level
from interviewer.tui.widgets.field import Field
from interviewer.wording import LEVELS


@dataclass(frozen=True)
class Objection:
    """What a candidate says against a verdict."""

    should_be: Level
    why: str


class DisputeScreen(ModalScreen[Objection | None]):
    """Asks for the right level and the reason; Escape leaves it.

    Args:
        line: the criterion as the list shows it.
        given: the level that the judge gave.
    """

    BINDINGS = [Binding("escape", "leave", "Cancel")]  # noqa: RUF012

    def __init__(self, line: Content, given: Level) -> None:
        super().__init__()
        self._line = line
        self._levels: list[Level] = [level for level in LEVELS if level != given]

    def compose(self) -> ComposeResult:
        """The criterion, the other two levels, and a line for the reason."""
        with Vertical(classes="dialog"):
            yield Label("You think that the judge is wrong on this:", markup=False)
            yield Static(self._line, markup=False)
            yield Label("It should be", markup=False)
            # Not radio buttons: which of them is chosen is told by colour alone.
            options = [(Content(LEVELS[level]), level) for level in self._levels]
            yield Select(options, value=self._levels[0], allow_blank=False, compact=True)
            yield Field(placeholder="Why? In your own words", max_length=2000)
            with Horizontal(classes="buttons"):
                yield Button("Keep it", id="keep", variant="primary")
                yield Button("Cancel (Esc)", id="cancel")

    def on_input_submitted(self) -> None:
        """Enter in the reason keeps the objection."""
        self._keep()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button keeps it or leaves it."""
        if event.button.id == "keep":
            self._keep()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Leaves it."""
        self.dismiss(None)

    @property
    def _level(self) -> Level:
        chosen = self.query_one(Select).value
        return next(level for level in self._levels if level == chosen)

    def _keep(self) -> None:
        why = self.query_one(Input).value.strip()
        if not why:
            self.notify("Say why: an objection without a reason helps nobody.")
            self.query_one(Input).focus()
            return
        self.dismiss(Objection(self._level, why))
