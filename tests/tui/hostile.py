"""Text that tries to be more than text, wherever a candidate, a model or a bank can put some."""

from __future__ import annotations

from pathlib import Path

MARKUP = "[/b] [@click=app.quit]press[/] [red]x"
ESCAPES = (
    "\x1b]0;owned\x07 \x1b[31m \x1b]52;c;b3duZWQ=\x07 \x1b]8;;http://evil\x1b\\link \x9b2J \x9d0;owned\x9c"
)
SHAPES = "\u202eRTL\u202c \u200d👩\u200d👧 e" + "\u0301" * 60 + " \t tab \r back 中文"
HOSTILE = f"{MARKUP} {ESCAPES} {SHAPES}"
FORBIDDEN = ("\x1b]0;", "\x1b]52;c;b3du", "\x1b]8;", "\x07", "\x9b", "\x9d", "\u202e", "owned\x9c")
"""What must never reach the terminal; the program itself sends none of it."""


def toml(text: str) -> str:
    """A basic string of TOML."""
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in '"\\' else c for c in text
    )
    return f'"{escaped}"'


def write_bank(folder: Path, name: str = "hostile") -> Path:
    """A bank whose every text is hostile, with two questions."""
    path = folder / f"{name}.toml"
    path.write_text(
        f'title = {toml(HOSTILE)}\ntopic = "hostile"\n'
        + "".join(
            f"""
[[question]]
id = "{identifier}"
kind = "open"
difficulty = 300
rubric = "short-answer"
prompt = {toml(f"What is it? {HOSTILE} [evil](http://evil) <b>bold</b>")}
reference = {toml(f"The model answer. {HOSTILE}")}
hints = [{toml(f"A hint. {HOSTILE}")}]
source = {toml(HOSTILE)}

[[question.criterion]]
id = "first"
text = {toml(f"Says the first. {HOSTILE}")}
points = 2
follow_up = {toml(f"And then? {HOSTILE}")}

[[question.criterion]]
id = "second"
text = {toml(f"Says the second. {HOSTILE}")}
points = 1

[[question.mistake]]
id = "wrong"
text = {toml(f"Says the wrong thing. {HOSTILE}")}
points = 1
"""
            for identifier in ("one", "two")
        ),
        encoding="utf-8",
    )
    return path


def judgement(level: str, quote: str) -> dict[str, object]:
    """A judge's reply that is as hostile; the first criterion is at this level."""
    return {
        "criteria": {
            "first": {"reason": f"Said. {HOSTILE}", "quote": quote, "level": level},
            "second": {"reason": f"Not said. {HOSTILE}", "quote": "", "level": "not_met"},
        },
        "mistakes": {"wrong": {"quote": quote, "made": True}},
    }
