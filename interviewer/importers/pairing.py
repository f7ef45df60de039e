"""Paragraphs paired into questions and answers, when their number is known and either may span several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from interviewer.importers.cues import asking, leans

CERTAIN = 2.0
"""From here on a paragraph asks something beyond doubt."""
_LONGER = 0.5
"""The price of one more paragraph in the same question or answer."""
_SECOND_ASK = 3.0
"""The price of a paragraph that asks right after one that asks: they are rarely one question."""
_LEAN = 7.0
"""The price of beginning a question with a paragraph that speaks of something named before it."""
_NEVER = float("-inf")


@dataclass(frozen=True)
class Pair:
    """The paragraphs of one question, and of its answer."""

    question: tuple[str, ...]
    answer: tuple[str, ...]


def pair(paragraphs: Sequence[str], count: int) -> tuple[Pair, ...]:
    """The paragraphs as exactly `count` questions with their answers, split where the cues fit best.

    Returns nothing when there are fewer than two paragraphs for each question.
    """
    if count < 1 or len(paragraphs) < 2 * count:
        return ()
    pairs: list[Pair] = []
    question: list[str] = []
    answer: list[str] = []
    for paragraph, is_question in zip(paragraphs, _labels(paragraphs, count), strict=True):
        if is_question and answer:
            pairs.append(Pair(tuple(question), tuple(answer)))
            question, answer = [], []
        (question if is_question else answer).append(paragraph)
    return (*pairs, Pair(tuple(question), tuple(answer)))


def doubtful(pairs: Sequence[Pair]) -> str | None:
    """The first paragraph that only the expected count made a question or an answer, or None.

    Where paragraphs simply alternate, the cues need not all be there, and may all be the other way round
    (a statement answered by "What is …?"); a few pairs the other way round are a shift.
    """
    if all(len(pair.question) == len(pair.answer) == 1 for pair in pairs):
        turned = [pair.question[0] for pair in pairs if _is_turned(pair)]
        return turned[0] if turned and 2 * len(turned) < len(pairs) else None
    for pair in pairs:
        if all(asking(paragraph) <= 0 for paragraph in pair.question):
            return pair.question[0]
        for paragraph in pair.answer:
            if asking(paragraph) >= CERTAIN:
                return paragraph
    return None


def _is_turned(pair: Pair) -> bool:
    return asking(pair.question[0]) < 0 and asking(pair.answer[0]) >= CERTAIN


def uncertain(before: Pair, after: Pair) -> bool:
    """Whether the paragraphs between two neighbours might as well be split elsewhere.

    Either the later question begins with a paragraph that asks nothing, or the earlier answer ends with one
    that could set the scene for it.
    """
    if asking(after.question[0]) <= 0:
        return True
    could_lead = asking(before.answer[-1]) > -2.0 or leans(after.question[0])
    return len(before.answer) > 1 and could_lead


def asked(paragraphs: Sequence[str]) -> int:
    """How many questions there are by their looks alone: runs of paragraphs that ask something."""
    asks = [asking(paragraph) > 0 for paragraph in paragraphs]
    return sum(now and not before for before, now in pairwise([False, *asks]))


def _labels(paragraphs: Sequence[str], count: int) -> list[bool]:
    """True for each paragraph of a question: the best-scoring labelling that has `count` questions.

    A Viterbi search. At each paragraph, `question[k]` and `answer[k]` are the best scores so far where it is
    part of the k-th question or answer; the trail remembers which of the two came before.
    """
    scores = [asking(paragraph) for paragraph in paragraphs]
    question, answer = [_NEVER] * (count + 1), [_NEVER] * (count + 1)
    question[1] = scores[0]
    trail: list[tuple[list[bool], list[bool]]] = []
    for at in range(1, len(paragraphs)):
        again = _SECOND_ASK if min(scores[at - 1], scores[at]) >= CERTAIN else _LONGER
        lean = _LEAN if scores[at] >= CERTAIN and scores[at - 1] < CERTAIN and leans(paragraphs[at]) else 0.0
        to_question = [
            (longer - again, begun - lean)
            for longer, begun in zip(question, [_NEVER, *answer[:-1]], strict=True)
        ]
        to_answer = [(first, more - _LONGER) for first, more in zip(question, answer, strict=True)]
        trail.append(([a >= b for a, b in to_question], [a >= b for a, b in to_answer]))
        question = [max(ways) + scores[at] for ways in to_question]
        answer = [max(ways) - scores[at] for ways in to_answer]
    return _walk_back(trail, count)


def _walk_back(trail: Sequence[tuple[list[bool], list[bool]]], count: int) -> list[bool]:
    labels = [False]
    for after_question, after_answer in reversed(trail):
        if labels[-1]:
            labels.append(after_question[count])
            count -= not after_question[count]
        else:
            labels.append(after_answer[count])
    return labels[::-1]
