"""Fenced code in Markdown: which lines it covers, and paragraphs that it holds together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_OPENING = re.compile(r"^\s*(`{3,}(?=[^`]*$)|~{3,})")


def code_flags(lines: Sequence[str]) -> list[bool]:
    """For each line, whether it is a fence or inside one; an unclosed fence runs to the end."""
    return _scan(lines)[0]


def unclosed(lines: Sequence[str]) -> int | None:
    """The number (from 1) of the line with a fence that is never closed, or None."""
    return _scan(lines)[1]


def _scan(lines: Sequence[str]) -> tuple[list[bool], int | None]:
    flags: list[bool] = []
    fence, opened = "", None
    for number, line in enumerate(lines, 1):
        if opened is None:
            opening = _OPENING.match(line)
            if opening:
                fence, opened = opening[1], number
            flags.append(opening is not None)
            continue
        flags.append(True)
        bare = line.strip()
        if len(bare) >= len(fence) and bare == fence[0] * len(bare):
            opened = None
    return flags, opened


def paragraphs(text: str) -> Iterator[str]:
    """The blocks of a text between blank lines; fenced code with blank lines stays in one block."""
    lines = text.split("\n")
    block: list[str] = []
    for line, code in zip(lines, code_flags(lines), strict=True):
        if line.strip() or code:
            block.append(line)
        elif block:
            yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)
