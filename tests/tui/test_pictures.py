"""Every screen as a picture, compared with one that was looked at. `make snap` draws them anew: look again.

What varies on a screen (times and dates) is fixed, so that a picture only changes when the screen does.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from interviewer.history import History
from interviewer.models import Level
from interviewer.practice.running import keep_outcome
from interviewer.tui.app import PracticeApp, Wishes
from interviewer.tui.screens.feedback import FeedbackScreen
from interviewer.tui.screens.summary import SummaryScreen
from tests.practised import NOON, graded, make_answer, make_session
from tests.tui.conftest import MakeApp, screen_text, sees, type_text

GOLDEN = Path(__file__).parent.parent / "golden" / "screens"
README_PICTURE = Path(__file__).parent.parent.parent / "docs" / "practice.svg"
SIZES = {"small": (80, 24), "usual": (120, 40), "large": (200, 60)}
TRIES = 20
"""Tenths of a second in which a screen comes to look like its picture."""
QUESTION, OTHER = "vae-elbo", "one-by-one-convolutions"
ANSWER = (
    "The evidence lower bound is a bound on the log likelihood of the data. One term rewards the decoder for "
    "reconstructing the input, and I think the other one makes the latent codes small."
)
CRITERIA: dict[str, tuple[str, str, str]] = {
    "bound": ("met", "a bound on the log likelihood of the data", "It names the bound."),
    "reconstruction": ("met", "rewards the decoder for reconstructing the input", "It says what it does."),
    "prior": ("partial", "the other one makes the latent codes small", "No divergence, and no prior."),
}
Draw = Callable[[Pilot[Any], PracticeApp], Awaitable[object]]


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/you")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def judged(app_bank: Any) -> dict[str, object]:
    """A judgement of the answer, criterion by criterion."""
    question = app_bank.questions[QUESTION]
    found = {}
    for criterion in question.criteria:
        level, quote, reason = CRITERIA.get(criterion.id, ("not_met", "", "It is not said."))
        found[criterion.id] = {"reason": reason, "quote": quote, "level": level}
    mistakes = {mistake.id: {"quote": "", "made": False} for mistake in question.mistakes}
    return {"reply": {"criteria": found, "mistakes": mistakes}, "repeat": True}


async def home_empty(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Next, and why this one")


async def home_full(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Unfinished: session", "Due now: 2", "ungraded: 1")


async def interview(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Next, and why")
    await pilot.press("s")
    await sees(pilot, "Question 1 of 1")
    await type_text(pilot, "The evidence lower bound")
    await sees(pilot, "4 words")


async def hint(pilot: Pilot[Any], app: PracticeApp) -> None:
    await interview(pilot, app)
    await pilot.press("f2")
    await sees(pilot, "costs 10 of 100 points")


async def feedback(pilot: Pilot[Any], app: PracticeApp) -> None:
    await interview(pilot, app)
    app.screen.box.load_text(ANSWER)  # type: ignore[attr-defined]
    await pilot.press("ctrl+s")
    await sees(pilot, "of 100 ·", "Interviewer: ")
    await pilot.press("down")
    await sees(pilot, "[a bound")


async def about_the_grade(pilot: Pilot[Any], app: PracticeApp) -> None:
    await feedback(pilot, app)
    await pilot.press("m")
    await sees(pilot, "Model answer")


async def ungraded(pilot: Pilot[Any], app: PracticeApp) -> None:
    await interview(pilot, app)
    await pilot.press("ctrl+s")
    await sees(pilot, "Not graded: HTTP 503: overloaded")


async def waiting(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Unfinished")
    # As it is while a judge takes its time: nobody has told yet that it is graded.
    app.desk.in_work.add(3)
    await app.push_screen(FeedbackScreen(3, in_session=True))
    await sees(pilot, "Grading … 0 s")


async def write(pilot: Pilot[Any], app: PracticeApp) -> None:
    await feedback(pilot, app)
    await pilot.press("a")
    await sees(pilot, "The first answer stays the one that counts")


async def dispute(pilot: Pilot[Any], app: PracticeApp) -> None:
    await feedback(pilot, app)
    await pilot.press("d")
    await sees(pilot, "You think that the judge is wrong")


async def summary_empty(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Next, and why")
    await pilot.press("s")
    await sees(pilot, "Question 1 of 1")
    await pilot.press("f3")
    await sees(pilot, "Graded 0 of 0 answers, 1 left out")


async def browse_empty(pilot: Pilot[Any], app: PracticeApp) -> None:
    await browse(pilot, app)
    await type_text(pilot, "nothing has this")
    await sees(pilot, "No question fits")


async def summary(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Unfinished")
    await app.push_screen(SummaryScreen(1))
    await sees(pilot, "Graded", "By topic", "To study next")


async def browse(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Next, and why")
    await pilot.press("b")
    await sees(pilot, "Browse")


async def history_empty(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Next, and why")
    await pilot.press("h")
    await sees(pilot, "History")


async def history_full(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Unfinished")
    await pilot.press("h")
    await sees(pilot, "History", "embedded/test")


async def settings(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Next, and why")
    await pilot.press("comma")
    await sees(pilot, "Settings")


async def help_(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, ": ready", "Next, and why")
    await pilot.press("f1")
    await sees(pilot, "Help")


async def failed(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, "cannot be used", "You can practise all the same")


async def offline(pilot: Pilot[Any], app: PracticeApp) -> None:
    await sees(pilot, "Not kept: ", ": ready")


def with_past(history: History, bank: Any) -> None:
    """Two graded sessions; the second is unfinished, and has an answer whose grading was cut off."""
    for number, name in enumerate((QUESTION, OTHER)):
        question = bank.questions[name]
        levels: dict[str, Level] = {criterion.id: "met" for criterion in question.criteria[: 1 + number]}
        when = NOON + timedelta(days=number)
        session = history.begin(make_session(name, OTHER, started=when))
        answer = history.keep_answer(make_answer(session, "As I said.", question=question, submitted=when))
        keep_outcome(history, answer, graded(levels, question))
    history.end(1, NOON)
    history.keep_answer(
        make_answer(session, "Cut off.", question=bank.questions[OTHER], position=1, submitted=NOON)
    )
    history.leave(session.id, 1, None)


CASES: list[tuple[str, Draw, str, str, dict[str, Any]]] = [
    ("home-empty", home_empty, "small", "dark", {}),
    ("home-full", home_full, "usual", "light", {"past": True}),
    ("home-failed", failed, "small", "high-contrast", {"judge": "openai/gpt-4.1-mini"}),
    ("home-offline", offline, "small", "dark", {"memory": True}),
    ("interview", interview, "small", "dark", {}),
    ("interview-wide", interview, "usual", "light", {}),
    ("interview-hint", hint, "small", "high-contrast", {}),
    ("feedback", feedback, "small", "dark", {"graded": True}),
    ("feedback-wide", feedback, "usual", "dark", {"graded": True}),
    ("feedback-large", feedback, "large", "high-contrast", {"graded": True}),
    ("feedback-model", about_the_grade, "small", "light", {"graded": True}),
    ("feedback-ungraded", ungraded, "small", "dark", {"script": [{"error": "HTTP 503: overloaded"}]}),
    ("feedback-waiting", waiting, "small", "light", {"past": True}),
    ("write", write, "small", "dark", {"graded": True}),
    ("dispute", dispute, "small", "high-contrast", {"graded": True}),
    ("summary-empty", summary_empty, "small", "light", {}),
    ("summary-large", summary, "large", "high-contrast", {"past": True}),
    ("browse-empty", browse_empty, "usual", "light", {}),
    ("home-large", home_full, "large", "high-contrast", {"past": True}),
    ("interview-large", interview, "large", "dark", {}),
    ("summary", summary, "small", "dark", {"past": True}),
    ("summary-wide", summary, "usual", "light", {"past": True}),
    ("browse", browse, "small", "dark", {}),
    ("history-empty", history_empty, "small", "dark", {}),
    ("history", history_full, "usual", "dark", {"past": True}),
    ("settings", settings, "small", "dark", {}),
    ("help", help_, "small", "light", {}),
]


@pytest.mark.parametrize(("name", "draw", "size", "theme", "given"), CASES, ids=[case[0] for case in CASES])
async def test_the_screen_looks_as_it_did(
    name: str,
    draw: Draw,
    size: str,
    theme: str,
    given: dict[str, Any],
    make_app: MakeApp,
    bank: Any,
    history: History,
) -> None:
    options: dict[str, Any] = {"practice__theme": theme, "questions": [QUESTION]}
    if given.get("past"):
        with_past(history, bank)
        options["questions"] = [QUESTION, OTHER]
    if given.get("graded"):
        options["script"] = [judged(bank)]
    if given.get("memory"):
        options["kept"] = History(Path("/dev/null/nowhere"))
    options |= {key: given[key] for key in ("judge", "script") if key in given}
    app = make_app(
        wishes=Wishes(seed=1, n=5), clock=lambda: 0.0, now=lambda: NOON + timedelta(days=3), **options
    )
    # The line under a tab moves to its place, and how far it has come differs.
    app.animation_level = "none"
    path, is_new = GOLDEN / f"{name}.svg", bool(os.environ.get("INTERVIEWER_SNAP"))
    expected = None if is_new else path.read_text(encoding="utf-8")
    async with app.run_test(size=SIZES[size]) as pilot:
        await draw(pilot, app)
        for box in app.screen.query("AnswerBox, Input"):
            box.cursor_blink = False  # type: ignore[attr-defined]
        for _ in range(TRIES):
            await pilot.pause(0.1)
            picture, text = _stable(app.export_screenshot()), screen_text(app)
            if picture == expected:
                break
    if is_new:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(picture, encoding="utf-8")
    else:
        assert picture == expected, f"it changed: `make snap`, and look:\n{text}"


async def test_the_picture_of_the_readme_is_of_this_program(make_app: MakeApp) -> None:
    """Its judge is the embedded one, whose last digits differ between processors: the words are compared."""
    app = make_app(wishes=Wishes(seed=1), clock=lambda: 0.0, questions=[QUESTION])
    app.animation_level = "none"
    async with app.run_test(size=(112, 26)) as pilot:
        await interview(pilot, app)
        app.screen.box.load_text(ANSWER)  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await sees(pilot, "of 100 ·", "confidence")
        await pilot.press("down")
        await sees(pilot, "[")
        await pilot.pause(0.1)
        picture, text = _stable(app.export_screenshot()), screen_text(app)
    if os.environ.get("INTERVIEWER_SNAP"):
        README_PICTURE.write_text(picture, encoding="utf-8")
    drawn = README_PICTURE.read_text(encoding="utf-8").replace("&#160;", " ")
    for words in ("of 100 ·", "Your answer", "To earn more", "✓ met", "n", "Next", "Follow-up", "Dispute"):
        assert words in text
        assert words in drawn


def _stable(svg: str) -> str:
    """The picture without what differs from folder to folder and from run to run."""
    # A picture loads nothing from elsewhere: whoever looks at it has a font of equal widths.
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.S)
    svg = re.sub(r"terminal-\d+-", "terminal-", svg)
    return re.sub(r"again&#160;on&#160;\d\d&#160;\w{3}", "again&#160;on&#160;01&#160;Jan", svg) + "\n"
