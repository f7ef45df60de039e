"""What a person sees of a grading run: the estimate, its progress, and what it came to."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from interviewer.answers.file import read_answers
from interviewer.answers.line import GivenAnswer
from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.onnx import MiniLM
from interviewer.backends.traffic import Traffic
from interviewer.bank import Bank
from interviewer.batch.estimate import Estimate
from interviewer.batch.job import Job
from interviewer.batch.journal import Journal
from interviewer.batch.plan import Keys
from interviewer.batch.ray_engine import RayEngine
from interviewer.batch.record import Findings
from interviewer.cli.outcome import Tally
from interviewer.cli.output import Progress, check_output, lines_to
from interviewer.errors import ConfigError, DataError, InterviewerError
from interviewer.grading.pipeline import Grader
from interviewer.transcripts.answers import answers_of, read_transcripts, show
from interviewer.transcripts.files import is_transcript, transcripts_in
from interviewer.wording import visible

if TYPE_CHECKING:
    from interviewer.backends.provider_batch import ProviderBatches

WAITING_FOR_BATCHES = 10_000
"""Answers that wait for a provider's batches at the same time."""


def check_place(output: Path | None, file: Path) -> None:
    """Refuse an output that cannot be written, or that is the input.

    Raises:
        DataError: says which.
    """
    if output is None:
        return
    check_output(output)
    if output.exists() and file.exists() and output.samefile(file):
        raise DataError(f"{output}: is the file of answers itself", hint="name another file")


def reader(
    file: Path, bank: Bank, interviewer: str | None, *, show_alignment: bool
) -> Callable[[], Iterable[GivenAnswer]]:
    """What reads the answers of a file, as often as it is called; transcripts are read and matched only once.

    Raises:
        ConfigError: a flag for transcripts is given with something else.
        DataError: a transcript has a mistake, or it cannot be told who asks in it.
    """
    if not is_transcript(file):
        if interviewer is not None or show_alignment:
            flag = "--interviewer" if interviewer is not None else "--show-alignment"
            raise ConfigError(
                f"{flag}: {file} is no transcript", hint="it is for .vtt, .srt, .txt, .md, folders"
            )
        return lambda: read_answers(file, bank)
    answers: list[GivenAnswer] = []
    _, others = transcripts_in(file)
    for other in others:
        print(visible(f"{other}: left out, it is no transcript"), file=sys.stderr)
    for aligned in read_transcripts(file, bank, RememberingEmbedder(MiniLM()), interviewer):
        answers += answers_of(aligned, bank, len(answers) + 1)
        if show_alignment:
            print("\n".join(show(aligned)), file=sys.stderr)
    if not answers:
        raise DataError(
            f"{file}: no question of the interviewer is answered", hint="--show-alignment shows why"
        )
    return lambda: answers


def place_of_notes(output: Path | None, elsewhere: RayEngine | None) -> Path:
    """Where it is noted which batches of a provider are under way: beside the output, which has to be a file.

    Raises:
        ConfigError: there is none; or a cluster is to grade.
    """
    if elsewhere is not None:
        raise ConfigError("--provider-batch: not with --engine", hint="one process can wait for all batches")
    if output is None or (output.exists() and not output.is_file()):
        raise ConfigError(
            "--provider-batch needs -o FILE",
            hint="beside it is noted which batches are under way, so that a stopped run can collect them",
        )
    return output.with_name(f"{output.name}.batches.jsonl")


@contextmanager
def opened(output: Path | None) -> Iterator[Journal | Callable[[str], None]]:
    """Where records go: a journal; or what writes lines, for the standard output, a pipe or a device."""
    if output is None or (output.exists() and not output.is_file()):
        with lines_to(output) as write:
            yield write
        return
    journal = Journal(output)
    try:
        yield journal
    finally:
        journal.close()


def look(job: Job, estimate: Estimate, tally: Tally) -> None:
    """Reads the whole input, and counts what is to be done and what has been.

    Raises:
        DataError: a mistake in the input, or an output that was made from another one.
    """
    keys = Keys(job.grader)

    def todo(answer: GivenAnswer) -> None:
        tally.todo += 1
        if estimate.models and job.cache.has(keys.of(answer)):
            tally.known += 1
        else:
            estimate.add(answer)

    job.look(todo, lambda answer, score: tally.add(score))
    if job.selection.filters and not tally.todo + tally.done:
        print(f"no answer has {' and '.join(map(visible, job.selection.filters))}", file=sys.stderr)


def announce(estimate: Estimate, tally: Tally, budget_usd: float | None, *, dry_run: bool) -> None:
    """Says what is about to be done, where it is more than a moment's work; before a dry run always.

    Raises:
        ConfigError: there is a budget, and what a model costs is unknown.
    """
    unknown = next((model.label for model in estimate.models if model.price is None), None)
    if budget_usd is not None and unknown is not None:
        raise ConfigError(
            f"--budget-usd: what {unknown} costs is unknown",
            hint="--price-in N --price-out N give it, in US dollars for a million tokens; 0 if it is free",
        )
    if tally.done:
        left = "1 is left" if tally.todo == 1 else f"{tally.todo} are left"
        print(f"{_answers(tally.done)} done, {left}", file=sys.stderr)
    if tally.known:
        print(f"{_answers(tally.known)} in the cache", file=sys.stderr)
    if estimate.answers:
        print(estimate.in_words(), file=sys.stderr)
    elif dry_run:
        print(f"{tally.todo} to grade, without a call to a model", file=sys.stderr)


def say_notes(grader: Grader) -> None:
    """Says which calibrations at hand were not applied, and why."""
    for note in grader.notes:
        print(visible(note), file=sys.stderr)


def _answers(number: int) -> str:
    return "1 answer is" if number == 1 else f"{number} answers are"


def run(
    job: Job,
    tally: Tally,
    total: int | None,
    elsewhere: RayEngine | None = None,
    batches: ProviderBatches | None = None,
) -> None:
    """Grades what is left, and shows how it goes.

    Args:
        total: how many that is; None where unknown.
        elsewhere: a cluster to do it on.
        batches: what the judge's calls go through.

    Raises:
        InterviewerError: it had to stop; what was finished is kept.
    """
    progress = Progress(total, "graded")
    if batches is not None:
        _follow(batches, progress)

    def recorded(answer: GivenAnswer, findings: Findings, cached: bool) -> None:
        tally.record(answer, findings, cached)
        progress.step(note_on(tally, job.traffic))

    def done(answer: GivenAnswer, score: float | None) -> None:
        tally.add(score)

    try:
        with ended_as_by_key():
            if total == 0:
                # The input has been read, and need not be read again.
                job.finish()
            elif elsewhere is not None:
                elsewhere.run(job, recorded, done)
            elif batches is not None:
                asyncio.run(job.run(recorded, done))
                batches.finish()
            else:
                asyncio.run(watched(job.run(recorded, done), progress))
    except (KeyboardInterrupt, InterviewerError):
        progress.clear()
        if batches is not None and batches.under_way:
            print(_left_behind(batches), file=sys.stderr)
        if job.journal is not None and (kept := len(job.journal)):
            grades = "1 grade is" if kept == 1 else f"{kept} grades are"
            print(f"stopped: {grades} in {job.journal.path}; the same command goes on", file=sys.stderr)
        raise
    finally:
        progress.clear()
        job.cache.flush()
        if job.cache.problem:
            print(job.cache.problem, file=sys.stderr)


@contextmanager
def ended_as_by_key() -> Iterator[None]:
    """Takes SIGTERM, by which a machine ends what it runs, and a closed terminal as Ctrl-C."""

    def end(number: int, frame: FrameType | None) -> None:
        key = signal.getsignal(signal.SIGINT)
        if not callable(key):
            # A shell has it ignored where the program was started in the background.
            raise KeyboardInterrupt
        # While asyncio runs, that lets a record be written to its end.
        key(signal.SIGINT, frame)

    if threading.current_thread() is not threading.main_thread():
        # Only the main thread may say what becomes of a signal.
        yield
        return
    names = (name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
    numbers = [getattr(signal, name) for name in names]
    # What is started with nohup ignores a closed terminal, and is to go on doing so.
    before = {n: signal.signal(n, end) for n in numbers if signal.getsignal(n) is not signal.SIG_IGN}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def watched(work: Awaitable[None], progress: Progress) -> None:
    """Does the work, and shows that it goes on while it has to wait."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(1)
            progress.still()

    watching = asyncio.create_task(watch())
    try:
        await work
    finally:
        watching.cancel()


def _follow(batches: ProviderBatches, progress: Progress) -> None:
    def told(text: str) -> None:
        progress.clear()
        print(text, file=sys.stderr, flush=True)

    batches.on_progress, batches.on_batch = progress.say, told


def _left_behind(batches: ProviderBatches) -> str:
    names = ", ".join(batches.under_way)
    one = len(batches.under_way) == 1
    goes_on, it = ("goes on", "it") if one else ("go on", "them")
    return f"batch{'' if one else 'es'} {names} {goes_on} at the provider; the same command collects {it}"


def note_on(tally: Tally, traffic: Traffic) -> str:
    """What stands at the end of the progress line."""
    parts = [f"{tally.ungraded} ungraded"] if tally.ungraded else []
    if traffic.spent_usd:
        parts.append(f"{traffic.spent_usd:.2f} USD")
    return ", ".join(parts)
