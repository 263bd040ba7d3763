"""A world for the console in tests: a memory in memory, desks that answer, fail or hang, and hands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, Self

from textual.pilot import Pilot

from checks.model import Report, Scope, Verdict
from checks.policy import Policy
from checks.progress import Cancelled, Listener
from checks.severity import Severity
from screens.app import CourtsideApp
from screens.header import Header
from screens.keybar import KeyBar
from screens.lines import text_of
from screens.orders import Consent, Order
from screens.panels.panel import Panel
from screens.ports import Audit, AuditSpot, LogEntry, Look, Preview, PreviewItem, Remembered, Result, Sighting
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


@dataclass
class StubHands:
    """Plans one item for each subject, and applies what `available` says; keeps what it was asked and told."""

    read_only: str = "nothing may be changed here"
    answer: Preview = field(default_factory=lambda: Preview("", ()))
    result: Result | None = None
    orders: list[Order] = field(default_factory=list)
    moments: list[datetime | None] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    applied: list[tuple[Preview, Consent]] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    done: tuple[LogEntry, ...] = ()

    def plan(self, order: Order, look: Look, at: datetime | None) -> Preview:
        self.orders.append(order)
        self.moments.append(at)
        items = tuple(PreviewItem(str(named), "be done") for named in (*order.subjects, *order.fingerprints))
        return replace(self.answer, title=order.verb.value.capitalize(), items=items)

    def rest(self, plan: str, at: datetime | None) -> Preview:
        self.moments.append(at)
        return replace(self.answer, title=f"Go on with {plan}", id=plan)

    def summary(self, look: Look, sentence: str, at: datetime | None) -> Preview:
        self.sentences.append(sentence)
        self.moments.append(at)
        return replace(self.answer, title="Summary", text=f"{look.report.verdict.sentence}\n{sentence}".rstrip())

    def apply(
        self, preview: Preview, consent: Consent, on_progress: Callable[[int, int], None], cancelled: Cancelled
    ) -> Result:
        self.applied.append((preview, consent))
        return self.result or Result(preview.title, preview.items, "all done", is_complete=True)

    def operations(self, limit: int = 500) -> tuple[LogEntry, ...]:
        return self.done

    def follow_up(self) -> tuple[str, ...]:
        said, self.followed = tuple(self.followed), []
        return said


STREAMED = AuditSpot(
    id="a1",
    check="source.streaming_inserts",
    path="orchestration/write.py",
    line=3,
    severity=Severity.ERROR,
    sentence="rows are streamed into nba_raw.games",
    remedy="load them in a batch",
    code=((2, "def save(client, rows):"), (3, "\tclient.insert_rows_json(TABLE, rows)"), (4, "")),
)


@dataclass
class StubAuditor:
    """Knows one finding, or what it is given; counts how often it was asked to audit again."""

    audit: Audit = field(
        default_factory=lambda: Audit("/srv/pipeline", Severity.ERROR, "1 finding in 1 file", (STREAMED,), at=PRESENT)
    )
    audits: int = 0
    is_stopped: bool = False

    def known(self) -> Audit:
        return self.audit

    def again(self) -> None:
        self.audits += 1

    def stop(self) -> None:
        self.is_stopped = True


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
        "hands": StubHands(),
        "environment": Environment.DEMO,
        "warehouse": "demo",
        "clock": lambda: PRESENT,
        "crash_dir": Path("unused"),
        "at": MOMENT,
        "auditor": StubAuditor(),
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
