"""All screens there are, how each is opened, and waiting for one without waiting until all is quiet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import date

from screens import navigation
from screens.app import CourtsideApp
from screens.detail.check_run import CheckRunScreen
from screens.detail.detail import Detail
from screens.overview import Overview
from screens.panels.lines_view import LinesView
from screens.table import Target
from tests.screens.stubs import STREAMED

GAME_DATE = date(2026, 1, 24)


def target(screen: str, name: str = "", day: date | None = None) -> Callable[[CourtsideApp], None]:
    return lambda app: navigation.open_target(app, Target(screen, name, day))


def open_finding(app: CourtsideApp) -> None:
    assert app.standing.latest is not None
    assert app.standing.latest.look is not None
    (gap, *_) = (f for f in app.standing.latest.look.report.findings if f.check == "orchestration.gap")
    navigation.open_target(app, Target("finding", gap.fingerprint))


OPENED: Mapping[str, Callable[[CourtsideApp], None]] = {
    "overview": lambda _: None,
    "audit": target("audit"),
    "checklist": target("checklist"),
    "code": target("code", STREAMED.id),
    "date": target("date", GAME_DATE.isoformat(), GAME_DATE),
    "doctor": target("doctor"),
    "finding": open_finding,
    "game": target("game", "GSW@MIN", GAME_DATE),
    "gates": navigation.open_gates,
    "help": navigation.open_help,
    "operations": target("operations"),
    "queue": target("queue"),
    "run_checks": navigation.open_check_run,
    "timeline": target("timeline"),
    "why": navigation.open_why,
    "workflow": target("workflow", "betting_lines"),
}


def name_of(app: CourtsideApp) -> str:
    """Return the name of the screen at the top, as OPENED has it."""
    screen = app.screen
    if isinstance(screen, Detail):
        return screen.spec.id
    return {Overview: "overview", CheckRunScreen: "run_checks"}.get(type(screen), type(screen).__name__)


def list_of(app: CourtsideApp) -> LinesView:
    """Return the list in use."""
    if isinstance(app.screen, Overview):
        return app.screen.current
    return next(iter(app.screen.query(LinesView)), LinesView())


async def reached(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds, without waiting until all is quiet; fails with `what` after five seconds."""
    give_up = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up, what
        await asyncio.sleep(0.002)
