"""Help: the keys of every screen, how a grade is made, and where everything is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from interviewer.config import Settings
from interviewer.config.saving import user_file
from interviewer.history import History
from interviewer.practice.credit import FOLLOW_UP_SHARE, HINT_COST
from interviewer.practice.schedule import EASY
from interviewer.tui.desk import JudgeStatus
from interviewer.tui.screens.base import DeskScreen
from interviewer.tui.widgets.keys import Keys
from interviewer.tui.widgets.plain import Plain
from interviewer.tui.widgets.status import TopBar
from interviewer.wording import visible

GRADE = """\
1. Code looks first: a blank answer, “I don't know”, an echo of the question, and what a check can decide.
2. The judge says for each point of the rubric: met, partial or not met, and quotes your words. A quote that \
is not in your answer earns nothing.
3. Code adds the points up, takes mistakes off, and caps the score where a required point is missing.
Similarity to the model answer earns no points: it only warns where it and the judge disagree. A judge that \
fails leaves the answer ungraded: that is no score, not even 0, and g grades it later."""
COSTS = f"""\
A hint costs {HINT_COST:g} of 100 points; you are asked before it is shown.
A follow-up gives back {FOLLOW_UP_SHARE:.0%} of the points that your answer to it adds.
Answering again never changes the first score: it shows what became better."""
AGAIN = f"""\
A question comes again shortly before you would forget it: late after a good answer (easy from {EASY:g}), \
soon after a bad one.
Grades with low confidence schedule nothing by themselves: you rate 1 to 4. Ungraded answers never count."""
EVERYWHERE = [
    ("F1", "Help"),
    ("Ctrl-P", "Palette: every action by its name"),
    ("Ctrl-Q", "Quit"),
    ("Ctrl-Z, Ctrl-Y", "Undo, redo in the box"),
]


class HelpScreen(DeskScreen):
    """Everything that one may want to look up."""

    BINDINGS = [  # noqa: RUF012
        Binding("escape,f1,q", "leave", "Close", id="help.leave", key_display="esc"),
    ]

    def compose(self) -> ComposeResult:
        """Paragraphs, and a table of keys for each screen."""
        desk = self.app.desk
        yield TopBar("Help")
        with VerticalScroll(id="help"):
            yield from _part("How a grade is made", GRADE)
            yield Plain("The judge in use", classes="help-title")
            yield Plain(id="help-judge")
            yield from _part("Hints, follow-ups, another try", COSTS)
            yield from _part("When a question comes again", AGAIN)
            yield from _part("Where things are", places(desk.history))
            yield Plain("Keys", classes="help-title")
            yield Static(key_table([("Everywhere", EVERYWHERE), *_screens()]), id="keys")
        yield Keys()

    async def on_mount(self) -> None:
        """The text takes the arrow keys."""
        self.query_one("#help").focus()

    def judge_changed(self) -> None:
        """It may be chosen or loaded only now."""
        super().judge_changed()
        desk = self.app.desk
        self.query_one("#help-judge", Plain).say(judge_text(desk.status, desk.settings))

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.app.pop_screen()


def _part(title: str, text: str) -> Iterator[Plain]:
    yield Plain(title, classes="help-title")
    yield Plain(text)


def judge_text(status: JudgeStatus, settings: Settings) -> str:
    """Who grades, what this means, and what leaves the machine for it."""
    lines = [status.text]
    lines += [f"Why this one: {status.why}."] if status.why else []
    trouble = "It cannot be used" if status.phase == "failed" else "When it was last asked it gave no grade"
    lines += [f"{trouble}: {status.problem}"] if status.problem else []
    if not status.label:
        return "\n".join(lines)
    if status.label.startswith("embedded"):
        lines += [
            "No LLM: two small models, and rules for negations and numbers. It is quick and free, reads less "
            "well than a large model, and its score is a band.",
            "Nothing leaves this machine.",
        ]
    elif status.label.startswith("scripted"):
        lines += ["Its replies stand in a file. Nothing leaves this machine."]
    else:
        place = settings.config.judge.base_url or "its provider"
        lines += [
            "Grades of different judges are never mixed in a mean: each has its own line in the history.",
            f"Your answer, the question and its rubric go to {place} to be graded. Nothing else leaves.",
        ]
    return "\n".join(lines)


def places(history: History) -> str:
    """Files of this program, and what they hold."""
    kept = str(history.place) if history.place and not history.problem else "in memory only, until you quit"
    return "\n".join(
        [
            f"Sessions, answers, grades: {kept}",
            "Drafts: in the same place, with every key you type.",
            f"Settings: {user_file()}",
            "Keys of providers: in the environment only, never in a file.",
            "There is no telemetry.",
        ]
    )


def keys_of(bindings: Iterable[BindingType]) -> list[tuple[str, str]]:
    """Every key of a screen with what it does; keys of one name are in one line."""
    found: dict[str, list[str]] = {}
    for binding in bindings:
        if isinstance(binding, Binding) and binding.description:
            text = binding.tooltip or binding.description
            if binding.tooltip and not binding.tooltip.startswith(binding.description):
                text = f"{binding.description}: {binding.tooltip}"
            keys = binding.key.split(",")
            # "1-4" stands for keys that a binding does not name.
            shown = binding.key_display if binding.key_display and "-" in binding.key_display else None
            found.setdefault(text, []).extend([shown] if shown else keys)
    return [(" or ".join(map(_name, keys)), text) for text, keys in found.items()]


def key_table(parts: Iterable[tuple[str, list[tuple[str, str]]]]) -> Table:
    """The keys of several screens below each other."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for title, keys in parts:
        table.add_row(Text(title, style="bold"), "")
        for key, text in keys:
            table.add_row(Text(f"  {visible(key)}"), Text(visible(text)))
    return table


_NAMES = {"escape": "Esc", "comma": ",", "slash": "/", "question_mark": "?"}


def _name(key: str) -> str:
    """A key as it is written on keyboards."""
    if len(key) == 1 or key in _NAMES:
        return _NAMES.get(key, key)
    return "-".join(part.capitalize() for part in key.split("+"))


def _screens() -> list[tuple[str, list[tuple[str, str]]]]:
    """The screens by name, with their keys as they are bound now."""
    from interviewer.tui.screens.browse import BrowseScreen
    from interviewer.tui.screens.feedback import FeedbackScreen
    from interviewer.tui.screens.history import HistoryScreen
    from interviewer.tui.screens.home import HomeScreen
    from interviewer.tui.screens.interview import InterviewScreen
    from interviewer.tui.screens.settings import SettingsScreen
    from interviewer.tui.screens.summary import SummaryScreen
    from interviewer.tui.screens.write import WriteScreen

    screens: dict[str, type[Screen[Any]]] = {
        "First screen": HomeScreen,
        "Interview": InterviewScreen,
        "Feedback": FeedbackScreen,
        "Writing a follow-up or again": WriteScreen,
        "Summary": SummaryScreen,
        "History": HistoryScreen,
        "Browse": BrowseScreen,
        "Settings": SettingsScreen,
    }
    return [(name, keys_of(screen.BINDINGS)) for name, screen in screens.items()]
