"""Text of candidates, models and banks stays where it was put, in Markdown and in HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from interviewer.grading.pipeline import Grader
from interviewer.history import History
from interviewer.reports import SessionReport, session_report, to_html, to_markdown
from interviewer.reports.markdown import fenced, inline, quoted
from interviewer.reports.view import pieces
from interviewer.wording import visible
from tests.reports.samples import NASTY, TEXT, finding, graded, says, scripted, small_bank, start

hostile = st.text(alphabet=st.sampled_from("`~<>[]()!*_\\#-+=1.:| \nabj&;$\x1b\u202e"), max_size=40)
LINKS = ("javascript:alert(1)", "java&#115;cript:alert(1)", "data:text/html,x", "<javascript:alert(1)>")


class Page(HTMLParser):
    """The elements of a page and the text in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "hr", "br", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.text.setdefault(tag, []).append(data)


def rendered(markdown: str) -> str:
    """As a renderer that lets everything through shows it."""
    dangerous = MarkdownIt("commonmark", {"html": True}).enable("table")
    dangerous.validateLink = lambda url: True  # type: ignore[method-assign]
    return str(dangerous.render(markdown))


def dangers(html: str) -> list[str]:
    """Elements that do or load something, and links with a scheme other than the web's."""
    page = Page(html)
    targets = [attributes.get("href") or "" for tag, attributes in page.tags if tag == "a"]
    schemes = [found.group() for target in targets if (found := re.match(r"[\s\w+.-]*:", target))]
    return [tag for tag, _ in page.tags if tag in ("script", "img", "iframe", "b")] + [
        scheme for scheme in schemes if scheme not in ("http:", "https:", "mailto:")
    ]


@given(hostile)
def test_an_answer_cannot_end_its_fence(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"{fenced(text)}\n\nafter")
    assert [token.type for token in tokens][:1] == ["fence"]
    assert tokens[0].content == f"{visible(text)}\n"
    assert tokens[2].content == "after"


@given(hostile)
def test_text_within_a_line_is_shown_letter_by_letter(text: str) -> None:
    page = Page(rendered(f"- {inline(text)}"))
    assert {tag for tag, _ in page.tags} == {"ul", "li"}
    assert "".join(page.text.get("li", [])).strip() == " ".join(visible(text).split())


@given(
    hostile,
    st.sampled_from(["<img src=x>", "<b>", "![i](http://h/i.png)", *(f"[x]({link})" for link in LINKS)]),
)
def test_a_prompt_stays_in_its_quotation_and_brings_no_html_image_or_script(text: str, danger: str) -> None:
    html = rendered(f"{quoted(f'{text}{danger}{text}')}\n\nafter")
    assert html.endswith("</blockquote>\n<p>after</p>\n")
    assert not dangers(html)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    "form",
    ["[x]({})", "[x](\n{})", "[x]:\n{}\n\n[x]", "[x]: {}\n\n[x]", "\\[x]({})", "a\n   ```\nb\n```\n[x]({})"],
)
def test_a_link_in_a_prompt_leads_to_web_pages_only(form: str, link: str) -> None:
    assert not dangers(rendered(quoted(form.format(link))))


def test_an_honest_prompt_is_quoted_as_it_is() -> None:
    prompt = (
        "What does `a[i]` give, if x < 3? See [the paper](https://example.org).\n\n```c\n#include <b>\n```"
    )
    assert quoted(prompt) == "\n".join(f"> {line}".rstrip() for line in prompt.split("\n"))


def test_the_page_has_no_script_and_loads_nothing(report: SessionReport) -> None:
    html = to_html(report)
    page = Page(html)
    assert not dangers(html)
    assert not [attributes for _, attributes in page.tags if {"src", "href", "onerror"} & set(attributes)]
    assert "url(" not in html
    assert "default-src 'none'" in html


def test_the_page_shows_a_nasty_answer_letter_by_letter(report: SessionReport) -> None:
    shown = "".join(Page(to_html(report)).text["pre"])
    assert visible(NASTY) in shown


def test_the_markdown_shows_a_nasty_answer_letter_by_letter(report: SessionReport) -> None:
    page = Page(rendered(to_markdown(report)))
    assert visible(NASTY) in "".join(page.text["code"])
    assert not dangers(rendered(to_markdown(report)))


def test_the_words_that_earned_a_criterion_are_marked_with_its_label(report: SessionReport) -> None:
    html = to_html(report)
    assert "<mark>It has 800 weights<sup>1</sup></mark>, whatever" in html
    assert '<mark class="mistake">the size of the image counts too<sup>M1</sup></mark>.' in html


async def test_everything_a_judge_or_bank_says_is_only_text(
    tmp_path: Path, history: History, make_grader: Callable[..., Grader]
) -> None:
    evil = "</mark><script>alert(2)</script> [x](javascript:alert(1)) # \u202eoof"
    text = TEXT.replace("What is attention?", f"Say: {evil}").replace("Says that it is a", f"{evil} a")
    bank = small_bank(tmp_path, text)
    answer = f"{evil} a weighted mean of values"
    grader = scripted(
        make_grader, [says("weighted", {"mean": finding("met", answer, evil)})], f"judge {evil}"
    )
    running = start(history, bank, "attention")
    await graded(history, bank, grader, running.hand_in(answer))
    report = session_report(history, running.session.id)
    assert report.summary.graded == 1
    for html in (to_html(report), rendered(to_markdown(report))):
        assert not dangers(html)
        assert "\u202e" not in html
    assert visible(answer) in "".join(Page(to_html(report)).text["mark"])


@given(st.text(alphabet="ab \n\tß\x1b`*", max_size=30), st.lists(st.text(alphabet="ab ß\x1b`*", max_size=8)))
def test_pieces_are_the_whole_answer_in_order(text: str, quotes: list[str]) -> None:
    found = pieces(text, [(str(number), quote) for number, quote in enumerate(quotes)])
    assert "".join(piece.text for piece in found) == visible(text)
    assert all(set(piece.ends) <= set(piece.labels) for piece in found)


def test_quotes_that_overlap_are_marked_each_with_its_own_label() -> None:
    found = pieces(
        "one two three four", [("1", "one two three"), ("2", "two three four"), ("3", "not there")]
    )
    assert [(piece.text, piece.labels, piece.ends) for piece in found] == [
        ("one ", ("1",), ()),
        ("two three", ("1", "2"), ("1",)),
        (" four", ("2",), ("2",)),
    ]


def test_a_quote_with_control_characters_is_marked_where_they_are_shown() -> None:
    found = pieces("it is\r\n\tred\x1b[31m, yes", [("1", "red\x1b[31m")])
    assert [piece.text for piece in found if piece.labels] == ["red�[31m"]


def test_the_page_has_no_control_characters(report: SessionReport) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", to_html(report))
