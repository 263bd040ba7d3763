"""Sessions for tests of detail screens: nothing in them is asked but the memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from checks.model import Report, Verdict
from screens.ports import Desk, LogEntry, Remembered, Sighting
from screens.session import Environment, Session
from tests.screens.stubs import StubHands


@dataclass(slots=True)
class Recollection:
    """A memory of sightings alone; counts how often it is asked for them."""

    seen: tuple[Sighting, ...] = ()
    asked: int = 0

    def last_verdict(self, environment: str) -> tuple[Verdict, datetime] | None:
        return None

    def last_report(self, environment: str) -> Remembered | None:
        return None

    def remember(self, environment: str, report: Report, at: datetime) -> None:
        raise NotImplementedError

    def sightings(self, environment: str, fingerprint: str = "") -> tuple[Sighting, ...]:
        self.asked += 1
        return self.seen

    def log(self, limit: int = 500) -> tuple[LogEntry, ...]:
        return ()

    def note(self, entry: LogEntry) -> None:
        raise NotImplementedError

    def preference(self, name: str) -> str:
        return ""

    def prefer(self, name: str, value: str) -> None:
        raise NotImplementedError


def session_with(crash_dir: Path, memory: Recollection | None = None) -> Session:
    return Session(
        open_desk=_no_desk,
        memory=memory or Recollection(),
        hands=StubHands(),
        environment=Environment.DEMO,
        warehouse="demo",
        clock=_no_clock,
        crash_dir=crash_dir,
    )


def _no_desk() -> Desk:
    return _unasked()


def _no_clock() -> datetime:
    return _unasked()


def _unasked() -> NoReturn:
    raise AssertionError("a detail screen's spec asks neither desk nor clock")
