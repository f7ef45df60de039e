"""Practice in a real browser: load the page, answer, see a grade, take the session home."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from interviewer.history import History
from interviewer.models import Grade
from tests.tui.served import Served, small_bank

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
TOKEN = "canary-0123456789abcdef"
ANSWER = 'It does "not" saturate [/b] for positive inputs – so <b>gradients</b> stay.'

# The terminal draws on a canvas, where there is no text to read. The page keeps it as `this.terminal` of an
# object of its own; it is caught when that is set.
CATCH_TERMINAL = """
Object.defineProperty(Object.prototype, "terminal", {configurable: true, set(value) {
  window.caught = value;
  Object.defineProperty(this, "terminal", {value, writable: true, configurable: true});
}})
"""
READ_TERMINAL = """() => {
  const buffer = window.caught?.buffer.active;
  const line = (_, y) => buffer.getLine(y).translateToString(true);
  return buffer ? Array.from({length: buffer.length}, line) : [];
}"""

pytestmark = [
    pytest.mark.heavy,
    # In CI a missing browser is a failure: nothing else looks at the page.
    pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="there is no Chromium here"),
]


class Browser:
    """A page in Chromium, and every address that it asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.errors: list[str] = []
        page.context.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda tab: self.asked.append(tab.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def sees(self, *words: str, seconds: float = 30) -> str:
        """Waits until the terminal shows all of the words; gives what it shows."""
        deadline = time.monotonic() + seconds
        while True:
            text = "\n".join(await self.page.evaluate(READ_TERMINAL))
            if all(word in text for word in words):
                return text
            assert time.monotonic() < deadline, f"{words} were not shown, but:\n{text}"
            await asyncio.sleep(0.05)


@asynccontextmanager
async def opened(address: str, *, password: str | None = None) -> AsyncIterator[Browser]:
    """The page at this address, in a browser of its own, whose user types the password if asked for it."""
    assert CHROMIUM is not None, "CI needs Chromium: apt-get install chromium"
    async with async_playwright() as play:
        chromium = await play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = await chromium.new_page(
            viewport={"width": 1100, "height": 700},
            http_credentials={"username": "", "password": password} if password else None,
        )
        await page.add_init_script(CATCH_TERMINAL)
        browser = Browser(page)
        await page.goto(address)
        yield browser
        await chromium.close()


async def test_a_session_is_practised_in_a_browser_without_any_other_network(tmp_path: Path) -> None:
    with Served(tmp_path, "--bank", str(small_bank(tmp_path / "bank"))) as served:
        async with opened(f"{served.address}/") as browser:
            page = browser.page
            await browser.sees("Start (s)", "embedded: ready")
            await page.screenshot(path=tmp_path / "home.png")
            await page.keyboard.press("s")
            await browser.sees("Question 1 of", "Nothing typed yet")
            await page.keyboard.type(ANSWER)
            await browser.sees(ANSWER[:30], "kept as you type")
            await page.keyboard.press("Control+s")
            await browser.sees("of 100", "Your answer")
            await page.screenshot(path=tmp_path / "grade.png")
            await check_export(browser, tmp_path)
            await check_end(browser)
        assert browser.errors == []
        assert {address.split("?")[0].rsplit("/", 1)[0] for address in browser.asked} <= {
            *(f"{served.address}{folder}" for folder in ("", "/static/css", "/static/js", "/static/fonts")),
            f"{served.address}/download",
            f"ws://{served.place}",
        }
        assert served.end()[0] == 0
    check_history(served.data)


async def test_a_browser_asks_for_the_token_and_then_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_SERVE_TOKEN", TOKEN)
    with Served(tmp_path, "--host", "0.0.0.0", "--allow-others") as served:
        async with opened(f"{served.address}/", password=TOKEN) as browser:
            await browser.sees("Start (s)")
        assert browser.errors == []
        assert served.end()[0] == 0


async def check_export(browser: Browser, folder: Path) -> None:
    """The session is exported to the browser, not to the server's folder."""
    page = browser.page
    await page.keyboard.press("n")
    await browser.sees("Summary", "Graded 1 of 1", "why-relu")
    before = names(folder)
    await page.keyboard.press("e")
    await browser.sees("download it as")
    async with page.expect_download() as downloads:
        await page.keyboard.press("Enter")
    download = await downloads.value
    assert download.suggested_filename == "interview-1.md"
    await download.save_as(folder / "taken-home.md")
    assert "for positive inputs" in (folder / "taken-home.md").read_text(encoding="utf-8")
    assert names(folder) - before == {"taken-home.md"}


def names(folder: Path) -> set[str]:
    """What is in a folder."""
    return {path.name for path in folder.iterdir()}


async def check_end(browser: Browser) -> None:
    """The page says that the program has ended, and Enter begins anew."""
    page = browser.page
    await page.keyboard.press("Control+q")
    await page.get_by_text("The program has ended.").wait_for(state="visible")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await browser.sees("answered so far: 1")


def check_history(folder: Path) -> None:
    """The answer is on disk as it was typed, and graded."""
    history = History(folder)
    try:
        (answer,) = history.answers(1)
    finally:
        history.close()
    assert answer.text == ANSWER
    assert isinstance(answer.outcome, Grade)
    with sqlite3.connect(folder / "history.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
