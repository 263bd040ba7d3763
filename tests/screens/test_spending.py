"""What asking costs on the screen, and the day's budget: slower at 80 %, only by hand when it is spent, never in a replay."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from console.warehouse.bigquery.cost import Budget
from screens.app import CourtsideApp
from screens.ports import Look
from screens.session import Environment, Session
from screens.spending import Spending
from screens.text.amount import GIBIBYTE
from tests.builders import at
from tests.screens.stubs import (
    MOMENT,
    Clock,
    Source,
    StubDesk,
    drive,
    header_text,
    keybar_text,
    loaded,
    session_on,
    until,
)

NOON = at("2026-02-01T12:00")
DAY = date(2026, 2, 1)
MIDNIGHT = at("2026-02-02T00:00")


def spending(gigabytes: float, daily_gb: float | None = 10) -> Spending:
    spent = int(gigabytes * GIBIBYTE)
    return Spending(GIBIBYTE // 4, None if daily_gb is None else Budget(daily_gb, spent, DAY))


# In words


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (spending(3, None), "0.25 GB billed"),
        (spending(3), "3.00 of 10 GB today"),
        (spending(0.23, 0.5), "0.23 of 0.5 GB today"),
    ],
)
def test_cost_is_in_gb_of_two_to_the_thirtieth_and_of_today_where_there_is_a_budget(known: Spending, said: str) -> None:
    assert known.cost(NOON) == said


@pytest.mark.parametrize(
    ("gigabytes", "slowness", "word"),
    [(7.9, 1, ""), (8, 3, "slower until 00:00Z"), (10, None, "only by R until 00:00Z")],
)
def test_pace_follows_the_budget_and_is_said_with_its_end(gigabytes: float, slowness: float | None, word: str) -> None:
    known = spending(gigabytes)
    assert (known.slowness(NOON), known.word(NOON)) == (slowness, word)


def test_a_budget_holds_until_the_day_is_over_and_not_a_moment_longer() -> None:
    known = spending(10)
    assert known.slowness(MIDNIGHT - timedelta(microseconds=1)) is None
    assert (known.slowness(MIDNIGHT), known.word(MIDNIGHT), known.cost(MIDNIGHT)) == (1, "", "0.25 GB billed")


@pytest.mark.parametrize(
    ("before", "after", "notice"),
    [
        (None, 1, ""),
        (None, 10, "10.00 of 10 GB today, all of the budget: only R refreshes until 00:00Z"),
        (7, 8, "8.00 of 10 GB today: refreshing 3 times more slowly until 00:00Z"),
        (8, 9, ""),
        (9, 10, "10.00 of 10 GB today, all of the budget: only R refreshes until 00:00Z"),
        (10, 11, ""),
        (10, 1, "within the budget: refreshing at the usual pace again"),
    ],
)
def test_a_change_of_pace_is_said_once(before: float | None, after: float, notice: str) -> None:
    assert spending(after).notice(None if before is None else spending(before), NOON) == notice
    assert len(notice) < 79


# On the console


class Metered(StubDesk):
    """A desk on a warehouse that bills."""

    def __init__(self, world: World) -> None:
        super().__init__(world.source._look)
        self.bytes_billed = world.billed
        self._world = world

    def budget(self) -> Budget | None:
        world = self._world
        if world.daily_gb is None:
            return None
        return Budget(world.daily_gb, world.spent, world.now.date())


class World:
    """A production warehouse, what is spent there, and the time of day."""

    def __init__(self, source: Source, *, daily_gb: float | None = 10) -> None:
        self.source = source
        self.daily_gb = daily_gb
        self.billed = 0
        self.spent = 0
        self.now: datetime = NOON
        self.clock = Clock()

    def session(self, **changes: Any) -> Session:
        given: dict[str, Any] = {
            "open_desk": lambda: Metered(self),
            "environment": Environment.PRODUCTION,
            "warehouse": "bigquery://nba-prod",
            "clock": lambda: self.now,
            "at": None,
        }
        return session_on(self.source, **{**given, **changes})

    def console(self, **changes: Any) -> CourtsideApp:
        return CourtsideApp(self.session(**changes), monotonic=self.clock)

    async def after(self, seconds: float, app: CourtsideApp, pilot: Pilot[int]) -> int:
        """Let time pass and return how many questions that brought."""
        asked = len(self.source.scopes)
        self.clock.seconds += seconds
        app.tick()
        await until(pilot, lambda: not app.refresher.is_busy, "it never came back")
        return len(self.source.scopes) - asked


@pytest.fixture
def world(source: Source) -> World:
    return World(source)


def longest_cadence(app: CourtsideApp) -> float:
    return max(feed.cadence for feed in app.refresher.feeds.values()) * 1.2


def test_the_header_says_what_was_billed_and_under_a_budget_what_is_spent_of_it(source: Source) -> None:
    free = World(source, daily_gb=None)
    free.billed = GIBIBYTE // 4

    async def billed(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert "0.25 GB billed" in header_text(app)

    drive(free.console(), billed, (200, 40))
    bound = World(source)
    bound.spent = 2 * GIBIBYTE

    async def budgeted(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert "2.00 of 10 GB today" in header_text(app)
        assert "slower" not in header_text(app)

    drive(bound.console(), budgeted, (200, 40))


def test_a_refresh_that_was_free_changes_nothing_in_the_header(world: World) -> None:
    world.spent = 2 * GIBIBYTE

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        before = app.header_state()
        assert await world.after(longest_cadence(app), app, pilot) > 0
        assert app.header_state() == before

    drive(world.console(), steps, (200, 40))


def test_from_80_percent_on_panels_wait_three_times_as_long_and_it_is_said(world: World) -> None:
    world.spent = 8 * GIBIBYTE

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert "refreshing 3 times more slowly until 00:00Z" in keybar_text(app)
        assert "live, slower until 00:00Z" in header_text(app)
        quickest = min(feed.cadence for feed in app.refresher.feeds.values())
        assert await world.after(quickest * 2.5, app, pilot) == 0
        assert await world.after(quickest * 1, app, pilot) > 0

    drive(world.console(), steps)


def test_when_the_budget_is_spent_only_the_key_refreshes_until_midnight_utc(world: World) -> None:
    world.spent = 10 * GIBIBYTE

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert "only R refreshes until 00:00Z" in keybar_text(app)
        assert await world.after(20_000, app, pilot) == 0
        assert "live, only by R until 00:00Z" in header_text(app)
        asked = len(world.source.scopes)
        await pilot.press("R")
        await until(pilot, lambda: len(world.source.scopes) > asked and not app.refresher.is_busy, "R asked nothing")
        assert await world.after(20_000, app, pilot) == 0
        world.now, world.spent = MIDNIGHT, 0
        assert await world.after(0, app, pilot) > 0
        assert "only by R" not in header_text(app)
        assert "0.00 of 10 GB today" in header_text(app)

    drive(world.console(), steps, (200, 40))


def test_a_refresh_that_fails_costs_too_and_is_counted(world: World) -> None:
    world.source.failure = "over quota"
    world.spent = 10 * GIBIBYTE

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "over quota" in header_text(app), "the failure is not said")
        assert await world.after(20_000, app, pilot) == 0

    drive(world.console(), steps)


def test_who_plays_the_past_is_never_slowed(world: World) -> None:
    world.spent = 10 * GIBIBYTE

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert "until 00:00Z" not in header_text(app) + keybar_text(app)
        assert await world.after(longest_cadence(app), app, pilot) > 0
        app.moment = app.moment.go_to(None)
        assert await world.after(longest_cadence(app), app, pilot) == 0

    drive(world.console(at=MOMENT), steps)


def test_a_warehouse_that_costs_nothing_has_neither_cost_nor_slowness(source: Source, january: Look) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert " GB " not in header_text(app)
        assert app.refresher.slowness == 1

    drive(CourtsideApp(session_on(source, at=None)), steps, (200, 40))
