"""Plain text, as pasted from chats and slides, made into Markdown that shows the same."""

from __future__ import annotations

import re

from interviewer.importers.code_runs import code_runs, language
from interviewer.importers.fences import code_flags

_HARD_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f", " "))
_BULLET = re.compile(r"^( *)([•▪◦‣●○∙]|[-*+]|\d+[.)])\s+(?=\S)")
_MARKDOWN_BULLETS = ("-", "*", "+")


def as_markdown(text: str) -> str:
    """The text with code in fences and bullets as `-`; the code itself changes only in hard spaces."""
    lines = _fence(text.translate(_HARD_SPACES).split("\n"))
    flags = code_flags(lines)
    edge = _left_edge(lines, flags)
    tidy: list[str] = []
    for line, code in zip(lines, flags, strict=True):
        shown = line if code else _bullet(line, edge).rstrip()
        if shown or code or (tidy and tidy[-1]):
            tidy.append(shown)
    return "\n".join(tidy).strip("\n")


def _fence(lines: list[str]) -> list[str]:
    """The lines with a fence around each run of code."""
    fenced: list[str] = []
    done = 0
    for run in code_runs(lines):
        code = lines[run.start : run.stop]
        fence = "```"
        while any(fence in line for line in code):
            fence += "`"
        fenced += [*lines[done : run.start], fence + language("\n".join(code)), *code, fence]
        done = run.stop
    return fenced + lines[done:]


def _left_edge(lines: list[str], flags: list[bool]) -> int:
    """How far the outermost bullets are indented. Kept, it would nest all items below the first."""
    pairs = zip(lines, flags, strict=True)
    bullets = [match for line, code in pairs if not code and (match := _BULLET.match(line))]
    return min((len(bullet[1]) for bullet in bullets), default=0)


def _bullet(line: str, edge: int) -> str:
    bullet = _BULLET.match(line)
    if bullet is None:
        return line
    indent, sign = bullet[1][edge:], bullet[2]
    plain = sign in _MARKDOWN_BULLETS or sign[0].isdigit()
    return f"{indent}{sign if plain else '-'} {line[bullet.end() :]}"
