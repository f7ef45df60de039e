"""Grades of earlier runs: the same answer is sent to the same judge once, and nothing breaks without."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from interviewer.backends.scripted import ScriptedBackend, ScriptedReply
from interviewer.bank import Bank
from interviewer.batch.cache import GradeCache, cache_path
from interviewer.batch.record import Findings, findings_of
from interviewer.embedded.judge import EmbeddedJudge
from interviewer.errors import DataError
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.panel import PanelJudge
from interviewer.grading.pipeline import Grader
from interviewer.models import Grade
from tests.batch.answers import JUDGE, SKY, Asked, HandIn, answer, answers, records, settled
from tests.cli.conftest import Run


def key(number: int) -> str:
    return f"{number:032x}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "grades.sqlite"


def test_what_was_put_is_found_again_and_nothing_else(path: Path) -> None:
    with closing(GradeCache(path)) as cache:
        for number in range(100):
            cache.put(key(number), Findings(float(number), f'"reason":"ä {number}"'))
        assert cache.get(key(99)) == Findings(99.0, '"reason":"ä 99"')
    with closing(GradeCache(path)) as cache:
        assert cache.get(key(7)) == Findings(7.0, '"reason":"ä 7"')
        assert cache.get(key(100)) is None
        assert cache.size().grades == 100
    assert path.stat().st_mode & 0o077 == 0


def test_what_is_ungraded_is_not_kept(path: Path) -> None:
    with closing(GradeCache(path)) as cache:
        cache.put(key(1), Findings(None, '"reason":"HTTP 503"'))
    with closing(GradeCache(path)) as cache:
        assert cache.get(key(1)) is None


def test_grades_made_by_other_code_are_not_used(path: Path) -> None:
    with closing(GradeCache(path)) as cache:
        cache.put(key(1), Findings(50.0, ""))
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("update grades set key = substr(key, 1, 32) || 'anothercode!'")
    with closing(GradeCache(path)) as cache:
        assert cache.get(key(1)) is None
        assert (cache.size().grades, cache.size().outdated) == (0, 1)


def test_no_path_keeps_nothing() -> None:
    with closing(GradeCache(None)) as cache:
        cache.put(key(1), Findings(50.0, ""))
        assert cache.get(key(1)) is None


def test_two_programs_write_it_at_once(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from interviewer.batch.cache import GradeCache\n"
        "from interviewer.batch.record import Findings\n"
        "cache = GradeCache(Path(sys.argv[1]))\n"
        "for number in range(int(sys.argv[2]), int(sys.argv[2]) + 1000):\n"
        "    cache.put(f'{number:032x}', Findings(float(number % 100), ''))\n"
        "cache.close(); print(cache.problem)\n"
    )
    programs = [
        subprocess.Popen([sys.executable, "-c", code, path, str(first)], stdout=subprocess.PIPE, text=True)
        for first in (0, 500)
    ]
    assert [program.communicate(timeout=60)[0] for program in programs] == ["None\n"] * 2
    with closing(GradeCache(path)) as cache:
        assert cache.size().grades == 1500
        assert cache.get(key(1499)) == Findings(99.0, "")


def broken(path: Path) -> None:
    path.write_bytes(b"this is not a database, however long one looks at it " * 100)


def of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("create table grades (something text)")


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("spoil", [of_another_program, a_folder])
def test_a_file_that_cannot_be_used_costs_only_the_cache(
    spoil: Callable[[Path], None], run: Run, hand_in: HandIn, server: Asked
) -> None:
    cache_path().parent.mkdir(parents=True)
    spoil(cache_path())
    hand_in(answers(5))
    shown = run("grade", "a.jsonl", "-o", "o.jsonl", *JUDGE)
    assert shown.code == 0
    assert len(records("o.jsonl")) == server.requests == 5
    assert f"{cache_path()}: grades are not cached: " in shown.err
    for command in ("stats", "clear"):
        refused = run("cache", command)
        assert (refused.code, refused.out) == (2, "")
        assert refused.err.endswith("hint: it can be deleted: it only spares calls to the judge\n")


def test_a_damaged_file_is_set_aside_and_told_and_a_new_cache_is_begun(
    run: Run, hand_in: HandIn, server: Asked
) -> None:
    cache_path().parent.mkdir(parents=True)
    broken(cache_path())
    content = cache_path().read_bytes()
    hand_in(answers(5))
    for asked in (5, 0):
        shown = run("grade", "a.jsonl", "-o", "o.jsonl", *JUDGE)
        assert (shown.code, server.requests) == (0, asked)
        told = f"{cache_path()}: is damaged (file is not a database): it is now grades.sqlite.damaged"
        assert (told in shown.err) == (asked == 5)
        Path("o.jsonl").unlink()
    assert cache_path().with_name("grades.sqlite.damaged").read_bytes() == content


def test_a_cache_that_breaks_while_it_is_used_costs_only_the_cache(path: Path) -> None:
    with closing(GradeCache(path)) as cache:
        cache.put(key(1), Findings(50.0, ""))
        cache.flush()
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("drop table grades")
        assert cache.get(key(1)) is None
        assert cache.problem is not None
        cache.put(key(2), Findings(50.0, ""))
        assert cache.get(key(2)) is None


def test_a_locked_file_is_waited_for_and_then_done_without(path: Path) -> None:
    GradeCache(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("begin exclusive")
        with closing(GradeCache(path, patience=0.05)) as cache:
            cache.put(key(1), Findings(50.0, ""))
            cache.flush()
            assert "database is locked" in str(cache.problem)
            assert cache.get(key(1)) is None


@pytest.mark.parametrize("inside", ["", "/etc/passwd", "/proc"])
def test_a_place_that_is_no_folder_costs_only_the_cache(
    inside: str, run: Run, hand_in: HandIn, server: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", inside or str(Path("file").absolute()))
    hand_in(answers(2))
    shown = run("grade", "a.jsonl", *JUDGE)
    assert (shown.code, len(shown.out.splitlines())) == (0, 2)
    assert "grades are not cached: " in shown.err


def test_the_same_answers_cost_nothing_a_second_time(run: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(30))
    first = run("grade", "a.jsonl", *JUDGE)
    assert server.requests == 30
    before = run("grade", "a.jsonl", *JUDGE, "--dry-run")
    assert before.err == "30 answers are in the cache\n30 to grade, without a call to a model\n"
    second = run("grade", "a.jsonl", *JUDGE)
    assert server.requests == 0
    assert settled(first.out.splitlines()) == settled(second.out.splitlines())
    assert [json.loads(line)["cached"] for line in second.out.splitlines()] == [True] * 30
    assert "30 from the cache" in second.err


CHANGES: dict[str, tuple[dict[str, object], dict[str, str], tuple[str, ...]]] = {
    "another answer": ({"answer": "Molecules of group 0 deflect long waves sideways instead."}, {}, JUDGE),
    "another prompt": ({"question": "Why is the sky so blue?"}, {}, JUDGE),
    "another reference": ({"reference": "Air scatters blue light more."}, {}, JUDGE),
    "other criteria": ({"criteria": ["Air scatters light"]}, {}, JUDGE),
    "another rubric": ({"rubric": "design"}, {}, JUDGE),
    "another judge": ({}, {}, ("--judge", "openai/other")),
    "another backend": ({}, {}, ("--judge", "embedded")),
    "another temperature": ({}, {"INTERVIEWER_JUDGE_TEMPERATURE": "0.5"}, JUDGE),
    "another seed": ({}, {"INTERVIEWER_JUDGE_SEED": "9"}, JUDGE),
    "another length": ({}, {"INTERVIEWER_JUDGE_MAX_TOKENS": "999"}, JUDGE),
    "another mode": ({}, {"INTERVIEWER_JUDGE_MODE": "per_criterion"}, JUDGE),
    "more repeats": ({}, {"INTERVIEWER_JUDGE_REPEATS": "2"}, JUDGE),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_decides_a_grade_makes_another_entry(
    change: str, run: Run, hand_in: HandIn, server: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, environment, judge = CHANGES[change]
    hand_in([answer(0)])
    run("grade", "a.jsonl", *JUDGE)
    hand_in([answer(0, **line)])
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    shown = run("grade", "a.jsonl", *judge)
    assert shown.code == 0
    assert json.loads(shown.out)["cached"] is False


def test_a_grade_does_not_depend_on_who_answered_and_comes_back_under_the_new_name(
    run: Run, hand_in: HandIn, server: Asked
) -> None:
    hand_in([answer(0, candidate="Ann")])
    run("grade", "a.jsonl", *JUDGE)
    hand_in([answer(0, candidate="Bob", id="other", human_score=40)])
    record = json.loads(run("grade", "a.jsonl", *JUDGE).out)
    assert server.requests == 1
    assert (record["candidate"], record["id"], record["human_score"]) == ("Bob", "other", 40)
    assert record["cached"] is True


def test_an_ungraded_answer_is_asked_about_again(run: Run, hand_in: HandIn) -> None:
    Path("s.jsonl").write_text(json.dumps({"error": "HTTP 503", "repeat": True}) + "\n")
    hand_in([{**SKY, "answer": "Molecules deflect it."}])
    for _ in range(2):
        shown = run("grade", "a.jsonl", "--judge", "scripted/s.jsonl")
        assert (shown.code, json.loads(shown.out)["cached"]) == (1, False)


def test_without_the_cache_nothing_is_read_or_written(run: Run, hand_in: HandIn, server: Asked) -> None:
    hand_in(answers(3))
    for _ in range(2):
        assert run("grade", "a.jsonl", "--no-cache", *JUDGE).code == 0
        assert server.requests == 3
    assert not cache_path().exists()


def test_stats_tells_how_much_is_kept_and_clear_forgets_it(run: Run, hand_in: HandIn, server: Asked) -> None:
    assert run("cache", "stats").out == f"{cache_path()}: 0 grades, 0.0 MB\n"
    hand_in(answers(40))
    run("grade", "a.jsonl", *JUDGE)
    told = json.loads(run("cache", "stats", "--json").out)
    assert told["path"] == str(cache_path())
    assert (told["grades"], told["outdated"]) == (40, 0)
    assert 0 < told["megabytes"] < 1
    assert run("cache", "clear").out == "40 grades are forgotten\n"
    assert json.loads(run("cache", "stats", "--json").out)["grades"] == 0
    assert os.path.getsize(cache_path()) < 20_000
    _ = server.requests
    run("grade", "a.jsonl", *JUDGE)
    assert server.requests == 40


def test_a_locked_cache_is_not_cleared_and_says_so(path: Path) -> None:
    with closing(GradeCache(path, patience=0.05)) as cache, closing(sqlite3.connect(path)) as other:
        other.execute("begin immediate")
        other.execute("insert into grades values ('k', 1, '', 0)")
        with pytest.raises(DataError, match="database is locked"):
            cache.clear()


async def test_a_grade_that_not_everybody_has_made_is_not_kept(
    path: Path, bank: Bank, embedded: EmbeddedJudge, make_grader: Callable[..., Grader]
) -> None:
    script = [ScriptedReply(error="HTTP 503", repeat=True)]
    grader = make_grader(PanelJudge([embedded, ChatJudge(ScriptedBackend(script))]))
    question = bank.question("vae-elbo")
    outcome = await grader.grade(question, bank.rubric(question.rubric), "It is a lower bound on log p(x).")
    assert isinstance(outcome, Grade)
    assert "member-failed" in outcome.flags
    cache = GradeCache(path)
    cache.put("a" * 32, findings_of(outcome))
    assert cache.get("a" * 32) is None
    cache.close()
