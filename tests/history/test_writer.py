"""The thread that a screen's work on the history goes through."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from interviewer.history import Writer


class Gate:
    """Keeps the writer busy until it is opened."""

    def __init__(self, writer: Writer) -> None:
        self._open = threading.Event()
        writer.newest("gate", self._open.wait)

    def open(self) -> None:
        """Lets the work after it begin."""
        self._open.set()


@pytest.fixture
def writer() -> Iterator[Writer]:
    """A writer without anybody who listens to errors."""
    writer = Writer()
    yield writer
    writer.close()


def fail() -> None:
    """Work that has a bug."""
    raise ZeroDivisionError("a bug")


async def test_work_is_done_in_the_order_it_comes_and_in_one_thread(writer: Writer) -> None:
    done: list[int] = []
    threads: set[int] = set()

    def work(number: int) -> int:
        done.append(number)
        threads.add(threading.get_ident())
        return number * 2

    assert await asyncio.gather(*(writer.do(work, number) for number in range(50))) == [*range(0, 100, 2)]
    assert done == [*range(50)]
    assert threads.isdisjoint({threading.get_ident()})
    assert len(threads) == 1


async def test_of_work_with_one_key_only_the_newest_is_done(writer: Writer) -> None:
    gate, done = Gate(writer), list[str]()
    for text in ("a", "ab", "abc"):
        writer.newest("draft", partial(done.append, text))
    writer.newest("other", lambda: done.append("other"))
    last = asyncio.ensure_future(writer.do(done.append, "answer"))
    await asyncio.sleep(0)
    gate.open()
    await last
    writer.newest("draft", lambda: done.append("later"))
    await writer.do(lambda: None)
    assert done == ["abc", "other", "answer", "later"]


async def test_forgotten_work_is_not_done(writer: Writer) -> None:
    gate, done = Gate(writer), list[str]()
    writer.newest("draft", lambda: done.append("draft"))
    writer.forget("draft")
    writer.forget("never given")
    gate.open()
    await writer.do(lambda: None)
    assert done == []


async def test_what_work_raises_reaches_its_caller_and_the_next_is_done(writer: Writer) -> None:
    with pytest.raises(ZeroDivisionError):
        await writer.do(fail)
    assert await writer.do(lambda: "done") == "done"


async def test_a_caller_that_is_cancelled_stops_no_work(writer: Writer) -> None:
    gate, done = Gate(writer), list[str]()
    caller = asyncio.ensure_future(writer.do(done.append, "answer"))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done == []
    gate.open()
    await writer.do(lambda: None)
    assert done == ["answer"]


async def test_what_nobody_waits_for_tells_its_listener_of_a_bug_and_work_goes_on() -> None:
    heard: list[BaseException] = []
    writer = Writer(heard.append)
    gate = Gate(writer)
    writer.newest("draft", fail)
    caller = asyncio.ensure_future(writer.do(fail))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    gate.open()
    assert await writer.do(lambda: "done") == "done"
    assert [type(error) for error in heard] == [ZeroDivisionError, ZeroDivisionError]
    writer.close()


async def test_without_a_listener_closing_raises_the_bug_after_all_work_is_done() -> None:
    writer, done = Writer(), list[str]()
    writer.newest("draft", fail)
    writer.newest("other", lambda: done.append("other"))
    with pytest.raises(ZeroDivisionError):
        writer.close()
    assert done == ["other"]


def test_closing_waits_for_work_whose_loop_is_gone(capfd: pytest.CaptureFixture[str]) -> None:
    writer, done = Writer(), list[str]()
    gate = Gate(writer)

    async def leave() -> None:
        waiting = asyncio.ensure_future(writer.do(done.append, "answer"))
        await asyncio.sleep(0)
        assert not waiting.done()

    asyncio.run(leave())
    assert done == []
    gate.open()
    writer.close()
    assert done == ["answer"]
    assert capfd.readouterr() == ("", "")
