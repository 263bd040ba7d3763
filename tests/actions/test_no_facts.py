"""Production safety: no action writes facts: no status, score or count. It only asks the pipeline to run again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from checks.facts.retry_queue import RETRY_QUEUE
from checks.model import Scope, Subject, SubjectKind
from checks.policy import Policy
from checks.progress import never
from checks.queue_rows import subject_of
from console.actions.aftercare import run_due
from console.actions.opening import Station
from console.actions.run_state import Run
from console.desk import Desk
from console.queue_changes import QUEUE
from console.warehouse.embedded import EmbeddedWarehouse
from screens.orders import Consent, Order, Verb
from tests.builders import at
from tests.draining.conftest import depot, service, template
from tests.draining.queues import Depot, pending
from tests.screens.stations import station_on

__all__ = ["depot", "service", "template"]  # the fixtures

NOW = at("2026-01-25T16:00")
DAY = date(2026, 1, 24)
OWN = ("courtside_outbox.", "nba_orchestration.console_", QUEUE, "nba_orchestration.streaming_conflict_log")
"""What may be written: the console's own tables, the queue of work, and the log of what held it up."""

Content = Mapping[str, tuple[int, int]]


def content(file: Path) -> Content:
    """Return of each table how many rows it has, and a sum over what stands in them."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        sums = {
            name: connection.execute(f"SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM {name} AS t").fetchone()
            for (name,) in names
        }
    return {name: (int(found[0]), int(found[1])) for name, found in sums.items() if found is not None}


def facts_of(content: Content) -> Content:
    return {name: found for name, found in content.items() if not name.startswith(OWN)}


def row_order(verb: Verb) -> Callable[[Station], Order]:
    def order(station: Station) -> Order:
        with station.open_desk() as desk:
            row = desk.facts(Scope.at(NOW, days=2), RETRY_QUEUE)[RETRY_QUEUE][0]
        return Order(verb, (subject_of(row),), row.game_date, row.game_date, "by hand", NOW + timedelta(hours=2))

    return order


def processor_order(_: Station) -> Order:
    day = date(2026, 1, 27)  # which no run is of yet
    return Order(Verb.REQUEUE, (Subject(SubjectKind.PROCESSOR, "p2_odds_game_lines", day),), day, day)


def hush_order(verb: Verb) -> Callable[[Station], Order]:
    def order(station: Station) -> Order:
        with station.open_desk() as desk:
            report = desk.report(Scope.at(NOW))
        finding = next(item for item in report.findings if item.is_active and item.severity > 0)
        order = Order(
            Verb.ACKNOWLEDGE, (), report.scope.first, report.scope.last, "known", None, (finding.fingerprint,)
        )
        if verb is Verb.WITHDRAW:
            done(station, order)
        until = NOW + timedelta(hours=1) if verb is Verb.SILENCE else None
        return replace(order, verb=verb, until=until)

    return order


def gate_order(verb: Verb) -> Callable[[Station], Order]:
    subject = Subject(SubjectKind.TRANSITION, "phase4_to_phase5", DAY)
    return lambda _: Order(verb, (subject,), DAY, DAY, "features half made", NOW + timedelta(hours=2))


ORDERS: Mapping[Verb, Callable[[Station], Order]] = {
    Verb.REQUEUE: processor_order,
    **{verb: row_order(verb) for verb in (Verb.CANCEL, Verb.RESOLVE, Verb.RETRY, Verb.HOLD)},
    **{verb: hush_order(verb) for verb in (Verb.ACKNOWLEDGE, Verb.SILENCE, Verb.WITHDRAW)},
    **{verb: gate_order(verb) for verb in (Verb.GATE_HOLD, Verb.GATE_RELEASE)},
}


def done(station: Station, order: Order) -> Run:
    """Plan and apply an order, verify it, and deliver everything that is to be delivered."""
    plan = station.planner(order, station.now())
    assert plan.eligible, [item.refused for item in plan.items]
    with station.hand() as hand:
        hand.keep(plan)
        run = hand.apply(plan.id, Consent("test"), lambda _done, _all: None, never)
    run_due(station.aftercare())
    return run


@pytest.mark.parametrize("verb", list(Verb), ids=[verb.value for verb in Verb])
def test_an_action_changes_the_queue_and_the_consoles_own_tables_and_nothing_else(
    demo_file: Path, tmp_path: Path, verb: Verb
) -> None:
    file = Path(shutil.copy(demo_file, tmp_path / "week.duckdb"))
    (tmp_path / "state").mkdir()
    before = content(file)
    station = station_on(file, tmp_path / "state", now=lambda: NOW)
    assert done(station, ORDERS[verb](station)).is_complete
    after = content(file)
    assert before != {name: found for name, found in after.items() if name in before}, "something was done"
    assert facts_of(after) == facts_of(before)


def test_draining_changes_the_queue_and_the_consoles_own_tables_and_nothing_else(depot: Depot) -> None:
    file = depot.folder / "warehouse.duckdb"
    depot.add(QUEUE, [pending("r1")])
    depot.desk.close()
    before = content(file)
    depot.round()
    depot.desk.close()
    after = content(file)
    assert after[QUEUE] != before[QUEUE]
    assert facts_of(after) == facts_of(before)


def test_a_sum_over_a_table_shows_a_changed_score(demo_file: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(demo_file, tmp_path / "week.duckdb"))
    before = content(file)
    with EmbeddedWarehouse(file).write() as connection:
        connection.execute(
            "UPDATE nba_raw.nbac_schedule SET home_team_score = home_team_score + 1 WHERE game_status = 3"
        )
    assert facts_of(content(file)) != facts_of(before)
    assert Desk(EmbeddedWarehouse(file), Policy()).report(Scope.at(NOW)).results
