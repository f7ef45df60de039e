"""`interviewer history`, `stats`, `due` and `export`, over sessions that were really held."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interviewer.bank import Bank
from interviewer.grading.pipeline import Grader
from interviewer.history import History
from interviewer.models import Answer, Dispute
from interviewer.practice.running import rate
from interviewer.reports import SessionReport
from interviewer.wiring import data_folder
from tests.cli.conftest import Run
from tests.reports.conftest import BETTER, PARTIAL, REPLIES
from tests.reports.samples import graded, practise, scripted, small_bank, start

Practised = Callable[[], None]


@pytest.fixture
def small(tmp_path: Path) -> Bank:
    """Four small questions, in the settings too."""
    bank = small_bank(tmp_path)
    Path("interviewer.toml").write_text(f'[paths]\nquestions = ["{tmp_path / "samples.toml"}"]\n')
    return bank


@pytest.fixture
async def practised(small: Bank, make_grader: Callable[..., Grader]) -> None:
    """Two sessions of one judge and one of another; an answer without a grade, a question left, a dispute."""
    history = History(data_folder())
    judge, other = scripted(make_grader, REPLIES), scripted(make_grader, REPLIES, "other")
    await practise(history, small, judge, {"conv-weights": PARTIAL, "regularisers": "dropout"})
    await practise(history, small, other, {"conv-weights": BETTER}, mode="interview")
    running = start(history, small, "conv-weights", "attention", "skipped-one")
    first = await graded(history, small, judge, running.hand_in(BETTER))
    await graded(history, small, judge, running.hand_in("A mean."))
    history.dispute(_dispute(first))
    history.close()


def _dispute(answer: Answer) -> Dispute:
    return Dispute(
        answer_id=answer.id, criterion="value", grader="scripted", given="met", should_be="not_met",
        why="too kind", time=datetime(2026, 7, 1, tzinfo=UTC),
    )  # fmt: skip


def test_an_empty_history_says_so_and_what_to_do_and_makes_no_file(run: Run, home: Path) -> None:
    for command in ("history", "stats"):
        shown = run(command)
        assert (shown.code, shown.out) == (0, "")
        assert shown.err == "nothing was practised yet\n\nhint: interviewer practice\n"
    assert run("due").err == "nothing is scheduled yet\n\nhint: interviewer practice\n"
    assert json.loads(run("history", "--json").out) == []
    assert json.loads(run("stats", "--json").out)["graders"] == []
    assert json.loads(run("due", "--json").out) == {"due": [], "coming": [], "left_the_bank": []}
    assert not data_folder().exists()


def test_there_is_nothing_to_export_before_anything_was_practised(run: Run) -> None:
    shown = run("export", "-o", "session.html")
    assert shown.code == 2
    assert shown.err == "interviewer: nothing was practised yet\n\nhint: interviewer practice\n"
    assert not Path("session.html").exists()


@pytest.mark.usefixtures("practised")
def test_history_lists_sessions_the_newest_first_with_what_each_mean_is_made_of(run: Run) -> None:
    lines = run("history").out.splitlines()
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]
    assert lines[0].endswith("2/3 answered  mean 100.0  1 graded, 1 ungraded  unfinished  scripted")
    assert "interview " in lines[1]
    assert lines[1].endswith("1/1 answered  mean 100.0  1 graded  other")
    assert lines[2].endswith("2/2 answered  mean  41.6  2 graded  scripted")
    assert len(run("history", "-n", 2).out.splitlines()) == 2


@pytest.mark.usefixtures("practised")
def test_history_as_json_keeps_ungraded_apart(run: Run) -> None:
    newest = json.loads(run("history", "--json").out)[0]
    assert (newest["session"], newest["questions"], newest["answered"]) == (3, 3, 2)
    assert (newest["graded"], newest["ungraded"], newest["mean"]) == (1, 1, 100.0)
    assert newest["ended"] is None


@pytest.mark.usefixtures("practised")
def test_history_shows_one_session_as_export_writes_it(run: Run) -> None:
    shown = run("history", 1)
    assert shown.out.startswith("# Practice session 1\n")
    assert PARTIAL in shown.out
    assert run("export", 1).out == shown.out
    assert SessionReport.model_validate_json(run("history", 1, "--json").out).summary.session.id == 1


@pytest.mark.usefixtures("practised")
def test_a_question_that_was_left_is_shown_from_the_bank(run: Run) -> None:
    assert "What is a batch?" in run("history", 3).out


@pytest.mark.usefixtures("practised")
@pytest.mark.parametrize("command", ["history", "export"])
def test_a_session_that_is_not_there_is_bad_input(command: str, run: Run) -> None:
    shown = run(command, 99)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err == "interviewer: there is no session 99\n\nhint: interviewer history lists them\n"


@pytest.mark.usefixtures("practised")
def test_stats_never_joins_graders(run: Run) -> None:
    lines = [" ".join(line.split()) for line in run("stats").out.splitlines()]
    assert lines == [
        "scripted · your level is about 302 (100 to 500) · 1 ungraded",
        "networks n 2 mean 66.7 latest 100.0 too few for a trend ▃█",
        "training n 1 mean 50.0 latest 50.0 too few for a trend ▅",
        "all topics n 3 mean 61.1 latest 100.0 too few for a trend ▃▅█",
        "",
        "other · your level is about 380 (100 to 500)",
        "networks n 1 mean 100.0 latest 100.0 too few for a trend █",
        "",
        "1 disputed (--json lists them)",
    ]


@pytest.mark.usefixtures("practised")
def test_stats_as_json_has_every_point_and_dispute(run: Run) -> None:
    found = json.loads(run("stats", "--json").out)
    assert [(g["grader"], g["ungraded"], g["total"]["n"]) for g in found["graders"]] == [
        ("scripted", 1, 3), ("other", 0, 1),
    ]  # fmt: skip
    assert [point["score"] for point in found["graders"][0]["topics"][0]["points"]] == [33.3, 100.0]
    assert [dispute["why"] for dispute in found["disputes"]] == ["too kind"]


@pytest.mark.usefixtures("practised")
def test_due_lists_what_is_due_and_what_comes_next(run: Run) -> None:
    history = History(data_folder())
    answer = history.answers(1)[1]
    before = answer.model_copy(update={"submitted": datetime.now(UTC) - timedelta(days=40)})
    rate(history, before, 1)
    history.close()
    shown = run("due").out.splitlines()
    assert shown[0] == "1 due now:"
    assert shown[1].split()[:2] == ["regularisers", "since"]
    assert shown[1].endswith("days)  training")
    assert shown[2] == "next:"
    assert shown[3].split()[:2] == ["conv-weights", "from"]
    found = json.loads(run("due", "--json").out)
    assert [entry["question_id"] for entry in found["due"]] == ["regularisers"]
    assert [entry["question_id"] for entry in found["coming"]] == ["conv-weights"]


@pytest.mark.usefixtures("practised")
def test_questions_that_have_left_the_bank_are_not_due(run: Run) -> None:
    Path("interviewer.toml").unlink()
    shown = run("due")
    assert shown.out == ""
    assert "2 more have left the bank and are not asked" in shown.err


@pytest.mark.usefixtures("practised")
@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        (["-o", "out.html"], "<!doctype html>"),
        (["-o", "out.md"], "# Practice session 3\n"),
        (["-o", "out.json"], "{"),
        (["-o", "out.txt", "--format", "html"], "<!doctype html>"),
    ],
)
def test_export_writes_the_newest_session_in_the_format_of_the_file(
    arguments: list[str], begins: str, run: Run
) -> None:
    shown = run("export", *arguments)
    assert (shown.code, shown.out, shown.err) == (0, "", f"wrote {arguments[1]}\n")
    assert Path(arguments[1]).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.usefixtures("practised")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-o", "notes.txt"], "notes.txt: its name does not say which format it is"),
        (["--format", "pdf"], "there is no report format 'pdf'"),
        (["-o", "missing/a.md"], "missing/a.md: there is no folder"),
        (["-o", "."], ".: its name does not say which format it is"),
    ],
)
def test_export_refuses_what_it_cannot_write(arguments: list[str], says: str, run: Run) -> None:
    shown = run("export", *arguments)
    assert (shown.code, shown.out) == (2, "")
    assert says in shown.err


@pytest.mark.usefixtures("practised")
def test_a_history_that_cannot_be_written_to_is_still_read(run: Run) -> None:
    before = run("history").out
    for beside in ("-wal", "-shm"):
        # A folder in the place of the files that writing needs.
        (data_folder() / f"history.db{beside}").unlink(missing_ok=True)
        (data_folder() / f"history.db{beside}").mkdir()
    shown = run("history")
    assert (shown.code, shown.out) == (0, before)
    assert "the history is read as it was last written out" in shown.err


@pytest.mark.parametrize("command", ["history", "stats", "due", "export"])
def test_each_command_has_help_within_80_columns(command: str, run: Run) -> None:
    shown = run(command, "--help")
    assert shown.code == 0
    assert all(len(line) <= 80 for line in shown.out.splitlines())
