"""`interviewer calibrate`: a map from the judge's scores to yours, if it helps."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from interviewer.models import Calibration
    from interviewer.receipts.pairs import Pairs

NO_HELP = 1


def calibrate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]…", help="What `interviewer grade` wrote, with `human_score`.", show_default=False
        ),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="From what you disputed in practice, in place of files.")
    ] = False,
    judge: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL", help="Only grades by this judge, as it stands on them.", show_default=False
        ),
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option(
            metavar="N", help="`human_score` is out of this.", show_default="guessed from the largest"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Write it here, and do not store it.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the figures, and write nothing.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Show the stored calibrations.")] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Delete the stored ones, or those of --judge.")
    ] = False,
) -> None:
    """Fit the judge's scores to those of a person: 10 to 30 answers that you graded too are enough.

    The map keeps the order of scores. It is measured on answers that its fit has not seen, and refused where
    it does not help. What is stored is applied to later grades by the same judge with the same settings,
    under the same rubrics; the raw score is kept beside it.

    Exit codes: 0 written, 1 it does not help and nothing was written, 2 bad input.
    """
    from datetime import UTC, datetime

    from interviewer.cli.output import check_output
    from interviewer.errors import ConfigError
    from interviewer.receipts.calibrating import calibrate as fit
    from interviewer.wording import visible

    if show or remove:
        _check_alone(files, history=history, show=show, remove=remove)
        _remove(judge) if remove else _show(judge)
        return
    if bool(files) == history:
        raise ConfigError(
            "calibrate: needs a file of grades, or --history", hint="interviewer calibrate --help"
        )
    if scale is not None and (history or not 0 < scale < float("inf")):
        raise ConfigError(f"--scale: {'is for files' if history else 'should be above 0'}")
    if output is not None:
        check_output(output)
    pairs = _pairs(files or [], judge, scale)
    for note in pairs.notes:
        print(visible(note), file=sys.stderr)
    tried = fit(pairs, when=datetime.now(UTC).replace(microsecond=0))
    for line in told(tried.calibration):
        print(visible(line))
    if tried.refusal is not None:
        print(f"not calibrated: {tried.refusal}", file=sys.stderr)
        raise typer.Exit(NO_HELP)
    if not dry_run:
        _write(tried.calibration, output)


def told(calibration: Calibration) -> list[str]:
    """What a calibration is for, what it was made of, and how it did."""
    from interviewer.grading.calibration import calibrated

    before, after = calibration.before, calibration.after
    shown = (0, 25, 50, 75, 100)
    points = ", ".join(f"{raw} → {calibrated(calibration.map.knots, raw):.0f}" for raw in shown)
    figures = [
        ("root mean square error (0–1)", before.rmse, after.rmse),
        ("mean absolute error (0–1)", before.mae, after.mae),
        ("quadratic weighted kappa", before.qwk, after.qwk),
    ]
    return [
        f"judge {calibration.judge}: {calibration.pairs} pairs, {calibration.questions} questions;"
        f" each {calibration.held_out} left out in turn",
        f"  {'held out':28}  before  after",
        *(f"  {name:28}  {_figure(was):>6}  {_figure(now):>5}" for name, was, now in figures),
        f"  smaller error in {calibration.improved:.0%} of resamples",
        f"  map ({calibration.shape}, {calibration.shrinkage:g} imaginary pairs): {points}",
    ]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".replace("-", "−")


def _pairs(files: Sequence[Path], judge: str | None, scale: float | None) -> Pairs:
    from contextlib import ExitStack

    from interviewer.cli.history import opened
    from interviewer.receipts.pairs import pairs_of_grades, pairs_of_history
    from interviewer.reports.grades import read_grades

    if not files:
        with opened() as kept:
            return pairs_of_history(kept, judge)
    with ExitStack() as stack:
        return pairs_of_grades([stack.enter_context(read_grades(file)) for file in files], judge, scale)


def _write(calibration: Calibration, output: Path | None) -> None:
    from interviewer.cli.output import check_output, lines_to
    from interviewer.grading.calibration_files import place_of, text_of
    from interviewer.wiring import calibration_folder

    path = output
    if path is None:
        folder = calibration_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = place_of(calibration, folder)
        check_output(path)
    with lines_to(path) as write:
        write(text_of(calibration).rstrip("\n"))
    print(f"wrote {path}", file=sys.stderr)
    if output is not None:
        print(f'\nhint: [grading] calibration = "{output}" applies it', file=sys.stderr)


def _show(judge: str | None) -> None:
    from interviewer.wording import visible

    found = _stored(judge)
    for path, calibration in found:
        for line in told(calibration):
            print(visible(line))
        print(visible(f"  from {calibration.source}, {calibration.made:%Y-%m-%d}; {path}"))
    if not found:
        print("no calibration is stored", file=sys.stderr)


def _remove(judge: str | None) -> None:
    from interviewer.wiring import calibration_folder

    # Without a judge even those that cannot be read.
    every = sorted(calibration_folder().glob("*.json"))
    found = every if judge is None else [path for path, _ in _stored(judge)]
    for path in found:
        path.unlink(missing_ok=True)
        print(f"removed {path}", file=sys.stderr)
    if not found:
        print("no calibration is stored", file=sys.stderr)


def _stored(judge: str | None) -> list[tuple[Path, Calibration]]:
    from interviewer.grading.calibration_files import stored_calibrations
    from interviewer.wiring import calibration_folder

    return [each for each in stored_calibrations(calibration_folder()) if judge in (None, each[1].judge)]


def _check_alone(files: Sequence[Path] | None, *, history: bool, show: bool, remove: bool) -> None:
    from interviewer.errors import ConfigError

    if files or history or (show and remove):
        raise ConfigError("--show and --remove stand alone", hint="--judge says of which judge")
