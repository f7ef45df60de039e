"""Small questions in front of a screen: yes or no, and one of several."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from interviewer.tui.widgets.plain import Plain, plain


class Confirm(ModalScreen[bool]):
    """Asks whether to do something; Escape is no."""

    BINDINGS = [  # noqa: RUF012
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
    ]

    def __init__(self, question: str, yes: str = "Yes", no: str = "No") -> None:
        super().__init__()
        self._question, self._yes, self._no = question, yes, no

    def compose(self) -> ComposeResult:
        """The question and two buttons."""
        with Vertical(classes="dialog"):
            yield Plain(self._question)
            with Horizontal(classes="buttons"):
                yield Button(plain(f"{self._yes} (y)"), id="yes", variant="primary")
                yield Button(plain(f"{self._no} (n)"), id="no")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button stands for its answer."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """A key stands for its answer."""
        self.dismiss(yes)


class Choose(ModalScreen[str | None]):
    """Asks for one of several; Escape is none.

    Args:
        options: what is given back, and how it is said.
    """

    BINDINGS = [Binding("escape", "leave", "Cancel")]  # noqa: RUF012

    def __init__(self, question: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._question, self._options = question, options

    def compose(self) -> ComposeResult:
        """The question and a list."""
        with Vertical(classes="dialog"):
            yield Plain(self._question)
            # An id may not hold every name of a judge, so that options are told apart by their place.
            yield OptionList(*(Option(plain(text)) for _, text in self._options))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter takes the option."""
        self.dismiss(self._options[event.option_index][0])

    def action_leave(self) -> None:
        """Takes none."""
        self.dismiss(None)
