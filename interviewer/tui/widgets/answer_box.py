"""Where an answer is typed: soft wrap, undo, coloured code, and nothing that could drive the terminal."""

from __future__ import annotations

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.document._document import EditResult
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.expand_tabs import expand_text_tabs_from_widths
from textual.strip import Strip
from textual.widgets import TextArea

from interviewer.models import Question
from interviewer.tui.widgets.long_lines import LONG, LongLines
from interviewer.wording import harmless

CODE_THEMES = {"dark": "vscode_dark", "light": "github_light", "high-contrast": "vscode_dark"}
"""Colours of code by theme of the app."""
TABS = {"code"}
"""Kinds of questions whose answers are code: Tab indents there, elsewhere it leaves the box."""


class AnswerBox(TextArea):
    """A text area for answers."""

    wrapped_document: LongLines

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            id=id,
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            placeholder="Type your answer here.",
            highlight_cursor_line=False,
        )

    def on_unmount(self) -> None:
        """Follows the app's theme no more: as long as that stays, the app would keep the box."""
        followers = getattr(self.app, "__watchers", {}).get("theme", [])
        followers[:] = [follower for follower in followers if follower[0] is not self]

    def begin(self, question: Question, text: str, theme: str) -> None:
        """Makes the box ready for an answer to this question.

        Args:
            text: what is typed already.
            theme: of the app.
        """
        is_code = question.kind in TABS
        self.language = "python" if is_code else None
        self.theme = CODE_THEMES.get(theme, "vscode_dark") if is_code else "css"
        self.tab_behavior = "indent" if is_code else "focus"
        self.show_line_numbers = is_code
        self.load_text(text)
        self.move_cursor(self.document.end)

    def load_text(self, text: str) -> None:
        """Puts a text in place of what is there."""
        super().load_text(_typed(text))

    def edit(self, edit: Edit) -> EditResult:
        """Does one edit, be it a key, a paste, or an undo."""
        edit.text = _typed(edit.text)
        self.wrapped_document.is_one_edit = True
        try:
            return super().edit(edit)
        finally:
            self.wrapped_document.is_one_edit = False

    async def _on_key(self, event: events.Key) -> None:
        """In code, a new line begins where the one before did, and deeper after a colon."""
        if event.key == "escape":
            # Textual only leaves the box where Tab indents; here Escape is the screen's, in every question.
            event.prevent_default()
        if event.key != "enter" or self.language is None or self.read_only:
            return
        event.stop()
        event.prevent_default()
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        indent = before[: len(before) - len(before.lstrip())]
        deeper = " " * self.indent_width if before.rstrip().endswith(":") else ""
        self.replace(f"\n{indent}{deeper}", *self.selection, maintain_selection_offset=False)

    # Long lines

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(text, language)
        self.wrapped_document = LongLines(self.document, self.wrap_width, self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)

    def _render_line(self, y: int) -> Strip:
        # Textual cuts a line into all of its rows for each row that it draws.
        document, row = self.wrapped_document, y + self.scroll_offset.y
        if row < len(document._offset_to_line_info):
            number, part = document._offset_to_line_info[row]
            if len(document.get_offsets(number)) >= LONG:
                return self._row_of_long_line(number, part)
        return super()._render_line(y)

    def _row_of_long_line(self, number: int, part: int) -> Strip:
        """One row of a long line, without the colours of code."""
        line, offsets = self.document[number], self.wrapped_document.get_offsets(number)
        start = offsets[part - 1] if part else 0
        end = offsets[part] if part < len(offsets) else len(line)
        # The cursor may rest behind the last character.
        text = Text(line[start:end] + (" " if end == len(line) else ""), end="", no_wrap=True)
        theme = self._theme
        first, last = sorted(self.selection)
        if first != last and first <= (number, end) and last >= (number, start) and theme.selection_style:
            begins = first[1] - start if first[0] == number else 0
            ends = last[1] - start if last[0] == number else len(text)
            text.stylize(theme.selection_style, max(0, begins), max(0, ends))
        cursor_row, column = self.cursor_location
        here = cursor_row == number and (start <= column < end or column == end == len(line))
        if here and self._draw_cursor and theme.cursor_style:
            text.stylize(theme.cursor_style, column - start, column - start + 1)
        tabs = line.count("\t", 0, start)
        widths = self.wrapped_document.get_tab_widths(number)[tabs : tabs + text.plain.count("\t")]
        text = expand_text_tabs_from_widths(text, widths)
        strip = Strip(text.render(self.app.console), text.cell_len)
        width = self.scrollable_content_region.size.width - self.gutter_width
        strip = strip.extend_cell_length(width, theme.base_style)
        if self.show_line_numbers:
            label = str(number + self.line_number_start) if part == 0 else ""
            gutter = Segment(f"{label:>{self.gutter_width - 2}}  ", theme.gutter_style)
            strip = Strip.join([Strip([gutter], self.gutter_width), strip])
        return strip.apply_style(theme.base_style or self.rich_style)


def _typed(text: str) -> str:
    # Terminals paste lines with a carriage return at their ends.
    return harmless(text.replace("\r\n", "\n").replace("\r", "\n"))
