"""Two files of grades side by side: two judges, or before and after a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interviewer.measuring.figures import dots, kappa, mean, pearson, root_mean_square
from interviewer.models import GradeRecord, Level
from interviewer.practice.summary import is_rule
from interviewer.reports.grades.figures import by_grader
from interviewer.reports.grades.reading import Grades, Row


@dataclass(frozen=True)
class Pair:
    """One answer in both files."""

    first: Row
    second: Row

    @property
    def difference(self) -> float | None:
        """Second score minus first; None unless both graded it."""
        if self.first.score is None or self.second.score is None:
            return None
        return self.second.score - self.first.score

    @property
    def flip(self) -> str | None:
        """`pass→fail` or `fail→pass`, where both graded it and disagree on that."""
        if self.difference is None or self.first.passed == self.second.passed:
            return None
        return "pass→fail" if self.first.passed else "fail→pass"

    @property
    def levels(self) -> list[tuple[str, Level, Level]]:
        """Each criterion that both found a level for: its id and the two levels."""
        after = dict(self.second.levels)
        return [(name, level, after[name]) for name, level in self.first.levels if name in after]


@dataclass(frozen=True)
class Beside:
    """Answers that both files have graded: to one question, or all."""

    name: str
    count: int
    first: float | None
    """Mean score in the first file; None where there is no such answer. So are the next two."""
    second: float | None
    difference: float | None
    to_fail: int
    to_pass: int


@dataclass(frozen=True)
class Versus:
    """How one grader of the second file grades against one of the first."""

    graders: tuple[str, str]
    whole: Beside
    rms: float | None
    """Root mean square of the differences of the scores."""
    pearson: float | None
    kappa: float | None
    """Of passed and not passed."""
    levels_same: int
    levels: int
    """Levels of criteria that could be compared."""
    questions: tuple[Beside, ...]
    """The largest difference first."""
    dots: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True)
class Change:
    """One criterion whose level is not the same in both."""

    text: str
    levels: tuple[Level, Level]
    reasons: tuple[str, str]
    quotes: tuple[str | None, str | None]


@dataclass(frozen=True)
class Comparison:
    """Two files of grades, joined by the id and question of each answer."""

    first: Grades
    second: Grades
    pairs: tuple[Pair, ...]
    only_first: tuple[Row, ...]
    only_second: tuple[Row, ...]
    versus: tuple[Versus, ...]
    settings: tuple[tuple[str, str, str], ...]
    """What the runs did not have in common: its name, in the first, in the second."""
    edited: tuple[tuple[str, tuple[str, ...]], ...]
    """`question` or `rubric`, and the questions where it is another one by now."""
    flips: tuple[Pair, ...]
    """The largest difference first."""

    @property
    def other_answers(self) -> list[Pair]:
        """Those whose answers are not the same text."""
        return [pair for pair in self.pairs if pair.first.answer != pair.second.answer]

    @property
    def became_graded(self) -> list[Pair]:
        """Ungraded in the first file, graded in the second."""
        return [p for p in self.pairs if p.first.score is None and p.second.score is not None]

    @property
    def became_ungraded(self) -> list[Pair]:
        """Graded in the first file, ungraded in the second."""
        return [p for p in self.pairs if p.first.score is not None and p.second.score is None]

    def changes(self, pair: Pair) -> list[Change]:
        """The criteria of an answer whose level changed, with what both graders say."""
        if not any(before != after for _, before, after in pair.levels):
            return []
        first, second = self.first.record(pair.first), self.second.record(pair.second)
        return list(_changes(self.second, pair.second.question, first, second))


def compare(first: Grades, second: Grades) -> Comparison:
    """The comparison. An id that a file has several times is matched in the order of the answers."""
    waiting = _keyed(second.rows)
    pairs, only_first = [], []
    for key, row in _keyed(first.rows).items():
        other = waiting.pop(key, None)
        if other is None:
            only_first.append(row)
        else:
            pairs.append(Pair(row, other))
    flips = sorted((pair for pair in pairs if pair.flip), key=lambda pair: -abs(pair.difference or 0))
    return Comparison(
        first=first,
        second=second,
        pairs=tuple(pairs),
        only_first=tuple(only_first),
        only_second=tuple(waiting.values()),
        versus=tuple(_all_versus(first, second, pairs)),
        settings=tuple(_settings(first.rows, second.rows)),
        edited=tuple(_edited(pairs)),
        flips=tuple(flips),
    )


def _keyed(rows: Iterable[Row]) -> dict[tuple[str, str, int], Row]:
    seen: Counter[tuple[str, str]] = Counter()
    found = {}
    for row in rows:
        name = (row.id, row.question)
        found[(*name, seen[name])] = row
        seen[name] += 1
    return found


def _all_versus(first: Grades, second: Grades, pairs: Iterable[Pair]) -> Iterable[Versus]:
    """One for each two graders: scores of different ones are never in one mean."""
    before, after = _labels(first.rows), _labels(second.rows)
    found: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        if pair.difference is not None:
            graders = (before[pair.first.offset], after[pair.second.offset])
            found.setdefault(graders, []).append(pair)
    return (_versus(graders, group) for graders, group in found.items())


def _labels(rows: Iterable[Row]) -> dict[int, str]:
    return {row.offset: label for label, group in by_grader(rows).items() for row in group}


def _versus(graders: tuple[str, str], pairs: Sequence[Pair]) -> Versus:
    scores = [(pair.first.score or 0.0, pair.second.score or 0.0) for pair in pairs]
    before, after = [a for a, _ in scores], [b for _, b in scores]
    levels = [was == now for pair in pairs for _, was, now in pair.levels]
    by_question: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_question.setdefault(pair.first.question, []).append(pair)
    questions = [_beside(name, group) for name, group in by_question.items()]
    return Versus(
        graders=graders,
        whole=_beside("all", pairs),
        rms=root_mean_square([b - a for a, b in scores]),
        pearson=pearson(before, after),
        kappa=kappa([bool(p.first.passed) for p in pairs], [bool(p.second.passed) for p in pairs]),
        levels_same=sum(levels),
        levels=len(levels),
        questions=tuple(sorted(questions, key=lambda each: -abs(each.difference or 0))),
        dots=dots([(a / 100, b / 100) for a, b in scores]),
    )


def _beside(name: str, pairs: Sequence[Pair]) -> Beside:
    return Beside(
        name=name,
        count=len(pairs),
        first=mean([pair.first.score for pair in pairs if pair.first.score is not None]),
        second=mean([pair.second.score for pair in pairs if pair.second.score is not None]),
        difference=mean([pair.difference for pair in pairs if pair.difference is not None]),
        to_fail=sum(pair.flip == "pass→fail" for pair in pairs),
        to_pass=sum(pair.flip == "fail→pass" for pair in pairs),
    )


def _settings(first: Sequence[Row], second: Sequence[Row]) -> Iterable[tuple[str, str, str]]:
    names = ("Grader", "Version of interviewer", "Prompt", "Embedder", "Parameters", "Calibration")
    for place, name in enumerate(names):
        before, after = _values(first, place), _values(second, place)
        if before != after:
            missing = "none" if name == "Calibration" else "unknown"
            yield name, before or missing, after or missing


def _values(rows: Sequence[Row], place: int) -> str:
    """The values of one of the settings, of whatever a grader graded."""
    graded = [row for row in rows if row.score is not None and not is_rule(row.made.grader)]
    if not graded and place == 0:
        graded = [row for row in rows if row.score is None]
    return "; ".join(sorted({str(row.made[place]) for row in graded} - {""}))


def _edited(pairs: Iterable[Pair]) -> Iterable[tuple[str, tuple[str, ...]]]:
    both = [(p.first.question, p.first.digests, p.second.digests) for p in pairs]
    for place, what in enumerate(("question", "rubric")):
        names = dict.fromkeys(
            name
            for name, before, after in both
            if before is not None and after is not None and before[place] != after[place]
        )
        if names:
            yield what, tuple(names)


def _changes(grades: Grades, question: str, first: GradeRecord, second: GradeRecord) -> Iterable[Change]:
    after = {found.id: found for found in second.criteria}
    for was in first.criteria:
        now = after.get(was.id)
        if now is not None and now.level != was.level:
            yield Change(
                text=grades.texts.get((question, was.id), was.id),
                levels=(was.level, now.level),
                reasons=(was.reason, now.reason),
                quotes=(was.quote, now.quote),
            )
