"""Applying a plan: what is refused before anything is done, what is done, when it stops, and that it happens once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from console.actions.entry import ActionEntry, EntryKind
from console.actions.plan import Plan, PlanItem, Put
from console.actions.refusal import RefusedError
from console.actions.run_state import ItemState, Run, RunState
from console.actions.running import HOST_LASTS
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Change, Changed, ChangeOutcome, Contended, HeldByBuffer
from console.warehouse_lease import Claim, Holding, take
from screens.orders import Consent
from tests.actions.entries import NOW
from tests.actions.plans import order
from tests.actions.worlds import PLACE, WHY, Bench


def active(bench: Bench) -> list[str]:
    """Return the games with an active row, as often as they have one."""
    return sorted(str(row.game_key) for row in bench.rows() if row.is_active)


def states(run: Run) -> list[ItemState]:
    return [item.state for item in run.items]


def noted(bench: Bench) -> list[ActionEntry]:
    """Return what the chain says of the plan, oldest first."""
    return [link.entry for link in bench.ledger.of_plan("p1") if link.entry is not None]


def entries(bench: Bench) -> Counter[EntryKind]:
    return Counter(entry.kind for entry in noted(bench))


def test_planning_writes_nothing_but_the_journal(bench: Bench) -> None:
    plan = bench.planned(3)
    assert bench.rows() == ()
    assert entries(bench) == {EntryKind.PLAN: 1}
    assert plan.hash in noted(bench)[0].after


def test_each_eligible_item_is_done_once_and_noted_before_and_after(bench: Bench) -> None:
    bench.planned(3)
    run = bench.apply()
    assert run.is_complete
    assert active(bench) == ["A01@DAL", "A02@DAL", "A03@DAL"]
    assert entries(bench) == {EntryKind.PLAN: 1, EntryKind.ATTEMPT: 3, EntryKind.OUTCOME: 3}
    assert {entry.reason for entry in noted(bench) if entry.kind is EntryKind.ATTEMPT} == {WHY.reason}
    assert bench.progress == [(1, 3), (2, 3), (3, 3)]
    assert bench.verifications == ["p1"]
    assert bench.ledger.verify().broken is None


def test_what_is_refused_in_the_plan_is_not_touched(bench: Bench) -> None:
    bench.planned(1)
    bench.apply()
    bench.planned(2, "p2")
    assert [item.item.subject for item in bench.apply("p2").items] == ["A02@DAL 2026-01-22"]
    assert active(bench) == ["A01@DAL", "A02@DAL"]


def test_a_plan_applied_again_changes_nothing_more(bench: Bench) -> None:
    bench.planned(2)
    first = bench.apply()
    changes = len(bench.writes.changes)
    assert bench.apply() == first
    assert len(bench.writes.changes) == changes


def refused(bench: Bench, words: str, consent: Consent = WHY, plan_id: str = "p1") -> None:
    with pytest.raises(RefusedError, match=words):
        bench.apply(plan_id, consent)
    assert bench.writes.changes == []


def test_a_plan_that_there_is_none_of_is_refused(bench: Bench) -> None:
    refused(bench, "no plan p1: `courtside queue plans`")


def test_nothing_is_applied_read_only(tmp_path: Path, file: Path) -> None:
    bench = Bench(tmp_path / "ann", file, read_only="read-only: set read_only = false")
    bench.planned(1)
    refused(bench, "read-only: set")


@pytest.mark.parametrize(
    "later", [timedelta(minutes=10, seconds=1), timedelta(hours=-1)], ids=["old", "clock set back"]
)
def test_a_plan_of_another_time_is_refused(bench: Bench, later: timedelta) -> None:
    bench.planned(1)
    bench.clock.now += later
    refused(bench, "older than 10 min, or the clock was set back")


def test_a_plan_whose_state_has_changed_is_refused_naming_what(bench: Bench, tmp_path: Path, file: Path) -> None:
    bench.planned(3)
    other = Bench(tmp_path / "bob", file)
    other.planned(1, "q1")
    other.apply("q1")
    refused(bench, r"changed since the plan was made \(A01@DAL 2026-01-22\)")
    assert active(bench) == ["A01@DAL"]


def test_a_plan_for_another_warehouse_is_refused(bench: Bench) -> None:
    bench.hand.keep(replace(bench.planned(1), id="p2", place="elsewhere"))
    refused(bench, "is for elsewhere", plan_id="p2")


@pytest.mark.parametrize("reason", ["", "   "])
def test_production_wants_a_reason(tmp_path: Path, file: Path, reason: str) -> None:
    bench = Bench(tmp_path / "ann", file, is_production=True)
    bench.planned(1)
    refused(bench, "a reason is required", Consent(reason))


@pytest.mark.parametrize("count", [None, 25, 27])
def test_production_wants_the_count_typed_above_25_items(tmp_path: Path, file: Path, count: int | None) -> None:
    bench = Bench(tmp_path / "ann", file, is_production=True)
    bench.planned(26)
    refused(bench, "26 items would be done: type that number", Consent("late", count))


def test_production_with_reason_and_count_is_applied(tmp_path: Path, file: Path) -> None:
    bench = Bench(tmp_path / "ann", file, is_production=True)
    bench.planned(26)
    assert bench.apply(consent=Consent("late", 26)).is_complete


def test_more_than_200_items_are_refused(bench: Bench) -> None:
    bench.planned(201)
    refused(bench, "201 items are over the limit of 200")


def test_another_run_under_way_keeps_this_one_out_until_it_ends(bench: Bench) -> None:
    bench.planned(1)
    bench.world.leases.acquire(f"actions {PLACE}", "bob@ops-2 x", NOW + timedelta(minutes=2), NOW)
    refused(bench, r"another run is under way by bob@ops-2, until 2026-01-23T06:22Z at the longest")
    bench.clock.now += timedelta(minutes=2)
    assert bench.apply().is_complete


def test_the_lease_is_let_go_when_the_run_is_over_or_refused(bench: Bench, tmp_path: Path, file: Path) -> None:
    bench.planned(1)
    bench.apply()
    bench.planned(2, "p2")
    other = Bench(tmp_path / "bob", file)
    other.planned(2, "q1")
    other.apply("q1")
    with pytest.raises(RefusedError, match="changed"):
        bench.apply("p2")
    assert bench.world.leases.current(f"actions {PLACE}") is None


def unknown_end(_: Change) -> ChangeOutcome:
    raise WarehouseError("no answer within 15 s")


def contended(_: Change) -> ChangeOutcome:
    return Contended("concurrent update", 5)


def held(_: Change) -> ChangeOutcome:
    return HeldByBuffer(NOW + timedelta(minutes=90), None)


@pytest.mark.parametrize(
    ("spoil", "state", "words"),
    [
        (contended, ItemState.FAILED, "others change the table"),
        (held, ItemState.HELD, r"streaming buffer holds rows, until 2026-01-23T07:50Z"),
        (unknown_end, ItemState.ATTEMPTED, "not known whether it was done: no answer within 15 s"),
    ],
    ids=["contended", "held", "unknown"],
)
def test_a_canary_that_is_not_certainly_done_stops_the_run(
    bench: Bench, spoil: Callable[[Change], ChangeOutcome], state: ItemState, words: str
) -> None:
    bench.planned(3)
    bench.writes.spoil = spoil
    run = bench.apply()
    assert states(run) == [state, ItemState.WAITING, ItemState.WAITING]
    assert (run.state, len(bench.writes.changes)) == (RunState.STOPPED, 1)
    assert "the first item, tried alone" in run.stopped
    assert re.search(words, run.items[0].said), run.items[0].said
    assert bench.verifications == []


def test_a_canary_that_the_queue_does_not_show_stops_the_run(bench: Bench) -> None:
    bench.planned(2)
    bench.writes.spoil = lambda _: Changed(1)
    run = bench.apply()
    assert states(run) == [ItemState.ATTEMPTED, ItemState.WAITING]
    assert "the queue does not show it" in run.items[0].said


def test_a_run_stops_when_half_of_five_were_in_vain(bench: Bench) -> None:
    bench.planned(9)
    bench.writes.spoil = lambda change: contended(change) if len(bench.writes.changes) in (3, 4, 5) else None
    run = bench.apply()
    assert run.count(ItemState.DONE, ItemState.FAILED) == 5
    assert run.stopped == "3 of 5 were not done"
    assert bench.verifications == ["p1"]


def test_less_than_half_in_vain_goes_on(bench: Bench) -> None:
    bench.planned(9)
    bench.writes.spoil = lambda change: contended(change) if len(bench.writes.changes) in (3, 5) else None
    run = bench.apply()
    assert (run.state, run.count(ItemState.DONE), run.count(ItemState.FAILED)) == (RunState.DONE, 7, 2)
    assert not run.is_complete


def test_a_run_is_cancelled_between_items_and_resumed(bench: Bench) -> None:
    bench.planned(4)
    run = bench.apply(cancelled=lambda: len(bench.progress) == 2)
    assert (run.stopped, len(active(bench))) == ("cancelled", 2)
    assert bench.apply().is_complete
    assert len(active(bench)) == len(bench.writes.changes) == 4


def test_what_is_left_of_an_old_plan_is_planned_again_instead(bench: Bench) -> None:
    bench.planned(4)
    bench.apply(cancelled=lambda: len(bench.progress) == 2)
    bench.clock.now += timedelta(minutes=11)
    run = bench.apply()
    assert (run.state, len(active(bench))) == (RunState.STOPPED, 2)
    assert "older than 10 min" in run.stopped


def test_a_batch_leaves_out_what_has_changed_since_the_plan(bench: Bench, tmp_path: Path, file: Path) -> None:
    bench.planned(3)
    other = Bench(tmp_path / "bob", file)

    def meanwhile(_: Change) -> None:
        if len(bench.writes.changes) == 1:
            other.planned(3, "q1")
            other.apply("q1", cancelled=lambda: len(other.progress) == 2)

    bench.writes.spoil = meanwhile
    run = bench.apply()
    assert sorted(active(bench)) == sorted(set(active(bench)))
    assert ItemState.CHANGED in states(run)
    assert run.state is RunState.DONE
    assert not run.is_complete


def test_the_state_is_looked_at_again_for_each_25_items(tmp_path: Path, file: Path) -> None:
    steps: list[str] = []
    bench = Bench(tmp_path / "ann", file, step=steps.append)
    bench.planned(60)
    assert bench.apply().is_complete
    assert steps.count("looked") == 1 + 3


def test_an_unknown_end_is_found_out_by_applying_again(bench: Bench) -> None:
    """The statement was made, and the answer was lost; then the queue could not be read either."""
    bench.planned(2)
    writes = bench.writes.writes

    def lost(change: Change) -> ChangeOutcome:
        writes.change(change, bench.clock())
        bench.warehouse.close()
        raise WarehouseError("the connection broke off")

    bench.writes.spoil = lost
    run = bench.apply()
    assert states(run)[0] is ItemState.DONE
    assert "found out afterwards" in run.items[0].said


def test_a_statement_that_comes_to_its_end_after_the_next_try_has_begun_counts_as_done(bench: Bench) -> None:
    """Its answer did not come in time; found undone and begun again, it is done by the first statement after all."""
    bench.planned(1)
    writes, statements = bench.writes.writes, []

    def slow(change: Change) -> ChangeOutcome:
        statements.append(change)
        raise WarehouseError("no answer within 15 s")

    def late(_: Change) -> ChangeOutcome:
        writes.change(statements[0], bench.clock())
        bench.warehouse.close()
        return Changed(0)

    bench.writes.spoil = slow
    assert states(bench.apply()) == [ItemState.ATTEMPTED]
    bench.writes.spoil = late
    run = bench.apply()
    assert states(run) == [ItemState.DONE]
    assert "found out afterwards" in run.items[0].said


def test_a_put_is_delivered_through_the_outbox_once(bench: Bench) -> None:
    step = Put("nba_orchestration.console_actions", "k1", {"action_id": "k1", "action": "test"})
    asked = replace(order(1), subjects=())
    plan = Plan("p1", asked, PLACE, NOW, (PlanItem("a", "note", step=step, read="[]"),))
    again = Bench(bench.journal.path.parent, bench.warehouse.path, plan=lambda _order, _now: plan)
    again.hand.keep(plan)
    assert again.apply().is_complete
    assert again.apply().is_complete
    assert [s.waiting for s in again.outbox.standings(PLACE, again.writes.limits, NOW)] == [1]


def test_a_resumed_run_does_not_call_its_first_item_a_canary(bench: Bench) -> None:
    bench.planned(4)
    bench.apply(cancelled=lambda: len(bench.progress) == 2)
    bench.writes.spoil = lambda change: contended(change) if len(bench.writes.changes) == 3 else None
    run = bench.apply()
    assert (run.state, run.count(ItemState.DONE), run.count(ItemState.FAILED)) == (RunState.DONE, 3, 1)


def two_hosts(tmp_path: Path, file: Path) -> tuple[Bench, Bench]:
    """Return consoles of two hosts, which share the warehouse's lease and no journal."""

    def on(name: str) -> Bench:
        bench = Bench(tmp_path / name, file, identity=lambda: name)
        return Bench(tmp_path / name, file, identity=lambda: name, claim=partial(take, bench.writes.writes))

    return on("ann"), on("bob")


def test_one_run_at_a_time_works_a_queue_also_from_two_hosts(tmp_path: Path, file: Path) -> None:
    ann, bob = two_hosts(tmp_path, file)
    ann.planned(2)
    bob.planned(2, "q1")
    said: list[str] = []

    def meanwhile(_: Change) -> None:
        if not said:
            with pytest.raises(RefusedError) as caught:
                bob.apply("q1")
            said.append(str(caught.value))

    ann.writes.spoil = meanwhile
    assert ann.apply().is_complete
    assert said == ["a console on another host is applying a plan to this queue: try again when it is over"]
    bob.planned(3, "q2")
    assert [item.item.subject for item in bob.apply("q2").items] == ["A03@DAL 2026-01-22"]


def test_a_host_that_died_keeps_others_out_for_a_quarter_of_an_hour_and_itself_not_at_all(
    tmp_path: Path, file: Path
) -> None:
    ann, bob = two_hosts(tmp_path, file)
    assert ann.world.claim(Claim(f"actions {PLACE}", "ann", "ops-1", NOW + HOST_LASTS), NOW).holding is Holding.OURS
    bob.planned(2)
    refused(bob, "another host is applying")
    ann.planned(1)
    assert ann.apply().is_complete
    bob.planned(2, "q1")
    assert bob.apply("q1").is_complete


def test_a_warehouse_without_a_table_of_leases_is_worked_all_the_same(tmp_path: Path, file: Path) -> None:
    ann, _ = two_hosts(tmp_path, file)
    with ann.warehouse.write() as connection:
        connection.execute("DROP TABLE nba_orchestration.console_leases")
    ann.planned(1)
    assert ann.apply().is_complete
