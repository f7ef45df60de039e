"""Questions and grades as text for a terminal, readable without colour and at 80 columns."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import Markdown
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from interviewer.models import CriterionGrade, Gap, Grade, Question, Rubric, Ungraded
from interviewer.wording import FLAGS, LEVELS, any_of, calibrated, to_earn, visible

WIDEST = 100
"""Columns. Longer lines of prose are hard to read."""

_COLOURS = {"met": "green", "partial": "yellow", "not_met": "red"}
_OWN_LINE = re.compile(r"\s{4}|\s*(?:[-*+|>#]|\d+[.)])\s?|\s*\|")


def reflowed(markdown: str) -> str:
    """Markdown as plain text: the lines of a paragraph joined; code, lists and tables as they are."""
    lines: list[str] = []
    in_code = False
    for line in markdown.strip().split("\n"):
        fence = line.lstrip().startswith(("```", "~~~"))
        begins = fence or not line.strip() or _OWN_LINE.match(line) is not None
        if in_code or begins or not lines or not lines[-1].strip() or lines[-1].lstrip().startswith("```"):
            lines.append(line)
        else:
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        in_code = in_code != fence
    return "\n".join(lines)


class Screen:
    """Where practice is shown: a terminal, or a file or pipe that gets plain text."""

    def __init__(self) -> None:
        self.interactive = sys.stdin.isatty() and sys.stdout.isatty()
        console = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
        width = min(console.width, WIDEST) if console.is_terminal else 80
        self._console = Console(highlight=False, markup=False, emoji=False, width=width)
        self._rich = console.is_terminal

    def say(self, text: str, style: str = "", *, whole: bool = False) -> None:
        """A line or paragraph of the program's own; `whole` never breaks it: a path can be copied."""
        self._print(Text(visible(text), style=style), whole=whole)

    def gap(self) -> None:
        """An empty line."""
        self._print()

    def choice(self, prompt: str) -> str:
        """What is typed after a prompt, in small letters and without a colon; "q" at the end of input."""
        try:
            return input(prompt).strip().lower().lstrip(":")
        except EOFError:
            self.gap()
            return "q"

    def waiting(self, text: str) -> AbstractContextManager[object]:
        """Shows that something is going on, where somebody looks."""
        return self._console.status(text, spinner="dots") if self.interactive else nullcontext()

    def quote(self, text: str) -> None:
        """The candidate's own words: never markup."""
        for line in visible(text).split("\n"):
            self._print(Text(f"  │ {line}"))

    def question(
        self, question: Question, place: str, parents: Sequence[Question] = (), why: str = ""
    ) -> None:
        """The question, after why it was chosen and those it follows up."""
        about = f"{question.id} · {question.topic} · {question.difficulty}"
        self._print(Rule(Text(f"{place} · {about}" if place else about), align="left", style="dim"))
        if why:
            self.say(f"why this one: {why}", style="dim")
        for parent in parents:
            self.say("This follows up on:", style="dim")
            self._print(Padding(self._prose(parent.prompt), (0, 0, 1, 4), expand=False))
        self._print(self._prose(question.prompt))
        self.gap()

    def model_answer(self, question: Question) -> None:
        """The reference."""
        self.say("Model answer", style="bold")
        self._print(Padding(self._prose(question.reference), (0, 0, 0, 2), expand=False))
        self.gap()

    def scheme(self, question: Question, rubric: Rubric) -> None:
        """What earns points, and what costs some."""
        self.say(f"Criteria (rubric {rubric.name}, passes at {rubric.pass_mark:g})", style="bold")
        for criterion in (*question.criteria, *rubric.criteria):
            asked = [", required"] if criterion.required else []
            asked += [f", one of {criterion.group!r}"] if criterion.group else []
            asked += [f", check: {criterion.check.kind}"] if criterion.check else []
            self._row(f"+{criterion.points:g}", f"{criterion.text}{''.join(asked)}", None)
        for group in question.groups:
            self.say(f"Of {group.id!r} the best {group.choose} count{', others too' if group.open else ''}.")
        self.gap()
        if question.mistakes:
            self.say("Mistakes", style="bold")
            for mistake in question.mistakes:
                self._row(f"−{mistake.points:g}", mistake.text, None)
            self.gap()

    def ungraded(self, outcome: Ungraded) -> None:
        """An answer without a score, and why."""
        self.gap()
        self.say(f"Not graded: {outcome.reason}", style="bold")
        self.say("This is no score, not even 0.")
        self._flags(outcome.flags)
        self.gap()

    def grade(self, question: Question, grade: Grade) -> None:
        """The score, and everything it is made of.

        Args:
            question: with the criteria that were graded.
        """
        if self.interactive:
            self.gap()
        verdict = "passed" if grade.passed else "not passed"
        mark = grade.receipt.scheme.pass_mark
        self.say(
            f"{grade.score:g} of 100 · {verdict} (at {mark:g}) · confidence {grade.confidence}",
            style="bold green" if grade.passed else "bold",
        )
        said = calibrated(grade.raw_score, grade.score)
        facts = [grade.feedback.summary, *([said] if said else []), _closeness(grade)]
        self.say(" · ".join(facts), style="dim")
        self.gap()
        self._criteria(question, grade)
        if grade.mistakes:
            self.say("Mistakes", style="bold")
            for mistake in grade.mistakes:
                self._row(f"−{mistake.points:g}", mistake.reason, mistake.quote)
            self.gap()
        self._flags(grade.flags)
        if grade.needs_review:
            self.say("Low confidence: have a person look at this grade.", style="bold")
            self.gap()
        if grade.feedback.next_step:
            self.say(f"Next: {grade.feedback.next_step}")
            self.gap()

    def _criteria(self, question: Question, grade: Grade) -> None:
        texts = {criterion.id: criterion.text for criterion in question.criteria}
        texts |= {strength.criterion: strength.text for strength in grade.feedback.strengths}
        groups = {criterion.id: criterion.group for criterion in grade.receipt.scheme.criteria}
        gaps = {gap.criterion: gap for gap in grade.feedback.gaps}
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right")
        table.add_column(overflow="fold", ratio=1)
        for found in grade.criteria:
            # Of "name three" the items that were not named are in the gap, as a list.
            if groups.get(found.id) and found.level == "not_met":
                continue
            text = texts.get(found.id) or (gaps[found.id].text if found.id in gaps else found.id)
            table.add_row(
                Text(LEVELS[found.level], style=_COLOURS[found.level]),
                f"{found.earned:g}/{found.points:g}",
                _Cell(found, text, gaps.get(found.id)),
            )
        for gap in grade.feedback.gaps:
            if (group := groups.get(gap.criterion)) is not None:
                missed = {found.id for found in grade.criteria if found.level == "not_met"}
                items = [c.text for c in question.criteria if c.group == group and c.id in missed]
                table.add_row(Text("✗ open", style="red"), "", Text(visible(any_of(gap, items))))
        self._print(table)
        self.gap()

    def _row(self, points: str, text: str, quote: str | None) -> None:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold", ratio=1)
        table.add_row(points, Text(visible(text)))
        if quote:
            table.add_row("", Text(f"“{visible(quote)}”", style="italic"))
        self._print(table)

    def _flags(self, flags: Sequence[str]) -> None:
        if not flags:
            return
        self.say("Flags", style="bold")
        for flag in flags:
            self.say(f"  {flag}: {FLAGS.get(flag, 'see the documentation')}")
        self.gap()

    def _prose(self, text: str) -> RenderableType:
        return Markdown(visible(text)) if self._rich else Text(reflowed(visible(text)))

    def _print(self, *what: RenderableType, whole: bool = False) -> None:
        if self._rich:
            self._console.print(*what, soft_wrap=whole)
            return
        with self._console.capture() as captured:
            self._console.print(*what, soft_wrap=whole)
        # Tables are filled up with blanks, which a file has no use for.
        sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
        sys.stdout.flush()


class _Cell:
    """What was found for one criterion: its text, the words that show it, the reason, what is missing."""

    def __init__(self, found: CriterionGrade, text: str, gap: Gap | None) -> None:
        self._found, self._text, self._gap = found, text, gap

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        missing = self._gap is not None and self._found.level == "not_met"
        yield Text(visible(to_earn(self._gap) if missing and self._gap else self._text))
        if self._found.quote:
            yield Text(f"“{visible(self._found.quote)}”", style="italic")
        if not self._found.decided_by.startswith("rule:"):
            yield Text(visible(f"{self._found.reason} · {self._found.decided_by}"), style="dim")
        if self._gap is not None and not missing:
            yield Text(f"+{self._gap.points:g}: say all of it", style="yellow")


def _closeness(grade: Grade) -> str:
    nearness = "similarity unknown" if grade.similarity is None else f"similarity {grade.similarity:.2f}"
    return f"{nearness} · graded by {grade.grader}"
