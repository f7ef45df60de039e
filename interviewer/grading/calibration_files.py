"""Calibrations on disk: one small JSON file for each judge and its settings."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import ValidationError

from interviewer.errors import ConfigError, DataError
from interviewer.grading.digests import text_digest
from interviewer.models import Calibration
from interviewer.reading import explain, read_text, strict_json

FOLDER = "calibrations"
"""In the folder where the program keeps its data."""
_NOT_IN_NAMES = re.compile(r"[^a-z0-9.]+")


def read_calibration(path: Path) -> Calibration:
    """The calibration in a file.

    Raises:
        ConfigError: there is none, or it is not one.
    """
    hint = '`interviewer calibrate` makes one; `[grading] calibration = "off"` does without'
    try:
        text = read_text(path)
        data = strict_json(text)
        return Calibration.model_validate(data)
    except DataError as error:
        raise ConfigError(error.message, hint=hint) from None
    except ValidationError as error:
        raise ConfigError(explain(error, Calibration, data, where=str(path)).message, hint=hint) from None
    except (ValueError, RecursionError):
        raise ConfigError(f"{path}: is no calibration: not valid JSON", hint=hint) from None


def stored_calibrations(folder: Path) -> list[tuple[Path, Calibration]]:
    """The stored ones with their files, the newest last.

    Raises:
        ConfigError: one of them cannot be read.
    """
    found = [(path, read_calibration(path)) for path in sorted(folder.glob("*.json"))]
    return sorted(found, key=lambda each: each[1].made)


def place_of(calibration: Calibration, folder: Path) -> Path:
    """Its file among the stored ones; one for the same judge, settings and rubrics takes its place."""
    name = _NOT_IN_NAMES.sub("-", calibration.judge.lower()).strip("-.")[:60]
    tied = f"{calibration.judge}\0{sorted(calibration.parameters.items())}\0{sorted(calibration.rubrics)}"
    return folder / f"{name}-{text_digest(tied, length=8)}.json"


def text_of(calibration: Calibration) -> str:
    """The text of its file."""
    return calibration.model_dump_json(indent=2) + "\n"
