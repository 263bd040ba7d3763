"""What is typed and what is previewed: filters, times, and the dry runs of actions."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from textual import events
from textual.pilot import Pilot

from screens.app import CourtsideApp
from screens.dialogs.filter_line import FilterLine
from screens.dialogs.go_to import GoTo
from screens.dialogs.preview_lines import NOT_AVAILABLE, preview_lines
from screens.dialogs.times import TimeRefusedError, read_end, read_moment
from screens.lines import text_of
from screens.overview import Overview
from screens.panels.panel import Panel
from screens.ports import Preview, PreviewItem
from tests.builders import at
from tests.screens.stubs import (
    PRESENT,
    Source,
    StubHands,
    drive,
    header_text,
    loaded,
    screen_text,
    session_on,
    until,
)

SHOWN = at("2026-01-25T01:30")


def findings(app: CourtsideApp) -> Panel:
    assert isinstance(app.screen, Overview)
    return app.screen.panel("findings")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-01-23T06:20Z", "2026-01-23T06:20"),
        (" 2026-01-23T06:20:59z ", "2026-01-23T06:20"),
        ("2026-01-23T01:20-05:00", "2026-01-23T06:20"),
        ("23 Jan 06:20Z", "2026-01-23T06:20"),
        ("23 january 2026 06:20 utc", "2026-01-23T06:20"),
        ("23 Jan 01:20 EST", "2026-01-23T06:20"),
        ("23 Jan 01:20 ET", "2026-01-23T06:20"),
        ("1 Mar 06:20Z", "2025-03-01T06:20"),
        ("04:20Z", "2026-01-25T04:20"),
        ("20:35 ET", "2026-01-25T01:35"),
        ("-2h", "2026-01-24T23:30"),
        ("+30m", "2026-01-25T02:00"),
        ("-1d 2h 5min", "2026-01-23T23:25"),
    ],
)
def test_times_are_understood_as_people_write_them(typed: str, meant: str) -> None:
    assert read_moment(typed, SHOWN, PRESENT) == at(meant)


@pytest.mark.parametrize("typed", ["live", "LIVE", " now "])
def test_live_is_no_fixed_moment(typed: str) -> None:
    assert read_moment(typed, SHOWN, PRESENT) is None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2026-01-23T06:20", "2026-01-23T06:20 has no time zone: write it as 2026-01-23T06:20Z for UTC"),
        ("2026-01-23", "2026-01-23 has no time zone: write it as 2026-01-23T00:00Z for UTC"),
        ("23 Jan 06:20", "23 Jan 06:20 has no time zone: write 23 Jan 06:20Z for UTC, or 23 Jan 06:20 ET for New York"),
        ("30 Feb 06:20Z", "30 Feb 06:20Z does not exist"),
        ("23 Foo 06:20Z", "'Foo' is not a month"),
        ("25:00Z", "25:00Z does not exist"),
        ("yesterday", "'yesterday' is not a time"),
        ("", "no time is given"),
        ("-", "'-' is not a time"),
        ("2027-01-01T00:00Z", "2027-01-01T00:00Z has not come yet; it is 2026-02-01T12:00Z"),
        ("+30d", "has not come yet"),
        ("-9999d", None),
        ("1 Jan 0001 00:00 ET", None),
    ],
)
def test_what_is_no_moment_is_refused_in_a_sentence(typed: str, says: str | None) -> None:
    if says is None:
        assert isinstance(_read(typed), (datetime, TimeRefusedError))
        return
    with pytest.raises(TimeRefusedError) as refusal:
        read_moment(typed, SHOWN, PRESENT)
    assert says in str(refusal.value)


def _read(typed: str) -> datetime | TimeRefusedError | None:
    try:
        return read_moment(typed, SHOWN, PRESENT)
    except TimeRefusedError as refusal:
        return refusal


def test_a_filter_narrows_the_panel_while_it_is_typed_and_enter_keeps_it(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        everything = findings(app).table.count
        await pilot.press("slash", *"midday")
        await pilot.pause()
        assert 0 < findings(app).table.count < everything
        await pilot.press("enter")
        await pilot.pause()
        assert not app.screen.query(FilterLine)
        assert findings(app).has_focus
        assert findings(app).options.filter == "midday"

    drive(CourtsideApp(session_on(source)), steps)


@pytest.mark.parametrize("leave_first", [False, True])
def test_esc_clears_a_filter_while_it_is_typed_and_afterwards(source: Source, leave_first: bool) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("slash", *"midday", *(["enter"] if leave_first else []), "escape")
        await pilot.pause()
        assert findings(app).options.filter == ""
        assert findings(app).has_focus
        assert not app.screen.query(FilterLine)

    drive(CourtsideApp(session_on(source)), steps)


def test_keys_that_are_typed_into_a_filter_do_nothing_else(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("slash", *"qrwp1?")
        await pilot.pause()
        assert app.is_running
        assert isinstance(app.screen, Overview)
        assert findings(app).options.filter == "qrwp1?"
        assert not app.pause.by_hand

    drive(CourtsideApp(session_on(source)), steps)


def test_escape_sequences_that_are_pasted_do_not_reach_the_screen(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("slash")
        await pilot.pause()
        field = app.screen.query_one(FilterLine).field
        field.post_message(events.Paste("evil\x1b]52;c;ZXZpbA==\x07\x1b[2J\u202e"))
        await until(pilot, lambda: field.value == "evil", "the paste is not cleaned")

    drive(CourtsideApp(session_on(source)), steps)


def test_a_filter_that_loses_the_focus_goes_away_and_stays_in_force(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("slash", *"midday")
        await pilot.click("#queue")
        await pilot.pause()
        assert not app.screen.query(FilterLine)
        assert findings(app).options.filter == "midday"

    drive(CourtsideApp(session_on(source)), steps)


def test_going_to_a_time_asks_about_that_moment(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("t", *"23 Jan 06:20Z", "enter")
        await until(pilot, lambda: len(source.scopes) == 2, "nothing was asked")
        assert source.scopes[-1].as_of == at("2026-01-23T06:20")
        assert "Fri 23 Jan 01:20 EST" in header_text(app)
        assert findings(app).has_focus

    drive(CourtsideApp(session_on(source)), steps)


def test_a_time_without_a_zone_is_refused_above_the_line_and_can_be_mended(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("t", *"2026-01-23T06:20", "enter")
        await pilot.pause()
        prompt = app.screen.query_one(GoTo)
        assert prompt.has_class("refused")
        assert app.moment.fixed_at == SHOWN
        await pilot.press("Z")
        await pilot.pause()
        assert not prompt.has_class("refused")
        await pilot.press("enter")
        await pilot.pause()
        assert app.moment.fixed_at == at("2026-01-23T06:20")

    drive(CourtsideApp(session_on(source)), steps)


def test_esc_leaves_the_time_as_it_is(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("t", *"live", "escape")
        await pilot.pause()
        assert app.moment.fixed_at == SHOWN
        assert not app.screen.query(GoTo)

    drive(CourtsideApp(session_on(source)), steps)


NOW = at("2026-01-25T11:00") + timedelta(seconds=20)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2h", "2026-01-25T13:00"),
        ("+45m", "2026-01-25T11:45"),
        ("1d 2h", "2026-01-26T13:00"),
        (" 13:30 ", "2026-01-25T13:30"),
        ("07:30", "2026-01-26T07:30"),
        ("07:30 ET", "2026-01-25T12:30"),
        ("05:30 ET", "2026-01-26T10:30"),
        ("2026-01-27T06:00Z", "2026-01-27T06:00"),
    ],
)
def test_an_end_is_a_time_from_now_on_or_the_next_such_time_of_day(typed: str, meant: str) -> None:
    assert read_end(typed, NOW) == at(meant)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "no time is given: write 2h, 45m"),
        ("soon", "'soon' is not a time: write 2h, 45m"),
        ("-2h", "'-2h' is not a time"),
        ("0m", "is over; it is 2026-01-25T11:00Z"),
        ("25:00", "25:00 does not exist"),
        ("2026-01-25T10:00Z", "2026-01-25T10:00Z is over"),
        ("2026-01-25T12:00", "has no time zone"),
    ],
)
def test_what_is_no_end_is_refused_in_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(TimeRefusedError, match=re.escape(why)):
        read_end(typed, NOW)


def preview_text(preview: Preview, width: int = 70) -> str:
    return "\n".join(text_of(line) for line in preview_lines(preview, width))


def test_a_preview_says_item_by_item_what_would_happen_and_what_is_refused() -> None:
    items = (
        PreviewItem("LAL@DAL", "publish one message to nba-phase2-trigger"),
        PreviewItem("GSW@MIN", "", refused="not played: postponed"),
    )
    said = preview_text(Preview("Requeue", items))
    assert "1 would be done, 1 refused" in said
    assert "would    LAL@DAL: publish one message to nba-phase2-trigger" in said
    assert "refused  GSW@MIN: not played: postponed" in said


def test_a_preview_that_cannot_be_applied_says_so_first() -> None:
    assert preview_text(Preview("Requeue", ()), 200).startswith(NOT_AVAILABLE)
    assert preview_text(Preview("Requeue", (), note="no hands yet"), 200).startswith("no hands yet")


def test_a_preview_shows_a_summary_line_by_line_as_it_would_be_posted() -> None:
    said = preview_text(Preview("Summary", (), text="first\n\n*second* <!channel>"))
    assert said.splitlines()[-3:] == ["first", "", "*second* <!channel>"]


def test_a_preview_of_nothing_says_so() -> None:
    assert "nothing would be done" in preview_text(Preview("Requeue", ()))


def test_hostile_text_in_a_preview_does_not_reach_the_terminal() -> None:
    said = preview_text(Preview("Requeue", (PreviewItem("\x1b[2Jgame", "x\u202ey\x00"),), text="\x1b]0;title\x07z"))
    assert all(line.isprintable() for line in said.splitlines())


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (200, 60)])
def test_a_preview_fits_the_terminal_and_hides_no_verdict(source: Source, size: tuple[int, int]) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: type(app.screen).__name__ == "PreviewDialog", "no preview")
        await pilot.pause()
        region = app.screen.query_one(Panel).region
        assert region.y >= 3
        assert region.bottom <= size[1]
        assert region.right <= size[0]
        assert "applying is not available" in screen_text(app)

    drive(CourtsideApp(session_on(source)), steps, size=size)


def test_hands_that_fail_are_said_and_the_console_goes_on(source: Source) -> None:
    class Broken(StubHands):
        def summary(self, look: object, sentence: str, at: datetime | None) -> Preview:
            raise OSError("the journal is locked")

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("s")
        bar = app.screen.query_one("#keybar")
        await until(pilot, lambda: "the journal is locked" in str(getattr(bar, "notice", "")), "nothing was said")

    drive(CourtsideApp(session_on(source, hands=Broken())), steps)
