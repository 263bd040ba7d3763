"""The console as a whole: its first frame, its sources, its sizes and its looks."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from checks.model import Severity
from screens.app import CourtsideApp
from screens.header import Header
from screens.overview import Overview
from screens.panels.panel import Panel
from screens.ports import Look, Remembered
from screens.strips import Styles
from screens.themes import THEMES
from tests.builders import at
from tests.screens.stubs import (
    MOMENT,
    Clock,
    Source,
    StubMemory,
    drive,
    header_text,
    keybar_text,
    loaded,
    panel_text,
    screen_text,
    session_on,
    until,
)

SIZES = ((80, 24), (120, 40), (250, 70), (40, 10), (70, 14), (69, 23), (20, 5), (1, 1), (40, 10), (80, 24))


def overview_of(app: CourtsideApp) -> Overview:
    overview = app.screen_stack[0]
    assert isinstance(overview, Overview)
    return overview


def test_the_first_frame_shows_what_an_earlier_run_knew_and_how_old_it_is(source: Source, january: Look) -> None:
    source.may_answer.clear()
    memory = StubMemory(Remembered(january.report, at("2026-01-25T01:31")))

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        assert "LAST KNOWN, of 2026-01-25T01:30Z" in header_text(app)
        assert "nobody is deciding" in header_text(app)
        assert "data is arriving" in panel_text(overview_of(app).panel("findings"))
        source.may_answer.set()

    drive(CourtsideApp(session_on(source, memory=memory, at=at("2026-01-25T02:00"))), steps)


def test_a_first_start_says_that_nothing_is_known_yet(source: Source) -> None:
    source.may_answer.clear()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        assert "nothing is known yet" in header_text(app)
        assert all("loading" in panel_text(panel) for panel in overview_of(app).panels)
        source.may_answer.set()

    drive(CourtsideApp(session_on(source)), steps)


def test_one_full_report_fills_every_panel(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert len(source.scopes) == 1
        assert not [panel.spec.id for panel in overview_of(app).panels if "loading" in panel_text(panel)]
        assert "CRITICAL" in header_text(app)
        assert "reachable" in header_text(app)

    drive(CourtsideApp(session_on(source)), steps)


def test_a_hanging_warehouse_leaves_the_console_usable_and_quitting_quick(source: Source) -> None:
    source.may_answer.clear()
    quit_after = []

    async def run() -> None:
        app = CourtsideApp(session_on(source))
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("question_mark")
            await pilot.pause()
            assert "refresh everything now" in screen_text(app)
            await pilot.press("escape", "4", "m")
            assert overview_of(app).board.is_maximised
            quit_after.append(time.monotonic())
            await pilot.press("q")
        quit_after.append(time.monotonic())

    asyncio.run(run())
    source.may_answer.set()
    assert quit_after[1] - quit_after[0] < 10  # on a busy machine; the query would never end by itself


def test_a_hanging_refresh_is_given_up_and_said(source: Source) -> None:
    source.may_answer.clear()
    clock = Clock()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: app.refresher.is_busy, "nothing was asked")
        clock.seconds += 21
        app.tick()
        assert "FAILING: no answer within 20 s" in header_text(app)
        source.may_answer.set()
        clock.seconds += 600
        app.tick()
        await loaded(app, pilot)
        assert "FAILING" not in header_text(app)

    drive(CourtsideApp(session_on(source), monotonic=clock), steps)


def test_a_failing_source_is_said_on_header_and_panels_and_old_data_is_called_old(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        source.failure = "the warehouse does not answer"
        await pilot.press("R")
        await until(pilot, lambda: "FAILING" in header_text(app), "the failure is not said")
        assert "FAILING: the warehouse does not answer" in header_text(app)
        assert "LAST KNOWN, of 2026-01-25T01:30Z" in header_text(app)
        for panel in overview_of(app).panels:
            assert "OLD, the source fails" in panel_text(panel)
            assert "NOT REFRESHED" in panel_text(panel)
        source.failure = ""
        await pilot.press("R")
        await until(pilot, lambda: "reachable" in header_text(app), "the recovery is not said")
        assert not [panel for panel in overview_of(app).panels if "OLD" in panel_text(panel)]

    drive(CourtsideApp(session_on(source)), steps)


def test_an_old_ok_is_not_shown_as_ok_while_the_source_fails(source: Source, january: Look) -> None:
    verdict = replace(january.report.verdict, severity=Severity.OK, sentence="all checks are OK")
    ok = replace(january, report=replace(january.report, verdict=verdict))  # type: ignore[type-var]  # a dataclass
    source.answer = ok

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert " OK " in header_text(app).splitlines()[1]
        source.failure = "gone"
        await pilot.press("R")
        await until(pilot, lambda: "FAILING" in header_text(app), "the failure is not said")
        assert header_text(app).splitlines()[1].startswith(" UNKNOWN ")

    drive(CourtsideApp(session_on(source)), steps)


def test_a_failing_source_is_tried_again_by_itself_later_and_later(source: Source) -> None:
    source.failure = "refused"
    clock = Clock()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: app.standing.failure == "refused", "the failure is not said")
        full = app.refresher.feeds["findings"]
        assert full.due_at - clock.seconds > full.cadence * 1.7
        source.failure = ""
        clock.seconds = full.due_at + 1
        app.tick()
        await until(pilot, lambda: "reachable" in header_text(app), "it did not recover")

    drive(CourtsideApp(session_on(source), monotonic=clock), steps)


def test_resizing_through_many_sizes_and_back_keeps_the_screen_whole(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        for size in SIZES:
            for key in ("1", "3", "6", "m", "m"):
                await pilot.press(key)
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert app.screen.query_one(Header).size.height == 3
        assert all(panel.size.height >= 3 for panel in overview_of(app).panels)

    drive(CourtsideApp(session_on(source)), steps)


def test_a_panel_that_has_no_room_waits_behind_its_number_key(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("5")
        await pilot.pause()
        assert overview_of(app).current.spec.id == "games"
        assert overview_of(app).panel("games").size.height == 6
        assert overview_of(app).panel("games").has_focus

    drive(CourtsideApp(session_on(source)), steps, size=(40, 10))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_every_panel_shows_rows_at_usual_sizes(source: Source, size: tuple[int, int]) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        assert min(panel.size.height for panel in overview_of(app).panels) >= 3

    drive(CourtsideApp(session_on(source)), steps, size=size)


def test_themes_follow_each_other_and_the_last_choice_is_remembered(source: Source) -> None:
    memory = StubMemory()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        seen: list[Styles] = []
        for _ in range(4):
            await pilot.press("ctrl+t")
            seen.append(app.screen.query_one(Header).line_styles)
        assert len({id(styles) for styles in seen}) == 4
        await until(pilot, lambda: memory.preferences == {"theme": "dark"}, "the choice is not remembered")

    drive(CourtsideApp(session_on(source, memory=memory)), steps)


def test_a_remembered_theme_is_the_first_that_is_shown(source: Source) -> None:
    app = CourtsideApp(session_on(source, memory=StubMemory(preferences={"theme": "contrast"})))
    assert app.line_styles == THEMES["contrast"].styles


def test_without_colours_nothing_is_painted_in_one(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await pilot.press("ctrl+t")
        assert "NO_COLOR" in keybar_text(app)
        strips = [widget.render_line(y) for widget in app.screen.query(Panel) for y in range(widget.size.height)]
        styles = [segment.style for strip in strips for segment in strip if segment.style is not None]
        assert not [style for style in styles if style.color is not None or style.bgcolor is not None]

    drive(CourtsideApp(session_on(source, color=False)), steps)


def test_an_ascii_terminal_is_sent_ascii_only(source: Source) -> None:
    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        shown = [header_text(app), keybar_text(app), screen_text(app)]
        for key in ("w", "escape", "question_mark", "escape", "g"):
            await pilot.press(key)
            await pilot.pause()
            shown += [header_text(app), keybar_text(app), screen_text(app)]
        assert not [text for text in shown if not text.isascii()]

    drive(CourtsideApp(session_on(source, ascii=True)), steps)


def test_a_report_is_remembered_for_the_next_run(source: Source, january: Look) -> None:
    memory = StubMemory()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await until(pilot, lambda: memory.kept == [january.report], "it is not remembered")

    drive(CourtsideApp(session_on(source, memory=memory, at=MOMENT)), steps)


def test_a_report_of_a_replayed_moment_is_not_remembered_as_the_last_one(source: Source) -> None:
    memory = StubMemory()

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        await until(pilot, lambda: len(memory.kept) == 1, "it is not remembered")
        await pilot.press("comma")
        await until(pilot, lambda: len(source.scopes) == 2, "the step asked nothing")
        await loaded(app, pilot)
        assert len(memory.kept) == 1

    drive(CourtsideApp(session_on(source, memory=memory)), steps)
