"""The pages about grades in a real browser: nothing in them runs, nothing leaves, and they fit a phone."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from interviewer.reports.grades import comparison_report, read_grades, report
from tests.reports.grade_records import record, write_records
from tests.reports.test_grades_formats import SAMPLE, hostile
from tests.tui.test_browser import CHROMIUM, FLAGS

LONG = "W" * 300
PHONE, DESKTOP = (360, 800), (1200, 900)

pytestmark = [
    pytest.mark.heavy,
    # In CI a missing browser is a failure: nothing else runs what is in the page.
    pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="there is no Chromium here"),
]


@asynccontextmanager
async def opened(path: Path, size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> AsyncIterator[Page]:
    """The page; at its end nothing may have run, asked or left."""
    assert CHROMIUM is not None, "CI needs Chromium: apt-get install chromium"
    happened: list[str] = []
    async with async_playwright() as play:
        chromium = await play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = await chromium.new_page(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light"
        )
        page.context.on("request", lambda request: happened.append(request.url))
        page.on("dialog", lambda dialog: happened.append(f"dialog {dialog.message}"))
        page.on("console", lambda message: happened.append(f"console {message.text}"))
        page.on("pageerror", lambda error: happened.append(f"error {error}"))
        await page.goto(path.as_uri())
        yield page
        await chromium.close()
    # Only the page itself: also nothing that its own policy had to refuse, which the console would tell.
    assert happened == [path.as_uri()]


def hostile_pages(folder: Path) -> list[Path]:
    long = record(9, 0, question_id=LONG, candidate=LONG, answer=LONG, id=LONG, levels={LONG: "not_met"})
    before = [*hostile(), *SAMPLE, long]
    after = [before[0].model_copy(update={"score": 90.0, "passed": True}), *before[1:]]
    first, second = write_records(folder / "a.jsonl", before), write_records(folder / "b.jsonl", after)
    pages = [folder / "one.html", folder / "two.html"]
    with read_grades(first) as one, read_grades(second) as two:
        pages[0].write_text("\n".join(report(one, "html")), encoding="utf-8")
        pages[1].write_text("\n".join(comparison_report(one, two, "html")), encoding="utf-8")
    return pages


async def unfold(page: Page) -> None:
    await page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")


@pytest.mark.parametrize("place", [0, 1], ids=["one file", "two files"])
async def test_nothing_in_a_hostile_file_runs_or_asks_the_network(place: int, tmp_path: Path) -> None:
    async with opened(hostile_pages(tmp_path)[place]) as page:
        await unfold(page)
        assert await page.locator("script, img, iframe, object, embed, form, b").count() == 0
        assert await page.locator("a:not([href^='#'])").count() == 0
        assert "alert(1)" in await page.locator("body").inner_text()
        # The styles that the policy names are the ones in use.
        assert await page.evaluate("getComputedStyle(document.querySelector('pre')).whiteSpace") == "pre-wrap"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("place", [0, 1], ids=["one file", "two files"])
async def test_nothing_is_wider_than_the_screen(place: int, size: tuple[int, int], tmp_path: Path) -> None:
    async with opened(hostile_pages(tmp_path)[place], size) as page:
        await unfold(page)
        assert await page.evaluate("document.documentElement.scrollWidth") == size[0]
        parts = "[...document.querySelectorAll('body *')]"
        wide = f"{parts}.filter(part => part.getBoundingClientRect().right > innerWidth)"
        assert await page.evaluate(f"{wide}.map(part => part.outerHTML.slice(0, 90))") == []


async def test_dark_is_dark_and_paper_is_white_with_every_answer_on_it(tmp_path: Path) -> None:
    async with opened(hostile_pages(tmp_path)[0], dark=True) as page:
        paper = "getComputedStyle(document.body).backgroundColor"
        folded = page.locator("details.answer pre").first
        assert await page.evaluate(paper) == "rgb(20, 23, 26)"
        assert not await folded.is_visible()
        await page.emulate_media(media="print")
        assert await page.evaluate(paper) == "rgb(255, 255, 255)"
        heights = "[...document.querySelectorAll('details.answer pre')].map(e => e.checkVisibility())"
        assert all(await page.evaluate(heights))
        assert (await page.pdf(format="A4")).startswith(b"%PDF")


async def test_a_link_to_an_answer_opens_it(tmp_path: Path) -> None:
    async with opened(hostile_pages(tmp_path)[0]) as page:
        await page.locator("#review a").first.click()
        assert await page.locator("details[open].answer").count() == 1
