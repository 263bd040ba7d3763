"""Running the checks by hand: progress as it comes, stopping, and results that stay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

from checks.catalogue import ALL_CHECKS
from checks.model import FactOutcome, Scope
from checks.progress import Cancelled, Listener, Progress
from console.desk import Desk
from screens.app import CourtsideApp
from screens.detail.check_run import CheckRunScreen, Runs
from screens.lines import text_of
from screens.panels.lines_view import LinesView
from screens.ports import Look
from screens.views.check_run import State
from tests.screens.stubs import Source, StubDesk, drive, loaded, session_on, until

LOADED = Progress(FactOutcome("retry_queue", 1, 0.2), 1, 1)


class Steered(StubDesk):
    """Runs as a test lets it: one step, then waits; ends when it may, or when it is cancelled."""

    def __init__(self, real: Desk, may_end: Event, asked: list[tuple[str, ...]]) -> None:
        super().__init__(real.look)
        self._real = real
        self._may_end = may_end
        self._asked = asked

    def run(self, scope: Scope, check_ids: Sequence[str], on_progress: Listener, cancelled: Cancelled) -> Look:
        self._asked.append(tuple(check_ids))
        on_progress(LOADED)
        while not self._may_end.wait(0.005):
            if cancelled():
                look = self._real.look(scope, ("queue.overdue",))
                facts = (FactOutcome("retry_queue", 0, 0.1, "the run was stopped before it answered"),)
                return replace(look, report=replace(look.report, facts=facts))
        return self._real.run(scope, check_ids, on_progress, cancelled)


class Stage:
    """A console with a desk that can be steered."""

    def __init__(self, real: Desk, source: Source) -> None:
        self.may_end = Event()
        self.asked: list[tuple[str, ...]] = []
        self.app = CourtsideApp(session_on(source, open_desk=lambda: Steered(real, self.may_end, self.asked)))

    def screen(self, runs: Runs | None = None, **kwargs: Any) -> CheckRunScreen:
        return CheckRunScreen(self.app.session, self.app.scope(), runs, **kwargs)


@pytest.fixture
def stage(desk: Desk, source: Source) -> Stage:
    return Stage(desk, source)


def text(view: LinesView) -> str:
    return "\n".join(text_of(view.line_at(y)) for y in range(view.size.height))


Steps = Callable[[CheckRunScreen, Pilot[int]], Awaitable[None]]


def play(stage: Stage, screen: CheckRunScreen, steps: Steps, size: tuple[int, int] = (120, 40)) -> None:
    async def opened(app: CourtsideApp, pilot: Pilot[int]) -> None:
        await loaded(app, pilot)
        app.push_screen(screen)
        await pilot.pause()
        await steps(screen, pilot)

    drive(stage.app, opened, size)


def test_opening_runs_all_checks_and_shows_their_progress_while_they_run(stage: Stage) -> None:
    async def steps(screen: CheckRunScreen, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "facts 1 of 14" in text(screen.checks_list), "no step was shown")
        assert "run 1 running" in text(screen.checks_list)
        assert "waits for decisions" in text(screen.checks_list)
        stage.may_end.set()
        await until(pilot, lambda: "run 1 done" in text(screen.checks_list), "the run did not end")
        assert f"checks {len(ALL_CHECKS)} of {len(ALL_CHECKS)}" in text(screen.checks_list)
        assert "CRITICAL data is arriving but nobody is deciding" in text(screen.checks_list)
        assert "CRITICAL data is arriving" in text(screen.runs_list)

    play(stage, stage.screen(), steps)
    assert [len(asked) for asked in stage.asked] == [len(ALL_CHECKS)]


def test_escape_stops_the_run_and_leaves_when_it_has_ended(stage: Stage) -> None:
    async def steps(screen: CheckRunScreen, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: bool(stage.asked), "the run did not begin")
        await pilot.press("escape")
        await until(pilot, lambda: "run 1 stopped" in text(screen.checks_list), "the run did not stop")
        assert stage.app.screen is screen
        assert "stopped early" in text(screen.checks_list)
        await pilot.press("escape")
        assert stage.app.screen is not screen

    play(stage, stage.screen(), steps)


def test_the_chosen_checks_run_again_with_c(stage: Stage) -> None:
    async def steps(screen: CheckRunScreen, pilot: Pilot[int]) -> None:
        stage.may_end.set()
        await until(pilot, lambda: "run 1 done" in text(screen.checks_list), "the first run did not end")
        await pilot.press("home", "space", "down", "space", "c")
        await until(pilot, lambda: "run 2 done" in text(screen.checks_list), "the second run did not end")
        assert stage.asked[1] == (ALL_CHECKS[0].id, ALL_CHECKS[2].id)
        assert [run.number for run in screen.runs.kept] == [1, 2]

    play(stage, stage.screen(), steps)


def test_while_a_run_goes_on_no_other_begins(stage: Stage) -> None:
    async def steps(screen: CheckRunScreen, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: bool(stage.asked), "the run did not begin")
        await pilot.press("c")
        assert len(screen.runs.kept) == 1
        stage.may_end.set()

    play(stage, stage.screen(check_ids=["queue.overdue"]), steps)
    assert stage.asked == [("queue.overdue",)]


def test_results_of_earlier_runs_stay_for_the_session_and_can_be_looked_at(stage: Stage) -> None:
    runs = Runs()
    stage.may_end.set()

    async def once(screen: CheckRunScreen, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "run 1 done" in text(screen.checks_list), "the first run did not end")
        await pilot.press("escape")
        again = stage.screen(runs, check_ids=["queue.overdue"])
        stage.app.push_screen(again)
        await pilot.pause()
        await until(pilot, lambda: "run 2 done" in text(again.checks_list), "the second run did not end")
        await pilot.press("tab", "down", "enter")
        await pilot.pause()
        assert "run 1 done" in text(again.checks_list)
        assert "orchestration.gap" in text(again.checks_list)

    play(stage, stage.screen(runs), once)


def test_enter_on_a_check_opens_what_it_found(stage: Stage) -> None:
    opened: list[str] = []

    async def steps(screen: CheckRunScreen, pilot: Pilot[int]) -> None:
        stage.may_end.set()
        await until(pilot, lambda: "run 1 done" in text(screen.checks_list), "the run did not end")
        item = screen.checks_list.current
        assert item is not None
        assert item.target is not None
        opened.append(item.target.screen)

    play(stage, stage.screen(check_ids=["orchestration.gap"]), steps)
    assert opened == ["finding"]


def test_a_warehouse_that_cannot_be_opened_is_said_and_the_screen_lives(source: Source) -> None:
    def refuse() -> StubDesk:
        raise OSError("the warehouse is not reachable")

    app = CourtsideApp(session_on(source, open_desk=refuse))

    async def steps(app: CourtsideApp, pilot: Pilot[int]) -> None:
        screen = CheckRunScreen(app.session, app.scope())
        app.push_screen(screen)
        await pilot.pause()
        await until(pilot, lambda: "run 1 failed" in text(screen.checks_list), "the failure was not shown")
        assert "the run failed: the warehouse is not reachable" in text(screen.checks_list)
        await pilot.press("escape")
        assert app.screen is not screen

    drive(app, steps)


def test_leaving_stops_a_run_that_nobody_waits_for_any_more(stage: Stage) -> None:
    async def steps(screen: CheckRunScreen, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: bool(stage.asked), "the run did not begin")
        stage.app.pop_screen()
        await pilot.pause()
        assert screen._cancel.is_set()

    play(stage, stage.screen(), steps)


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (250, 70), (1, 1)])
def test_it_can_be_shown_at_any_size(stage: Stage, size: tuple[int, int]) -> None:
    async def steps(screen: CheckRunScreen, pilot: Pilot[int]) -> None:
        stage.may_end.set()
        await until(pilot, lambda: screen.runs.kept[0].state is State.DONE, "the run did not end")
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert size == (1, 1) or "run 1 done" in text(screen.checks_list)

    play(stage, stage.screen(), steps)
