"""What the endpoints have: runs, gates, what the journal keeps, clocks and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.serving.gates import Gates, Keeper
from console.serving.joining import Joined
from console.serving.kept import Kept, read_kept
from console.serving.runs import Clock, Pace, Runs, look_once

if TYPE_CHECKING:
    from checks.policy import Policy
    from console.desk import Desk
    from console.gates.recording import Recorder
    from screens.text.frame import Frame

JOURNAL_SECONDS = 10.0
"""Twice as long as SQLite waits for another writer."""
SLACK_SECONDS = 30.0
"""What a run may take beyond the deadline of its facts: a login, opening a file that somebody writes to, building the demo."""

_METHODS = frozenset({"GET", "HEAD", "POST"})


class Counts:
    """Requests by route ("" for none of ours), method and status."""

    def __init__(self) -> None:
        self.by: Counter[tuple[str, str, int]] = Counter()

    def add(self, scope: Any, status: int) -> None:
        """Count one; a method that nobody knows is `other`, so that no caller makes the list grow."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.by[scope.get("state", {}).get("route", ""), method, status] += 1


@dataclass(frozen=True, slots=True)
class World:
    """What the server has of the world.

    `open_desk` gives a new desk on the warehouse that is called `place`, `frame` what is asked about: of one game date, or of
    tonight and last night for None. `recorder` records what gates decide, `policy` are the thresholds. `state_dir` is where the
    journal is, and `deadline_seconds` how long each fact may take.
    """

    place: str
    open_desk: Callable[[], Desk]
    frame: Callable[[date | None], Frame]
    recorder: Recorder
    policy: Policy
    state_dir: Path
    clock: Clock
    deadline_seconds: float
    slack_seconds: float = SLACK_SECONDS

    @property
    def limit_seconds(self) -> float:
        """How long a run may take."""
        return self.deadline_seconds + self.slack_seconds


@dataclass(frozen=True, slots=True)
class Service:
    """All that endpoints ask."""

    world: World
    runs: Runs
    gates: Gates
    kept: Joined[Kept]
    started_at: datetime
    started: float
    counts: Counts = field(default_factory=Counts)


def service_of(world: World, pace: Pace | None = None) -> Service:
    """Return the service in a world; asks nothing yet."""
    clock, limit = world.clock, world.limit_seconds
    return Service(
        world=world,
        runs=Runs(lambda: look_once(world.open_desk, world.frame(None), clock), clock, limit_seconds=limit, pace=pace),
        gates=Gates(
            Keeper(world.open_desk, world.frame, world.recorder), limit_seconds=limit, monotonic=clock.monotonic
        ),
        kept=Joined(
            lambda: read_kept(world.state_dir, world.place, clock.now),
            "reading the journal",
            limit_seconds=JOURNAL_SECONDS,
            monotonic=clock.monotonic,
        ),
        started_at=clock.now(),
        started=clock.monotonic(),
    )
