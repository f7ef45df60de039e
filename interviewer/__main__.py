"""The command `interviewer`: runs it, and turns whatever goes wrong into one line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper

from typer import TyperException

from interviewer.errors import InterviewerError

PIPE_CLOSED, INTERRUPTED, BUG = 141, 130, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line, by default with the arguments of the process; gives the exit code."""
    _have_streams()
    _speak_utf8()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        code = _stop_writing()
    except InterviewerError as error:
        code = complain(error.message, error.hint, error.exit_code)
        _write_what_is_left()
    except TyperException as error:
        code = _complain_of_usage(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:
        # Where no reader of files has said it better: a full disk, a folder taken away.
        place = f"{error.filename}: " if error.filename else ""
        code = complain(f"{place}{error.strerror or error}", None, InterviewerError.exit_code)
        _stop_writing()
    except Exception as error:  # noqa: BLE001  (the last resort: no traceback reaches a user)
        code = _confess(error)
    return code


def complain(message: str, hint: str | None, code: int) -> int:
    """Says on stderr what is wrong and what to do about it; gives the exit code."""
    from interviewer.backends.failures import without_keys
    from interviewer.wording import visible

    with suppress(OSError):
        hinted = f"\n\nhint: {hint}" if hint else ""
        # A file's name or a line of it may be meant for the terminal, and a key may be in the wrong place.
        sys.stderr.write(visible(without_keys(f"interviewer: {message}{hinted}\n")))
    return code


def _run(arguments: Sequence[str] | None) -> int:
    from interviewer.cli.app import app

    try:
        code = app(arguments, standalone_mode=False, prog_name="interviewer")
        return code if isinstance(code, int) else 0
    except SystemExit as end:
        # typer and rich end the program so when the reader of a pipe has gone.
        if isinstance(end.__context__, BrokenPipeError):
            raise BrokenPipeError from None
        return end.code if isinstance(end.code, int) else BUG


def _complain_of_usage(error: TyperException) -> int:
    if type(error).__name__ == "Abort":
        return INTERRUPTED
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{error}\n")
        return 2
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "interviewer"
    message = getattr(error, "format_message", lambda: str(error))().rstrip(".")
    return complain(f"{message[:1].lower()}{message[1:]}", f"{path} --help", getattr(error, "exit_code", 2))


def _confess(error: Exception) -> int:
    from interviewer.backends.failures import without_keys

    if os.environ.get("INTERVIEWER_DEBUG"):
        # It is to be pasted into a report.
        sys.stderr.write(without_keys(traceback.format_exc()))
    name = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}" if str(error).strip() else ""
    return complain(
        f"a bug in interviewer: {name or type(error).__name__}",
        "please report it, with what INTERVIEWER_DEBUG=1 in the environment adds to this line",
        BUG,
    )


def _write_what_is_left() -> None:
    """Where the error was that nothing can be written, Python's own exit would meet it again."""
    try:
        sys.stdout.flush()
    except OSError:
        _stop_writing()


def _stop_writing() -> int:
    """Nobody reads on: what is still buffered goes nowhere, so that Python's own exit does not complain."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED


def _have_streams() -> None:
    """Puts something in the place of a stream that was closed before the start: to write there fails then.

    Otherwise Python has None there, and the next file that is opened takes its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            kind = os.O_WRONLY if name == "stderr" else os.O_RDONLY
            setattr(sys, name, open(os.open(os.devnull, kind), mode, encoding="utf-8"))  # noqa: SIM115


def _speak_utf8() -> None:
    """Files and pipes get UTF-8; a terminal keeps its own encoding, and `?` for what it cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace")
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding=None if sys.stdin.isatty() else "utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
