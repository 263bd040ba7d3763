"""The watcher for 30 simulated days, a run a quarter of an hour: memory, journal, drift, and what people were told.

`python -m tests.benchmarks.watch [DAYS]`. The clocks are virtual, the journal is a real file, the report a stub: a
controller that dies every third day for five hours. So that retention shows within the time, the journal forgets after a week
instead of 90 days.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from checks.model import Severity
from console import journal
from console.outbox.outbox import Outbox
from console.warehouse.embedded_writes import LIMITS
from console.warehouse.writing import Change, ChangeOutcome, Loaded, LoadLimits, LoadOutcome
from tests.benchmarks.table import say
from tests.watching.worlds import PLACE, START, World

EVERY = timedelta(minutes=15)
RETENTION = timedelta(days=7)
SHOWN = (1, 2, 7, 8, 14, 21, 30)


@dataclass(frozen=True)
class Takes:
    """A warehouse that takes all rows at once."""

    limits: LoadLimits = LIMITS

    def append(self, job_id: str, table: str, lines: bytes) -> LoadOutcome:
        return Loaded(lines.count(b"\n") + 1)

    def outcome(self, job_id: str) -> LoadOutcome | None:
        return None

    def change(self, change: Change, now: datetime) -> ChangeOutcome:
        raise AssertionError("the watcher changes nothing")


def severity_at(moment: datetime) -> Severity:
    """Return how bad the controller is: dead from 13:00 to 18:00 of every third day."""
    days, rest = divmod(moment - START, timedelta(days=1))
    return Severity.CRITICAL if days % 3 == 2 and timedelta(hours=1) <= rest < timedelta(hours=6) else Severity.OK


def resident_mb() -> float:
    """Return the memory that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(days: int) -> None:
    """Watch for so many days with one watcher that never starts anew, and print how it is at the end of some of them."""
    journal.RETENTION = RETENTION
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        world = World(Path(folder), severity_at, mirrors=True)
        world.log = nowhere  # type: ignore[assignment]  # a stream

        def aftercare() -> str:
            Outbox(world.journal()).deliver(PLACE, Takes(), world.wall)
            return ""

        def samples(_: timedelta) -> None:
            day, rest = divmod(world.wall - START, timedelta(days=1))
            if day in SHOWN and rest == timedelta(0):
                sample(world, day)

        world.on_wait = samples
        say("| day | runs | latest run, s after its place | resident MB | journal MB | told |")
        say("| --- | --- | --- | --- | --- | --- |")
        began = time.monotonic()
        world.watches(world.watcher(every=EVERY, aftercare=aftercare), timedelta(days=days), EVERY)
        say(f"\n{len(world.looked):,} runs in {time.monotonic() - began:.0f} s of real time")


def sample(world: World, day: int) -> None:
    """Print a line."""
    late = max((moment - START) % EVERY for moment in world.looked)
    size = sum(path.stat().st_size for path in world.folder.iterdir()) / 1e6
    told = len(world.people.told)
    say(f"| {day} | {len(world.looked):,} | {late.total_seconds():.3f} | {resident_mb():.1f} | {size:.2f} | {told} |")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
