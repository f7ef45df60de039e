"""Pages of hostile text: a strict policy, one style that it names, nothing that does or loads anything."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from interviewer.history import History
from interviewer.wiring import data_folder
from tests.batch.answers import HandIn, answers, in_lines
from tests.cli.conftest import Run
from tests.practised import make_question, practised
from tests.reports.test_nobody_gets_out import Page, dangers
from tests.security.conftest import Write

EVIL = (
    "</style></title><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>"
    "<base href=http://evil.example><form action=http://evil.example><meta http-equiv=refresh content=0>"
    "<p style='position:fixed'>[x](javascript:alert(1)) ![i](http://evil.example/i.png) {{ 7*7 }} {% raw %}"
)
POLICY = re.compile(r"default-src 'none'; style-src 'sha256-([\w+/=]+)'; base-uri 'none'; form-action 'none'")


@pytest.fixture
def pages(run: Run, hand_in: HandIn, write: Write) -> dict[str, str]:
    """Every kind of page, of answers and names that attack it."""
    lines = [{**line, "answer": EVIL, "candidate": EVIL, "id": f"{EVIL}{line['id']}"} for line in answers(3)]
    lines[0] |= {"question": EVIL, "reference": EVIL, "criteria": [EVIL]}
    hand_in(lines)
    write("graded.jsonl", in_lines([{**line, "human_score": n} for n, line in enumerate(lines)]))
    history = History(data_folder())
    practised(history, {}, make_question(prompt=EVIL, reference=EVIL), text=EVIL)
    history.close()
    for command in (
        ("grade", "a.jsonl", "-o", "o.jsonl", "--judge", "embedded"),
        ("report", "o.jsonl", "-o", "grades.html"),
        ("report", "o.jsonl", "o.jsonl", "-o", "compared.html"),
        ("export", "-o", "session.html"),
        ("bench", "graded.jsonl", "--resamples", 0, "--html", "bench.html", "--judge", "embedded"),
    ):
        shown = run(*command)
        assert shown.code == 0, (command, shown.err)
    return {path.name: path.read_text(encoding="utf-8") for path in Path().glob("*.html")}


def test_every_page_allows_its_own_style_and_nothing_else(pages: dict[str, str]) -> None:
    assert set(pages) == {"grades.html", "compared.html", "session.html", "bench.html"}
    for name, html in pages.items():
        page = Page(html)
        policies = [said["content"] or "" for tag, said in page.tags if "http-equiv" in said]
        assert len(policies) == 1, name
        policy = POLICY.fullmatch(policies[0])
        assert policy is not None, name
        (style,) = re.findall(r"<style>(.*?)</style>", html, re.S)
        assert policy[1] == base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(), name
        # What stands before the policy is not bound by it.
        assert html.index("http-equiv") < html.index("<title>") < html.index("<style>")


def test_hostile_text_is_shown_and_does_nothing(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        page = Page(html)
        assert not dangers(html), name
        tags = [tag for tag, _ in page.tags]
        assert not {"script", "iframe", "object", "embed", "link", "base", "form"} & set(tags), name
        assert tags.count("style") == tags.count("title") == 1, name
        for _, attributes in page.tags:
            assert not [key for key in attributes if key.startswith("on") or key == "style"], name
        assert "{{ 7*7 }}" in html or name in ("bench.html", "compared.html")
        assert "evil.example/i.png" not in [said.get("src") for _, said in page.tags]
