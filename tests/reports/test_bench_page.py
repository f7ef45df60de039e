"""The page and the text of a measurement: nothing in them runs, and they fit a phone and 80 columns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from interviewer.measuring.graded import GradedFile
from interviewer.measuring.results import AttackFamily, AttackResult, Bench, Figure, TwinChange, TwinResult
from interviewer.measuring.run import Graded, Measurement
from interviewer.reports.bench import json_text, to_html, to_text
from interviewer.reports.bench.charts import curve, forest
from interviewer.reports.bench.words import decimal, plus
from tests.measuring.samples import record, row, verdict
from tests.reports.test_grades_browser import DESKTOP, PHONE, opened
from tests.tui.test_browser import CHROMIUM

HOSTILE = "<script>alert(1)</script><b>[red]\x1b]0;x\x07\u202e" + "W" * 200


def measured(name: str = "mine") -> Bench:
    """A small measurement, in which every text from outside is this name."""
    rows = tuple(
        row(n, n / 12, f"q{n % 3}", trap=name, graders=(n / 12, n / 13), truth={"a": n % 2}, is_blank=n == 1)
        for n in range(1, 12)
    )
    records = [record(n, 100 - 5 * n, [verdict("a", "met", n / 12)]) for n in range(1, 11)]
    measurement = Measurement((GradedFile(name, rows, 20, skipped=2),), resamples=30)
    graded = {name: Graded((*records, record(11, None, reason=name)), 10, 2.0)}
    found = measurement.result(name, graded)
    half = {
        key: Figure(value=0.5, low=0.2, high=0.7)
        for key in ("small", "mean", "crossed", "right", "wrong", "both")
    }
    family = AttackFamily(name=name, texts=1, small=1, mean=-2, worst=0, crossed=0)
    change = TwinChange(change=name, pairs=1, right=1, wrong=0)
    return found.model_copy(
        update={
            "attacks": AttackResult(
                texts=1, answers=1, ungraded=1, figures=half, worst=3, worst_text=name, families=(family,)
            ),
            "twins": (TwinResult(name=name, pairs=1, ungraded=1, figures=half, changes=(change,)),),
        }
    )


def test_hostile_names_are_text_on_the_page() -> None:
    page = to_html(measured(HOSTILE))
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not {"\x1b", "\x07", "\u202e"} & set(page)
    assert "default-src 'none'" in page


def test_hostile_names_are_text_on_a_terminal_of_80_columns() -> None:
    lines = list(to_text(measured(HOSTILE)))
    assert not {"\x1b", "\x07", "\u202e", "\n"} & set("".join(lines))
    assert max(map(len, lines)) <= 79


def test_json_reads_back_as_it_was() -> None:
    found = measured(HOSTILE)
    text = json_text(found.model_dump(mode="json"))
    assert "\x1b" not in text
    assert Bench.model_validate_json(text) == found


def test_an_empty_measurement_has_a_page_too() -> None:
    rows = (row(1, 0.5),)
    graded = {"f": Graded((record(1, None),))}
    found = Measurement((GradedFile("f", rows, 1),), resamples=10).result("judge", graded)
    assert "1 answer ungraded" in to_html(found)
    assert any("1 answer ungraded" in line for line in to_text(found))


def test_plots_stay_in_their_boxes() -> None:
    file = measured().files[0]
    found = forest(file.parts[0], "pearson", "judge")
    assert found.names[0] == "judge"
    assert found.names[-1] == "people, each other"
    assert all(100 <= whisker.low <= whisker.x <= whisker.high <= 310 for whisker in found.rows)
    assert [text for _, text in found.ticks][-1] == "1"
    points = [tuple(map(float, point.split(","))) for point in curve(file.trust).points.split()]
    assert all(34 <= x <= 308 and 10 <= y <= 138 for x, y in points)


def test_figures_have_their_sign_and_never_a_negative_zero() -> None:
    assert [decimal(value) for value in (0.126, -0.5, -0.001, None)] == ["0.13", "−0.50", "0.00", "–"]
    assert [plus(value, 1) for value in (1.0, -1.0, 0.01)] == ["+1.0", "−1.0", "0.0"]


@pytest.mark.heavy
@pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="there is no Chromium here")
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_in_a_browser_nothing_runs_and_nothing_is_wider_than_the_screen(
    size: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "bench.html"
    path.write_text(to_html(measured(HOSTILE)), encoding="utf-8")
    async with opened(path, size) as page:
        assert await page.locator("script, img, iframe, b").count() == 0
        assert await page.evaluate("document.documentElement.scrollWidth") == size[0]
        parts = "[...document.querySelectorAll('body *')]"
        wide = f"{parts}.filter(part => part.getBoundingClientRect().right > innerWidth)"
        assert await page.evaluate(f"{wide}.map(part => part.outerHTML.slice(0, 90))") == []
        # The styles that the policy names are the ones in use.
        assert await page.evaluate("getComputedStyle(document.querySelector('.curve')).fill") == "none"
