"""`interviewer serve`: practice in a browser."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, JudgeFlag


def serve(
    host: Annotated[
        str, typer.Option(metavar="HOST", help="Listen at this address; any other lets others in.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="Listen at this port; 0 takes a free one.")
    ] = 8000,
    judge: JudgeFlag = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Practise in a browser instead of the terminal.

    Prints the address to open. Only this machine reaches it, unless --host says otherwise; there is no
    password. Each tab is a program of its own, all of them with your one history. Ctrl-C ends it and every
    tab; what was typed is kept.

    Exit codes: 0 ended by Ctrl-C, 2 bad input, or the port is in use.
    """
    import asyncio

    from interviewer.tui.browser.guard import is_loopback
    from interviewer.tui.browser.log import log_in_lines
    from interviewer.tui.browser.server import PracticeServer
    from interviewer.wiring import open_bank, open_settings

    # What every tab would fail at is said here, once.
    open_bank(open_settings(config, judge=judge), bank)
    log_in_lines()

    def say(address: str) -> None:
        print(address, flush=True)
        print("open it in a browser; Ctrl-C ends it", file=sys.stderr)
        if not is_loopback(host):
            print(
                f"interviewer: warning: whoever reaches {host} can use your judge, at your cost, and read"
                " your history: there is no password",
                file=sys.stderr,
            )

    command = [sys.executable, "-m", "interviewer", "practice"]
    command += ["--judge", judge] if judge is not None else []
    command += ["--config", str(config)] if config is not None else []
    for path in bank or ():
        command += ["--bank", str(path)]
    asyncio.run(PracticeServer(command, host=host, port=port, on_open=say).run())
