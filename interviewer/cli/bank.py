"""`interviewer import`, `check` and `questions`: what is in a bank, and what comes into one."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, DifficultyFlag, JsonFlag, TopicFlag

if TYPE_CHECKING:
    from interviewer.models import Question

questions = typer.Typer(help="List and show the questions of the bank.", no_args_is_help=True)

PROBLEMS_FOUND = 1


@questions.command("list")
def list_(
    topic: TopicFlag = None,
    difficulty: DifficultyFlag = None,
    as_json: JsonFlag = False,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """List the questions: id, topic, difficulty, kind and first words."""
    from interviewer.wiring import open_bank, open_settings

    found = open_bank(open_settings(config), bank).select(topic=topic, difficulty=difficulty)
    if as_json:
        _print_json(found)
        return
    if not found:
        print("no question of this topic and difficulty", file=sys.stderr)
        return
    wide = max(len(question.id) for question in found)
    room = _width() - wide - 20
    for question in found:
        line = f"{question.id:{wide}}  {question.difficulty}  {question.kind:10}"
        print(f"{line}  {_first_words(question.prompt, room)}".rstrip())
    topics = {question.topic for question in found}
    print(f"\n{_count(len(found), 'question')}, {_count(len(topics), 'topic')}", file=sys.stderr)


@questions.command("show")
def show(
    identifier: Annotated[str, typer.Argument(metavar="QUESTION_ID")],
    as_json: JsonFlag = False,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Show one question with its model answer, criteria and mistakes."""
    from interviewer.wiring import open_bank, open_settings

    loaded = open_bank(open_settings(config), bank)
    question = loaded.question(identifier)
    if as_json:
        import json

        from interviewer.writing import question_object

        print(json.dumps(question_object(question), ensure_ascii=False, indent=2))
        return
    from interviewer.cli.show import Screen

    screen = Screen()
    screen.question(question, "", loaded.parents(question))
    screen.model_answer(question)
    screen.scheme(question, loaded.rubric(question.rubric))
    screen.say(f"In {loaded.files[question.id]}", style="dim")


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Questions in a format of their own.")],
    format_: Annotated[
        str,
        typer.Option("--format", metavar="NAME", help="auto, qa, quizboard, csv, jsonl, markdown or toml."),
    ] = "auto",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="DIR", help="Write one TOML file a topic here.", show_default=False
        ),
    ] = None,
    topic: Annotated[
        str | None,
        typer.Option(metavar="TOPIC", help="Put all questions under this topic.", show_default=False),
    ] = None,
    as_json: JsonFlag = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are already there.")] = False,
) -> None:
    """Turn outside material into questions of a bank.

    Without -o or --json it only says what it found.
    """
    from interviewer.importers import import_file
    from interviewer.reading import validate

    found = import_file(file, format_)
    if topic is not None:
        from interviewer.errors import ConfigError, DataError
        from interviewer.models import Question

        try:
            found = tuple(
                validate(Question, question.model_dump(by_alias=True) | {"topic": topic}, where="--topic")
                for question in found
            )
        except DataError:
            raise ConfigError(
                f"--topic {topic!r} is not a topic",
                hint="lower-case words joined by -, for example deep-learning",
            ) from None
    if output is not None:
        from interviewer.writing import write_questions

        for path in write_questions(output, found, force=force):
            print(f"wrote {path}", file=sys.stderr)
    if as_json:
        _print_json(found)
    else:
        _say_what_was_found(found, file, output)


def _say_what_was_found(found: tuple[Question, ...], file: Path, output: Path | None) -> None:
    kinds = Counter(question.kind for question in found)
    print(f"{_count(len(found), 'question')}: {', '.join(f'{n} {kind}' for kind, n in kinds.most_common())}")
    unanswered = [question.id for question in found if "needs-reference" in question.tags]
    if unanswered:
        print(f"{len(unanswered)} without a model answer: {', '.join(unanswered)}")
    if output is None:
        print(f"\nhint: interviewer import {file} -o DIR writes them, --json prints them", file=sys.stderr)
    else:
        print(f"\nhint: edit them, then interviewer check {output}", file=sys.stderr)


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders of questions. Default: the bank."),
    ] = None,
    as_json: JsonFlag = False,
    no_grade: Annotated[
        bool, typer.Option("--no-grade", help="Only read the questions; grade no references and examples.")
    ] = False,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Find what is wrong with a bank of questions.

    Reads every question, then grades its reference and examples with the embedded judge. One line for each
    finding: an error (exit code 1) or a note.
    """
    from interviewer.cli.checking import check_bank, load
    from interviewer.wiring import open_settings

    loaded, identifiers = load(open_settings(config), paths, bank)
    raise typer.Exit(check_bank(loaded, identifiers, grade=not no_grade, as_json=as_json))


def _print_json(found: Iterable[Question]) -> None:
    import json

    from interviewer.writing import question_object

    print(json.dumps([question_object(question) for question in found], ensure_ascii=False, indent=2))


def _first_words(prompt: str, room: int) -> str:
    from interviewer.wording import visible

    text = " ".join(visible(prompt).split())
    return text if len(text) <= room else f"{text[: room - 1]}…" if room > 20 else ""


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 120


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
