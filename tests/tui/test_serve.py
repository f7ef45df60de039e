"""`interviewer serve` without a browser: who may reach it, how it begins, and that nothing stays."""

from __future__ import annotations

import asyncio
import base64
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from interviewer.__main__ import main
from interviewer.config.sources import SERVE_TOKEN
from interviewer.tui.browser.server import PracticeServer
from interviewer.tui.browser.token import COOKIE
from tests.tui.served import Served, opened_tab, shown, small_bank

TOKEN = "canary-0123456789abcdef"


@asynccontextmanager
async def listening(host: str = "127.0.0.1", token: str | None = None) -> AsyncIterator[int]:
    """The port of a server in this process, whose app would do nothing."""
    opened: asyncio.Queue[str] = asyncio.Queue()
    server = PracticeServer(["true"], host=host, port=0, on_open=opened.put_nowait, token=token)
    running = asyncio.create_task(server.run())
    try:
        await opened.get()
        yield server.port
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def status(port: int, path: str, **headers: str) -> int:
    """The status of a response, asked for at 127.0.0.1 with these headers."""
    async with (
        ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}{path}", headers=headers) as got,
    ):
        return got.status


@pytest.mark.parametrize("path", ["/", "/static/js/textual.js", "/download/x", "/ws"])
async def test_a_page_whose_name_leads_here_is_refused(path: str) -> None:
    async with listening() as port:
        for host in (
            "evil.example",
            f"evil.example:{port}",
            "127.0.0.1.evil.example",
            "192.0.2.7",
            "",
            "[::1",
        ):
            assert await status(port, path, Host=host, Origin=f"http://{host}") == 403


async def test_the_page_is_served_under_every_name_of_this_machine() -> None:
    async with listening() as port:
        for host in (
            f"127.0.0.1:{port}",
            f"localhost:{port}",
            f"LOCALHOST:{port}",
            f"[::1]:{port}",
            "localhost",
        ):
            assert await status(port, "/", Host=host) == 200


async def test_only_the_own_page_opens_a_tab() -> None:
    async with listening() as port:
        address = f"http://127.0.0.1:{port}"
        for origin in ("http://evil.example", "http://127.0.0.1:1", f"http://localhost:{port}", "null", ""):
            with pytest.raises(WSServerHandshakeError) as refused:
                async with opened_tab(address, {"Origin": origin}):
                    pass
            assert refused.value.status == 403
            assert await status(port, "/", Origin=origin) == 403
        with pytest.raises(WSServerHandshakeError):
            async with opened_tab(address, {"X-No-Origin": "at all"}):
                pass
        async with opened_tab(address):
            pass


async def test_over_a_network_an_address_will_do_but_no_foreign_name() -> None:
    async with listening("0.0.0.0") as port:
        assert await status(port, "/", Host=f"192.0.2.7:{port}") == 200
        assert await status(port, "/", Host=socket.gethostname()) == 200
        assert await status(port, "/", Host=f"evil.example:{port}") == 403


async def test_the_page_lets_nothing_in_and_loads_nothing_from_elsewhere() -> None:
    async with (
        listening() as port,
        ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/") as got,
    ):
        assert "default-src 'none'" in got.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in got.headers["Content-Security-Policy"]
        assert "://" not in await got.text()


async def test_ctrl_c_ends_the_server_and_the_app_of_every_tab(tmp_path: Path) -> None:
    bank = small_bank(tmp_path / "it's a $(odd) `bank`")
    with Served(tmp_path, "--bank", str(bank)) as served:
        async with opened_tab(served.address) as one, opened_tab(served.address) as two:
            await asyncio.gather(shown(one, b"small-topic"), shown(two, b"small-topic"))
            code, said = await asyncio.to_thread(served.end)
    assert code == 0
    assert said == "open it in a browser; Ctrl-C ends it\n"


async def test_the_app_of_a_server_that_was_killed_ends_by_itself(tmp_path: Path) -> None:
    with Served(tmp_path) as served:
        async with opened_tab(served.address) as tab:
            await shown(tab, b"Judge")
            code, said = await asyncio.to_thread(served.end, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert "Traceback" not in said
    assert "interviewer: " not in said


async def test_a_closed_tab_ends_its_app_and_an_app_that_ends_closes_its_tab(tmp_path: Path) -> None:
    with Served(tmp_path) as served:
        async with opened_tab(served.address) as tab:
            await shown(tab, b"Judge")
            # Ctrl-Q.
            await tab.send_json(["stdin", "\x11"])
            async for _ in tab:
                pass
            assert tab.closed
        async with opened_tab(served.address) as again:
            await shown(again, b"Judge")
        assert served.end() == (0, "open it in a browser; Ctrl-C ends it\n")


EVERYWHERE = ("/", "/page.js", "/static/js/textual.js", "/download/x", "/ws", "/nowhere")


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_nothing_is_served_to_who_does_not_show_the_token(host: str, path: str) -> None:
    wrong = ("", f"{TOKEN}x", TOKEN[:-1], TOKEN.upper(), "\u2028", "é" * 16)
    async with listening(host, TOKEN) as port:
        own = {"Origin": f"http://127.0.0.1:{port}"}
        assert await status(port, path, **own) == 401
        assert await status(port, f"{path}?token={TOKEN}", **own) == 401
        for token in wrong:
            assert await status(port, path, Authorization=password(token), **own) == 401
            assert await status(port, path, Cookie=f"{COOKIE}={token.encode().hex()}", **own) == 401
        for header in (TOKEN, f"Bearer {TOKEN}", "Basic", "Basic \xff", "Basic QQ=="):
            assert await status(port, path, Authorization=header, **own) == 401
        # The token is no cookie, and the cookie of another run is none of this one.
        assert await status(port, path, Cookie=f"{COOKIE}={TOKEN}", **own) == 401


def password(token: str) -> str:
    """The header of a browser whose user has typed the token."""
    return f"Basic {base64.b64encode(f'anybody:{token}'.encode()).decode()}"


async def test_who_has_shown_the_token_once_can_open_a_tab() -> None:
    async with listening("0.0.0.0", TOKEN) as port:
        address = f"http://127.0.0.1:{port}"
        with pytest.raises(WSServerHandshakeError) as refused:
            async with opened_tab(address):
                pass
        assert refused.value.status == 401
        shows = {"Authorization": password(TOKEN)}
        async with ClientSession() as client, client.get(f"{address}/", headers=shows) as page:
            assert page.status == 200
            given = page.headers["Set-Cookie"]
        name, _, ticket = given.partition(";")[0].partition("=")
        assert {"HttpOnly", "SameSite=Strict"} <= set(given.split("; "))
        assert TOKEN not in given
        with_ticket = {"Origin": address, "Cookie": f"{name}={ticket}"}
        async with opened_tab(address, with_ticket):
            pass
        # A page elsewhere makes the browser send it as well.
        with pytest.raises(WSServerHandshakeError) as refused:
            async with opened_tab(address, with_ticket | {"Origin": "http://evil.example"}):
                pass
        assert refused.value.status == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_others_are_let_in_only_where_that_is_said_and_with_a_token(
    host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["serve", "--host", host, "--port", "0", "--judge", "embedded"]
    monkeypatch.setenv(SERVE_TOKEN, TOKEN)
    assert main(command) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"interviewer: --host {host}: others could use your judge")
    assert "--allow-others" in said.err
    monkeypatch.delenv(SERVE_TOKEN)
    assert main([*command, "--allow-others"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("interviewer: --allow-others: whoever connects has to know a token")
    assert f"\n\nhint: export {SERVE_TOKEN}=" in said.err


@pytest.mark.parametrize(
    "token", ["short", "with spaces, and long enough", "ümlaute-und-lang-genug", "x" * 300]
)
def test_a_weak_token_is_refused_and_not_shown(
    token: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVE_TOKEN, token)
    assert main(["serve", "--port", "0", "--judge", "embedded"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"interviewer: {SERVE_TOKEN}: needs 16 or more")
    assert token not in said


async def test_a_server_that_lets_others_in_says_so_and_never_shows_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVE_TOKEN, TOKEN)
    with Served(tmp_path, "--host", "0.0.0.0", "--allow-others") as served:
        assert served.address.startswith("http://127.0.0.1:")
        headers = {"Origin": served.address, "Authorization": password(TOKEN)}
        async with opened_tab(served.address, headers) as tab:
            await shown(tab, b"Judge")
            code, said = await asyncio.to_thread(served.end, signal.SIGTERM)
    assert code == 0
    assert "warning: whoever knows the token can use your judge" in said
    assert TOKEN not in said + served.address


def test_a_port_in_use_is_one_line_with_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port), "--judge", "embedded"]) == 2
    assert capsys.readouterr().err == (
        f"interviewer: port {port} is in use\n\nhint: --port 0 takes one that is free\n"
    )


@pytest.mark.parametrize("host", ["192.0.2.7", "no.such.name.invalid", "not a host", ""])
def test_a_host_that_is_not_this_machine_is_one_line_with_a_hint(
    host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVE_TOKEN, TOKEN)
    command = ["serve", "--host", host, "--allow-others", "--port", "0", "--judge", "embedded"]
    assert main(command) == 2
    first, blank, hint = capsys.readouterr().err.splitlines()
    assert (blank, hint) == ("", "hint: --host 127.0.0.1")
    assert first == f"interviewer: {host!r} is no address of this machine"


def test_what_every_tab_would_fail_at_is_said_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "0", "--bank", "no-such-folder"]) == 2
    assert "no-such-folder" in capsys.readouterr().err
