"""What the documentation shows is what happens: commands run, examples load, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from interviewer.bank import load_bank
from interviewer.cli.app import app
from interviewer.config import load_config
from tests.screen_terminal import ScreenTerminal

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NEEDS_A_MODEL = ("export ", "--judge", "doctor")
"""What a command that cannot run offline has in it; the embedded judge's own are among the CLI's tests."""


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


def shown_commands() -> Iterator[str]:
    for block in blocks(ROOT / "README.md", "sh"):
        for line in block.splitlines():
            command = line.split("  #")[0].strip()
            if command and not command.startswith("make "):
                yield command


def offline(command: str) -> bool:
    return not any(part in command for part in NEEDS_A_MODEL)


def is_full_screen(command: str) -> bool:
    words = shlex.split(command)
    return words[0].endswith("interviewer") and words[1:2] in ([], ["practice"])


def test_every_command_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("examples", "questions"):
        (tmp_path / name).symlink_to(ROOT / name)
    binaries = tmp_path / ".venv" / "bin"
    binaries.mkdir(parents=True)
    program = binaries / "interviewer"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m interviewer "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    commands = [command for command in shown_commands() if offline(command)]
    assert len(commands) >= 6
    for command in commands:
        if is_full_screen(command):
            with ScreenTerminal(
                command=("sh", "-c", f"cd {shlex.quote(str(tmp_path))} && {command}")
            ) as screen:
                screen.until("Start (s)")
                screen.type("q")
                assert screen.wait() == 0
            continue
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        # Imported questions have yet to be edited, and `check` says so.
        allowed = (0, 1) if " check " in command else (0,)
        assert done.returncode in allowed, f"{command}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        assert "a bug in interviewer" not in done.stderr


def test_every_shown_command_and_option_exists() -> None:
    root = get_command(app)
    for command in shown_commands():
        words = shlex.split(command.split(" | ")[-1])
        if not words[0].endswith("interviewer"):
            continue
        found, options = root, {"--version"}
        for word in words[1:]:
            found = getattr(found, "commands", {}).get(word, found)
        options |= {option for parameter in found.params for option in parameter.opts}
        shown = {word for word in words if word.startswith("-")}
        assert shown <= options, command


def test_every_cli_command_is_documented() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    missing = [name for name in command_names() if f"interviewer {name}" not in text]
    assert not missing


def command_names() -> Iterator[str]:
    assert isinstance(app, typer.Typer)
    for name, command in getattr(get_command(app), "commands", {}).items():
        inner = getattr(command, "commands", None)
        yield from (f"{name} {part}" for part in inner) if inner else (name,)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_bank_in_the_docs_loads(page: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(page, "toml")):
        if "[[question]]" in block:
            (tmp_path / f"{number}.toml").write_text(block, encoding="utf-8")
            assert load_bank([tmp_path / f"{number}.toml"]).questions
        else:
            tomllib.loads(block)


def test_the_example_settings_load_as_they_are(tmp_path: Path) -> None:
    load_config({}, {}, cwd=tmp_path, user_dir=tmp_path, file=ROOT / "config.example.toml")
