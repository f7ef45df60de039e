"""`interviewer config` and `doctor`: the settings in force, and whether the judge can be used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.flags import ConfigFlag, JsonFlag, JudgeFlag

if TYPE_CHECKING:
    from interviewer.config import Settings

config = typer.Typer(help="Show the settings, or write a file to change them in.", no_args_is_help=True)

NOT_USABLE = 1


@config.command("show")
def show(judge: JudgeFlag = None, file: ConfigFlag = None, as_json: JsonFlag = False) -> None:
    """Show each setting and where it came from. Keys are never printed."""
    import json

    from interviewer.wiring import open_settings

    settings = open_settings(file, judge=judge).origins
    if as_json:
        print(json.dumps([setting.model_dump(mode="json") for setting in settings], indent=2))
        return
    wide = max(len(setting.key) for setting in settings)
    values = {setting.key: json.dumps(setting.value, ensure_ascii=False) for setting in settings}
    values = {key: "–" if value == "null" else value for key, value in values.items()}
    room = max(len(value) for value in values.values() if len(value) <= 40)
    for setting in settings:
        print(f"{setting.key:{wide}}  {values[setting.key]:{room}}  {setting.source}")


@config.command("init")
def init(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Default: your own settings file.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is already there.")] = False,
) -> None:
    """Write a settings file with every setting explained; only you can read it."""
    from platformdirs import user_config_path

    from interviewer.cli.output import check_output, lines_to
    from interviewer.errors import DataError
    from interviewer.reading import read_text

    path = file or user_config_path("interviewer", appauthor=False) / "config.toml"
    if path.exists() and not force:
        raise DataError(f"{path}: is already there", hint="--force replaces it")
    if file is None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    check_output(path)
    with lines_to(path, mode=0o600) as write:
        write(read_text(_example()).rstrip("\n"))
    print(f"wrote {path}", file=sys.stderr)


def doctor(judge: JudgeFlag = None, file: ConfigFlag = None) -> None:
    """Find out whether the judge can be used, and what it cannot do.

    Exit codes: 0 it can be used, 1 it cannot, 2 a setting is wrong.
    """
    import asyncio

    from interviewer.backends.onnx import MiniLM
    from interviewer.embedded.judge import EmbeddedJudge
    from interviewer.grading.probe import probe
    from interviewer.wiring import open_settings
    from interviewer.wording import visible

    def embedded() -> EmbeddedJudge:
        model = MiniLM()
        model.embed(["load"])
        return EmbeddedJudge(model)

    settings = open_settings(file, judge=judge)
    report = asyncio.run(probe(settings, embedded))
    print(f"{report.judge}: {report.why}")
    wide = max(len(line.name) for line in report.lines)
    for line in report.lines:
        print(f"  {line.status:4}  {line.name:{wide}}  {visible(line.text)}")
    if report.works:
        for status, text in _calibration(settings):
            print(f"  {status:4}  {'calibration':{wide}}  {visible(text)}")
    print("\nanswers can be graded" if report.works else "\nanswers cannot be graded")
    raise typer.Exit(0 if report.works else NOT_USABLE)


def _calibration(settings: Settings) -> Iterator[tuple[str, str]]:
    """Under which rubrics the scores of the judge are calibrated; nothing where no calibration is at hand."""
    from interviewer.wiring import calibrations_of, choose_grader, open_bank

    known = calibrations_of(settings)
    if not known:
        return
    grader = choose_grader(settings, calibrations=known).grader()
    rubrics = open_bank(settings).rubrics.values()
    names = [rubric.name for rubric in rubrics if grader.calibration(rubric) is not None]
    if names:
        yield "ok", f"applied under the rubric {', '.join(names)}"
    for note in grader.notes:
        yield "note", note


def _example() -> Path:
    """The documented settings file: inside the wheel, or at the top of a checkout."""
    from interviewer.bank import PACKAGE

    inside = PACKAGE / "config.example.toml"
    return inside if inside.is_file() else PACKAGE.parent / "config.example.toml"
