"""`interviewer check`: which questions to look at, and how the findings are printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from interviewer.bank import Bank, load_bank
from interviewer.cli.output import Progress
from interviewer.config import Settings
from interviewer.grading.check_bank import Checker, Finding
from interviewer.wiring import embedded_grader, open_bank

ERRORS_FOUND = 1


def load(
    settings: Settings, paths: Sequence[Path] | None, bank: Sequence[Path] | None
) -> tuple[Bank, list[str]]:
    """The bank, and the ids of its questions that are to be looked at.

    Raises:
        DataError: a file breaks a rule.
    """
    if not paths:
        whole = open_bank(settings, bank)
        return whole, list(whole.questions)
    if all(path.exists() for path in paths):
        # A part of the bank may follow up questions of another part.
        whole = open_bank(settings, bank)
        chosen = {path.resolve() for path in paths}
        identifiers = [
            identifier
            for identifier, file in whole.files.items()
            if chosen & {file.resolve(), *file.resolve().parents}
        ]
        known = {file.resolve() for file in whole.files.values()}
        if identifiers and all(path.is_dir() or path.resolve() in known for path in paths):
            return whole, identifiers
    part = load_bank(paths, settings.config.paths.rubrics)
    return part, list(part.questions)


def check_bank(bank: Bank, identifiers: Sequence[str], *, grade: bool, as_json: bool) -> int:
    """Prints what is wrong with the questions; gives the exit code."""
    findings: list[Finding] = []
    try:
        for found in _findings(bank, identifiers, grade=grade):
            finding = found.model_copy(update={"file": _near(found.file)})
            findings.append(finding)
            if not as_json:
                print(finding.line(), flush=True)
    finally:
        if as_json:
            print(json.dumps([f.model_dump(mode="json") for f in findings], ensure_ascii=False, indent=2))
    errors = sum(finding.severity == "error" for finding in findings)
    examples = sum(len(bank.question(identifier).examples) for identifier in identifiers)
    looked = f"{_count(len(identifiers), 'question')}, {_count(examples, 'example')}"
    how = "" if grade else ", nothing graded"
    counts = f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'note')}"
    print(f"{looked}{how}: {counts}", file=sys.stderr if as_json else sys.stdout)
    return ERRORS_FOUND if errors else 0


def _findings(bank: Bank, identifiers: Sequence[str], *, grade: bool) -> Iterator[Finding]:
    checker = Checker(bank)
    for identifier in identifiers:
        yield from checker.read(identifier)
    grader, embedder = embedded_grader()
    yield from checker.compare(identifiers, embedder)
    if not grade:
        return
    progress = Progress(len(identifiers), "graded")
    # The model runs outside of Python's lock, so threads do use all processors.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        try:
            for found in pool.map(lambda identifier: checker.grade(identifier, grader), identifiers):
                progress.clear()
                yield from found
                progress.step()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            progress.clear()


def _near(file: str) -> str:
    """The path from the current folder, where the file is below it."""
    path, here = Path(file).resolve(), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
