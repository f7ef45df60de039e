"""Starts the program again and again without waiting for the interpreter: what it imports is imported once.

`python -m tests.batch.fork_server FILE` reads lines of JSON, each a list of arguments. For each it forks a
process that runs the program with them (its stderr goes to FILE), and prints its id; then how it ended: an
exit code, or the negative of a signal.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

# No model is loaded and no thread is begun by these, so that a fork is as good as a start.
import interviewer.answers.file
import interviewer.backends.onnx
import interviewer.backends.openai
import interviewer.batch.job
import interviewer.cli.app
import interviewer.cli.grading
import interviewer.embedded.judge
import interviewer.grading.judges
import interviewer.wiring  # noqa: F401
from interviewer.__main__ import main


def serve(errors: Path) -> None:
    """Runs the program once for each line of the standard input."""
    # Not from sys.stdin: the program must find it as it is at a start, unread.
    for line in os.fdopen(os.dup(0)):
        child = os.fork()
        if child == 0:
            _run(json.loads(line), errors)
        print(child, flush=True)  # noqa: T201
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _run(arguments: list[str], errors: Path) -> None:
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    os.dup2(2, 1)
    code = main(arguments)
    # As at the end of any process: threads that still load something are waited for, files are flushed.
    sys.exit(code)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
