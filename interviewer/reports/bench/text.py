"""A measurement as lines for a terminal of 80 columns; readable without colour, and when piped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from interviewer.measuring.results import Bench, FileResult
from interviewer.reports.bench import words
from interviewer.reports.bench.words import Measure
from interviewer.wording import visible

WIDTH = 79
NAME = 20
"""Columns for what a row is about."""


def to_text(bench: Bench) -> Iterator[str]:
    """The tables, line by line."""
    yield _cut(f"{bench.judge} · {words.how(bench)}")
    for file in bench.files:
        yield from _file(file, bench.judge)
    if bench.attacks is not None:
        yield from ("", words.attack_heading(bench.attacks))
        yield from _measures(words.attack_measures(bench.attacks))
        yield from _table(words.FAMILY_HEAD, words.family_rows(bench.attacks))
    if bench.drift is not None:
        yield from ("", words.drift_heading(bench.drift))
        yield from _measures(words.drift_measures(bench.drift))
    for twins in bench.twins:
        yield from ("", _cut(words.twin_heading(twins)))
        yield from _measures(words.twin_measures(twins))
        yield from _table(words.CHANGE_HEAD, words.change_rows(twins))
    yield ""
    for note in words.NOTES:
        yield from wrap(note, WIDTH)


def _file(file: FileResult, judge: str) -> Iterator[str]:
    yield from ("", _cut(words.heading(file)))
    yield from (_cut(f"  {line}") for line in words.notices(file))
    for part in file.parts:
        if len(file.parts) > 1:
            yield f"  {part.name} ({part.answers:,}):"
        yield from _table(words.BESIDE_HEAD, words.beside_rows(part, judge))
        yield from _measures(words.part_measures(part))
    if file.criteria is not None:
        yield from _measures(words.criterion_measures(file.criteria))
    yield from _measures(words.other_measures(file))
    yield from _table(words.BAND_HEAD, words.band_rows(file.trust))
    if file.traps:
        yield from _table(words.TRAP_HEAD, words.trap_rows(file))
    yield _cut(f"  {words.effort(file)}")


def _measures(rows: Iterable[Measure]) -> Iterator[str]:
    for row in rows:
        interval = row.interval.replace("\u00a0", " ")
        line = f"  {row.name:{NAME}} {row.value:>6} {interval:14} "
        yield from wrap(visible(line + row.meaning).rstrip(), WIDTH, subsequent_indent=" " * len(line))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as they need to be; the first one is cut where all would be too wide."""
    shown = [[visible(" ".join(cell.split())) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in shown) for column in range(len(head))]
    room = WIDTH - 2 - sum(width + 2 for width in widths[1:])
    widths[0] = min(max(widths[0], NAME), max(room, 8))
    for row in shown:
        first = _cut(row[0], widths[0])
        rest = "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        yield f"  {first:{widths[0]}}{rest}".rstrip()


def _cut(text: str, width: int = WIDTH) -> str:
    shown = visible(text).rstrip()
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"
