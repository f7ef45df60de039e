"""The server behind `interviewer serve`: for each browser tab, the practice app as a process of its own."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from interviewer.errors import ConfigError, InterviewerError
from interviewer.tui.browser.guard import add_headers, guard
from interviewer.tui.browser.token import require_token

GRACE = 10.0
"""Seconds that an app has to write what is to be kept, before it is ended the hard way."""
_HERE = Path(__file__).parent
_DRIVER = "interviewer.tui.browser.driver:BrowserDriver"


class PracticeServer(Server):
    """Serves the app to browsers until it is stopped.

    Args:
        command: starts the app.
        host: the address or name to listen at.
        port: 0 takes one that is free.
        on_open: called with the address of the page once it can be opened.
        token: what every request has to show; None lets all in that reach it.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        host: str,
        port: int,
        on_open: Callable[[str], None],
        token: str | None = None,
    ) -> None:
        super().__init__(" ".join(command), host=host, port=port, title="interviewer")
        self._arguments = tuple(command)
        self._on_open = on_open
        self._locks = [] if token is None else [require_token(token)]
        self._tabs: set[web.WebSocketResponse] = set()

    async def run(self) -> None:
        """Serves until Ctrl-C or a request to end; then ends the apps as well.

        Raises:
            ConfigError: nothing can be listened to at this host and port.
        """
        # No access log: the address of a download opens it.
        runner = web.AppRunner(await self._make_app(), access_log=None, shutdown_timeout=GRACE + 2)
        await runner.setup()
        try:
            with _stop_signals() as told:
                await self._listen(runner)
                await told.wait()
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        try:
            # An empty name would mean every address.
            if not self.host:
                raise socket.gaierror
            await web.TCPSite(runner, self.host, self.port).start()
        except OSError as error:
            raise _cannot_listen(self.host, self.port, error) from None
        self.port = runner.addresses[0][1]
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        shown = f"[{shown}]" if ":" in shown and not shown.startswith("[") else shown
        self._on_open(f"http://{shown}:{self.port}/")

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[guard(self.host), *self._locks])
        app.add_routes([
            web.get("/", self.handle_index),
            web.get("/page.js", self.handle_script),
            web.get("/ws", self.handle_websocket),
            web.get("/download/{key}", self.handle_download),
            web.static("/static", self.statics_path),
        ])  # fmt: skip
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self.on_shutdown)
        return app

    async def on_shutdown(self, app: web.Application) -> None:
        """Closes every tab; their apps end with them."""
        for tab in tuple(self._tabs):
            await tab.close(code=WSCloseCode.GOING_AWAY)

    async def handle_index(self, request: web.Request) -> web.FileResponse:
        """The page with the terminal; it loads nothing from anywhere else."""
        return web.FileResponse(_HERE / "page.html")

    async def handle_script(self, request: web.Request) -> web.FileResponse:
        """The page's own script."""
        return web.FileResponse(_HERE / "page.js")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """One tab: starts an app for it, and ends the app when the tab is closed."""
        tab = web.WebSocketResponse(heartbeat=15)
        await tab.prepare(request)
        app = _TabApp(
            self._arguments,
            write_bytes=tab.send_bytes,
            write_str=tab.send_str,
            close=tab.close,
            download_manager=self.download_manager,
        )
        self._tabs.add(tab)
        try:
            await app.start(
                to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24)
            )
            await self._process_messages(tab, app)
        finally:
            self._tabs.discard(tab)
            await app.stop()
        return tab


class _TabApp(AppService):
    """The process behind a tab. It is started without a shell, and never outlives its tab by much."""

    def __init__(self, arguments: Sequence[str], **wires: object) -> None:
        super().__init__(" ".join(arguments), **wires)  # type: ignore[arg-type]
        self._arguments = arguments

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return super()._build_environment(width, height) | {"TEXTUAL_DRIVER": _DRIVER}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(width, height)
        # In a group of its own: Ctrl-C is for the server, which then ends the apps in order.
        process = await asyncio.create_subprocess_exec(
            *self._arguments, stdin=PIPE, stdout=PIPE, env=environment, start_new_session=os.name == "posix"
        )
        assert process.stdin is not None
        self._process, self._stdin = process, process.stdin
        # What the app says on stderr goes where the server's goes; `run` wants a stream all the same.
        process.stderr = asyncio.StreamReader()
        process.stderr.feed_eof()
        return process

    async def run(self) -> None:
        """Passes on what the app draws, and closes the tab when the app has ended, however it did."""
        await super().run()
        with suppress(ConnectionError):
            await self.remote_close()
        # Where it was the tab that went, the app draws on until it is told: a full pipe would hold it up.
        assert self._process is not None
        assert self._process.stdout is not None
        while await self._process.stdout.read(1 << 16):
            pass

    async def stop(self) -> None:
        """Asks the app to end, and waits; one that does not is killed."""
        if self._process is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await super().stop()
                await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """Is set by Ctrl-C and SIGTERM. After the block, the next of them ends the program at once."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    # Where signals cannot be waited for, Ctrl-C ends `asyncio.run` by itself.
    with suppress(NotImplementedError):
        for number in signals:
            loop.add_signal_handler(number, told.set)
    try:
        yield told
    finally:
        with suppress(NotImplementedError):
            for number in signals:
                loop.remove_signal_handler(number)


def _cannot_listen(host: str, port: int, error: OSError) -> InterviewerError:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return ConfigError(f"{host!r} is no address of this machine", hint="--host 127.0.0.1")
    if error.errno == errno.EADDRINUSE:
        return ConfigError(f"port {port} is in use", hint="--port 0 takes one that is free")
    # aiohttp's own words in `strerror` name the address a second time.
    reason = os.strerror(error.errno) if error.errno else str(error)
    return ConfigError(f"{host} port {port} cannot be listened to: {reason}", hint="--port 8000")
