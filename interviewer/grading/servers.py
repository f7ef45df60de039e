"""Whose word it is that answers, and with them a key, go to a server."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from urllib.parse import urlsplit

from interviewer.config import JudgeConfig, Settings, environment_name, is_loopback
from interviewer.config.sources import PROJECT_FILE
from interviewer.errors import ConfigError


def require_own_server(settings: Settings, judges: Sequence[JudgeConfig]) -> None:
    """Refuse a server of which only a file in the current folder knows: the folder may be somebody else's.

    Raises:
        ConfigError: so it is, and the server is another machine; or a model's name holds an address.
    """
    for name in (judge.model for judge in judges):
        # litellm would ask what follows, with whatever key it finds.
        if name is not None and "://" in name:
            raise ConfigError(
                f"judge.model: {name!r} is an address, and no model", hint="it goes into judge.base_url"
            )
    origin = next((origin for origin in settings.origins if origin.key == "judge.base_url"), None)
    if origin is None or origin.source != str(settings.found):
        return
    url = str(origin.value)
    host = urlsplit(url).hostname or ""
    if any(judge.base_url == url for judge in judges) and not is_loopback(host):
        variable = f"export {environment_name(origin.key)}={shlex.quote(url)}"
        raise ConfigError(
            f"{origin.source}: judge, base_url: a file that came with this folder cannot have your key and"
            f" answers sent to {host}",
            hint=f"if you trust it: --config {PROJECT_FILE}, or {variable}",
        )
