"""`interviewer ask`: practice in a plain terminal. A question, an answer, its grade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, DifficultyFlag, JudgeFlag, TopicFlag

if TYPE_CHECKING:
    from interviewer.bank import Bank
    from interviewer.models import Question

QUESTIONS = 5
"""Asked in one session where neither `--n` nor a question is given."""


def ask(
    question: Annotated[
        str | None, typer.Argument(metavar="[QUESTION_ID]", help="Ask just this one.", show_default=False)
    ] = None,
    topic: TopicFlag = None,
    difficulty: DifficultyFlag = None,
    n: Annotated[
        int | None,
        typer.Option("-n", "--n", metavar="N", min=1, help="How many questions.", show_default="5"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="S", help="The same order again.", show_default=False)
    ] = None,
    judge: JudgeFlag = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Practise: answer questions in the terminal and have them graded.

    Type an answer of one or more lines; a line with only a dot hands it in. Every line is saved as you type.

    Exit codes: 0 done, 1 an answer could not be graded, 2 bad input, 130 interrupted.
    """
    from interviewer.cli.practice import practise
    from interviewer.wiring import choose_grader, data_folder, open_bank, open_settings

    settings = open_settings(config, judge=judge)
    questions = open_bank(settings, bank)
    chosen = choose_questions(questions, question, topic, difficulty, n or QUESTIONS, seed)
    grader = choose_grader(settings)
    # The models load while the candidate reads and types.
    grader.load()
    raise typer.Exit(practise(questions, chosen, grader, data_folder(), only=question))


def choose_questions(
    bank: Bank, identifier: str | None, topic: str | None, difficulty: int | None, n: int, seed: int | None
) -> list[Question]:
    """The questions of a session: the one named, or some at random."""
    import random

    from interviewer.errors import DataError

    if identifier is not None:
        return [bank.question(identifier)]
    found = bank.select(topic=topic, difficulty=difficulty)
    if not found:
        known = sorted({q.difficulty for q in bank.select(topic=topic)})
        raise DataError(
            f"no question of difficulty {difficulty}", hint=f"there are: {', '.join(map(str, known))}"
        )
    return random.Random(seed).sample(found, min(n, len(found)))
