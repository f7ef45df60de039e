"""The bank: every question and rubric, loaded from TOML and checked against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from interviewer.errors import DataError
from interviewer.models import Criterion, Question, QuestionFile, Rubric
from interviewer.reading import read_toml, validate

PACKAGE = Path(__file__).parent


def shipped(folder: str) -> Path:
    """A data folder of the program: inside the wheel, or at the top of a checkout."""
    inside = PACKAGE / folder
    return inside if inside.is_dir() else PACKAGE.parent / folder


@dataclass(frozen=True)
class Bank:
    """Questions and rubrics by id, and the file each question came from."""

    questions: dict[str, Question] = field(default_factory=dict)
    rubrics: dict[str, Rubric] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)

    def question(self, identifier: str) -> Question:
        """The question with this id.

        Raises:
            DataError: there is none; the hint names the nearest.
        """
        try:
            return self.questions[identifier]
        except KeyError:
            raise DataError(
                f"no question {identifier!r} in the bank", hint=_nearest(identifier, self.questions)
            ) from None

    def rubric(self, name: str) -> Rubric:
        """The rubric with this name.

        Raises:
            DataError: there is none; the hint names the nearest.
        """
        try:
            return self.rubrics[name]
        except KeyError:
            raise DataError(f"no rubric {name!r}", hint=_nearest(name, self.rubrics)) from None

    def parents(self, question: Question) -> tuple[Question, ...]:
        """The questions this one follows up, the first asked first."""
        chain: list[Question] = []
        while question.depends_on is not None:
            question = self.questions[question.depends_on]
            chain.insert(0, question)
        return tuple(chain)

    def select(self, *, topic: str | None = None, difficulty: int | None = None) -> list[Question]:
        """The questions of a topic and difficulty, in file order.

        Raises:
            DataError: the topic has no question; the hint names the topics.
        """
        topics = sorted({question.topic for question in self.questions.values()})
        if topic is not None and topic not in topics:
            raise DataError(f"no topic {topic!r} in the bank", hint=f"topics: {', '.join(topics)}")
        return [
            question
            for question in self.questions.values()
            if topic in (None, question.topic) and difficulty in (None, question.difficulty)
        ]


def load_bank(questions: Iterable[Path] | None = None, rubrics: Iterable[Path] | None = None) -> Bank:
    """Every question and rubric below the given folders or files (default: the shipped ones).

    Raises:
        DataError: the first file that breaks a rule, with its question and key.
    """
    rubric_paths = [shipped("rubrics")] if rubrics is None else [shipped("rubrics"), *rubrics]
    loaded = {rubric.name: rubric for path in rubric_paths for rubric in _rubrics(path)}
    bank = Bank(rubrics=loaded)
    for path in [shipped("questions")] if questions is None else questions:
        for file in _toml_files(path):
            for question in read_questions(file):
                _check_references(question, bank, file)
                bank.questions[question.id] = question
                bank.files[question.id] = file
    for question in bank.questions.values():
        _check_chain(question, bank)
    return bank


def read_questions(file: Path) -> tuple[Question, ...]:
    """The questions of one bank file; the file's topic is set on each.

    Raises:
        DataError: malformed TOML or a broken rule.
    """
    data = read_toml(file)
    entries = data.get("question")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and "topic" in data:
            entry.setdefault("topic", data["topic"])
    questions = validate(QuestionFile, data, where=str(file)).questions
    if not questions:
        raise DataError(f"{file}: has no [[question]]")
    for question in questions:
        problem = _inner_problem(question)
        if problem:
            raise DataError(f"{file}: question {question.id!r}: {problem}")
    return questions


def _rubrics(path: Path) -> Iterator[Rubric]:
    for file in _toml_files(path):
        data = read_toml(file)
        data.setdefault("name", file.stem)
        rubric = validate(Rubric, data, where=str(file))
        if rubric.name != file.stem:
            raise DataError(f"{file}: name {rubric.name!r} is not the file's name")
        yield rubric


def _toml_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DataError(f"{path}: no such file or folder")
    files = sorted(path.rglob("*.toml"))
    if not files:
        raise DataError(f"{path}: has no .toml file")
    return files


def _check_references(question: Question, bank: Bank, file: Path) -> None:
    if question.id in bank.questions:
        raise DataError(f"{file}: question {question.id!r} is already in {bank.files[question.id]}")
    if question.rubric not in bank.rubrics:
        raise DataError(
            f"{file}: question {question.id!r}: there is no rubric {question.rubric!r}",
            hint=_nearest(question.rubric, bank.rubrics),
        )
    shared = {criterion.id for criterion in bank.rubrics[question.rubric].criteria}
    clash = shared & {criterion.id for criterion in question.criteria}
    if clash:
        raise DataError(
            f"{file}: question {question.id!r}: criterion {min(clash)!r} is also in the rubric"
            f" {question.rubric!r}"
        )
    known = shared | {criterion.id for criterion in question.criteria}
    for number, example in enumerate(question.examples, 1):
        unknown = {*example.met, *example.partial} - known
        if unknown:
            raise DataError(
                f"{file}: question {question.id!r}, example {number}: there is no criterion {min(unknown)!r}",
                hint=_nearest(min(unknown), known),
            )


def _check_chain(question: Question, bank: Bank) -> None:
    seen = [question.id]
    while question.depends_on is not None:
        if question.depends_on not in bank.questions:
            raise DataError(
                f"{bank.files[question.id]}: question {question.id!r}: depends_on"
                f" {question.depends_on!r}, which is not in the bank",
                hint=_nearest(question.depends_on, bank.questions),
            )
        if question.depends_on in seen:
            circle = " → ".join([*seen, question.depends_on])
            raise DataError(f"{bank.files[question.id]}: depends_on goes in a circle: {circle}")
        question = bank.questions[question.depends_on]
        seen.append(question.id)


def _inner_problem(question: Question) -> str | None:
    """What contradicts itself inside one question, or None."""
    criteria = [criterion.id for criterion in question.criteria]
    mistakes = [mistake.id for mistake in question.mistakes]
    groups = {group.id: group for group in question.groups}
    for name, ids in (
        ("criterion", criteria),
        ("mistake", mistakes),
        ("group", [g.id for g in question.groups]),
    ):
        twice = {identifier for identifier in ids if ids.count(identifier) > 1}
        if twice:
            return f"{name} {min(twice)!r} is there twice"
    for group in groups.values():
        members = members_of(group.id, question.criteria)
        if len(members) < group.choose and not group.open:
            return f"group {group.id!r} asks for {group.choose} of {len(members)} criteria"
        if not members:
            return f"group {group.id!r} has no criteria"
        if len({member.points for member in members}) > 1:
            return f"group {group.id!r}: all its criteria need the same points"
        if group.open and group.text is None:
            return f"group {group.id!r} is open, so it needs a text that says what counts"
    for criterion in question.criteria:
        if criterion.group is not None and criterion.group not in groups:
            return f"criterion {criterion.id!r}: there is no group {criterion.group!r}"
        if criterion.group is not None and criterion.required:
            return f"criterion {criterion.id!r}: one of a group cannot be required"
    for mistake in question.mistakes:
        unknown = {*mistake.contradicts} - {*criteria}
        if unknown:
            return f"mistake {mistake.id!r} contradicts {min(unknown)!r}, which is no criterion"
    for number, example in enumerate(question.examples, 1):
        unknown = {*example.mistakes} - {*mistakes}
        if unknown:
            return f"example {number}: there is no mistake {min(unknown)!r}"
        both = {*example.met} & {*example.partial}
        if both:
            return f"example {number}: {min(both)!r} is both met and partial"
    return None


def members_of(group: str, criteria: Iterable[Criterion]) -> list[Criterion]:
    """The criteria that count in this group."""
    return [criterion for criterion in criteria if criterion.group == group]


def _nearest(name: str, known: Iterable[str]) -> str | None:
    near = get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else None
