"""`interviewer serve`: practice in a browser."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from interviewer.cli.flags import BankFlag, ConfigFlag, JudgeFlag


def serve(
    host: Annotated[
        str, typer.Option(metavar="HOST", help="Listen at this address; any other needs --allow-others.")
    ] = "127.0.0.1",
    allow_others: Annotated[
        bool, typer.Option("--allow-others", help="Let other machines connect, with the token.")
    ] = False,
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="Listen at this port; 0 takes a free one.")
    ] = 8000,
    judge: JudgeFlag = None,
    bank: BankFlag = None,
    config: ConfigFlag = None,
) -> None:
    """Practise in a browser instead of the terminal.

    Prints the address to open. Only this machine reaches it, unless --host and --allow-others say otherwise;
    then everybody has to know the token in INTERVIEWER_SERVE_TOKEN, which is the password that the browser
    asks for. Each tab is a program of its own, all of them with your one history. Ctrl-C ends it and every
    tab; what was typed is kept.

    Exit codes: 0 ended by Ctrl-C, 2 bad input, or the port is in use.
    """
    import asyncio
    import os

    from interviewer.config import is_loopback
    from interviewer.config.sources import SERVE_TOKEN
    from interviewer.tui.browser.log import log_in_lines
    from interviewer.tui.browser.server import PracticeServer
    from interviewer.tui.browser.token import token_for
    from interviewer.wiring import open_bank, open_settings

    # What every tab would fail at is said here, once.
    open_bank(open_settings(config, judge=judge), bank)
    token = token_for(host, allows_others=allow_others, environ=os.environ)
    # The apps behind the tabs have no need of it.
    os.environ.pop(SERVE_TOKEN, None)
    log_in_lines()

    def say(address: str) -> None:
        print(address, flush=True)
        print("open it in a browser; Ctrl-C ends it", file=sys.stderr)
        if token is not None:
            print(f"the password is the token in {SERVE_TOKEN}, with any name", file=sys.stderr)
        if not is_loopback(host):
            print(
                "interviewer: warning: whoever knows the token can use your judge, at your cost, and read"
                " your history; it goes unencrypted, as does all that is typed",
                file=sys.stderr,
            )

    command = [sys.executable, "-m", "interviewer", "practice"]
    command += ["--judge", judge] if judge is not None else []
    command += ["--config", str(config)] if config is not None else []
    for path in bank or ():
        command += ["--bank", str(path)]
    asyncio.run(PracticeServer(command, host=host, port=port, on_open=say, token=token).run())
