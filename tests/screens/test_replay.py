"""Another time: dates, replay, pausing; and a console that is quiet while nothing happens."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import ClassVar

from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from screens.app import CourtsideApp
from screens.overview import Overview
from screens.replay import beat
from tests.builders import at
from tests.screens.stubs import Clock, Source, Steps, drive, header_text, keybar_text, loaded, session_on, until


def test_earlier_dates_are_shown_as_known_at_the_same_moment(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("left_square_bracket", "left_square_bracket")
        await loaded(app, pilot)
        assert source.scopes[-1].as_of == at("2026-01-25T01:30")
        assert source.scopes[-1].last == date(2026, 1, 22)
        assert "games of 21 to 22 Jan 2026" in header_text(app)
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert app.last_date is None

    drive(CourtsideApp(session_on(source)), steps)


def test_a_playing_clock_steps_and_waits_for_what_is_still_being_shown(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("P")
        source.may_answer.clear()
        beat(app)
        assert app.moment.now() == at("2026-01-25T01:45")
        beat(app)
        assert app.moment.now() == at("2026-01-25T01:45")
        source.may_answer.set()
        await loaded(app, pilot)
        beat(app)
        assert app.moment.now() == at("2026-01-25T02:00")
        await pilot.press("P")
        assert app.player is None
        assert not app.moment.playing

    drive(CourtsideApp(session_on(source)), steps)


def test_where_the_recording_ends_playing_and_going_on_end_too(source: Source) -> None:
    end = at("2026-01-25T01:40")

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        for typed in ("2026-01-25T01:41Z", "live"):
            await pilot.press("t", *typed, "enter")
            await until(pilot, lambda: "what is recorded ends at 2026-01-25T01:40Z" in keybar_text(app), "not said")
            assert app.moment.now() == at("2026-01-25T01:30")
            app.say("")
        await pilot.press("P")
        beat(app)
        assert (app.moment.now(), app.moment.playing) == (end, False)
        assert "what is recorded ends here, at 2026-01-25T01:40Z" in keybar_text(app)

    later = at("2026-07-01T00:00")
    drive(CourtsideApp(session_on(source, ends_at=end, clock=lambda: later)), steps)


def test_playing_ends_at_the_present(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("P")
        beat(app)
        assert app.moment.now() == at("2026-01-25T01:40")
        assert not app.moment.playing
        assert app.player is None

    drive(CourtsideApp(session_on(source, clock=lambda: at("2026-01-25T01:40"))), steps)


def test_an_answer_about_a_moment_that_was_left_is_not_shown(source: Source) -> None:
    source.may_answer.clear()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: app.refresher.is_busy, "nothing was asked")
        await pilot.press("comma")
        source.may_answer.set()
        await until(pilot, lambda: not app.refresher.is_busy, "it hangs")
        assert app.standing.latest is None
        app.tick()
        await loaded(app, pilot)
        assert app.standing.as_of == at("2026-01-25T01:15")

    drive(CourtsideApp(session_on(source)), steps)


def test_a_paused_console_asks_nothing_by_itself_and_still_by_hand(source: Source) -> None:
    clock = Clock()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("p")
        clock.seconds += 1_000
        app.tick()
        assert not app.refresher.is_busy
        assert "paused" in header_text(app)
        await pilot.press("R")
        await until(pilot, lambda: len(source.scopes) == 2, "R asked nothing")
        await pilot.press("p")
        await pilot.pause()
        assert "paused" not in header_text(app)

    drive(CourtsideApp(session_on(source), monotonic=clock), steps)


def test_a_console_that_nobody_looks_at_stops_asking_and_begins_again_with_the_first_look(source: Source) -> None:
    clock = Clock()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        app.post_message(events.AppBlur())
        await pilot.pause()
        clock.seconds += 599
        app.tick()
        await until(pilot, lambda: len(source.scopes) > 1, "it stopped too early")
        await loaded(app, pilot)
        asked = len(source.scopes)
        clock.seconds += 601
        app.tick()
        assert len(source.scopes) == asked
        assert "nobody looks" in header_text(app)
        app.post_message(events.AppFocus())
        await until(pilot, lambda: len(source.scopes) > asked, "it did not begin again")
        assert "nobody looks" not in header_text(app)

    drive(CourtsideApp(session_on(source), monotonic=clock), steps)


def test_each_panel_is_refreshed_at_its_own_pace(source: Source) -> None:
    clock = Clock()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        clock.seconds += 34
        due = {feed.name for feed in app.refresher.due()}
        assert due
        assert due == {name for name, feed in app.refresher.feeds.items() if feed.cadence <= 30}

    drive(CourtsideApp(session_on(source), monotonic=clock), steps)


def test_a_detail_screen_is_refreshed_while_it_is_open_and_no_longer(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        from dataclasses import replace

        from screens.navigation import open_spec
        from screens.specs import PANELS

        await loaded(app, pilot)
        before = set(app.refresher.feeds)
        open_spec(app, replace(PANELS[-1], id="everything"))
        await pilot.pause()
        (added,) = set(app.refresher.feeds) - before
        await until(pilot, lambda: app.refresher.feeds[added].running is None, "it was not refreshed")
        await pilot.press("escape")
        await pilot.pause()
        assert set(app.refresher.feeds) == before

    drive(CourtsideApp(session_on(source)), steps)


class Recorder(HeadlessDriver):
    """Stands for a terminal, and keeps what is sent to it."""

    sent: ClassVar[list[str]] = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.sent.append(data)


def sent_while(source: Source, steps: Steps) -> str:
    """Return what goes to the terminal while `steps` are taken on a console that has come to rest."""
    app = CourtsideApp(session_on(source))
    app.driver_class = Recorder

    async def run() -> str:
        async with app.run_test(headless=False, size=(120, 40)) as pilot:
            await loaded(app, pilot)
            await pilot.pause(0.3)
            assert "nothing was queued in the last two weeks" in "".join(Recorder.sent)
            Recorder.sent.clear()
            await steps(app, pilot)
            await pilot.pause(0.2)
            return "".join(Recorder.sent)

    return asyncio.run(run())


def test_an_idle_console_sends_nothing_to_the_terminal(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        for _ in range(5):
            app.tick()
            await pilot.pause(0.05)

    assert sent_while(source, steps) == ""


def test_a_refresh_that_changes_nothing_sends_less_than_200_bytes(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        app.refresh_all()
        await until(pilot, lambda: len(source.scopes) == 2, "nothing was asked")
        await loaded(app, pilot)

    assert len(sent_while(source, steps)) < 200


def test_what_does_change_is_sent(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await pilot.press("p")

    assert "paused" in sent_while(source, steps)


def test_a_notice_gives_way_to_the_keys_again(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        app.say("something happened")
        assert "something happened" in keybar_text(app)
        app.say("")
        assert "? help" in keybar_text(app)
        assert isinstance(app.screen, Overview)

    drive(CourtsideApp(session_on(source)), steps)
