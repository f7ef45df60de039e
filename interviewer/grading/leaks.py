"""Whether a follow-up question gives away what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from interviewer.grading.checks import run_check
from interviewer.language.numbers import numbers
from interviewer.language.words import content_stems, words
from interviewer.models import Criterion, NumberCheck, Question

OWN_WORDS = 2
"""Words that only this criterion uses, and that a probe may say nevertheless."""
SECRET_WORDS = 3
SECRET_SHARE = 0.6
"""Of the words of one statement that the candidate has not seen yet; the larger of the two may be said."""
RUN = 5
"""So many words in a row are not shared with the criterion, even where each is known by itself."""
_SMALL = ("zero", "one", "two")
"""As words these mean a number only where a check asks for it."""
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


class Guard:
    """Knows what one criterion has to keep secret from one candidate.

    What the question, the answer and the bank's own follow-up say is no secret. Paraphrases are not seen.
    """

    def __init__(self, question: Question, criterion: Criterion, answer: str) -> None:
        known = (question.prompt, answer, criterion.follow_up or "")
        seen = _stems(known)
        shared = seen | _stems(_rest(question, criterion))
        statements = [content_stems(text) for text in (criterion.text, *criterion.alternatives)]
        self._criterion = criterion
        self._secrets = [stems - seen for stems in statements]
        self._own = [stems - shared for stems in statements]
        spoken = [_line(text) for text in known]
        runs = [*_runs(criterion.text), *(_line(text) for text in criterion.alternatives)]
        self._runs = {run for run in runs if run.strip() and not any(run in line for line in spoken)}
        numbers_known = _values(known)
        self._values = _values((criterion.text, *criterion.alternatives), _SMALL) - numbers_known
        self._said = _passes(criterion, answer)
        self._result = criterion.check.value if isinstance(criterion.check, NumberCheck) else None
        if self._result in numbers_known:
            self._result = None

    def leaks(self, text: str) -> bool:
        """Whether this text, or the beginning of one, gives the criterion away."""
        stems = content_stems(text)
        if any(len(stems & own) > OWN_WORDS for own in self._own):
            return True
        if any(len(stems & secret) > _allowed(len(secret)) for secret in self._secrets):
            return True
        whole, line = self._secrets[0], _line(text)
        if (whole and whole <= stems) or any(run in line for run in self._runs):
            return True
        if self._values & _values((text,), _SMALL) or self._result in _values((text,)):
            return True
        return not self._said and _passes(self._criterion, text)


def leaks(text: str, question: Question, criterion: Criterion, answer: str) -> bool:
    """Whether the text tells the candidate what the criterion asks for."""
    return Guard(question, criterion, answer).leaks(text)


def _passes(criterion: Criterion, text: str) -> bool:
    """Whether somebody who says this has met the criterion's check."""
    verdict = None if criterion.check is None else run_check(criterion.id, criterion.check, text)
    return verdict is not None and verdict.level == "met"


def _allowed(secret: int) -> float:
    return max(SECRET_WORDS, SECRET_SHARE * secret)


def _rest(question: Question, criterion: Criterion) -> Iterable[str]:
    """What else the marking scheme speaks of: words of the subject, not of this criterion."""
    yield from question.hints
    yield from (other.text for other in question.criteria if other.id != criterion.id)
    yield from (mistake.text for mistake in question.mistakes)


def _stems(texts: Iterable[str]) -> set[str]:
    return set().union(*(content_stems(text) for text in texts))


def _line(text: str) -> str:
    """The stems of all words, each between spaces."""
    return "".join(f" {word.stem}" for word in words(text)) + " "


def _runs(text: str) -> list[str]:
    stems = [word.stem for word in words(text)]
    return [f" {' '.join(stems[at : at + RUN])} " for at in range(max(1, len(stems) - RUN + 1))]


def _values(texts: Iterable[str], without: tuple[str, ...] = ()) -> set[float]:
    """The numbers in the texts, and those that their products and powers are made of."""
    found: set[float] = set()
    for text in texts:
        found |= {number.value for number in numbers(text) if number.text.lower() not in without}
        found |= {float(digits) for digits in _DIGITS.findall(text)}
    return found
