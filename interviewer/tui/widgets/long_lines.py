"""Wrapped lines that stay quick where one of them is as long as a book: a paste without a line break."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

from textual._wrap import compute_wrap_offsets
from textual.document._document import Location
from textual.document._wrapped_document import WrappedDocument

LONG = 40
"""Rows on the screen from which on a line is a long one."""
_AHEAD = 20
"""Rows that are wrapped at once after an edit, until they fall in with how it was wrapped before."""


class LongLines(WrappedDocument):
    """A wrapped document in which one edit of a long line wraps the rows around it only."""

    is_one_edit = False
    """Whether `wrap_range` is told of one edit, as it was. For many that are undone it is told of less."""

    @property
    def height(self) -> int:
        """Rows of all lines."""
        return len(self._offset_to_line_info)

    def get_sections(self, line_index: int) -> list[str]:
        """The line in the parts that it is shown in."""
        line = self.document[line_index]
        bounds = [0, *self._wrap_offsets[line_index], len(line)]
        return [line[start:end] for start, end in pairwise(bounds)]

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Wraps what was changed by an edit that has been done."""
        if not (self.is_one_edit and self._wrap_within(start, old_end, new_end)):
            super().wrap_range(start, old_end, new_end)

    def _wrap_within(self, start: Location, old_end: Location, new_end: Location) -> bool:
        """Wraps anew around an edit within a long line; False where it is another one."""
        number = start[0]
        if not (number == old_end[0] == new_end[0] and 0 <= number < len(self._wrap_offsets)):
            return False
        old, line = self._wrap_offsets[number], self.document[number]
        # Tabs are as wide as what is before them makes them.
        if len(old) < LONG or not self._width or "\t" in line:
            return False
        offsets = self._joined(line, old, start[1], new_end[1], new_end[1] - old_end[1])
        added = len(offsets) - len(old)
        self._wrap_offsets[number] = offsets
        if added:
            self._move_rows(number, len(offsets) + 1, added)
        return True

    def _joined(self, line: str, old: list[int], start: int, end: int, shift: int) -> list[int]:
        """Where the line is wrapped: as before, but for the rows from the one before the edit on.

        Args:
            start, end: of what is new, in the line as it is now.
            shift: by how much what comes after it has moved.
        """
        # A shorter word may now fit into the row before.
        kept = max(0, bisect_left(old, start) - 2)
        at = old[kept - 1] if kept else 0
        new = old[:kept]
        after = {offset + shift: index for index, offset in enumerate(old) if offset + shift > end}
        ahead = _AHEAD * self._width
        while True:
            part = line[at : at + ahead]
            is_rest = at + ahead >= len(line)
            found = [at + offset for offset in compute_wrap_offsets(part, self._width, self._tab_width)]
            # What is wrapped next to the cut would be wrapped otherwise with what follows.
            for offset in found if is_rest else found[:-2]:
                index = after.get(offset)
                if index is not None:
                    return [*new, *(earlier + shift for earlier in old[index:])]
                new.append(offset)
            if is_rest:
                return new
            at = new[-1] if new else 0
            ahead *= 2

    def _move_rows(self, number: int, rows: int, added: int) -> None:
        first = self._line_index_to_offsets[number][0]
        self._line_index_to_offsets[number] = list(range(first, first + rows))
        for later in range(number + 1, len(self._line_index_to_offsets)):
            self._line_index_to_offsets[later] = [y + added for y in self._line_index_to_offsets[later]]
        self._offset_to_line_info[first : first + rows - added] = [(number, row) for row in range(rows)]
