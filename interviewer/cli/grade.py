"""`interviewer grade`: answers or recorded interviews in, one line of JSON for each answer out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, JudgeFlag


def _number(*names: str, help: str, default: str | None = None, least: float = 0) -> typer.models.OptionInfo:
    """A flag for a number that is not given as a rule."""
    option: typer.models.OptionInfo = typer.Option(
        *names, metavar="N", min=least, help=help, show_default=default or False
    )
    return option


def grade(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Answers as JSONL or CSV (- is the standard input), a transcript, or a folder of them.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write here as answers are finished; a run that was stopped goes on from it.",
            show_default=False,
        ),
    ] = None,
    judge: JudgeFlag = None,
    jobs: Annotated[
        int | None,
        _number("-j", "--jobs", least=1, help="Calls to the judge at a time.", default="batch.concurrency"),
    ] = None,
    rpm: Annotated[float | None, _number("--rpm", help="Requests a minute.")] = None,
    tpm: Annotated[float | None, _number("--tpm", help="Tokens a minute.")] = None,
    budget_usd: Annotated[
        float | None, _number("--budget-usd", help="Stop before this run costs more than so many US dollars.")
    ] = None,
    price_in: Annotated[
        float | None, _number("--price-in", help="US dollars for a million prompt tokens, where unknown.")
    ] = None,
    price_out: Annotated[
        float | None, _number("--price-out", help="US dollars for a million reply tokens, where unknown.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take, and grade nothing.")
    ] = False,
    limit: Annotated[int | None, _number("--limit", least=1, help="Only the first N answers.")] = None,
    filter: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="FIELD=PATTERN",
            help="Only answers of this id, question_id, candidate, topic or kind; * stands for anything.",
        ),
    ] = None,
    retry_ungraded: Annotated[
        bool, typer.Option("--retry-ungraded", help="Grade again what an earlier run left ungraded.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what an earlier run graded from something else.")
    ] = False,
    cache: Annotated[
        bool | None,
        typer.Option(
            "--cache/--no-cache",
            help="Take grades of the same answer by the same judge from earlier runs.",
            show_default="batch.cache",
        ),
    ] = None,
    interviewer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Who asks in the transcript, where it is not clear; several with commas.",
            show_default=False,
        ),
    ] = None,
    provider_batch: Annotated[
        bool,
        typer.Option(
            "--provider-batch", help="Send the calls as batches: half the price, within a day. Needs -o."
        ),
    ] = False,
    show_alignment: Annotated[
        bool,
        typer.Option("--show-alignment", help="Print which turn of the transcript was taken for what."),
    ] = False,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="NAME",
            help="Where to grade: local, or on a Ray cluster with ray or ray:ADDRESS.",
        ),
    ] = "local",
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            min=0,
            max=100,
            help="Exit with 100 if the mean score is below this.",
            show_default=False,
        ),
    ] = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Grade a file of answers, or recorded interviews.

    Each line of answers has `question_id` (of the bank) or an own `question` and `reference`, and an
    `answer`; optional are `id`, `criteria`, `kind`, `rubric`, `candidate` and `human_score`. One JSON record
    for each answer comes out, in the same order.

    Exit codes: 0 all graded, 1 some ungraded, 2 bad input, 4 budget or quota used up, 100 below --threshold,
    130 interrupted. After 4 and 130 the same command goes on.
    """
    from contextlib import closing

    from interviewer.answers.file import STDIN
    from interviewer.backends.traffic import Traffic
    from interviewer.batch.cache import GradeCache, cache_path
    from interviewer.batch.estimate import Estimate
    from interviewer.batch.job import Job
    from interviewer.batch.plan import Selection
    from interviewer.batch.ray_engine import ray_engine
    from interviewer.batch.runner import AHEAD
    from interviewer.cli import grading
    from interviewer.cli.outcome import Tally, summed_up
    from interviewer.wiring import choose_grader, open_bank, open_settings

    grading.check_place(output, file)
    flags: dict[str, object] = {
        # Of a batch's requests there may be more at a time than of calls.
        "batch.concurrency": None if provider_batch else jobs,
        "batch.rpm": rpm,
        "batch.tpm": tpm,
        "batch.budget_usd": budget_usd,
        "batch.cache": cache,
        "judge.price_in": price_in,
        "judge.price_out": price_out,
    }
    settings = open_settings(config, judge=judge, flags=flags)
    batch = settings.config.batch
    elsewhere = ray_engine(engine, settings, has_output=output is not None)
    selection = Selection(limit, tuple(filter or ()))
    if provider_batch:
        # With it comes the openai package, which takes half a second.
        from interviewer.backends.provider_batch import ProviderBatches

        notes = grading.place_of_notes(output, elsewhere)
        traffic = Traffic(budget_usd=batch.budget_usd, adapts=False)
        batches = ProviderBatches(notes, traffic.crowd, poll=batch.poll)
        at_once, ahead = jobs or grading.WAITING_FOR_BATCHES, 1
    else:
        traffic = Traffic(batch.concurrency, rpm=batch.rpm, tpm=batch.tpm, budget_usd=batch.budget_usd)
        batches = None
        at_once, ahead = batch.concurrency, AHEAD
    questions = open_bank(settings, bank)
    chosen = choose_grader(settings, traffic, batches)
    chosen.load()
    tally, estimate = Tally(), Estimate(chosen.grader)
    with (
        grading.opened(output) as place,
        closing(GradeCache(cache_path() if batch.cache else None)) as known,
    ):
        job = Job(
            read=grading.reader(file, questions, interviewer, show_alignment=show_alignment),
            is_stream=file == STDIN,
            selection=selection,
            grader=chosen.grader,
            traffic=traffic,
            cache=known,
            output=place,
            at_once=at_once,
            ahead=ahead,
            retry=retry_ungraded,
            force=force,
        )
        if not job.is_stream:
            grading.look(job, estimate, tally)
        grading.announce(estimate, tally, batch.budget_usd, dry_run=dry_run)
        if dry_run:
            grading.say_notes(chosen.grader())
            raise typer.Exit
        with summed_up(tally, traffic, chosen.label):
            grading.run(job, tally, None if job.is_stream else tally.todo, elsewhere, batches)
    grading.say_notes(chosen.grader())
    raise typer.Exit(tally.exit_code(threshold))
