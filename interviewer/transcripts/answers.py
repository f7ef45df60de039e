"""Transcripts to answers that can be graded, and to lines that show what was found in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from interviewer.answers.line import AnswerLine, GivenAnswer, inline_question
from interviewer.backends.protocols import Embedder
from interviewer.bank import Bank
from interviewer.errors import DataError
from interviewer.models import Question
from interviewer.transcripts.align import Aligned, Exchange, Heard, align
from interviewer.transcripts.files import read_transcript, transcripts_in
from interviewer.transcripts.matching import Matcher
from interviewer.transcripts.roles import is_nameless
from interviewer.wording import visible

_SHOWN = 60
"""Characters of what was said."""


def read_transcripts(
    path: Path, bank: Bank, embedder: Embedder, interviewer: str | None = None
) -> Iterator[Aligned]:
    """The transcripts of a file or folder with their questions found, one file after the other.

    Raises:
        DataError: there is none, one breaks the rules of its format, or it cannot be told who asks.
    """
    if not bank.questions:
        raise DataError(f"{path}: the bank has no question to match", hint="name another with --bank")
    matcher = Matcher(bank, embedder)
    for file in transcripts_in(path)[0]:
        yield align(read_transcript(file), bank, matcher, interviewer)


def answers_of(aligned: Aligned, bank: Bank, first: int = 1) -> list[GivenAnswer]:
    """What was answered to each question, by each candidate; a question that nobody answered is left out.

    Args:
        first: the number of the first answer.

    Raises:
        DataError: an inline question breaks a rule.
    """
    found = [
        (exchange, speaker, "\n\n".join(texts))
        for exchange in aligned.exchanges
        for speaker, texts in exchange.answers.items()
    ]
    return [
        _given(aligned, exchange, speaker, text, number, number - first + 1, bank)
        for number, (exchange, speaker, text) in enumerate(found, first)
    ]


def _given(
    aligned: Aligned, exchange: Exchange, speaker: str | None, text: str, number: int, place: int, bank: Bank
) -> GivenAnswer:
    stem = aligned.path.stem
    question = exchange.question or _inline(aligned, exchange, bank)
    named = exchange.turn.question_id if exchange.question is None else exchange.question.id
    return GivenAnswer(
        number=number,
        id=f"{stem}:{place}",
        question_id=named,
        question=question,
        rubric=bank.rubric(question.rubric),
        parents=bank.parents(question) if exchange.question is not None else (),
        text=text,
        candidate=stem if speaker is None or is_nameless(speaker) else speaker,
        ungradable=_why_not(exchange),
    )


def _why_not(exchange: Exchange) -> str | None:
    if exchange.question is not None or exchange.turn.reference is not None:
        return None
    near = exchange.nearest
    nearest = f" (nearest: {near.question_id} {near.similarity:.2f})" if near is not None else ""
    return f"the question matches none in the bank{nearest}"


def _inline(aligned: Aligned, exchange: Exchange, bank: Bank) -> Question:
    """The question as it was said; without a model answer it stands for its own, since it is not graded."""
    turn = exchange.turn
    line = AnswerLine(
        answer="", question=turn.text, reference=turn.reference or turn.text, criteria=turn.criteria
    )
    try:
        return inline_question(line, bank)
    except DataError as error:
        raise DataError(f"{aligned.path}:{turn.line}: {error.message}", hint=error.hint) from None


def show(aligned: Aligned) -> list[str]:
    """A line for each turn of the interviewer: where, what was said, and what it was taken for."""
    names = ", ".join(aligned.interviewers)
    asked = sum(heard.role in ("question", "unmatched") for heard in aligned.heard)
    questions, turns = _counted(asked, "question"), _counted(len(aligned.transcript.turns), "turn")
    head = f"{aligned.path}: {names} asks; {questions} in {turns}"
    return [_line(text) for text in (head, *(_shown(heard) for heard in aligned.heard))]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _shown(heard: Heard) -> str:
    said = " ".join(heard.turn.text.split())
    if len(said) > _SHOWN:
        said = f"{said[: _SHOWN - 1]}…"
    return f"  {heard.turn.place}  “{said}” → {_finding(heard)}"


def _finding(heard: Heard) -> str:
    near, words = heard.nearest, _counted(heard.words, "word")
    if heard.role == "question":
        how = f"{near.similarity:.2f}, margin {near.margin:.2f}" if near is not None else "named in the file"
        return f"{heard.question_id} ({how}), {words}"
    if heard.role == "unmatched":
        if heard.turn.reference is not None:
            return f"a question of its own, {words}"
        nearest = f" (nearest: {near.question_id} {near.similarity:.2f})" if near is not None else ""
        return f"unmatched{nearest}, {words}"
    if heard.role == "small_talk":
        return f"left out as small talk, {words}"
    what = "follow-up" if heard.role == "follow_up" else "comment"
    return f"{what} on {heard.question_id}, {words}" if heard.question_id else f"{what}, {words}"


def _line(text: str) -> str:
    return visible(text.replace("\n", " "))
