"""`interviewer ask`, piped and in a terminal."""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.kept import ANSWER, QUESTION, drafts, history, kept, sessions
from tests.cli.terminal import Terminal


def test_a_piped_answer_is_graded_without_colour_at_80_columns(spawn: Run, home: Path) -> None:
    shown = spawn("ask", QUESTION, "--judge", "embedded", input=f"{ANSWER}\n.\n".encode())
    assert shown.code == 0
    assert shown.err == ""
    assert "\x1b" not in shown.out
    *lines, place = shown.out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    for words in (
        "Graded by embedded",
        " of 100 · ",
        "confidence",
        "✓ met",
        "“False.”",
        "Model answer",
        "Graded 1 of 1",
    ):
        assert words in shown.out
    assert place == f"Your answers are in {home / 'interviewer' / 'history.db'}"
    assert [answer.text for answer in kept(home)] == [ANSWER]


def test_the_answer_may_end_with_the_input(spawn: Run) -> None:
    assert "Graded 1 of 1" in spawn("ask", QUESTION, input=ANSWER.encode()).out


def test_i_do_not_know_is_graded_zero_by_rule(spawn: Run) -> None:
    shown = spawn("ask", QUESTION, input=b"I don't know\n.\n")
    assert "0 of 100" in shown.out
    assert "dont-know: it says that it does not know" in shown.out


def test_markup_and_control_characters_of_an_answer_are_shown_as_text(spawn: Run) -> None:
    text = "False [red]because[/red] [/] a deeper network \x1b[31moverfits\u202e on small data [link=x]"
    shown = spawn("ask", QUESTION, "--judge", "embedded", input=f"{text}\n.\n".encode())
    assert shown.code == 0
    assert "\x1b" not in shown.out
    assert "\u202e" not in shown.out
    assert "[red]because[/red]" in " ".join(shown.out.split())


def test_hints_are_counted_with_the_answer(spawn: Run, home: Path) -> None:
    shown = spawn(
        "ask", QUESTION, "--judge", "embedded", input=f":hint\n:hint\n:hint\n{ANSWER}\n.\n".encode()
    )
    assert "Hint 1 of 2: " in shown.out
    assert "There is no further hint." in shown.out
    answer = kept(home)[0]
    assert answer.hints == 2
    assert answer.grade is not None
    score = answer.grade.score
    assert f"Grade {score:g}, −20 for 2 hints = {score - 20:g}." in shown.out
    assert f"mean {score - 20:.1f} of the graded" in shown.out


def test_answers_are_private(spawn: Run, home: Path) -> None:
    spawn("ask", QUESTION, input=b"False.\n.\n")
    path = home / "interviewer" / "history.db"
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_ungraded_answer_is_counted_apart_and_still_kept(spawn: Run, home: Path) -> None:
    Path("script.jsonl").write_text(json.dumps({"error": "HTTP 503", "repeat": True}))
    shown = spawn("ask", "vae-elbo", "--judge", "scripted/script.jsonl", input=b"A lower bound.\n.\n")
    assert shown.code == 1
    assert "Not graded: " in shown.out
    assert "HTTP 503" in shown.out
    assert "Graded 0 of 1 · judge scripted/script.jsonl" in shown.out
    assert [answer.text for answer in kept(home)] == ["A lower bound."]


def test_a_follow_up_shows_what_it_follows_up(spawn: Run) -> None:
    listed = json.loads(spawn("questions", "list", "--json").out)
    child = next(question for question in listed if question.get("depends_on"))
    shown = spawn("ask", child["id"], input=b":skip\n").out
    assert "This follows up on:" in shown
    assert "Nothing was graded." in shown


def test_the_same_seed_asks_the_same_questions(spawn: Run) -> None:
    first = spawn("ask", "--seed", 7, "--n", 2, input=b":skip\n:skip\n").out
    assert first == spawn("ask", "--seed", 7, "--n", 2, input=b":skip\n:skip\n").out
    assert "1 of 2 · " in first


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--topic", "cooking"], "no topic 'cooking'"),
        (["--difficulty", "123"], "no question of difficulty 123"),
    ],
)
def test_nothing_to_ask_is_an_error_that_says_what_there_is(
    arguments: list[str], says: str, run: Run
) -> None:
    shown = run("ask", *arguments)
    assert shown.code == 2
    assert says in shown.err
    assert "hint: " in shown.err


def test_in_a_terminal_one_can_retry_and_the_first_answer_counts(home: Path) -> None:
    with Terminal("ask", QUESTION, "--judge", "embedded") as terminal:
        assert "hands it in" in terminal.until("> ")
        terminal.enter("I don't know", ".")
        assert "not passed" in terminal.until("[q]uit: ")
        terminal.enter("a")
        assert "Model answer" in terminal.until("[q]uit: ")
        terminal.enter("r")
        terminal.until("> ")
        terminal.enter(ANSWER, ".")
        assert "✓ met" in terminal.until("[q]uit: ")
        terminal.enter("")
        summary = terminal.until("history.db")
        assert terminal.code() == 0
    first, again = kept(home)
    assert (first.part, again.part, again.of) == ("first", "again", first.id)
    assert again.grade is not None
    assert "Graded 1 of 1 · mean 0.0 of the graded" in summary
    assert f"  0.0 → {again.grade.score:.1f}  {QUESTION} (" in summary
    assert "the first counts)" in summary
    with history(home) as found:
        assert [(r.rating, r.answer_id) for r in found.reviews(QUESTION)] == [(1, first.id)]


def test_what_was_typed_survives_ctrl_c_and_is_offered_again(home: Path) -> None:
    with Terminal("ask", QUESTION) as terminal:
        terminal.until("> ")
        terminal.enter(":hint")
        terminal.until("costs 10 of 100 points. Show it? [y]es, [N]o: ")
        terminal.enter("y")
        terminal.until("> ")
        terminal.enter("False, because")
        terminal.until("because\n> ")
        terminal.press("half a li")
        terminal.until("half a li")
        terminal.interrupt("go on with")
        assert terminal.code() == 130
    with Terminal("ask", "--n", "1") as terminal:
        offer = terminal.until("[d]elete it: ")
        assert f"An answer to {QUESTION} was left unfinished" in offer
        assert "│ False, because" in offer
        assert "│ half a li" in offer
        terminal.enter("y")
        terminal.until("> ")
        terminal.enter(".")
        terminal.until("for a hint = ")
        terminal.interrupt("Graded 1 of 1")
        assert terminal.code() == 130
    assert [(answer.text, answer.hints) for answer in kept(home)] == [("False, because\nhalf a li", 1)]
    assert drafts(home) == []
    assert [session.ended is None for session in sessions(home)] == [False]


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_closed_terminal_loses_nothing(name: str, home: Path) -> None:
    with Terminal("ask", QUESTION) as terminal:
        terminal.until("> ")
        terminal.enter("False, because")
        terminal.until("because\n> ")
        terminal.press("half a li")
        terminal.until("half a li")
        time.sleep(0.2)
        terminal.kill(getattr(signal, name))
        terminal.code()
    assert [draft.text for draft in drafts(home)] == ["False, because\nhalf a li"]
    assert sessions(home)[0].ended is None


def test_the_editor_gets_the_text_and_gives_it_back(tmp_path: Path) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import sys, pathlib\np = pathlib.Path(sys.argv[1])\np.write_text(p.read_text() + 'edited')\n"
    )
    with Terminal("ask", QUESTION, environment={"VISUAL": f"{sys.executable} {editor}"}) as terminal:
        terminal.until("> ")
        terminal.enter("False.", ":edit")
        shown = terminal.until("go on typing")
        assert "│ False.\n  │ edited" in shown


def test_a_blank_answer_is_asked_about_once() -> None:
    with Terminal("ask", QUESTION) as terminal:
        terminal.until("> ")
        terminal.enter(".")
        terminal.until("Nothing is typed yet")
        terminal.enter(".")
        assert "blank: there is nothing" in terminal.until("[q]uit: ")


def test_ctrl_c_while_grading_keeps_the_answer_and_goes_back(home: Path, slow_server: str) -> None:
    judge = {
        "INTERVIEWER_JUDGE": "openai/slow",
        "INTERVIEWER_JUDGE_BASE_URL": slow_server,
        "OPENAI_API_KEY": "x",
    }
    with Terminal("ask", "vae-elbo", environment=judge) as terminal:
        terminal.until("> ")
        terminal.enter("A lower bound.", ".")
        terminal.until("grading")
        while not kept(home):
            pass
        terminal.press("\x03")
        shown = terminal.until("│ A lower bound.\n> ")
        assert "your answer is kept" in shown
        terminal.enter(":quit")
        terminal.until("not graded: it was stopped")
        assert terminal.code() == 1
    assert [(answer.text, answer.outcome) for answer in kept(home)] == [("A lower bound.", None)]


def test_a_terminal_gets_colour_unless_no_color_is_set() -> None:
    with Terminal("ask", QUESTION) as terminal:
        terminal.until("> ")
        terminal.enter("False.", ".")
        terminal.until("[q]uit: ")
        assert "\x1b[32m" in terminal.raw
    with Terminal("ask", QUESTION, environment={"NO_COLOR": "1"}) as terminal:
        terminal.until("> ")
        terminal.enter("False.", ".")
        terminal.until("[q]uit: ")
        assert "\x1b[32m" not in terminal.raw


def test_an_answer_that_no_judge_could_grade_can_be_handed_in_again_as_it_is(home: Path) -> None:
    Path("script.jsonl").write_text('{"error": "HTTP 503", "repeat": true}\n')
    with Terminal("ask", "vae-elbo", "--judge", "scripted/script.jsonl") as terminal:
        terminal.until("> ")
        terminal.enter("It bounds the evidence from below.", ".")
        terminal.until("[q]uit: ")
        terminal.enter("r")
        assert "It bounds the evidence from below." in terminal.until("> ")
        terminal.enter(".")
        terminal.until("[q]uit: ")
        terminal.enter("q")
        assert terminal.code() == 1
    answer, *others = kept(home)
    assert others == []
    with history(home) as found:
        assert len(found.outcomes(answer.id)) == 2


def test_an_answer_changed_after_a_failed_grading_counts(home: Path) -> None:
    Path("script.jsonl").write_text('{"error": "HTTP 503", "repeat": true}\n')
    with Terminal("ask", "vae-elbo", "--judge", "scripted/script.jsonl") as terminal:
        terminal.until("> ")
        terminal.enter("It bounds the evidence from below.", ".")
        terminal.until("[q]uit: ")
        terminal.enter("r")
        terminal.until("> ")
        terminal.enter(":clear", "I don't know", ".")
        terminal.until("[q]uit: ")
        terminal.enter("q")
        assert "Graded 1 of 1 · mean 0.0" in terminal.until("history.db")
        assert terminal.code() == 0


def test_a_graded_answer_leaves_no_draft(spawn: Run, home: Path) -> None:
    assert spawn("ask", QUESTION, "--judge", "embedded", input=f"{ANSWER}\n.\n".encode()).code == 0
    assert drafts(home) == []
    assert sessions(home)[0].ended is not None


def test_ctrl_c_says_that_what_was_typed_is_kept() -> None:
    with Terminal("ask", QUESTION, "--judge", "embedded") as terminal:
        terminal.until("> ")
        terminal.enter("False, since")
        terminal.until("> ")
        terminal.interrupt(f"go on with: interviewer ask {QUESTION}\n")


def test_leaving_while_the_model_loads_ends_in_peace(spawn: Run) -> None:
    for _ in range(3):
        ran = spawn("ask")
        assert ran.code == 0, ran.err


def test_every_question_says_why_it_was_chosen(spawn: Run) -> None:
    assert "why this one: you asked for it" in spawn("ask", QUESTION, input=b":skip\n").out
    shown = spawn("ask", "--n", 2, "--seed", 1, input=b":skip\n:skip\n").out
    assert shown.count("why this one: new; difficulty") == 2


def test_a_hint_can_be_declined_at_no_cost(home: Path) -> None:
    with Terminal("ask", QUESTION, "--judge", "embedded") as terminal:
        terminal.until("> ")
        terminal.enter(":hint")
        terminal.until("Hint 1 of 2 costs 10 of 100 points. Show it? [y]es, [N]o: ")
        terminal.enter("")
        assert "Hint" not in terminal.until("> ")
        terminal.enter("I don't know", ".")
        assert "hint" not in terminal.until("[q]uit: ")
    assert [answer.hints for answer in kept(home)] == [0]
