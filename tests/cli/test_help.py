"""Help, version and usage errors; and that starting up loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

from interviewer import __version__
from tests.cli.conftest import Run

COMMANDS = [
    ["serve"],
    ["ask"],
    ["grade"],
    ["report"],
    ["calibrate"],
    ["replay"],
    ["verify"],
    ["bench"],
    ["import"],
    ["check"],
    ["questions", "list"],
    ["questions", "show"],
    ["cache", "stats"],
    ["cache", "clear"],
    ["config", "show"],
    ["config", "init"],
    ["doctor"],
]
HEAVY = (
    "torch", "litellm", "openai", "textual", "sentence_transformers", "onnxruntime", "numpy", "rich",
)  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["grade", "--help"], ["bench", "--help"], ["check", "--help"]]
)
def test_help_and_version_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from interviewer.__main__ import main; assert main(sys.argv[1:]) == 0\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_for_itself_and_each_option(command: list[str], run: Run) -> None:
    shown = run(*command, "--help")
    assert shown.code == 0
    assert f"interviewer {' '.join(command)}" in shown.out
    text = shown.out.split("Options:")
    assert len(text[0].split("\n\n")) >= 2, "says what the command does"
    assert all(len(line) <= 80 for line in shown.out.splitlines())


def test_version_is_printed(run: Run) -> None:
    assert run("--version").out == f"interviewer {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "says", "hint"),
    [
        (["graed"], "no such command 'graed'", "interviewer --help"),
        (["grade"], "missing argument 'FILE'", "interviewer grade --help"),
        (["grade", "x", "--thresold", "3"], "no such option: --thresold", "interviewer grade --help"),
        (["ask", "--n", "many"], "invalid value for '-n'", "interviewer ask --help"),
        (["questions", "lits"], "no such command 'lits'", "interviewer questions --help"),
    ],
)
def test_usage_errors_are_one_line_with_a_hint(arguments: list[str], says: str, hint: str, run: Run) -> None:
    shown = run(*arguments)
    first, blank, last = shown.err.splitlines()
    assert (shown.code, shown.out, blank, last) == (2, "", "", f"hint: {hint}")
    assert first.startswith("interviewer: ")
    assert says in first
