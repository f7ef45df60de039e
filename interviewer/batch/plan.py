"""What is to be graded: which answers are asked for, and which of them an earlier run has done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from interviewer.answers.line import GivenAnswer
from interviewer.batch.changes import changes
from interviewer.batch.journal import Journal
from interviewer.batch.record import labels_of
from interviewer.errors import ConfigError, DataError
from interviewer.grading.pipeline import Grader
from interviewer.models import GradeRecord

_FIELDS = ("id", "question_id", "candidate", "topic", "kind")


class Keys:
    """The key of each answer: what is the same for all answers to a question is computed once.

    Args:
        grader: gives the grader; asked when the first key is needed.
    """

    def __init__(self, grader: Callable[[], Grader]) -> None:
        self.grader = grader
        self._makers: dict[int, tuple[GivenAnswer, Callable[[str], str]]] = {}

    def of(self, answer: GivenAnswer) -> str:
        """A digest of all that decides the grade of this answer."""
        known = self._makers.get(id(answer.question))
        if known is None or known[0].question is not answer.question:
            if len(self._makers) >= 4096:
                self._makers.clear()
            known = (answer, self.grader().key(answer.question, answer.rubric, answer.parents))
            self._makers[id(answer.question)] = known
        return known[1](answer.text)


@dataclass(frozen=True)
class Selection:
    """Which answers of the input are asked for.

    Args:
        limit: the first so many; None all.
        filters: `field=pattern` each, all of which have to hold; `*` stands for anything.

    Raises:
        ConfigError: a filter that names no field.
    """

    limit: int | None = None
    filters: tuple[str, ...] = ()
    _tests: tuple[tuple[str, str], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        tests = []
        for text in self.filters:
            name, equals, pattern = text.partition("=")
            if not equals or name.strip() not in _FIELDS:
                raise ConfigError(
                    f"--filter: {text!r} is not field=pattern", hint=f"fields: {', '.join(_FIELDS)}"
                )
            tests.append((name.strip(), pattern.strip()))
        object.__setattr__(self, "_tests", tuple(tests))

    @property
    def is_everything(self) -> bool:
        """Whether no answer is left out."""
        return self.limit is None and not self.filters

    def of(self, answers: Iterable[GivenAnswer]) -> Iterator[GivenAnswer]:
        """Those that are asked for. All are read, so that every mistake in the input is found."""
        if self.is_everything:
            yield from answers
            return
        taken = 0
        for answer in answers:
            if (self.limit is None or taken < self.limit) and self._wants(answer):
                taken += 1
                yield answer

    def _wants(self, answer: GivenAnswer) -> bool:
        return all(fnmatchcase(_value(answer, name), pattern) for name, pattern in self._tests)


def _value(answer: GivenAnswer, name: str) -> str:
    if name in ("topic", "kind"):
        return str(getattr(answer.question, name) or "")
    return str(getattr(answer, name) or "")


def pending(
    answers: Iterable[GivenAnswer],
    journal: Journal,
    keys: Keys,
    *,
    retry: bool = False,
    force: bool = False,
    on_done: Callable[[GivenAnswer, float | None], None] = lambda answer, score: None,
) -> Iterator[GivenAnswer]:
    """The answers that still have to be graded. What has to be graded again is dropped from the journal, and
    the others get the labels that they have now.

    Args:
        retry: grade again what is ungraded.
        force: grade again what was graded from something else, in place of refusing.
        on_done: is told of every other answer, with its score.

    Raises:
        DataError: an answer was graded from something else.
    """
    for answer in answers:
        number = answer.number
        if not journal.holds(number):
            yield answer
        elif not journal.has_key(number, keys.of(answer)):
            if not force:
                raise DataError(
                    f"{journal.path}: {_what_changed(journal.record(number), answer, keys.grader())}",
                    hint="--force grades again what is different; or write to another file with -o",
                )
            journal.forget(number)
            yield answer
        elif retry and journal.score(number) is None:
            journal.forget(number)
            yield answer
        else:
            labels = labels_of(answer)
            if not journal.has_labels(number, labels):
                # A name, or a score that a person gave since, needs no new grade.
                journal.relabel(number, labels)
            on_done(answer, journal.score(number))


def _what_changed(old: GradeRecord, answer: GivenAnswer, grader: Grader) -> str:
    """The first ingredient that is not what it was, in words."""
    first = next(changes(old, answer, grader), None)
    other = f"answer {old.number} ({old.id}) was graded by another judge, parameters or calibration"
    return first.text if first else other
