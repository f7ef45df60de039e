"""A Ray cluster, quiet: connected to, or started here for nobody else to reach."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from types import TracebackType
from typing import Any

from interviewer.errors import ConfigError, InterviewerError

CPU_SHARE = 0.1
"""Of a CPU that each process claims, though it may use a whole one: those of a node that dies find room on
the nodes that are left."""
STORE = 200 * 2**20
"""Bytes of memory for what is on its way, where Ray is started here; more than that goes to the disk."""
PATIENCE = 5.0
"""Seconds for a cluster to answer."""
TRIES = 3
"""To speak with what answers."""
DEATHS = 20
"""Processes that may die while they start, as those on a dying node do, before it must be something else."""


class ClusterLost(InterviewerError):
    """The cluster cannot go on."""

    exit_code = 4


def check_installed() -> None:
    """Refuse to go on without Ray.

    Raises:
        ConfigError: says how to get it.
    """
    if find_spec("ray") is None or find_spec("pyarrow") is None:
        raise ConfigError("--engine ray: Ray is not installed", hint="pip install 'interviewer[ray]'")


class Cluster:
    """A connection, for a `with`.

    Args:
        address: `host:port`, or `auto` for the one on this machine. None: what RAY_ADDRESS says, else Ray is
            started here, with all CPUs, and listens on the loopback interface only.

    Raises:
        ConfigError: no cluster answers.
    """

    def __init__(self, address: str | None) -> None:
        self._address = address or os.environ.get("RAY_ADDRESS") or None
        self.cpus = 1
        """Of all nodes together."""

    def __enter__(self) -> Cluster:
        if self._address is not None:
            _check_answers(self._address)
        _hush(is_own=self._address is None)
        import ray.data

        logging.getLogger("ray.data").setLevel(logging.CRITICAL)
        quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.CRITICAL}
        if self._address is None:
            quiet |= {"include_dashboard": False, "object_store_memory": STORE}
        on_term = signal.getsignal(signal.SIGTERM)
        try:
            with _no_stderr():
                ray.init(address=self._address or "local", **quiet)
        except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            raise self._unreachable(error) from None
        # Its own handler would print what every thread was doing.
        signal.signal(signal.SIGTERM, on_term)
        # What befalls nodes would be printed, on the standard output even; no setting keeps it away.
        ray._private.worker._worker_logs_enabled = False
        self.cpus = max(1, int(ray.cluster_resources().get("CPU", 1)))  # type: ignore[no-untyped-call]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        import ray

        with _no_stderr():
            ray.shutdown()

    def mapped(
        self,
        items: Sequence[bytes],
        function: type,
        arguments: dict[str, object],
        *,
        processes: int,
        at_once: int,
    ) -> Generator[bytes, None, None]:
        """What the function makes of each item, as it comes.

        Args:
            function: made once in each process; takes and gives a row, whose `item` it is.
            at_once: items that one process works on.

        Raises:
            ClusterLost: the cluster cannot go on.
        """
        import ray.data

        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        context.max_consecutive_actor_init_deaths = DEATHS
        pool = ray.data.ActorPoolStrategy(
            size=min(processes, len(items)),
            max_concurrent_calls_per_actor=at_once,
            enable_true_multi_threading=True,
        )
        made = ray.data.from_items(list(items), override_num_blocks=len(items)).map(
            function, fn_constructor_kwargs=arguments, compute=pool, num_cpus=CPU_SHARE
        )
        # Nothing is fetched ahead: what is here is recorded at once.
        batches = iter(made.iter_batches(batch_size=None, prefetch_batches=0))
        try:
            for batch in batches:
                yield from batch["item"]
        except ray.exceptions.RayTaskError:
            raise
        except ray.exceptions.RayError as error:
            raise ClusterLost(
                f"--engine ray: the cluster cannot go on: {_first_line(error)}",
                hint="run the same command again to go on",
            ) from None
        finally:
            # Else what is being worked on goes on, and Ray waits for it for ever when it is shut down.
            batches.close()  # type: ignore[attr-defined]

    def _unreachable(self, error: Exception) -> ConfigError:
        where = f"the cluster at {self._address}" if self._address else "Ray"
        return ConfigError(
            f"--engine ray: {where} cannot be used: {_first_line(error)}",
            hint="run it on a machine of the cluster, which `ray start` makes it; see `ray status`",
        )


def _check_answers(address: str) -> None:
    """Ray itself would wait for a minute, and say it at length.

    Raises:
        ConfigError: nobody listens there.
    """
    host, _, port = address.rpartition(":")
    if address == "auto":
        return
    if not host or not port.isdecimal() or "/" in address:
        raise ConfigError(f"--engine: {address!r} is not host:port", hint="ray:HOST:6379, or ray:auto")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError):
        raise ConfigError(
            f"--engine ray: nobody answers at {address}", hint="ray start --head --port=6379 starts a cluster"
        ) from None


def _hush(*, is_own: bool) -> None:
    """Before Ray is imported: no telemetry, no messages of its own."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_BACKEND_LOG_LEVEL"] = "fatal"
    os.environ["RAY_DATA_LOG_LEVEL"] = "CRITICAL"
    if is_own:
        # Makes every server bind to 127.0.0.1, on Linux too.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    else:
        # It would try twenty times to connect, for five seconds each.
        os.environ.setdefault("RAY_gcs_server_port_wait_time_s", str(TRIES))


@contextmanager
def _no_stderr() -> Iterator[None]:
    """Ray's C++ part writes to the file descriptor, past every logger."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _first_line(error: Exception) -> str:
    text = ""
    with suppress(IndexError):
        text = str(error).strip().splitlines()[0]
    return text or type(error).__name__
