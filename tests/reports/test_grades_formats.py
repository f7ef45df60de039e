"""CSV, JUnit, Markdown and HTML of a file of grades: whole, readable by others' programs, and closed."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from interviewer.errors import ConfigError
from interviewer.models import GradeRecord
from interviewer.reports.grades import FORMATS, Grades, format_of, read_grades, report
from interviewer.reports.grades.answers import chosen
from interviewer.reports.grades.table import COLUMNS
from tests.reports.grade_records import record, write_records
from tests.reports.samples import NASTY
from tests.reports.test_nobody_gets_out import Page, dangers, rendered

GOLDEN = Path(__file__).parent.parent / "golden" / "reports"
EVIL = f"=1+1</title></style>{NASTY}\x00]]>&amp;'\""
"""What anybody could type anywhere."""
WORDS = "It has 800 weights, derived from the kernel."
HALF = ("partial", "derived from the kernel", "names the kernel only")
SAMPLE = (
    record(
        1, 83.3, candidate="Ann", answer=WORDS, human_score=4, similarity=0.5, cost=0.0125, tokens=(900, 40),
        levels={"value": ("met", "It has 800 weights", "says 800"), "working": HALF},
    ),
    record(
        2, 0, candidate="Bo", answer="", levels={"value": "not_met", "working": "not_met"}, human_score=0,
        grader="rule:blank", flags=["blank"], calls=0,
    ),
    record(
        3, 33.3, answer="It depends on the image: 5·5.", levels={"value": "not_met", "working": "met"},
        needs_review=True, confidence="low", flags=["far-but-passed", "own-flag"], human_score=3,
        mistakes=[
            {"id": "m", "points": 1, "quote": "depends on the image", "decided_by": "judge", "reason": "Size"}
        ],
    ),
    record(4, None, candidate="Ann", answer="800", reason="No reply within 60 s", human_score=5),
)  # fmt: skip
"""Of every sort one."""


def hostile() -> list[GradeRecord]:
    told = {"value": ("met", EVIL, EVIL), "working": ("not_met", None, EVIL)}
    texts = {"answer": EVIL, "candidate": EVIL, "question": EVIL, "id": EVIL, "grader": f"judge {EVIL}"}
    return [
        record(1, 20, levels=told, question_id=EVIL, flags=[EVIL], needs_review=True, human_score=1, **texts),
        record(2, None, question_id=None, reason=EVIL, flags=[EVIL], **texts),
        record(3, 100, question_id=EVIL, levels=told, prompt_version=EVIL, parameters={EVIL: EVIL}, **texts),
    ]


def written(folder: Path, name: str, records: list[GradeRecord] | tuple[GradeRecord, ...] = SAMPLE) -> str:
    with read_grades(write_records(folder / "g.jsonl", records)) as grades:
        grades.name = "grades.jsonl"
        return "".join(f"{part}\n" for part in report(grades, name, answers=100))


def with_grades(folder: Path, see: Callable[[Grades], None]) -> None:
    with read_grades(write_records(folder / "g.jsonl", SAMPLE)) as grades:
        see(grades)


@pytest.mark.parametrize(
    ("name", "file"), [("markdown", "grades.md"), ("html", "grades.html"), ("junit", "grades.xml")]
)
def test_a_file_of_grades_reads_as_its_golden_file_does(name: str, file: str, tmp_path: Path) -> None:
    found = written(tmp_path, name)
    if os.environ.get("INTERVIEWER_SNAP"):
        (GOLDEN / file).write_text(found, encoding="utf-8")
    assert found == (GOLDEN / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_no_control_or_direction_character_is_left(name: str, tmp_path: Path) -> None:
    found = written(tmp_path, name, hostile())
    assert not [char for char in found if (ord(char) < 32 and char != "\n") or char in "\x7f\x9b\u202e\u202c"]


def test_csv_has_one_row_an_answer_and_reads_back(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(written(tmp_path, "csv"))))
    assert list(rows[0]) == [*COLUMNS, "criterion value", "criterion working"]
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    first, blank, third, failed = rows
    assert (first["score"], first["passed"], first["cost_usd"], first["prompt_tokens"]) == (
        "83.3", "true", "0.0125", "900",
    )  # fmt: skip
    assert first["criteria"] == "value=met;working=partial"
    assert (first["criterion value"], first["criterion working"]) == ("met", "partial")
    assert (blank["grader"], blank["flags"], blank["score"]) == ("rule:blank", "blank", "0")
    assert (third["needs_review"], third["flags"]) == ("true", "far-but-passed;own-flag")
    assert (failed["outcome"], failed["score"], failed["passed"], failed["cost_usd"]) == (
        "ungraded", "", "", "",
    )  # fmt: skip
    assert failed["reason"] == "No reply within 60 s"


def test_criteria_have_columns_only_where_there_is_one_question(tmp_path: Path) -> None:
    rows = csv.reader(io.StringIO(written(tmp_path, "csv", [record(1), record(2, question_id="other")])))
    assert next(rows) == list(COLUMNS)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_no_text_in_the_csv_is_a_formula(start: str, tmp_path: Path) -> None:
    text = f'{start}HYPERLINK("http://x";"y")'
    records = [record(1, candidate=text, id=text), record(2, None, reason=text, human_score=-2)]
    first, second = csv.DictReader(io.StringIO(written(tmp_path, "csv", records)))
    assert first["candidate"].startswith("'")
    assert first["id"].startswith("'")
    assert second["reason"].startswith("'")
    assert second["human_score"] == "-2"


def test_honest_text_in_the_csv_is_as_it_was(tmp_path: Path) -> None:
    honest = 'O’Brien, "Bo"; 1=1\nsecond line\tthird'
    (row,) = csv.DictReader(io.StringIO(written(tmp_path, "csv", [record(1, candidate=honest)])))
    assert row["candidate"] == honest


def test_junit_tells_passed_from_failed_from_ungraded(tmp_path: Path) -> None:
    root = ElementTree.fromstring(written(tmp_path, "junit"))
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == (
        "4", "2", "1", "0",
    )  # fmt: skip
    suite = root[0]
    properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert (properties["mean"], properties["graded"], properties["ungraded"]) == ("38.87", "3", "1")
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert list(cases) == ["Ann/1", "Bo/2", "3", "Ann/4"]
    assert {case.get("classname") for case in cases.values()} == {"weights"}
    assert len(cases["Ann/1"]) == 0
    failure = cases["Bo/2"][0]
    assert (failure.tag, failure.get("message")) == ("failure", "score 0 of 100, below 60")
    assert "+2: an answer that gives 800 as the number of weights" in (failure.text or "")
    assert (cases["Ann/4"][0].tag, cases["Ann/4"][0].get("message")) == ("error", "No reply within 60 s")


def test_junit_has_a_suite_for_each_grader(tmp_path: Path) -> None:
    records = [record(1, 100, grader="one"), record(2, 0, grader="two")]
    root = ElementTree.fromstring(written(tmp_path, "junit", records))
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [("one", "1"), ("two", "1")]


def test_junit_is_xml_whatever_was_answered(tmp_path: Path) -> None:
    root = ElementTree.fromstring(written(tmp_path, "junit", hostile()).replace("\ufffe", ""))
    assert {element.tag for element in root.iter()} == {
        "testsuites", "testsuite", "properties", "property", "testcase", "failure", "error",
    }  # fmt: skip
    nasty = record(1, 0, candidate="\ufffe\uffff\x01", levels={"value": "not_met"})
    assert ElementTree.fromstring(written(tmp_path, "junit", [nasty])).find(".//testcase") is not None


def test_the_page_and_the_markdown_say_the_same_figures(tmp_path: Path) -> None:
    for name in ("html", "markdown"):
        found = written(tmp_path, name)
        assert "Mean 38.9, median 33.3 of 100: 3 of 4 answers graded, 1 ungraded" in found
        assert "No reply within 60 s" in found
        assert "far-but-passed: it passed with words far from the model answer" in found
        assert "own-flag" in found


def test_evidence_is_marked_in_the_words_of_the_answer(tmp_path: Path) -> None:
    html = written(tmp_path, "html")
    assert "<mark>It has 800 weights<sup>1</sup></mark>, " in html
    assert '<mark class="mistake">depends on the image<sup>M1</sup></mark>' in html
    assert "+0.5: say all of this: derives it from the kernel" in html


def test_the_page_has_no_script_and_loads_nothing(tmp_path: Path) -> None:
    html = written(tmp_path, "html", hostile())
    page = Page(html)
    assert not dangers(html)
    assert not [names for _, names in page.tags if {"src", "onerror", "onload", "style"} & set(names)]
    targets = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert all(re.fullmatch(r"#\w+", target or "") for target in targets)
    assert "url(" not in html
    assert "unsafe-inline" not in html


def test_hostile_text_in_the_markdown_is_only_text(tmp_path: Path) -> None:
    html = rendered(written(tmp_path, "markdown", hostile()))
    assert not dangers(html)
    tables = MarkdownIt("commonmark").enable("table").parse(written(tmp_path, "markdown", hostile()))
    assert {token.tag for token in tables if token.type == "heading_open"} <= {"h1", "h2", "h3"}


def test_the_ungraded_and_those_to_review_are_shown_first(tmp_path: Path) -> None:
    def see(grades: Grades) -> None:
        assert [row.id for row in chosen(grades.rows, 3)] == ["4", "3", "1"]
        html = "".join(report(grades, "html", answers=2))
        assert html.count('<details class="answer">') == 2
        assert "2 of 4 answers are shown in full" in html
        assert "Mean 38.9" in html

    with_grades(tmp_path, see)


@pytest.mark.parametrize(
    ("path", "named", "format"),
    [
        (None, [], "markdown"),
        ("a.HTML", [], "html"),
        ("a.csv", [], "csv"),
        ("a.md", [], "markdown"),
        ("a.xml", [], "junit"),
        ("a.txt", ["csv"], "csv"),
    ],
)
def test_the_format_is_the_one_named_else_that_of_the_file(
    path: str | None, named: list[str], format: str
) -> None:
    assert format_of(None if path is None else Path(path), named) == format


def test_two_formats_or_none_are_refused() -> None:
    with pytest.raises(ConfigError, match="--html and --csv: a report has one format"):
        format_of(None, ["html", "csv"])
    with pytest.raises(ConfigError, match=r"grades\.txt"):
        format_of(Path("grades.txt"), [])
