"""`interviewer bench`: a judge measured on answers that people have graded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, JudgeFlag

if TYPE_CHECKING:
    from interviewer.measuring.results import Bench


def bench(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]", help="Graded answers as JSONL: question, reference, answer, score (0–1)."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            help="Keep the grades here; a bench that was stopped goes on from them.",
            show_default=False,
        ),
    ] = None,
    judge: JudgeFlag = None,
    limit: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Only N answers of each file, over its questions.", show_default="all"
        ),
    ] = None,
    filter: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="FIELD=PATTERN",
            help="Only rows whose field is like this (or not: !=); * is anything.",
        ),
    ] = None,
    repeat: Annotated[
        int, typer.Option(metavar="N", min=1, help="Grade each answer N times, for repeat agreement.")
    ] = 1,
    attacks: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Texts against the grader, added to weak answers.", show_default=False
        ),
    ] = None,
    twins: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Right answers and wrong twins of them.", show_default=False),
    ] = None,
    resamples: Annotated[
        int, typer.Option(metavar="N", min=0, help="Resamples over questions for each interval.")
    ] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of everything that is drawn.")] = 0,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="OUT", help="Write all figures as JSON.", show_default=False),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Write one page with plots.", show_default=False),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "-j",
            "--jobs",
            metavar="N",
            min=1,
            help="Calls to the judge at a time.",
            show_default="batch.concurrency",
        ),
    ] = None,
    budget_usd: Annotated[
        float | None,
        typer.Option(
            metavar="N", min=0, help="Stop before it costs more US dollars than this.", show_default=False
        ),
    ] = None,
    price_in: Annotated[
        float | None,
        typer.Option(metavar="N", min=0, help="US dollars for a million prompt tokens.", show_default=False),
    ] = None,
    price_out: Annotated[
        float | None,
        typer.Option(metavar="N", min=0, help="US dollars for a million reply tokens.", show_default=False),
    ] = None,
    retry_ungraded: Annotated[
        bool, typer.Option("--retry-ungraded", help="Grade again what an earlier run left ungraded.")
    ] = False,
    cache: Annotated[
        bool | None,
        typer.Option(
            "--cache/--no-cache",
            help="Take grades by the same judge from earlier runs.",
            show_default="batch.cache",
        ),
    ] = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Measure how well a judge agrees with people.

    Each line has `question` and `reference` (or `question_id` of the bank), `answer`, and a mark: `score`
    (0–1) or `human_score` (0–100). Optional: `criteria` with `met`, `grader_scores`, `max_score`, `trap`. The
    figures stand beside what takes no judge (length, shared words) and, where several people have graded,
    beside their agreement. Intervals are over questions.

    Exit codes: 0 measured, 1 some answers ungraded, 2 bad input, 4 budget or quota used up, 130 interrupted.
    After 4 and 130 the same command goes on, with -o from the folder.
    """
    from contextlib import closing

    from interviewer.backends.traffic import Traffic
    from interviewer.batch.cache import GradeCache, cache_path
    from interviewer.batch.job import Job
    from interviewer.batch.plan import Selection
    from interviewer.cli.measuring import grade_all, tasks_in
    from interviewer.cli.outcome import Tally
    from interviewer.measuring.attacks import read_attacks
    from interviewer.measuring.graded import Condition, read_graded
    from interviewer.measuring.run import Measurement
    from interviewer.measuring.twins import read_twins
    from interviewer.reports.bench import to_text
    from interviewer.wiring import choose_grader, open_bank, open_settings

    _check(files or [], twins or [], attacks, [json_file, html])
    flags: dict[str, object] = {
        "batch.concurrency": jobs,
        "batch.budget_usd": budget_usd,
        "batch.cache": cache,
        "judge.price_in": price_in,
        "judge.price_out": price_out,
    }
    settings = open_settings(config, judge=judge, flags=flags)
    batch = settings.config.batch
    traffic = Traffic(batch.concurrency, rpm=batch.rpm, tpm=batch.tpm, budget_usd=batch.budget_usd)
    questions = open_bank(settings, bank)
    conditions = [Condition(text) for text in filter or ()]
    chosen = choose_grader(settings, traffic)
    chosen.load()
    measurement = Measurement(
        files=tuple(read_graded(file, questions, conditions).spread(limit, seed) for file in files or ()),
        attacks=read_attacks(attacks) if attacks is not None else (),
        twins=tuple(read_twins(file, questions) for file in twins or ()),
        repeat=repeat,
        resamples=resamples,
        seed=seed,
    )
    tally = Tally()
    with closing(GradeCache(cache_path() if batch.cache else None)) as known:
        job = Job(
            read=tuple,
            is_stream=False,
            selection=Selection(),
            grader=chosen.grader,
            traffic=traffic,
            cache=known,
            output=lambda line: None,
            at_once=batch.concurrency,
            retry=retry_ungraded,
        )
        with tasks_in(output, measurement.work, job) as tasks:
            graded = grade_all(tasks, job, tally, batch.budget_usd, output)
    found = measurement.result(chosen.grader().label, graded)
    for line in to_text(found):
        print(line)
    _write(found, json_file, html)
    raise typer.Exit(1 if tally.ungraded else 0)


def _check(files: list[Path], twins: list[Path], attacks: Path | None, outputs: list[Path | None]) -> None:
    """Refuse what does not go together, and outputs that cannot be written, before any work is done."""
    from interviewer.cli.output import check_output
    from interviewer.errors import ConfigError, DataError

    if not files and not twins:
        raise ConfigError("needs a FILE of graded answers, or --twins", hint="interviewer bench --help")
    if attacks is not None and not files:
        raise ConfigError("--attacks needs a FILE of graded answers, whose weak ones they are added to")
    inputs = [*files, *twins, *([attacks] if attacks else [])]
    for output in outputs:
        if output is None:
            continue
        check_output(output)
        if output.exists() and any(file.exists() and output.samefile(file) for file in inputs):
            raise DataError(f"{output}: is one of the inputs", hint="name another file")


def _write(found: Bench, json_file: Path | None, html: Path | None) -> None:
    from interviewer.cli.output import lines_to
    from interviewer.reports.bench import json_text, to_html

    if json_file is not None:
        with lines_to(json_file) as write:
            write(json_text(found.model_dump(mode="json")).removesuffix("\n"))
        print(f"wrote {json_file}", file=sys.stderr)
    if html is not None:
        with lines_to(html) as write:
            write(to_html(found).removesuffix("\n"))
        print(f"wrote {html}", file=sys.stderr)
