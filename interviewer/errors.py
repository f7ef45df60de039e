"""Every error a user can meet, and what becomes of it.

    InterviewerError            one line on stderr, with a hint; the exit code below
    ├── ConfigError             a setting, flag or key that cannot be used      exit 2
    ├── DataError               a file that cannot be read as what it should be exit 2
    └── GradingError            one answer could not be graded: becomes `Ungraded`, the run goes on
        ├── BackendUnavailable  no usable reply from the model's server
        └── UnreadableReply     a reply that breaks the rules after one repair

Anything else is a bug, and is reported as one.
"""

from __future__ import annotations


class InterviewerError(Exception):
    """A failure that is explained to the user in one line."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def in_a_line(self) -> str:
        """The message, with the hint in brackets."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigError(InterviewerError):
    """A setting, flag or environment variable cannot be used."""


class DataError(InterviewerError):
    """A file is missing, unreadable, or breaks the rules of its format."""


class GradingError(InterviewerError):
    """One answer could not be graded; it becomes `Ungraded`, never a score."""

    exit_code = 1


class BackendUnavailable(GradingError):
    """The model's server gave no usable reply: refused, timed out, or answered with an error."""


class UnreadableReply(GradingError):
    """The model replied, but not in the form that was asked for."""

    def __init__(self, message: str, *, reply: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reply = reply
