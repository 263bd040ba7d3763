"""A world for the console in tests: a memory in memory, desks that answer, fail or hang, and a rehearsal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, Self

from textual.pilot import Pilot

from checks.model import Report, Scope, Subject, Verdict
from checks.policy import Policy
from checks.progress import Cancelled, Listener
from screens.app import CourtsideApp
from screens.header import Header
from screens.keybar import KeyBar
from screens.lines import text_of
from screens.panels.panel import Panel
from screens.ports import LogEntry, Look, Preview, PreviewItem, Remembered, Sighting
from screens.session import Environment, Session
from tests.builders import at

PRESENT = at("2026-02-01T12:00")
MOMENT = at("2026-01-25T01:30")


@dataclass
class StubMemory:
    known: Remembered | None = None
    preferences: dict[str, str] = field(default_factory=dict)
    kept: list[Report] = field(default_factory=list)

    def last_verdict(self, environment: str) -> tuple[Verdict, datetime] | None:
        known = self.known
        return (known.report.verdict, known.report.scope.as_of) if known else None

    def last_report(self, environment: str) -> Remembered | None:
        return self.known

    def remember(self, environment: str, report: Report, at: datetime) -> None:
        self.kept.append(report)

    def sightings(self, environment: str, fingerprint: str = "") -> tuple[Sighting, ...]:
        return ()

    def log(self, limit: int = 500) -> tuple[LogEntry, ...]:
        return ()

    def note(self, entry: LogEntry) -> None:
        return None

    def preference(self, name: str) -> str:
        return self.preferences.get(name, "")

    def prefer(self, name: str, value: str) -> None:
        self.preferences[name] = value


class StubRehearsal:
    def requeue(self, subjects: Sequence[Subject], look: Look) -> Preview:
        return self._items("Requeue", subjects)

    def acknowledge(self, subjects: Sequence[Subject], look: Look) -> Preview:
        return self._items("Acknowledge", subjects)

    def silence(self, subjects: Sequence[Subject], look: Look) -> Preview:
        return self._items("Silence", subjects)

    def summary(self, look: Look, sentence: str = "") -> Preview:
        return Preview("Summary", (), text=look.report.verdict.sentence)

    def _items(self, title: str, subjects: Sequence[Subject]) -> Preview:
        return Preview(title, tuple(PreviewItem(str(subject), "be done") for subject in subjects))


class StubDesk:
    """Answers with `look_of(scope)`; that may raise, or wait."""

    def __init__(self, look_of: Callable[[Scope], Look]) -> None:
        self.policy = Policy()
        self._look_of = look_of

    def look(self, scope: Scope, check_ids: Sequence[str] = ()) -> Look:
        return self._look_of(scope)

    def run(self, scope: Scope, check_ids: Sequence[str], on_progress: Listener, cancelled: Cancelled) -> Look:
        return self._look_of(scope)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None


class Source:
    """A warehouse that tests break, mend and let hang."""

    def __init__(self, look: Look) -> None:
        self.answer = look
        self.failure = ""
        self.scopes: list[Scope] = []
        self.may_answer = Event()
        self.may_answer.set()

    def desk(self) -> StubDesk:
        return StubDesk(self._look)

    def _look(self, scope: Scope) -> Look:
        self.scopes.append(scope)
        self.may_answer.wait()
        if self.failure:
            raise OSError(self.failure)
        return self.answer


class Clock:
    """Monotonic seconds that stand still until a test moves them."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def session_on(source: Source, **changes: Any) -> Session:
    values: Mapping[str, Any] = {
        "open_desk": source.desk,
        "memory": StubMemory(),
        "rehearsal": StubRehearsal(),
        "environment": Environment.DEMO,
        "warehouse": "demo",
        "clock": lambda: PRESENT,
        "crash_dir": Path("unused"),
        "at": MOMENT,
    }
    return Session(**{**values, **changes})


Steps = Callable[[CourtsideApp, Pilot[int]], Awaitable[None]]


def drive(app: CourtsideApp, steps: Steps, size: tuple[int, int] = (120, 40)) -> None:
    """Run the console without a terminal, and `steps` on it."""

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app, pilot)

    asyncio.run(run())


async def until(pilot: Pilot[int], holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; fails with `what` after five seconds."""
    give_up = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up, what
        await pilot.pause(0.01)
    await pilot.pause()


async def loaded(app: CourtsideApp, pilot: Pilot[int]) -> None:
    """Wait until everything that was asked for has come."""
    await until(pilot, lambda: app.standing.latest is not None and not app.refresher.is_busy, "nothing was loaded")


def header_text(app: CourtsideApp) -> str:
    return "\n".join(text_of(line) for line in app.screen.query_one(Header).lines)


def keybar_text(app: CourtsideApp) -> str:
    return text_of(app.screen.query_one(KeyBar).line())


def panel_text(panel: Panel) -> str:
    return "\n".join(text_of(panel.line_at(y)) for y in range(panel.size.height))


def screen_text(app: CourtsideApp) -> str:
    return "\n".join(panel_text(panel) for panel in app.screen.query(Panel))
