"""Words planned and applied on a real file: by subject as the screens order it, and never over somebody else's head."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.facts.gate_overrides import GATE_OVERRIDES
from checks.model import Scope, Subject, SubjectKind
from checks.policy import Policy
from checks.progress import never
from console.actions.aftercare import run_due
from console.actions.entry import Actor
from console.actions.opening import Station
from console.actions.plan import Plan, Put
from console.actions.planning.hushing import cost_of
from console.actions.refusal import RefusedError
from console.actions.run_state import Run
from console.desk import Desk
from console.journal import FILE_NAME, Journal
from console.warehouse.embedded import EmbeddedWarehouse
from screens.orders import Consent, Order, Verb
from tests.bigquery_double.hand_clock import HandClock
from tests.builders import at

DAY = date(2026, 1, 24)
GATE = Subject(SubjectKind.TRANSITION, "phase2_to_phase3", DAY)
CONTROLLER = Subject(SubjectKind.WORKFLOW, "bdl_catchup_midday")
UNTIL = at("2026-01-25T20:00")


class Console:
    """One operator's console: a journal of their own, the file that they share."""

    def __init__(self, folder: Path, file: Path, clock: HandClock, user: str) -> None:
        folder.mkdir()
        numbers = count(1)
        self.clock = clock
        self.station = Station(
            place="shared",
            open_desk=lambda: Desk(EmbeddedWarehouse(file), Policy()),
            open_journal=lambda: Journal(folder / FILE_NAME, now=clock),
            actor=Actor(user, "ops"),
            now=clock,
            new_id=lambda: f"{user}-{next(numbers):06d}".ljust(32, "x"),
            why_read_only=lambda: "",
            is_production=False,
        )

    def plan(self, verb: Verb, *subjects: Subject, **changes: Any) -> Plan:
        values: dict[str, Any] = {"note": "known", "until": UNTIL, **changes}
        plan = self.station.planner(Order(verb, subjects, DAY, date(2026, 1, 25), **values), self.clock())
        with self.station.hand() as hand:
            hand.keep(plan)
        return plan

    def apply(self, plan: Plan) -> Run:
        with self.station.hand() as hand:
            run = hand.apply(plan.id, Consent("known"), lambda _done, _total: None, never)
        run_due(self.station.aftercare())
        return run

    def rows(self, fact: Any) -> tuple[Any, ...]:
        with self.station.open_desk() as desk:
            return desk.facts(Scope.at(self.clock()), fact)[fact]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(at("2026-01-25T18:00:20"))


@pytest.fixture
def shared(demo_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo_file, tmp_path / "shared.duckdb"))


@pytest.fixture
def ann(shared: Path, tmp_path: Path, clock: HandClock) -> Console:
    return Console(tmp_path / "ann", shared, clock, "ann")


@pytest.fixture
def bob(shared: Path, tmp_path: Path, clock: HandClock) -> Console:
    return Console(tmp_path / "bob", shared, clock, "bob")


def test_all_findings_about_a_subject_are_meant_and_one_item_is_one_finding(ann: Console) -> None:
    plan = ann.plan(Verb.ACKNOWLEDGE, CONTROLLER, until=None)
    assert [item.refused for item in plan.items] == [""]
    assert plan.items[0].subject.startswith("orchestration.silent_workflow ")
    assert "acknowledged until Sun 25 Jan 14:00 EST (2026-01-25T19:00Z)" in plan.items[0].would


def test_a_finding_that_is_named_twice_is_one_item(ann: Console) -> None:
    plan = ann.plan(Verb.ACKNOWLEDGE, CONTROLLER)
    fingerprint = plan.items[0].subject.split()[-1]
    twice = ann.plan(Verb.ACKNOWLEDGE, CONTROLLER, CONTROLLER, fingerprints=(fingerprint, fingerprint))
    assert [item.subject for item in twice.items] == [plan.items[0].subject]


def test_a_subject_about_which_nothing_is_going_on_is_refused(ann: Console) -> None:
    plan = ann.plan(Verb.ACKNOWLEDGE, Subject(SubjectKind.WORKFLOW, "morning_operations"))
    assert [(item.refused, item.step) for item in plan.items] == [("no finding about it is going on", None)]


def test_colleagues_see_what_was_said_and_are_refused_the_same(ann: Console, bob: Console) -> None:
    assert ann.apply(ann.plan(Verb.SILENCE, CONTROLLER)).is_complete
    (row,) = bob.rows(ACKNOWLEDGEMENTS)
    assert (row.event, row.acknowledged_by, row.reason) == ("silenced", "ann@ops", "known")
    (item,) = bob.plan(Verb.SILENCE, CONTROLLER).items
    assert item.refused.startswith("already silenced by ann@ops until ")


def test_a_plan_over_which_somebody_else_has_spoken_meanwhile_is_not_applied(ann: Console, bob: Console) -> None:
    late = ann.plan(Verb.ACKNOWLEDGE, CONTROLLER)
    ann.clock.now += timedelta(minutes=1)
    bob.apply(bob.plan(Verb.ACKNOWLEDGE, CONTROLLER))
    with pytest.raises(RefusedError, match="has changed since"):
        ann.apply(late)
    assert [row.acknowledged_by for row in ann.rows(ACKNOWLEDGEMENTS)] == ["bob@ops"]


def test_a_plan_says_whether_notifications_stop_or_start_again() -> None:
    assert cost_of(Verb.SILENCE).endswith("notifications stop")
    assert cost_of(Verb.WITHDRAW).endswith("notifications start again")


def test_a_plan_applied_twice_says_its_word_once(ann: Console) -> None:
    plan = ann.plan(Verb.GATE_HOLD, GATE)
    assert ann.apply(plan).is_complete
    assert ann.apply(plan).is_complete
    assert [(row.word, row.overridden_by) for row in ann.rows(GATE_OVERRIDES)] == [("hold", "ann@ops")]


def test_a_release_planned_before_somebody_held_the_gate_is_not_applied(ann: Console, bob: Console) -> None:
    release = ann.plan(Verb.GATE_RELEASE, GATE)
    bob.apply(bob.plan(Verb.GATE_HOLD, GATE))
    with pytest.raises(RefusedError, match="has changed since"):
        ann.apply(release)
    assert [row.word for row in ann.rows(GATE_OVERRIDES)] == ["hold"]


def test_what_a_plan_reads_does_not_change_by_time_alone(ann: Console) -> None:
    ann.apply(ann.plan(Verb.ACKNOWLEDGE, CONTROLLER, until=UNTIL))
    before = ann.plan(Verb.SILENCE, CONTROLLER, until=at("2026-01-25T21:00"))
    ann.clock.now = UNTIL - timedelta(minutes=1)
    assert ann.plan(Verb.SILENCE, CONTROLLER, until=at("2026-01-25T21:00")).hash == before.hash


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        (Subject(SubjectKind.TRANSITION, "phase9_to_phase10", DAY), "there is no hand-over phase9_to_phase10"),
        (Subject(SubjectKind.TRANSITION, "phase2_to_phase3"), "a gate is held or released for a game date"),
        (Subject(SubjectKind.GAME, "LAL@DAL", DAY), "there is no hand-over LAL@DAL"),
    ],
)
def test_what_is_no_gate_cannot_be_held(ann: Console, subject: Subject, why: str) -> None:
    (item,) = ann.plan(Verb.GATE_HOLD, subject).items
    assert item.refused.startswith(why)


def test_only_the_consoles_own_tables_are_written(ann: Console) -> None:
    plans = [
        ann.plan(Verb.GATE_HOLD, GATE),
        ann.plan(Verb.GATE_RELEASE, GATE),
        ann.plan(Verb.ACKNOWLEDGE, CONTROLLER),
        ann.plan(Verb.SILENCE, CONTROLLER),
    ]
    steps = [item.step for plan in plans for item in plan.items]
    assert len(steps) == 4
    for step in steps:
        assert isinstance(step, Put)
        assert step.table.startswith("nba_orchestration.console_")
