"""The file of grades while it is being made."""

from __future__ import annotations

import json
import os
import resource
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.answers.line import GivenAnswer
from interviewer.batch.journal import Journal
from interviewer.batch.record import Findings, findings_of, record_line
from interviewer.errors import DataError
from interviewer.grading.digests import text_digest
from interviewer.models import GradeRecord, Ungraded
from tests.judge.samples import QUESTION, RUBRIC

UNGRADED = findings_of(Ungraded(reason="HTTP 503", grader="judge"))


def key(number: int, version: int = 1) -> str:
    return text_digest(f"{number} {version}", length=32)


def line(number: int, score: float | None = None, version: int = 1, text: str = "800") -> str:
    given = GivenAnswer(number, f"a{number}", None, QUESTION, RUBRIC, (), text)
    return record_line(given, key(number, version), Findings(score, UNGRADED.text))


def put(journal: Journal, number: int, score: float | None = None, version: int = 1) -> None:
    journal.append(number, line(number, score, version))


def numbers(path: Path) -> list[int]:
    return [GradeRecord.model_validate_json(text).number for text in path.read_text().splitlines()]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder / "grades.jsonl"


def test_a_record_is_on_disk_as_soon_as_it_is_appended(path: Path) -> None:
    with closing(Journal(path)) as journal:
        for number in (3, 1, 2):
            put(journal, number)
            assert numbers(path)[-1] == number


def test_what_was_appended_is_there_when_it_is_opened_again(path: Path) -> None:
    with closing(Journal(path)) as journal:
        put(journal, 7, 33.3)
        put(journal, 2, 0)
        put(journal, 5)
    with closing(Journal(path)) as journal:
        assert len(journal) == 3
        assert [number for number in range(10) if journal.holds(number)] == [2, 5, 7]
        assert [journal.score(number) for number in (2, 5, 7)] == [0, None, 33.3]
        assert journal.has_key(7, key(7))
        assert not journal.has_key(7, key(7, 2))
        assert journal.most == 7
        assert journal.record(5).id == "a5"


@given(st.lists(st.tuples(st.integers(1, 300), st.sampled_from([None, 0.0, 12.5, 100.0])), max_size=40))
def test_records_in_any_order_end_in_the_order_of_the_answers(
    given: list[tuple[int, float | None]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "g.jsonl"
        half = len(given) // 2
        for part in (given[:half], given[half:]):
            with closing(Journal(path)) as journal:
                for at, (number, score) in enumerate(part):
                    put(journal, number, score, at)
                last = {number: (score, at) for at, (number, score) in enumerate(part)}
                for number, (score, at) in last.items():
                    assert journal.holds(number)
                    assert journal.score(number) == score
                    assert journal.has_key(number, key(number, at))
        with closing(Journal(path)) as journal:
            journal.finish()
            assert len(journal) == len(dict(given))
        expected = dict(given)
        if not expected:
            assert not path.exists()
            return
        found = [json.loads(text) for text in path.read_text().splitlines()]
        assert [(record["number"], record["score"]) for record in found] == sorted(expected.items())


def test_of_two_records_of_one_answer_the_last_counts(path: Path) -> None:
    with closing(Journal(path)) as journal:
        put(journal, 1, 10)
        put(journal, 2, 20)
        put(journal, 1, 90, version=2)
    with closing(Journal(path)) as journal:
        assert (len(journal), journal.score(1)) == (2, 90)
        assert journal.has_key(1, key(1, 2))
        journal.finish()
    assert [json.loads(text)["score"] for text in path.read_text().splitlines()] == [90, 20]


def test_what_is_forgotten_is_gone_once_the_file_is_in_order(path: Path) -> None:
    with closing(Journal(path)) as journal:
        for number in (1, 2, 3):
            put(journal, number)
        journal.forget(3)
        journal.forget(1)
        assert (len(journal), journal.most, journal.holds(1)) == (1, 2, False)
        assert numbers(path) == [1, 2, 3]
        journal.finish()
    assert numbers(path) == [2]


def test_a_number_near_the_highest_takes_neither_memory_nor_time(path: Path) -> None:
    last = 99_999_999
    path.write_text(f"{line(last)}\n{line(70_000_000)}\n{line(3)}\n")
    tracemalloc.start()
    try:
        with closing(Journal(path)) as journal:
            assert (len(journal), journal.most) == (3, last)
            journal.forget_beyond(last - 1)
            assert journal.most == 70_000_000
            journal.finish()
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert numbers(path) == [3, 70_000_000]


def test_an_answer_beyond_the_highest_number_is_refused_before_it_is_written(path: Path) -> None:
    with closing(Journal(path)) as journal:
        put(journal, 1)
        with pytest.raises(DataError, match="holds grades of 99,999,999 answers at most"):
            put(journal, 100_000_000)
    assert numbers(path) == [1]


def test_a_whole_file_is_not_written_again(path: Path) -> None:
    path.write_text(line(1) + "\n" + line(4) + "\n")
    before = path.stat()
    with closing(Journal(path)) as journal:
        journal.finish()
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    ("content", "at"),
    [
        ("# My notes\n", 1),
        ("no end of line", 1),
        ('{"question_id": "a", "answer": "b"}\n', 1),
        ('{"number":1,"mine":true}', 1),
        ('{"number":12345678901234567890}', 1),
        (line(1) + "\n" + '{"number":2}\n' + line(3) + "\n", 2),
        (line(1) + "\n\n" + line(2) + "\n", 2),
        (line(1, 50.0).replace("50.0", "5.0.0") + "\n", 1),
        (line(1, 50.0).replace("50.0", "9" * 400) + "\n", 1),
        (line(1) + "\n" + "My notes", 2),
        (line(1) + "\n" + '{"number":2,"mine":"' + "x" * 200, 2),
        ("\0" * 100, 1),
    ],
)
def test_any_other_file_is_refused_and_left_as_it_is(path: Path, content: str, at: int) -> None:
    path.write_text(content)
    with pytest.raises(DataError, match=rf"grades.jsonl:{at}: is not a record") as refused:
        Journal(path)
    assert "-o" in str(refused.value.hint)
    assert path.read_text() == content


def test_a_folder_or_a_closed_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written: Is a directory"):
        Journal(tmp_path)
    with pytest.raises(DataError, match="cannot be written: No such file or directory"):
        Journal(tmp_path / "nowhere" / "g.jsonl")


def test_two_runs_cannot_write_one_file(path: Path) -> None:
    with closing(Journal(path)) as journal:
        put(journal, 1)
        with pytest.raises(DataError, match="another run is writing it"):
            Journal(path)
        put(journal, 2)
    with closing(Journal(path)) as journal:
        assert len(journal) == 2


def test_a_file_without_a_record_does_not_stay(path: Path) -> None:
    with closing(Journal(path)) as journal:
        assert path.exists()
        assert (len(journal), journal.most) == (0, 0)
    assert not path.exists()


def test_a_full_disk_loses_nothing_that_was_there(path: Path) -> None:
    with closing(Journal(path)) as journal:
        put(journal, 1)
        put(journal, 2)
        full = path.read_bytes()
        with room_for(len(full) + 100), pytest.raises(DataError, match=r"cannot be written: .+"):
            put(journal, 3)
        assert path.read_bytes() == full
        assert not journal.holds(3)
        put(journal, 4)
    assert numbers(path) == [1, 2, 4]


def test_a_full_disk_while_the_order_is_restored_loses_nothing(path: Path) -> None:
    with closing(Journal(path)) as journal:
        for number in (3, 2, 1):
            put(journal, number)
        with room_for(1000), pytest.raises(DataError, match="cannot be put in order"):
            journal.finish()
        assert os.listdir(path.parent) == [path.name]
        journal.finish()
    assert numbers(path) == [1, 2, 3]


def test_the_order_is_restored_behind_a_link_and_keeps_who_may_read(tmp_path: Path) -> None:
    real, link = tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    real.touch(mode=0o600)
    link.symlink_to(real)
    with closing(Journal(link)) as journal:
        put(journal, 2)
        put(journal, 1)
        journal.finish()
    assert link.is_symlink()
    assert numbers(real) == [1, 2]
    assert real.stat().st_mode & 0o777 == 0o600


def test_a_long_answer_is_copied_whole(path: Path) -> None:
    long = "Ein Gradient fließt. " * 5000
    with closing(Journal(path)) as journal:
        journal.append(2, line(2, text=long))
        put(journal, 1)
        journal.finish()
    assert numbers(path) == [1, 2]
    assert json.loads(path.read_text().splitlines()[1])["answer"] == long


def test_a_record_that_was_written_but_not_yet_counted_does_not_vanish(path: Path) -> None:
    with closing(Journal(path)):
        # As a signal leaves it that comes between the two.
        path.write_text(line(1) + "\n", encoding="utf-8")
    with closing(Journal(path)) as again:
        assert again.holds(1)
