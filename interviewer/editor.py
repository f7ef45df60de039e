"""The candidate's own editor, for those who would rather type there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from interviewer.errors import ConfigError, InterviewerError

USUAL = ("nano", "vim", "vi", "notepad")
"""Tried in turn where neither $VISUAL nor $EDITOR is set."""


def edited(text: str, *, suffix: str = ".md") -> str:
    """The text after the editor has been at it.

    Args:
        suffix: of the file that the editor gets, so that it knows the language.

    Raises:
        InterviewerError: there is no editor, it cannot be run, or it ended with an error.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    command = command or next((name for name in USUAL if shutil.which(name)), None)
    if not command:
        raise ConfigError("no editor found", hint="set EDITOR, for example to nano")
    with tempfile.TemporaryDirectory(prefix="interviewer-") as folder:
        path = Path(folder) / f"answer{suffix}"
        path.write_text(f"{text}\n" if text else "", encoding="utf-8")
        try:
            code = subprocess.run([*shlex.split(command), str(path)], check=False).returncode
        except (OSError, ValueError) as error:
            raise InterviewerError(f"the editor {command!r} cannot be run: {error}") from None
        if code != 0:
            raise InterviewerError(f"the editor ended with {code}")
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
