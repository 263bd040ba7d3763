"""Runs that were stopped: they stand in the operations log, and are gone on with from there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from checks.facts.retry_queue import RETRY_QUEUE
from checks.model import Scope
from checks.policy import Policy
from checks.progress import never
from checks.queue_rows import subject_of
from console.actions.run_state import ItemRun, ItemState, Run, RunState
from console.actions.saying import rest_of
from console.desk import Desk
from console.hands import Hands
from console.warehouse.embedded import EmbeddedWarehouse
from screens.orders import Consent, Order, Verb
from screens.ports import Preview
from screens.unloaded import Unloaded
from tests.actions.plans import every_kind
from tests.bigquery_double.hand_clock import HandClock
from tests.hands.moment import NOW, WHY
from tests.screens.stations import hands_on


def cancelling_both(file: Path) -> Order:
    """Return an order about the queue's row and about a copy of it."""
    with EmbeddedWarehouse(file).write() as connection:
        table = "nba_orchestration.failed_processor_queue"
        connection.execute(
            f"INSERT INTO {table} SELECT * REPLACE ('copy' AS id, 'a_copy' AS processor_name) FROM {table} "
            "WHERE status = 'pending' AND created_at <= ? LIMIT 1",
            [NOW],
        )
    with Desk(EmbeddedWarehouse(file), Policy()) as desk:
        rows = desk.facts(Scope.at(NOW, days=2), RETRY_QUEUE)[RETRY_QUEUE]
    return Order(Verb.CANCEL, tuple(map(subject_of, rows)), rows[0].game_date, rows[0].game_date)


def stopped_run(hands: Hands, file: Path) -> Preview:
    """Apply an order about two rows, and stop after the first of them."""
    preview = hands.plan(cancelling_both(file), Unloaded.nothing(Scope.at(NOW)), None)
    done: list[int] = []
    result = hands.apply(preview, WHY, lambda number, _all: done.append(number), lambda: bool(done))
    assert result.sentence.startswith("1 of 2 done; stopped: cancelled")
    return preview


def test_a_run_that_was_stopped_stands_in_the_operations_log_and_is_gone_on_with_from_there(
    file: Path, state: Path, clock: HandClock
) -> None:
    hands = hands_on(file, state, now=clock, is_production=True)
    preview = stopped_run(hands, file)
    (left,) = [entry for entry in hands_on(file, state, now=clock).operations() if entry.plan]
    assert (left.plan, left.actor, left.subject, left.outcome) == (
        preview.id,
        "ann",
        "1 of 2 done",
        "stopped: cancelled",
    )
    rest = hands.rest(left.plan, None)
    assert (rest.title, rest.available, len(rest.items)) == ("Go on with cancel: 1 of 2", True, 1)
    assert rest.text == "1 done already; stopped: cancelled"
    assert (rest.asks_reason, rest.asks_count) == (False, None)  # both were given when it was begun
    assert hands.apply(rest, Consent(), lambda _done, _all: None, never).is_complete
    assert not [entry for entry in hands.operations() if entry.plan]
    assert hands.rest(left.plan, None).note == "nothing of it is left"


def test_what_is_left_of_a_run_is_only_shown_where_nobody_can_go_on_with_it(
    file: Path, state: Path, clock: HandClock
) -> None:
    hands = hands_on(file, state, now=clock)
    id = stopped_run(hands, file).id
    assert hands.rest(id, NOW).note.startswith("replaying ")
    assert hands_on(file, state, now=clock, read_only="read-only").rest(id, None).note == "read-only"
    assert hands.rest("p0", None).note == "there is no plan p0 in this journal"
    assert hands_on(file, None, now=clock).rest(id, None).note.startswith("it cannot be read: ")


def test_a_stopped_run_whose_plan_is_too_old_is_planned_again_from_where_one_stands(
    file: Path, state: Path, clock: HandClock
) -> None:
    hands = hands_on(file, state, now=clock)
    id = stopped_run(hands, file).id
    clock.now += timedelta(minutes=11)
    (left,) = [entry for entry in hands.operations() if entry.plan]
    assert (left.plan, left.is_too_old) == (id, True)
    assert left.outcome.endswith("; its plan is older than 10 min")
    anew = hands.rest(left.plan, None)
    assert anew.available
    assert anew.id != id
    assert anew.title == "Plan again, Cancel: 1 of 2"
    assert f"plan {id} was stopped at 1 of 2 done and is older than 10 min" in anew.text
    assert hands.apply(anew, Consent(), lambda _done, _all: None, never).is_complete


def test_of_an_item_that_was_begun_it_is_found_out_first_whether_it_was_done() -> None:
    plan = every_kind()
    states = (ItemState.DONE, ItemState.HELD, ItemState.ATTEMPTED)
    items = tuple(ItemRun(n, plan.items[n], state) for n, state in enumerate(states))
    rest = rest_of(Run(plan, RunState.RUNNING, items), "")
    assert rest.available
    assert rest.items[0].would.startswith("find out whether it was done, and where it was not: ")
    assert (
        rest.text
        == "1 done already, 1 not done and not tried again; under way, or its process has ended without a word"
    )
