"""`interviewer ask`: practice in a plain terminal. A question, an answer, its grade."""

from __future__ import annotations

from typing import Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, DifficultyFlag, JudgeFlag, TopicFlag

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
        int | None, typer.Option(metavar="S", help="The same choice again.", show_default=False)
    ] = None,
    judge: JudgeFlag = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Practise: answer questions in the terminal and have them graded.

    Asks what is due, then weak topics, then what is new, near your level.

    Type an answer of one or more lines; a line with only a dot hands it in. Every line is saved as you type.

    Exit codes: 0 done, 1 an answer could not be graded, 2 bad input, 130 interrupted.
    """
    from contextlib import closing
    from datetime import UTC, datetime

    from interviewer.cli.practice import practise
    from interviewer.history import History
    from interviewer.models import PlannedQuestion
    from interviewer.practice.choice import choose
    from interviewer.practice.running import begin
    from interviewer.wiring import choose_grader, data_folder, open_bank, open_settings

    settings = open_settings(config, judge=judge)
    questions = open_bank(settings, bank)
    with closing(History(data_folder())) as history:
        if question is not None:
            named = questions.question(question)
            planned = [PlannedQuestion(question_id=named.id, why="you asked for it")]
        else:
            planned = choose(
                questions,
                history.attempts(),
                history.last_reviews(),
                now=datetime.now(UTC),
                n=n or QUESTIONS,
                topic=topic,
                difficulty=difficulty,
                seed=seed,
            )
        grader = choose_grader(settings)
        # The models load while the candidate reads and types.
        grader.load()
        code = practise(
            questions,
            history,
            grader,
            lambda: begin(history, planned, topic=topic, difficulty=difficulty, seed=seed),
            only=question,
        )
    raise typer.Exit(code)
