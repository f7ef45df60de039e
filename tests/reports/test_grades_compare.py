"""Two files of grades side by side: what they have in common, what differs, what flipped."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interviewer.models import GradeRecord
from interviewer.reports.grades import comparison_report, read_grades
from interviewer.reports.grades.compare import Change, Comparison, compare
from interviewer.reports.grades.compare_words import edits, joined, notices
from tests.reports.grade_records import record, write_records
from tests.reports.test_grades_formats import GOLDEN, hostile
from tests.reports.test_nobody_gets_out import Page, dangers, rendered

BEFORE = (
    record(1, 80, levels={"value": ("met", "800", "says 800"), "working": "met"}, answer="It is 800."),
    record(2, 40, levels={"value": "not_met", "working": "met"}),
    record(3, 100),
    record(4, None),
    record(5, 70),
    record(6, 90),
)
AFTER = (
    record(1, 20, levels={"value": ("not_met", None, "no unit"), "working": "met"}, answer="It is 800."),
    record(2, 60, levels={"value": "partial", "working": "met"}),
    record(3, 100, answer="Another answer."),
    record(4, 50),
    record(5, None, reason="HTTP 500"),
    record(7, 10),
)


@contextmanager
def compared(
    folder: Path, before: Iterable[GradeRecord] = BEFORE, after: Iterable[GradeRecord] = AFTER
) -> Iterator[Comparison]:
    first, second = write_records(folder / "a.jsonl", before), write_records(folder / "b.jsonl", after)
    with read_grades(first) as one, read_grades(second) as two:
        one.name, two.name = "a.jsonl", "b.jsonl"
        yield compare(one, two)


def written(comparison: Comparison, name: str) -> str:
    parts = comparison_report(comparison.first, comparison.second, name)
    return "".join(f"{part}\n" for part in parts)


def test_answers_are_joined_and_the_rest_is_counted(tmp_path: Path) -> None:
    with compared(tmp_path) as found:
        assert [pair.first.id for pair in found.pairs] == ["1", "2", "3", "4", "5"]
        assert [row.id for row in found.only_first] == ["6"]
        assert [row.id for row in found.only_second] == ["7"]
        assert [pair.first.id for pair in found.became_graded] == ["4"]
        assert [pair.first.id for pair in found.became_ungraded] == ["5"]
        assert joined(found) == [
            "5 answers in both files, 3 graded in both; 1 only in a.jsonl; 1 only in b.jsonl;"
            " 1 became graded, 1 became ungraded."
        ]
        assert any("1 answer of the same id is not the same text" in line for line in notices(found))


def test_means_are_over_what_both_have_graded(tmp_path: Path) -> None:
    with compared(tmp_path) as found:
        (versus,) = found.versus
    whole = versus.whole
    assert whole.count == 3
    assert whole.first == pytest.approx(220 / 3)
    assert whole.second == 60
    assert whole.difference == pytest.approx(-40 / 3)
    assert (whole.to_fail, whole.to_pass) == (1, 1)
    assert (versus.levels_same, versus.levels) == (3, 5)


def test_what_flipped_is_shown_with_the_criteria_and_both_reasons(tmp_path: Path) -> None:
    with compared(tmp_path) as found:
        assert [(pair.first.id, pair.flip) for pair in found.flips] == [
            ("1", "pass→fail"),
            ("2", "fail→pass"),
        ]
        assert found.changes(found.flips[0]) == [
            Change(
                text="gives 800 as the number of weights",
                levels=("met", "not_met"),
                reasons=("says 800", "no unit"),
                quotes=("800", None),
            )
        ]
        for name in ("html", "markdown"):
            text = written(found, name)
            assert all(words in text for words in ("says 800", "no unit", "HTTP 500", "2 flipped"))


def test_different_judges_have_a_figure_for_each_two(tmp_path: Path) -> None:
    before = [record(1, 100, grader="a"), record(2, 50, grader="b")]
    after = [record(1, 80, grader="c"), record(2, 90, grader="c")]
    with compared(tmp_path, before, after) as found:
        assert [(each.graders, each.whole.difference) for each in found.versus] == [
            (("a", "c"), -20),
            (("b", "c"), 40),
        ]
        assert found.settings == (("Grader", "a; b", "c"),)


def test_what_the_runs_do_not_have_in_common_is_named(tmp_path: Path) -> None:
    before = [record(1, prompt_version="3", parameters={"temperature": 0})]
    after = [record(1, prompt_version="4", parameters={"temperature": 1}, question_digest="edited")]
    with compared(tmp_path, before, after) as found:
        assert found.settings == (
            ("Prompt", "3", "4"),
            ("Parameters", "temperature 0", "temperature 1"),
        )
        assert edits(found) == ["Another question than before: weights"]
    with compared(tmp_path, before, before) as same:
        assert edits(same) == [
            "Nothing that the grades tell of: the same grader, settings, questions and rubrics."
        ]


def test_files_with_nothing_in_common_say_so(tmp_path: Path) -> None:
    with compared(tmp_path, [record(1)], [record(2)]) as found:
        assert found.versus == ()
        assert "no answer in common" in written(found, "markdown")
        assert "no answer in common" in written(found, "html")


def test_an_id_that_is_there_twice_is_matched_in_order(tmp_path: Path) -> None:
    before = [record(1, 10, id="x"), record(2, 20, id="x"), record(3, 30, id="x")]
    after = [record(1, 11, id="x"), record(2, 21, id="x")]
    with compared(tmp_path, before, after) as found:
        assert [pair.difference for pair in found.pairs] == [1, 1]
        assert [row.number for row in found.only_first] == [3]


def test_the_csv_has_a_row_for_each_answer_of_either_file(tmp_path: Path) -> None:
    with compared(tmp_path) as found:
        rows = list(csv.DictReader(io.StringIO(written(found, "csv"))))
    assert [(row["id"], row["in"]) for row in rows] == [
        *((str(number), "both") for number in range(1, 6)), ("6", "first"), ("7", "second"),
    ]  # fmt: skip
    assert (rows[0]["difference"], rows[0]["flip"]) == ("-60", "pass→fail")
    assert rows[0]["criteria_changed"] == "value: met→not_met"
    assert (rows[2]["same_answer"], rows[4]["reason_second"], rows[6]["score_second"]) == (
        "false", "HTTP 500", "10",
    )  # fmt: skip


@pytest.mark.parametrize(("name", "file"), [("markdown", "compared.md"), ("html", "compared.html")])
def test_a_comparison_reads_as_its_golden_file_does(name: str, file: str, tmp_path: Path) -> None:
    with compared(tmp_path) as found:
        text = written(found, name)
    if os.environ.get("INTERVIEWER_SNAP"):
        (GOLDEN / file).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / file).read_text(encoding="utf-8")


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    before = hostile()
    after = [before[0].model_copy(update={"score": 90.0, "passed": True}), *before[1:]]
    with compared(tmp_path, before, after) as found:
        html, markdown = written(found, "html"), written(found, "markdown")
    assert found.flips
    for page in (html, rendered(markdown)):
        assert not dangers(page)
        assert "\u202e" not in page
    assert not [names for _, names in Page(html).tags if {"src", "onerror", "style"} & set(names)]
