"""What the server and its parts complain of, in a line each."""

from __future__ import annotations

import logging
import os

from interviewer.wording import visible


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        if os.environ.get("INTERVIEWER_DEBUG"):
            return super().format(record)
        error = record.exc_info[1] if record.exc_info else None
        because = f": {type(error).__name__}" if error is not None else ""
        return visible(f"interviewer: {record.getMessage()}{because}")


def log_in_lines() -> None:
    """Warnings and errors go to stderr, without the traceback that they come with."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
