"""A long line is wrapped around an edit as if all of it were wrapped anew."""

from __future__ import annotations

import random

import pytest
from textual.document._document import Document
from textual.document._wrapped_document import WrappedDocument

from interviewer.tui.widgets.long_lines import LONG, LongLines

PIECES = (
    "a",
    "word ",
    " ",
    "  ",
    "x" * 7,
    "中文",
    "é",
    "\N{ZERO WIDTH SPACE}",
    "long" * 20,
    "e\u0301",
    "end. ",
)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("width", [3, 20, 76])
def test_an_edit_wraps_a_long_line_as_a_whole_wrap_does(seed: int, width: int) -> None:
    rng = random.Random(seed * 100 + width)
    pieces = rng.choices(PIECES, k=3 if seed == 0 else len(PIECES)) if seed % 2 else list(PIECES)
    long = "".join(rng.choices(pieces, k=width * LONG))
    document = Document(f"before\n{long}\nafter")
    wrapped = LongLines(document, width)
    wrapped.is_one_edit = True
    for _ in range(15):
        length = len(document[1])
        start = rng.randint(0, length)
        old_end = min(length, start + rng.choice([0, 0, 0, 1, 5, 200]))
        text = rng.choice(["", "a", " ", "word", "中", "x" * 200, "many words " * 30])
        result = document.replace_range((1, start), (1, old_end), text)
        wrapped.wrap_range((1, start), (1, old_end), result.end_location)
        anew = WrappedDocument(document, width)
        assert wrapped._wrap_offsets == anew._wrap_offsets
        assert wrapped._offset_to_line_info == anew._offset_to_line_info
        assert wrapped._line_index_to_offsets == anew._line_index_to_offsets
        assert wrapped.height == anew.height
        assert wrapped.get_sections(1) == anew.get_sections(1)
