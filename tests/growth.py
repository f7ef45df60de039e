"""What a long run may not use more of the longer it runs: memory, handles and tasks."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

LONG = "INTERVIEWER_SOAK" in os.environ
"""Whether runs are to be really long: `make soak`. Read now, since tests hide such variables."""
_PAGE = os.sysconf("SC_PAGE_SIZE") / 2**20
_HANDLES = Path("/dev/fd")


@dataclass(frozen=True)
class Reading:
    """How much is in use after so much work."""

    done: int
    seconds: float
    memory: float
    """MiB of the process."""
    objects: int
    """That the garbage collector knows of."""
    handles: int
    tasks: int

    def __str__(self) -> str:
        return (
            f"{self.done:8,} done {self.seconds:7.1f} s {self.memory:7.1f} MiB {self.objects:9,} objects"
            f" {self.handles:4} handles {self.tasks:4} tasks"
        )


@dataclass
class Growth:
    """Readings of one run, the first after it has warmed up.

    Args:
        name: of the run, for whoever watches.
    """

    name: str
    readings: list[Reading] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def read(self, done: int) -> None:
        """Takes a reading, within the event loop."""
        gc.collect()
        # Before the memory is looked at: in a large process the list of them takes some itself.
        objects = len(gc.get_objects())
        reading = Reading(
            done=done,
            seconds=time.monotonic() - self._began,
            memory=_resident(),
            objects=objects,
            handles=len(os.listdir(_HANDLES)),
            tasks=len(asyncio.all_tasks()),
        )
        self.readings.append(reading)
        if LONG:
            print(f"{self.name}: {reading}", flush=True)  # noqa: T201

    def require_none(self, *, memory: float, objects: int, handles: int = 0, tasks: int = 0) -> None:
        """No later reading is above the first by more than this.

        Args:
            memory: MiB.
        """
        first = self.readings[0]
        assert len(self.readings) > 2
        for last in self.readings[1:]:
            said = f"{self.name}\n{first}\n{last}"
            assert last.tasks <= first.tasks + tasks, said
            assert last.handles <= first.handles + handles, said
            assert last.objects <= first.objects + objects, said
            assert last.memory <= first.memory + memory, said


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
