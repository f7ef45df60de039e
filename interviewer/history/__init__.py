"""What was practised, kept in one SQLite file."""

from interviewer.history.records import History
from interviewer.history.writer import Writer

__all__ = ["History", "Writer"]
