"""The file of grades: wherever it was cut off, what was whole stays; damage is refused and left as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.answers.line import GivenAnswer
from interviewer.batch.journal import Journal
from interviewer.batch.record import Findings, findings_of, record_line
from interviewer.errors import DataError
from interviewer.grading.digests import text_digest
from interviewer.models import Ungraded
from tests.fuzz.cases import ROUNDS, given_or_refused, texts, tried, tries
from tests.judge.samples import QUESTION, RUBRIC

SCORES = st.none() | st.integers(0, 1000).map(lambda tenths: tenths / 10)
TEXTS = texts('"}', '"question":', '{"number":1,', "}\n", "\ud83d", longest=5)
HEADS = ['{"number":', '{"number":1,"key":"', "0" * 32, '","outcome":"graded","score":1,']
LABELS = '"id":"a","question_id":null,"candidate":null,"human_score":null'


def key(number: int) -> str:
    """The key of a record."""
    return text_digest(str(number), length=32)


def line(number: int, score: float | None, text: str) -> str:
    """A record with this text wherever a record has one."""
    answer = GivenAnswer(number, text, text, QUESTION, RUBRIC, (), text, candidate=text, human_score=score)
    return record_line(
        answer, key(number), Findings(score, findings_of(Ungraded(reason=text, grader=text)).text)
    )


@st.composite
def records(draw: st.DrawFn) -> dict[int, bytes]:
    """Lines by the number of their answer, in the order in which they were written."""
    numbers = draw(st.lists(st.integers(1, 300), min_size=1, max_size=4, unique=True))
    return {n: line(n, draw(SCORES), draw(TEXTS)).encode("utf-8", "replace") + b"\n" for n in numbers}


@contextmanager
def opened(path: Path, content: bytes) -> Iterator[Journal]:
    """The journal of a file with this content."""
    path.write_bytes(content)
    with closing(Journal(path)) as journal:
        yield journal


@given(records(), st.data())
@tries(25)
def test_whatever_byte_it_was_cut_off_at_no_whole_record_is_lost(
    room: Path, lines: dict[int, bytes], data: st.DataObject
) -> None:
    path = room / "cut.jsonl"
    content = b"".join(lines.values())
    if ROUNDS > 1:
        first = data.draw(st.integers(0, 6))
        ends = list(range(first, len(content) + 1, 7))
    else:
        ends = data.draw(st.lists(st.integers(0, len(content)), max_size=6))
    for end in ends:
        with opened(path, content[:end]) as journal:
            whole = [n for n, at in ends_of(lines).items() if at <= end]
            assert [n for n in lines if journal.holds(n)] == whole
            for number in lines:
                if number not in whole:
                    journal.append(number, lines[number].decode().removesuffix("\n"))
            journal.finish()
        assert path.read_bytes() == b"".join(lines[n] for n in sorted(lines))
    tried["places where a journal was cut off"] += len(ends)


def ends_of(lines: dict[int, bytes]) -> dict[int, int]:
    """Where each record ends in the file."""
    found, at = {}, 0
    for number, content in lines.items():
        at += len(content)
        found[number] = at
    return found


@given(records(), st.binary(max_size=8), st.integers(0, 3000), st.integers(0, 200))
@tries(60)
def test_a_damaged_file_is_refused_and_left_or_says_which_record_is(
    room: Path, lines: dict[int, bytes], put: bytes, at: int, length: int
) -> None:
    path = room / "damaged.jsonl"
    content = b"".join(lines.values())
    at %= len(content)
    broken = content[:at] + put + content[at + length :]
    path.write_bytes(broken)
    journal = given_or_refused(lambda: Journal(path), naming=path)
    if journal is None:
        assert path.read_bytes() == broken
        return
    with closing(journal):
        for number in [n for n in range(1, min(journal.most, 999) + 1) if journal.holds(n)]:
            where = f"the record of answer {number} is damaged"
            given_or_refused(partial(journal.record, number), naming=where)
            given_or_refused(partial(journal.relabel, number, LABELS), naming=where)


OTHER = st.binary(max_size=300) | texts(*HEADS, "}\n").map(lambda text: text.encode("utf-8", "replace"))


@given(OTHER)
@tries(60)
def test_any_other_file_is_refused_and_left_as_it_is(room: Path, content: bytes) -> None:
    path = room / "other.jsonl"
    path.write_bytes(content)
    journal = given_or_refused(lambda: Journal(path), naming=path)
    if journal is None:
        assert path.read_bytes() == content
        return
    with closing(journal):
        assert len(journal) <= content.count(b"\n")


@pytest.mark.parametrize("damage", ["labels", "middle"])
def test_a_record_that_is_damaged_inside_is_named(tmp_path: Path, damage: str) -> None:
    whole = line(7, 50.0, "x")
    broken = (
        whole.replace('"question":', '"Question":')
        if damage == "labels"
        else whole.replace('"answer":', '"answer"')
    )
    with opened(tmp_path / "grades.jsonl", f"{broken}\n".encode()) as journal:
        with pytest.raises(DataError, match="the record of answer 7 is damaged"):
            journal.record(7)
        if damage == "labels":
            with pytest.raises(DataError, match="the record of answer 7 is damaged"):
                journal.relabel(7, "")
    assert (tmp_path / "grades.jsonl").read_text() == f"{broken}\n"
