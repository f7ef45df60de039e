"""A Ray cluster on this machine: a head without a CPU, and nodes with one each, in processes of their own.

`python -m tests.ray_nodes [--nodes N]` says its address. Each line that it reads kills a node, the end all.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

STORE = 100 * 2**20
LOOPBACK = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",
}
"""Environment in which Ray listens on 127.0.0.1 only, reports to nobody, and stands back for nobody."""


class Nodes:
    """A cluster in processes of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.address = self._said()

    def kill_one(self) -> None:
        """Kills a node and all that runs on it, with SIGKILL."""
        assert self._process.stdin is not None
        self._process.stdin.write("kill\n")
        self._process.stdin.flush()
        assert self._said() == "killed"

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def ray_nodes(nodes: int = 2) -> Iterator[Nodes]:
    """A cluster that is gone afterwards."""
    command = [sys.executable, "-m", "tests.ray_nodes", "--nodes", str(nodes)]
    environ = {**os.environ, **LOOPBACK}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=environ
    ) as process:
        yield Nodes(process)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Serves until its input ends."""
    arguments = argparse.ArgumentParser(prog="python -m tests.ray_nodes")
    arguments.add_argument("--nodes", type=int, default=2)
    options = arguments.parse_args()
    from ray.cluster_utils import Cluster

    logging.getLogger("ray").setLevel(logging.CRITICAL)
    head = {
        "num_cpus": 0,
        "object_store_memory": STORE,
        "include_dashboard": False,
        "_system_config": {"health_check_period_ms": 1000, "health_check_failure_threshold": 3},
    }
    cluster = Cluster(initialize_head=True, head_node_args=head)
    nodes = [cluster.add_node(num_cpus=1, object_store_memory=STORE) for _ in range(options.nodes)]
    cluster.wait_for_nodes()
    _say(cluster.address)
    for _ in sys.stdin:
        cluster.remove_node(nodes.pop(), allow_graceful=False)
        _say("killed")
    cluster.shutdown()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
