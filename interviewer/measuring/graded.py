"""Answers that people have graded, read from JSON lines: the rows of a data set, or one's own."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from pathlib import Path

from interviewer.answers.line import AnswerLine, GivenAnswer, inline_question
from interviewer.bank import Bank
from interviewer.errors import ConfigError, DataError
from interviewer.measuring.lines import GradedLine
from interviewer.models import Group, Question, Rubric
from interviewer.reading import json_object, read_lines, require_whole_characters, validate

MOST_STEPS = 20
"""Full marks up to which a kappa takes them as its steps."""
TENTHS = 10


@dataclass(frozen=True)
class GradedRow:
    """One answer with the marks that people gave it."""

    given: GivenAnswer
    """Its number is that of its line."""
    human: float
    """The mark, 0..1."""
    graders: tuple[float | None, ...] = ()
    """Those of single graders, 0..1; None where one has not graded it."""
    truth: Mapping[str, float] = field(default_factory=dict)
    """By criterion: 1 met, 0.5 partial, 0 not met."""
    full_marks: float | None = None
    is_blank: bool = False
    trap: str | None = None
    """What the answer is meant to lead a grader into."""

    @property
    def question(self) -> str:
        """The name of its question, by which answers belong together."""
        return self.given.question_id or self.given.question.id


@dataclass(frozen=True)
class GradedFile:
    """A file of graded answers, or the chosen ones of it."""

    name: str
    rows: tuple[GradedRow, ...]
    of: int
    """Answers before any were chosen."""
    skipped: int = 0
    """Left out: neither a reference nor criteria."""

    def spread(self, count: int | None, seed: int) -> GradedFile:
        """So many of its answers, spread over its questions; fewer are always among more."""
        if count is None:
            return self
        return GradedFile(self.name, spread(self.rows, count, seed), self.of, self.skipped)

    @property
    def steps(self) -> int:
        """Whole steps that the marks were given in, where all rows have the same; else tenths."""
        tops = {row.full_marks for row in self.rows}
        top = tops.pop() if len(tops) == 1 else None
        return int(top) if top is not None and top in range(2, MOST_STEPS + 1) else TENTHS


@dataclass(frozen=True)
class Condition:
    """What a row has to be like: `field=pattern`, or `field!=pattern` for all others.

    Raises:
        ConfigError: it is neither.
    """

    text: str

    def __post_init__(self) -> None:
        if not self.name or "=" not in self.text:
            raise ConfigError(
                f"--filter: {self.text!r} is not FIELD=PATTERN",
                hint="or FIELD!=PATTERN; * stands for anything",
            )

    @property
    def name(self) -> str:
        """The field."""
        return self.text.partition("=")[0].removesuffix("!").strip()

    def holds(self, record: Mapping[str, object]) -> bool:
        """Whether it does of a row; of a list one item is enough."""
        left, _, pattern = self.text.partition("=")
        value = record.get(self.name)
        items = value if isinstance(value, list) else [value]
        found = any(fnmatchcase("" if item is None else str(item), pattern.strip()) for item in items)
        return found != left.endswith("!")


def read_graded(path: Path, bank: Bank, conditions: Sequence[Condition] = ()) -> GradedFile:
    """The graded answers of a file for which all conditions hold.

    Raises:
        DataError: the first line that breaks a rule; or nothing is left.
    """
    rows, skipped = [], 0
    known: set[str] = set()
    # Equal questions are one object, so that what is computed for a question is computed once.
    inline = lru_cache(maxsize=4096)(partial(_inline, bank))
    for number, text in read_lines(path):
        where = f"{path}:{number}"
        record = json_object(
            text, where, like='{"question": "…", "reference": "…", "answer": "…", "score": 0.5}'
        )
        require_whole_characters(record, where)
        known.update(record)
        if not all(condition.holds(record) for condition in conditions):
            continue
        line = validate(GradedLine, record, where=where)
        if line.question is not None and not (line.reference or "").strip() and not line.criteria:
            skipped += 1
            continue
        try:
            if line.question is not None:
                question = inline(validate(AnswerLine, line.asked(), where="question"), line.groups())
            elif line.question_id is not None:
                question = bank.question(line.question_id)
            else:
                raise DataError("needs 'question_id' of the bank, or 'question' and 'reference'")
            rows.append(_row(line, number, question, bank))
        except DataError as error:
            raise DataError(f"{where}: {error.message}", hint=error.hint) from None
    missing = next((c.name for c in conditions if c.name not in known), None)
    if missing is not None:
        raise DataError(f"{path}: no line has {missing!r}", hint="--filter names a field of the file")
    if not rows:
        left = (
            f"all {skipped} have neither a reference nor criteria" if skipped else "none is left by --filter"
        )
        raise DataError(f"{path}: has no answer to measure with: {left}")
    return GradedFile(path.stem, tuple(rows), len(rows), skipped)


def spread(rows: Sequence[GradedRow], count: int, seed: int) -> tuple[GradedRow, ...]:
    """So many rows in their order: one of each question in turn, at random; fewer are always among more."""
    chance = random.Random(seed)
    by_question: dict[str, list[GradedRow]] = defaultdict(list)
    for row in rows:
        by_question[row.question].append(row)
    piles = [chance.sample(pile, len(pile)) for pile in by_question.values()]
    chance.shuffle(piles)
    turns = _in_turn(piles)
    chosen = [row for row, _ in zip(turns, range(count), strict=False)]
    return tuple(sorted(chosen, key=lambda row: row.given.number))


def _in_turn(piles: Sequence[Sequence[GradedRow]]) -> Iterator[GradedRow]:
    for depth in range(max(map(len, piles), default=0)):
        yield from (pile[depth] for pile in piles if depth < len(pile))


def _inline(bank: Bank, line: AnswerLine, groups: tuple[tuple[str, str], ...]) -> Question:
    """The question of a line; accepted variants of one point become a group of which the best counts."""
    question = inline_question(line, bank)
    if not groups:
        return question
    group_of = dict(groups)
    return question.model_copy(
        update={
            "criteria": tuple(c.model_copy(update={"group": group_of.get(c.id)}) for c in question.criteria),
            "groups": tuple(Group(id=name, choose=1) for name in dict.fromkeys(group_of.values())),
        }
    )


def _row(line: GradedLine, number: int, question: Question, bank: Bank) -> GradedRow:
    human = line.mark
    rubric = bank.rubric(question.rubric)
    top = line.max_score or 1.0
    return GradedRow(
        given=GivenAnswer(
            number=number,
            id=line.id or str(number),
            question_id=line.question_id,
            question=question,
            rubric=rubric,
            parents=() if line.question else bank.parents(question),
            text=line.answer,
            human_score=round(100 * human, 4),
        ),
        human=human,
        graders=tuple(None if mark is None else mark / top for mark in line.grader_scores or ()),
        truth=_truth(line, question, rubric),
        full_marks=line.max_score,
        is_blank="blank_answer" in (line.flags or ()) or not line.answer.strip(),
        trap=line.trap_name,
    )


def _truth(line: GradedLine, question: Question, rubric: Rubric) -> dict[str, float]:
    """What people found on each criterion; those that they did not look at are left out."""
    if line.met is None and line.partial is None:
        found = zip(line.slugs, line.criteria, strict=True)
        return {name: float(criterion.met) for name, criterion in found if criterion.met is not None}
    names = {criterion.id: name for name, criterion in zip(line.slugs, line.criteria, strict=True)}
    truth = {criterion.id: 0.0 for criterion in question.criteria}
    known = {*truth, *(criterion.id for criterion in rubric.criteria)}
    for worth, given in ((1.0, line.met), (0.5, line.partial)):
        for told in given or ():
            name = names.get(told, told)
            if name not in known:
                raise DataError(
                    f"met: there is no criterion {told!r}",
                    hint=f"there are: {', '.join(sorted(known)) or 'none'}",
                )
            truth[name] = worth
    return truth


__all__ = ["Condition", "GradedFile", "GradedRow", "read_graded", "spread"]
