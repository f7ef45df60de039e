"""Draw a terminal screen as SVG, for the README.

tmux capture-pane -p -e | python scripts/make_picture.py docs/ask.svg
"""

from __future__ import annotations

import io
import sys

from rich.console import Console
from rich.text import Text


def main() -> None:
    """Read a screen with its colours from standard input, write the SVG."""
    screen = sys.stdin.read().rstrip()
    console = Console(record=True, width=96, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen))
    console.save_svg(sys.argv[1], title="interviewer ask")


if __name__ == "__main__":
    main()
