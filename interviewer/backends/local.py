"""Whether a model server runs on this machine: asks its usual ports, on the loopback address only."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait

from interviewer.models import Value

LOCAL_SERVERS = {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}
"""Ports, in order of preference."""
PATIENCE = 0.3
"""Seconds for all of them together."""
_HOST = "127.0.0.1"
_MOST_BYTES = 1 << 20


class LocalModel(Value):
    """A model that is being served here."""

    server: str
    base_url: str
    model: str


def local_model(servers: Mapping[str, int] = LOCAL_SERVERS) -> LocalModel | None:
    """The first chat model of the first server that answers in time; None where none does."""
    if not servers:
        return None
    pool = ThreadPoolExecutor(len(servers), thread_name_prefix="local-server")
    asked = {name: pool.submit(_first_model, port) for name, port in servers.items()}
    answered, _ = wait(asked.values(), timeout=PATIENCE)
    pool.shutdown(wait=False)
    for name, port in servers.items():
        model = asked[name].result() if asked[name] in answered else None
        if model is not None:
            return LocalModel(server=name, base_url=f"http://{_HOST}:{port}/v1", model=model)
    return None


def _first_model(port: int) -> str | None:
    # Not httpx: it would ask a proxy, and take longer to import than a closed port to refuse.
    connection = http.client.HTTPConnection(_HOST, port, timeout=PATIENCE * 0.8)
    try:
        connection.request("GET", "/v1/models")
        response = connection.getresponse()
        listed = json.loads(response.read(_MOST_BYTES)) if response.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    names = [entry.get("id") for entry in _entries(listed)]
    return next((name for name in names if isinstance(name, str) and "embed" not in name.lower()), None)


def _entries(listed: object) -> list[dict[str, object]]:
    data = listed.get("data") if isinstance(listed, dict) else None
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
