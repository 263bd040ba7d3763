"""The screens that show what the console itself knows: who did what, and how it is set up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from checks.policy import Policy
from console.examination import Examination
from console.journal import FleetingJournal
from console.settings import Flags, Homes, Settings, resolve
from console.warehouse.protocol import WarehouseError
from screens.app import CourtsideApp
from screens.detail.detail import Detail
from screens.detail.doctor import doctor_spec
from screens.detail.operation import operation_spec
from screens.detail.operations import operations_spec
from screens.lines import Line, display_width, line, text_of
from screens.panels.panel import Spec
from screens.ports import LogEntry
from screens.session import Session
from screens.table import Target
from screens.unloaded import Unloaded
from screens.views.options import Options
from tests.builders import at, scope_at
from tests.screens.sessions import session_with
from tests.screens.stubs import StubHands

if TYPE_CHECKING:
    from console.desk import Desk

SCOPE = scope_at("2026-01-25T01:30")


def shown(spec: Spec, width: int = 118, **options: object) -> list[str]:
    asked = replace(Options(width), **options)  # type: ignore[arg-type]  # names of Options
    table = spec.view(Unloaded.nothing(SCOPE), SCOPE, Policy(), asked)
    rows = [text_of(table.item(n).line).rstrip() for n in range(table.count)]
    assert all(display_width(row) <= width for row in rows)
    return rows or [table.empty]


@pytest.fixture
def journal() -> FleetingJournal:
    return FleetingJournal(now=lambda: SCOPE.as_of)


@pytest.fixture
def operations(journal: FleetingJournal, tmp_path: Path) -> Spec:
    session = replace(session_with(tmp_path), memory=journal)
    return operations_spec(Target("operations", ""), session)


REQUEUED = LogEntry(at("2026-01-25T01:10"), "ann", "requeue", "LAL@DAL 2026-01-24", "previewed")
POSTED = LogEntry(at("2026-01-25T01:20"), "bob", "summary", "", "previewed")


def test_an_empty_log_says_what_will_stand_there(operations: Spec) -> None:
    assert shown(operations) == ["nothing was done yet: what operators do is kept here"]


def test_the_newest_entry_stands_first_with_when_in_both_zones_what_and_who(
    operations: Spec, journal: FleetingJournal
) -> None:
    journal.note(REQUEUED)
    journal.note(POSTED)
    assert shown(operations) == [
        "Sat 24 Jan 20:20 EST 2026-01-25T01:20Z  summary      bob        previewed",
        "Sat 24 Jan 20:10 EST 2026-01-25T01:10Z  requeue      ann        LAL@DAL 2026-01-24: previewed",
    ]


@pytest.mark.parametrize("wanted", ["ANN", "requeue", "lal@dal"])
def test_the_filter_finds_who_what_and_about_what(operations: Spec, journal: FleetingJournal, wanted: str) -> None:
    journal.note(REQUEUED)
    journal.note(POSTED)
    assert [row.split()[-1] for row in shown(operations, filter=wanted)] == ["previewed"]
    assert "ann" in shown(operations, filter=wanted)[0]
    assert shown(operations, filter="nobody") == ["nothing holds 'nobody'"]


def test_the_filter_finds_what_a_narrow_panel_cuts_off(operations: Spec, journal: FleetingJournal) -> None:
    journal.note(replace(REQUEUED, outcome=f"{'x' * 80} the end"))
    assert len(shown(operations, width=36, filter="the end")) == 1


def test_a_row_keeps_its_key_when_another_comes(operations: Spec, journal: FleetingJournal) -> None:
    def keys() -> list[str]:
        table = operations.view(Unloaded.nothing(SCOPE), SCOPE, Policy(), Options(80))
        return [table.item(n).key for n in range(table.count)]

    journal.note(REQUEUED)
    journal.note(REQUEUED)
    before = keys()
    journal.note(POSTED)
    assert len(set(before)) == 2
    assert keys()[1:] == before


def test_in_ascii_nothing_else_is_drawn(operations: Spec, journal: FleetingJournal) -> None:
    journal.note(replace(REQUEUED, outcome=f"{'é…' * 60}"))
    assert all(row.isascii() for row in shown(operations, width=60, ascii=True))


def test_what_is_to_be_verified_stands_apart_from_what_was_done_and_that_among_what_was_noted(
    journal: FleetingJournal, tmp_path: Path
) -> None:
    due = LogEntry(
        at("2026-01-25T07:05"), "courtside", "requeue", "LAL@DAL", "verify at 07:05 UTC (02:05 ET)", is_to_come=True
    )
    done = LogEntry(at("2026-01-25T01:15"), "ann", "requeue", "LAL@DAL", "done")
    journal.note(REQUEUED)
    journal.note(POSTED)
    session = replace(session_with(tmp_path), memory=journal, hands=StubHands(done=(due, done)))
    rows = shown(operations_spec(Target("operations", ""), session))
    ends = [row.split()[-1] for row in rows]
    assert ends == ["first", "ET)", "first", "previewed", "done", "previewed"]
    assert (rows[0], rows[2]) == ("to come, the soonest first", "done, newest first")
    assert "LAL@DAL: verify at 07:05 UTC (02:05 ET)" in rows[1]


def test_behind_a_row_is_everything_that_is_kept_of_it(journal: FleetingJournal, tmp_path: Path) -> None:
    known = replace(REQUEUED, details=(("plan", "p1"), ("found", "x" * 200)))
    journal.note(POSTED)
    session = replace(session_with(tmp_path), memory=journal, hands=StubHands(done=(known,)))
    table = operations_spec(Target("operations", ""), session).view(
        Unloaded.nothing(SCOPE), SCOPE, Policy(), Options(80)
    )
    posted, requeued = (table.item(n).target for n in range(table.count))
    assert posted is not None
    assert requeued is not None
    first, *wrapped = shown(operation_spec(requeued, session), width=60)
    assert first.split() == ["plan", "p1"]
    assert "".join("".join(wrapped).split()) == f"found{'x' * 200}"
    assert "by       bob" in shown(operation_spec(posted, session))
    assert "has moved on" in shown(operation_spec(Target("operation", "none"), session))[0]


STOPPED = LogEntry(at("2026-01-25T01:15"), "ann", "requeue", "7 of 25 done", "stopped: cancelled", plan="p1")


def test_a_run_that_was_stopped_says_which_key_goes_on_with_it_and_of_one_that_is_too_old_plans_it_again(
    journal: FleetingJournal, tmp_path: Path
) -> None:
    done = (STOPPED, replace(STOPPED, plan=""), replace(STOPPED, plan="p2", is_too_old=True))
    session = replace(session_with(tmp_path), memory=journal, hands=StubHands(done=done))
    first, second, third = shown(operations_spec(Target("operations", ""), session))
    assert first.endswith("N goes on: 7 of 25 done: stopped: cancelled")
    assert third.endswith("N plans it again: 7 of 25 done: stopped: cancelled")
    assert second.endswith(" 7 of 25 done: stopped: cancelled")
    remapped = operations_spec(Target("operations", ""), replace(session, keys={"rest": "ctrl+g"}))
    assert "Ctrl+g goes on: " in shown(remapped)[0]


# The doctor


def settings(state: Path) -> Settings:
    return resolve(Flags(warehouse=str(state / "w.duckdb")), {}, Homes(state, state, state), state / "c.toml", {})


@dataclass
class Clock:
    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


def doctor(session: Session, examination: Examination | None) -> Spec:
    return doctor_spec(Target("doctor", ""), replace(session, doctor=examination))


def test_the_doctor_answers_at_once_and_again_when_it_knows(tmp_path: Path, desk: Desk) -> None:
    may_answer = Event()

    def slow() -> Desk:
        may_answer.wait(60)
        return desk

    examination = Examination(settings(tmp_path), slow, Clock(), lambda: SCOPE.as_of)
    spec = doctor(session_with(tmp_path), examination)
    assert shown(spec) == [f"UNKNOWN  {tmp_path / 'w.duckdb'} is being examined …"]
    may_answer.set()
    examination.wait(60)
    rows = shown(spec)
    assert rows[0].startswith("OK       all ")
    assert "settings" in rows
    assert any(row.startswith("  warehouse") and row.endswith("(command line)") for row in rows)
    assert any(row.startswith("  nba_orchestration.workflow_decisions") for row in rows)


def test_of_a_warehouse_that_cannot_be_read_the_doctor_says_why_and_shows_the_settings(tmp_path: Path) -> None:
    def refused() -> Desk:
        raise WarehouseError("there is no file")

    examination = Examination(settings(tmp_path), refused, Clock(), lambda: SCOPE.as_of)
    spec = doctor(session_with(tmp_path), examination)
    shown(spec)
    examination.wait(60)
    rows = shown(spec)
    assert rows[0].startswith("UNKNOWN  the warehouse ")
    assert "cannot be read: there is no file" in " ".join(" ".join(rows[:3]).split())
    assert "settings" in rows


def test_a_defect_in_the_examination_is_what_the_doctor_says(tmp_path: Path) -> None:
    def broken() -> Desk:
        raise ZeroDivisionError

    examination = Examination(settings(tmp_path), broken, Clock(), lambda: SCOPE.as_of)
    spec = doctor(session_with(tmp_path), examination)
    shown(spec)
    examination.wait(60)
    assert "ZeroDivisionError" in " ".join(shown(spec)[:3])


def test_an_examination_is_made_again_when_it_is_old_and_not_before(tmp_path: Path) -> None:
    asked: list[int] = []

    def refused() -> Desk:
        asked.append(1)
        raise WarehouseError("there is no file")

    clock = Clock()
    examination = Examination(settings(tmp_path), refused, clock, lambda: SCOPE.as_of)
    for seconds in (0, 10, 10, 20, 10):
        clock.seconds += seconds
        examination(80)
        examination.wait(60)
    assert len(asked) == 2


def test_a_console_without_a_doctor_says_where_there_is_one(tmp_path: Path) -> None:
    assert shown(doctor(session_with(tmp_path), None)) == ["this console has no doctor: `courtside doctor` is one"]


def test_what_the_doctor_finds_meanwhile_is_seen_on_the_open_screen(tmp_path: Path) -> None:
    answers = iter((["being examined"], ["all is there"]))
    said: list[str] = []

    def now_and_then(_: int) -> list[Line]:
        said[:] = next(answers, said)
        return [line(*said)]

    def broken() -> Desk:
        raise WarehouseError("there is no file")

    session = replace(
        session_with(tmp_path),
        doctor=now_and_then,
        open_desk=broken,
        clock=lambda: SCOPE.as_of,
    )

    async def run() -> None:
        app = CourtsideApp(session)
        async with app.run_test(size=(100, 20)) as pilot:
            detail = Detail(replace(doctor_spec(Target("doctor", ""), session), redraw=0.05))
            app.push_screen(detail)
            for _ in range(100):
                await pilot.pause(0.05)
                if detail.is_mounted and "all is there" in " ".join(text_of(detail.panel.line_at(y)) for y in range(5)):
                    return
            raise AssertionError("the screen never showed it")

    asyncio.run(run())
