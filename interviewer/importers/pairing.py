"""Paragraphs paired into questions and answers, when their number is known and either may span several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from interviewer.importers.cues import asking, leads_on, leans

_ASKS, _CERTAIN = 1.0, 2.0
"""From here on a paragraph asks something, and does so beyond doubt."""
_LONGER = 0.5
"""The price of one more paragraph in the same question or answer."""
_SECOND_ASK = 3.0
"""The price of a paragraph that asks right after one that asks: they are rarely one question."""
_LEAN = 7.0
"""The price of parting two paragraphs of which one leans on the other: "How large is it?", "Given this:"."""
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
        few = turned if 2 * len(turned) < len(pairs) else []
        return next(iter([*few, *(pair.question[0] for pair in pairs if _is_scene(pair.question[0]))]), None)
    for pair in pairs:
        if not _is_question(pair.question) or all(map(_is_scene, pair.answer)):
            return pair.question[0]
        for paragraph in pair.answer:
            if asking(paragraph) >= _CERTAIN:
                return paragraph
    return None


def _is_question(paragraphs: Sequence[str]) -> bool:
    """Whether something is asked, and nothing stated after it."""
    asked = [asking(paragraph) >= _ASKS for paragraph in paragraphs]
    return any(asked) and not any(
        asking(after) < -_ASKS / 2 and not leads_on(before, after)
        for number, (before, after) in enumerate(pairwise(paragraphs), 1)
        if any(asked[:number])
    )


def _is_turned(pair: Pair) -> bool:
    return asking(pair.question[0]) < 0 and asking(pair.answer[0]) >= _CERTAIN


def _is_scene(paragraph: str) -> bool:
    return 0 < asking(paragraph) < _ASKS


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
        again = _SECOND_ASK if min(scores[at - 1], scores[at]) >= _ASKS else _LONGER
        after_statement = scores[at - 1] < _CERTAIN <= scores[at]
        lean = _LEAN if after_statement and leans(paragraphs[at]) else 0.0
        cut = _LEAN if leads_on(paragraphs[at - 1], paragraphs[at]) else 0.0
        to_question = [
            (longer - again, begun - lean - cut)
            for longer, begun in zip(question, [_NEVER, *answer[:-1]], strict=True)
        ]
        to_answer = [(first - cut, more - _LONGER) for first, more in zip(question, answer, strict=True)]
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
