"""How the console looks at fixed moments of the January week. The pictures are in `snapshots`, beside this file: look at them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.app import CourtsideApp
from screens.detail.check_run import CheckRunScreen
from screens.dialogs.preview import PreviewDialog
from screens.navigation import open_target
from screens.panels.panel import Panel
from screens.ports import Hands, Preview, PreviewItem, Result
from screens.table import Target
from screens.views.check_run import State
from tests.builders import at
from tests.screens.january import SteadyDesk, console_at
from tests.screens.snapshot import DIRECTORY, compare
from tests.screens.stubs import StubHands, drive, loaded, until

QUIET = "quiet", at("2026-01-22T18:00")
TWO_HOURS = "two-hours-silent", at("2026-01-23T06:20")
LAST_HOUR = "45-hours-silent", at("2026-01-25T01:30")
AFTER = "after", at("2026-01-25T15:30")

SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)

Steps = Callable[[CourtsideApp, Pilot[int]], Awaitable[None]]


@dataclass(frozen=True)
class Shot:
    """A snapshot: what it is called, when it is taken, how large, with colours or without, and after which steps."""

    name: str
    moment: datetime
    size: tuple[int, int] = MIDDLE
    color: bool = True
    steps: Steps | None = None
    hands: Hands | None = None


ITEMS = (
    PreviewItem("LAL@DAL 2026-01-24", "insert pending row: processor bdl_player_boxscores, phase_2, next retry now"),
    PreviewItem("GSW@MIN 2026-01-24", "", "not played: the schedule has had no final status for 36 h"),
)
ARMED = StubHands(
    read_only="",
    answer=Preview("", (), text="cost: 1 statement", available=True, asks_reason=True),
    result=Result("Requeue", ITEMS, "1 of 2 done; applied, verification at 16:05 UTC", is_complete=False),
)
"""Hands as production has them when they are armed."""


async def shown(app: CourtsideApp, pilot: Pilot[int]) -> None:
    """Wait until everything on the screen stands on an answer."""
    await loaded(app, pilot)
    panels = app.screen.query(Panel)
    await until(pilot, lambda: all(panel.look for panel in panels), "a panel is still loading")
    await loaded(app, pilot)


def opens(screen: str, name: str, day: date | None = None) -> Steps:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        open_target(app, Target(screen, name, day))
        await pilot.pause()
        await shown(app, pilot)

    return steps


def press(*keys: str) -> Steps:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await pilot.press(*keys)
        await shown(app, pilot)

    return steps


def preview(*keys: str) -> Steps:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, PreviewDialog), "no preview came")
        await shown(app, pilot)

    return steps


def consent(*keys: str) -> Steps:
    """Open a preview, and type so far that it is not agreed to yet."""

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await preview("6", "r")(app, pilot)
        await pilot.press("enter", *keys)
        await shown(app, pilot)

    return steps


async def apply(app: CourtsideApp, pilot: Pilot[int]) -> None:
    await consent(*"scores were late", "enter")(app, pilot)
    dialog = app.screen
    assert isinstance(dialog, PreviewDialog)
    await until(pilot, lambda: dialog.result is not None, "nothing came of it")
    await shown(app, pilot)


async def run_all_checks(app: CourtsideApp, pilot: Pilot[int]) -> None:
    await pilot.press("c")
    await until(pilot, lambda: isinstance(app.screen, CheckRunScreen), "no run was begun")
    await until(pilot, lambda: app.runs is not None and app.runs.kept[-1].state is State.DONE, "the run did not end")


def overview(when: tuple[str, datetime], size: tuple[int, int], *, color: bool = True) -> Shot:
    look = "" if color else "-no-colour"
    return Shot(f"overview-{when[0]}-{size[0]}x{size[1]}{look}", when[1], size, color)


SHOTS = (
    *(overview(when, size) for when in (QUIET, TWO_HOURS, LAST_HOUR) for size in (SMALL, MIDDLE, LARGE)),
    *(overview(when, SMALL, color=False) for when in (QUIET, TWO_HOURS, LAST_HOUR)),
    overview(LAST_HOUR, MIDDLE, color=False),
    overview(TWO_HOURS, LARGE, color=False),
    Shot("game", AFTER[1], steps=opens("game", "GSW@MIN", date(2026, 1, 24))),
    Shot("date", AFTER[1], steps=opens("date", "2026-01-24", date(2026, 1, 24))),
    Shot("workflow", LAST_HOUR[1], steps=opens("workflow", "betting_lines")),
    Shot("finding", LAST_HOUR[1], steps=press("enter")),
    Shot("queue", AFTER[1], steps=opens("queue", "")),
    Shot("timeline", LAST_HOUR[1], steps=press("T")),
    Shot("why", LAST_HOUR[1], steps=press("w")),
    Shot("gates", LAST_HOUR[1], steps=press("g")),
    Shot("check-run", LAST_HOUR[1], steps=run_all_checks),
    Shot("help", LAST_HOUR[1], steps=press("question_mark")),
    Shot("preview-requeue", AFTER[1], steps=preview("6", "r")),
    Shot("preview-80x24", AFTER[1], SMALL, steps=preview("6", "r"), hands=ARMED),
    Shot("consent-80x24", AFTER[1], SMALL, steps=consent(*"scores were"), hands=ARMED),
    Shot("result-80x24", AFTER[1], SMALL, steps=apply, hands=ARMED),
    Shot("preview-summary", LAST_HOUR[1], steps=preview("s")),
)


@pytest.fixture(scope="module")
def january_desk(demo_file: Path) -> SteadyDesk:
    return SteadyDesk(demo_file)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_the_screen_looks_as_its_snapshot(shot: Shot, january_desk: SteadyDesk) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await shown(app, pilot)
        if shot.steps is not None:
            await shot.steps(app, pilot)
        compare(shot.name, app.export_screenshot())

    drive(console_at(shot.moment, january_desk, color=shot.color, hands=shot.hands), steps, shot.size)


def test_every_snapshot_belongs_to_a_screen() -> None:
    assert {path.stem for path in DIRECTORY.iterdir()} == {shot.name for shot in SHOTS}


def test_a_snapshot_asks_nothing_of_other_hosts() -> None:
    for path in DIRECTORY.iterdir():
        hosts = set(re.findall(r"https?://[^\"'\s)]+", path.read_text(encoding="utf-8")))
        assert hosts == {"http://www.w3.org/2000/svg"}, path.name
