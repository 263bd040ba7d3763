"""A console on the real January week in which nothing differs from run to run: no clock runs, and every answer is as quick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Self

from checks.model import Scope
from checks.policy import Policy
from checks.progress import Cancelled, Listener
from console.arming import DEMO_IS_READ_ONLY
from console.desk import Desk
from console.first_view import DEMO_DAYS
from console.journal import FleetingJournal
from console.look import Look
from console.warehouse.demo import DEMO_AS_OF, PROVENANCE
from console.warehouse.embedded import EmbeddedWarehouse
from screens.app import CourtsideApp
from screens.ports import Hands
from screens.session import Environment, Session
from tests.screens.stations import hands_on
from tests.screens.stubs import PRESENT, Clock, StubMemory

FACT_SECONDS = 0.05
"""How long each fact is said to have taken."""
RUN_SECONDS = 0.4


class SteadyDesk:
    """A real desk on a file, opened for each question as the console does; what was asked before is answered at once.

    `clock` stands still, but for the seconds that a run of the checks is said to take.
    """

    def __init__(self, file: Path) -> None:
        self.policy = Policy()
        self.clock = Clock()
        self.file = file
        self._known: dict[tuple[Scope, tuple[str, ...]], Look] = {}
        self._turn = Lock()

    def look(self, scope: Scope, check_ids: Sequence[str] = ()) -> Look:
        question = scope, tuple(check_ids)
        with self._turn:
            if question not in self._known:
                with self._opened() as desk:
                    self._known[question] = _steady(desk.look(scope, check_ids))
            return self._known[question]

    def run(self, scope: Scope, check_ids: Sequence[str], on_progress: Listener, cancelled: Cancelled) -> Look:
        self.clock.seconds += RUN_SECONDS
        with self._opened() as desk:
            return _steady(desk.run(scope, check_ids, on_progress, cancelled))

    def _opened(self) -> Desk:
        return Desk(EmbeddedWarehouse(self.file), self.policy)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None


def _steady(look: Look) -> Look:
    facts = tuple(replace(outcome, seconds=FACT_SECONDS) for outcome in look.report.facts)
    return replace(look, report=replace(look.report, facts=facts))


def console_at(moment: datetime, desk: SteadyDesk, *, color: bool = True, hands: Hands | None = None) -> CourtsideApp:
    """Return the console of `courtside demo` at a moment of the week, with other hands than the demo's where any are given."""
    session = Session(
        open_desk=lambda: desk,
        memory=StubMemory(),
        hands=hands
        or hands_on(desk.file, FleetingJournal(now=lambda: PRESENT), place="demo", read_only=DEMO_IS_READ_ONLY),
        environment=Environment.DEMO,
        warehouse="demo",
        clock=lambda: PRESENT,
        crash_dir=Path("unused"),
        at=moment,
        days=DEMO_DAYS,
        color=color,
        provenance=PROVENANCE,
        own_moment=DEMO_AS_OF,
    )
    return CourtsideApp(session, monotonic=desk.clock)
