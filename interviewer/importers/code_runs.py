"""Code that stands unmarked in plain text: found by how its lines look, several of them together."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator, Sequence

from interviewer.importers.fences import code_flags

_STATEMENTS = (
    re.compile(r"^\s*[A-Za-z_][\w.]*(\[[^\]]*\])?(\s*,\s*[A-Za-z_][\w.]*)*\s*[-+*/|&]?=(?!=)\s*\S"),
    re.compile(r"^\s*[A-Za-z_][\w.]*\(.*[)(,\[{]\s*$"),
    re.compile(r"^\s*(async )?(def|class|for|while|if|elif|with|except)\b.*:$"),
    re.compile(r"^\s*(else|try|finally):$"),
    re.compile(r"^\s*(return|raise|yield|await|assert|import) [\w(\[{\"'-]"),
    re.compile(r"^\s*from [\w.]+ import "),
    re.compile(r"^\s*@[\w.]+(\(.*\))?$"),
    re.compile(r"^\s*(return|pass|break|continue)$"),
    re.compile(r"^>>> \S"),
)
_OTHER_LANGUAGES = (
    re.compile(r"[;{]$"),
    re.compile(r"^\s*[})\]]++[;,)]*$"),
    re.compile(r"^\s*(SELECT|FROM|WHERE|GROUP BY|ORDER BY|(LEFT |INNER )?JOIN|INSERT INTO|UPDATE|HAVING) \S"),
)
_COMMENT = re.compile(r"^\s*(#|//)( |$)")
_BULLET = re.compile(r"^\s*([-*+•▪◦‣●○]|\d+[.)])\s")
_STRINGS_AND_COMMENTS = re.compile(r"\"[^\"]*\"|'[^']*'|(#|//).*$")
_KEYWORDS = re.compile(
    r"\b(async|def|class|for|while|if|elif|else|with|except|as|return|raise|yield|await|assert|import|from|in|is"
    r"|not|and|or|lambda|const|let|var|function|new)\b"
)
_TWO_WORDS = re.compile(r"\b[A-Za-z]\w* +[A-Za-z]")
_OPEN, _CLOSE = "([{", ")]}"


def code_runs(lines: Sequence[str]) -> Iterator[range]:
    """The stretches of lines that are code, without those that already stand in a fence."""
    fenced = code_flags(lines)
    at = 0
    while at < len(lines):
        run, statements = _run_from(at, lines, fenced)
        if statements >= 2 or (statements and _alone(run, lines)):
            yield run
        at = max(run.stop, at + 1)


def language(code: str) -> str:
    """`python` where the code is that, otherwise nothing."""
    return "python" if _is_python(code) else ""


def _run_from(start: int, lines: Sequence[str], fenced: Sequence[bool]) -> tuple[range, int]:
    """The lines from here on that may be one piece of code, and how many of them are statements."""
    stop, statements, depth = start, 0, 0
    for at in range(start, len(lines)):
        line = lines[at].rstrip()
        if fenced[at] or not (depth > 0 or _belongs(line, after_code=stop > start)):
            break
        if not line:
            depth = 0
            continue
        stop = at + 1
        statements += depth == 0 and _is_statement(line)
        depth = max(0, depth + _brackets(line))
    return range(start, stop), statements


def _belongs(line: str, *, after_code: bool) -> bool:
    if _is_statement(line) or _COMMENT.match(line):
        return True
    return after_code and (not line or (line.startswith(("    ", "\t")) and not _BULLET.match(line)))


def _is_statement(line: str) -> bool:
    if _BULLET.match(line):
        return False
    if any(form.search(line) for form in _OTHER_LANGUAGES):
        return True
    bare = _STRINGS_AND_COMMENTS.sub("", line).rstrip()
    # Prose has words side by side; code has operators, brackets or keywords between them.
    if _TWO_WORDS.search(_KEYWORDS.sub(",", bare)):
        return False
    return any(form.search(bare) for form in _STATEMENTS)


def _brackets(line: str) -> int:
    bare = _STRINGS_AND_COMMENTS.sub("", line)
    return sum(bare.count(sign) for sign in _OPEN) - sum(bare.count(sign) for sign in _CLOSE)


def _alone(run: range, lines: Sequence[str]) -> bool:
    """Whether a run is a paragraph of its own and Python beyond doubt."""
    around = [lines[at].strip() for at in (run.start - 1, run.stop) if 0 <= at < len(lines)]
    return not any(around) and _is_python("\n".join(lines[run.start : run.stop]))


def _is_python(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            ast.parse(textwrap.dedent(code))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
