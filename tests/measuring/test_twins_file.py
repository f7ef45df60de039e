"""The pairs that ship with the benchmarks: made by their script, enough of each kind, one change each."""

from __future__ import annotations

import json
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from benchmarks import twin_skips
from benchmarks.make_twins import FILE, bodies, changed, rows
from interviewer.bank import load_bank
from interviewer.measuring.twins import read_twins


@pytest.fixture(scope="module", name="lines")
def read_lines() -> list[dict[str, str]]:
    """The pairs as they stand in the file."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def test_the_script_writes_the_file_that_is_kept(lines: list[dict[str, str]]) -> None:
    assert rows() == lines


def test_there_are_enough_pairs_of_every_kind(lines: list[dict[str, str]]) -> None:
    kinds = Counter(line["change"] for line in lines)
    assert len(lines) >= 250
    assert len({line["question"] for line in lines}) >= 20
    assert set(kinds) == {"swap", "direction", "negation", "number", "verdict"}
    assert min(kinds.values()) >= 10


def test_a_pair_differs_in_little_and_copies_nothing(lines: list[dict[str, str]]) -> None:
    for line in lines:
        right, wrong = line["right"], line["wrong"]
        assert right != wrong
        alike = SequenceMatcher(None, right.lower().split(), wrong.lower().split(), autojunk=False)
        replaced = [end - start for tag, start, end, *_ in alike.get_opcodes() if tag != "equal"]
        assert sum(replaced) <= 8, (right, wrong)
        assert line["reference"].lower() not in right.lower()


def test_what_was_struck_out_is_still_there_to_strike_out() -> None:
    """A skip that nothing needs is a slip of the pen, or the bank has moved on."""
    found: set[str] = set()
    wordings: set[str] = set()
    for question in load_bank().questions.values():
        for criterion in question.criteria:
            where = f"{question.id}/{criterion.id}"
            wordings |= {" ".join(wording.split()) for wording in criterion.alternatives}
            for body, contrary in bodies(criterion):
                found |= {f"{where}: {what}" for *_, what in changed(body, question.prompt)}
                found |= {f"{where}: not"} if contrary else set()
    assert found >= twin_skips.SKIPPED
    assert wordings >= twin_skips.PARTIAL


def test_bench_reads_the_file(lines: list[dict[str, str]]) -> None:
    twins = read_twins(Path(FILE), load_bank())
    assert len(twins.answers) == 2 * len(lines)
    assert twins.changes == tuple(line["change"] for line in lines)
