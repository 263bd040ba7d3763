"""What workers' heartbeats mean for the operators: who is missed, which batch is lost, and what nobody can know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event

import pytest

from checks.catalogue import ALL_CHECKS
from checks.facts.watcher_runs import WatcherRun
from checks.model import Finding, Scope, Severity
from checks.policy import Policy
from checks.workers import (
    FinishedBatch,
    UnreadableRecord,
    WorkerBeat,
    WorkerRecord,
    WorkerState,
    heartbeat,
    worker_findings,
)
from console.desk import Desk
from console.warehouse.opening import open_warehouse
from console.workers import BatchWorker, SqliteWorkerStore
from tests.builders import at
from tests.cli.conftest import Courtside, courtside, data

__all__ = ["courtside", "data"]  # fixtures

NOW = at("2026-01-25T12:00")
DAY = date(2026, 1, 25)
PLAYERS = ("ann", "bob", "cy")
CHECK = heartbeat.id


def judged(*records: WorkerRecord, minutes: float = 0, is_chosen: bool = False) -> tuple[Finding, ...]:
    scope = replace(Scope.at(NOW + timedelta(minutes=minutes)), is_chosen=is_chosen)
    return worker_findings(records, Policy(), scope)


def findings(*records: WorkerRecord, minutes: float = 0, is_chosen: bool = False) -> list[tuple[str, Severity]]:
    found = judged(*records, minutes=minutes, is_chosen=is_chosen)
    return [(finding.subject.name, finding.severity) for finding in found]


def at_work(
    id: str = "w1", *, after: float = 0, state: WorkerState = WorkerState.WORKING, completed: int = 1
) -> WorkerBeat:
    return WorkerBeat(id, NOW + timedelta(minutes=after), state, "b1", DAY, completed, 3)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(4, []), (5, [("w1", Severity.WARNING)]), (14, [("w1", Severity.WARNING)]), (15, [("w1", Severity.ERROR)])],
)
def test_a_silent_worker_is_stale_and_then_its_batch_is_lost(
    minutes: int, expected: list[tuple[str, Severity]]
) -> None:
    assert findings(at_work(), minutes=minutes) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(29, []), (30, [("w1", Severity.ERROR)])])
def test_a_worker_that_beats_and_does_nothing_of_its_batch_has_lost_it_too(
    minutes: int, expected: list[tuple[str, Severity]]
) -> None:
    hangs = replace(at_work(after=minutes), progressed_at=NOW)
    assert findings(hangs, minutes=minutes) == expected
    assert (
        findings(replace(hangs, progressed_at=None), minutes=minutes) == []
    )  # others do not say when they did something


def test_a_batch_that_stands_still_says_since_when() -> None:
    (found,) = judged(replace(at_work(after=45), progressed_at=NOW), minutes=45)
    assert found.sentence == (
        "the batch b1 stands still: w1 beats, and has done nothing of it for 45 min, 1 of 3 predictions of batch b1 are done"
    )
    assert found.since == NOW


@pytest.mark.parametrize(
    ("every", "minutes", "expected"),
    [(60, 4, []), (60, 5, [("w2", Severity.WARNING)]), (600, 19, []), (600, 20, [("w2", Severity.WARNING)])],
)
def test_a_worker_without_work_that_has_said_how_often_it_beats_is_missed(
    every: int, minutes: int, expected: list[tuple[str, Severity]]
) -> None:
    assert findings(WorkerBeat("w2", NOW, WorkerState.IDLE, every_seconds=every), minutes=minutes) == expected
    assert findings(WorkerBeat("w2", NOW, WorkerState.IDLE, every_seconds=60), minutes=600) == [
        ("w2", Severity.WARNING)
    ]


def test_a_worker_without_work_that_has_not_said_how_often_it_beats_may_be_silent_for_ever() -> None:
    assert findings(at_work(completed=3), WorkerBeat("w2", NOW, WorkerState.IDLE), minutes=600) == []


def test_a_restarted_worker_is_worth_saying_and_no_alarm() -> None:
    assert findings(at_work(state=WorkerState.RECOVERED)) == [("w1", Severity.OK)]


def test_a_batch_that_another_worker_has_taken_over_is_not_lost() -> None:
    assert findings(at_work(), at_work("w2", after=10), minutes=12) == []


def test_a_batch_that_another_worker_has_taken_over_within_this_minute_is_not_lost() -> None:
    assert findings(at_work(), at_work("w2", after=20.5), minutes=20) == []
    assert findings(at_work(), at_work("w2", after=20.5), minutes=20, is_chosen=True) == []


def test_a_batch_that_another_worker_has_finished_is_not_lost_whatever_that_one_does_now() -> None:
    done = (FinishedBatch("b1", NOW + timedelta(minutes=20)),)
    other = WorkerBeat("w2", NOW + timedelta(minutes=30), WorkerState.WORKING, "b2", DAY, 0, 3, finished=done)
    assert findings(at_work(), other, minutes=30) == []
    assert findings(at_work(after=25), other, minutes=45) == [("w1", Severity.ERROR), ("w2", Severity.ERROR)]


def test_a_batch_that_another_worker_has_begun_and_left_undone_is_lost_again() -> None:
    other = replace(at_work("w2", after=30), batch_id="b2")
    assert findings(at_work(), other, minutes=30) == [("w1", Severity.ERROR)]
    gave_up = replace(at_work("w2", after=30), state=WorkerState.IDLE)
    assert findings(at_work(), gave_up, minutes=30) == [("w1", Severity.ERROR)]


def test_a_worker_that_hangs_and_beats_hides_no_trouble_of_who_took_its_batch_over() -> None:
    hangs = replace(at_work(after=60), progressed_at=NOW)
    other = replace(at_work("w2", after=40), progressed_at=NOW + timedelta(minutes=40))
    assert findings(hangs, other, minutes=60) == [("w2", Severity.ERROR)]


def test_batches_without_an_id_are_never_the_same() -> None:
    nameless = [replace(at_work(id), batch_id="") for id in ("w1", "w2")]
    assert findings(nameless[0], replace(nameless[1], heartbeat_at=NOW + timedelta(minutes=20)), minutes=20) == [
        ("w1", Severity.ERROR)
    ]


@pytest.mark.parametrize(("days", "expected"), [(1, [("w1", Severity.ERROR)]), (2, [])])
def test_a_lost_batch_is_looked_at_as_long_as_its_date_is(days: int, expected: list[tuple[str, Severity]]) -> None:
    assert findings(at_work(), minutes=days * 24 * 60) == expected


def test_a_batch_of_an_old_date_that_was_lost_today_is_looked_at_too() -> None:
    assert findings(replace(at_work(), game_date=date(2026, 1, 10)), minutes=60) == [("w1", Severity.ERROR)]


def test_a_batch_of_no_known_date_is_missed_until_somebody_retires_its_worker() -> None:
    assert findings(replace(at_work(), game_date=None), minutes=200 * 24 * 60) == [("w1", Severity.ERROR)]


def test_a_clock_that_is_a_little_ahead_is_no_trouble() -> None:
    assert findings(at_work(after=4)) == []


def test_a_heartbeat_of_the_future_tells_nothing_of_its_worker_and_all_of_the_others() -> None:
    assert findings(at_work("w1", after=480), replace(at_work("w2"), batch_id="b2"), minutes=20) == [
        ("w1", Severity.UNKNOWN),
        ("w2", Severity.ERROR),
    ]
    (found,) = judged(at_work(after=480))
    assert found.sentence == (
        "it is not known how w1 is: its last heartbeat says Sun 25 Jan 15:00 EST (2026-01-25T20:00Z), which has yet to come; "
        "set the clock of its machine"
    )


def test_of_a_moment_of_the_past_later_heartbeats_are_not_known_yet() -> None:
    assert findings(at_work(after=60), is_chosen=True) == []
    assert findings(at_work(after=1), is_chosen=True) == []


def test_a_record_that_is_no_heartbeat_is_unknown_by_itself() -> None:
    assert findings(UnreadableRecord("w1", "a timestamp is missing"), at_work("w2"), minutes=20) == [
        ("w1", Severity.UNKNOWN),
        ("w2", Severity.ERROR),
    ]


def test_a_store_that_hangs_is_given_up_after_the_deadline(demo_file: Path, tmp_path: Path) -> None:
    never = Event()

    def hanging() -> tuple[WorkerRecord, ...]:
        never.wait(30)
        return ()

    with Desk(open_warehouse(str(demo_file), tmp_path), Policy(), deadline_seconds=0.05, beats=hanging) as desk:
        (result,) = desk.report(Scope.at(NOW), [CHECK]).results
    never.set()
    assert (result.severity, "no answer within 0.05 s" in result.reason) == (Severity.UNKNOWN, True)


def test_heartbeats_are_asked_for_before_the_warehouse_is_waited_for(demo_file: Path, tmp_path: Path) -> None:
    asked, seen = Event(), []

    def beats() -> tuple[WorkerRecord, ...]:
        asked.set()
        return ()

    def watched() -> tuple[WatcherRun, ...]:
        seen.append(asked.wait(10))
        return ()

    with Desk(open_warehouse(str(demo_file), tmp_path), Policy(), beats=beats, watched=watched) as desk:
        desk.report(Scope.at(NOW))
    assert seen == [True]


def in_report(courtside: Courtside, demo_file: Path, *arguments: str) -> list[str]:
    document = courtside("check", "--json", "--warehouse", str(demo_file), *arguments, now=NOW).document
    return [item["severity"] for item in document["checks"] if item["check"] == CHECK]


def test_the_report_of_a_host_with_workers_says_how_they_are(courtside: Courtside, demo_file: Path) -> None:
    assert in_report(courtside, demo_file) == []
    store = SqliteWorkerStore(courtside.home / "workers.sqlite3")
    BatchWorker(store, "w1", lambda: NOW - timedelta(minutes=20)).begin("b1", DAY, PLAYERS)
    assert in_report(courtside, demo_file) == ["error"]
    assert "the batch b1 is lost" in courtside("check", CHECK, "--warehouse", str(demo_file), now=NOW).out


def test_who_asks_how_the_workers_are_and_none_is_known_is_not_told_that_all_is_well(
    courtside: Courtside, demo_file: Path
) -> None:
    asked = courtside("check", CHECK, "--warehouse", str(demo_file), now=NOW)
    assert asked.status == 3
    assert "no prediction worker is known" in " ".join(asked.out.split())


def test_how_workers_were_before_their_newest_heartbeat_is_not_known(courtside: Courtside, demo_file: Path) -> None:
    BatchWorker(SqliteWorkerStore(courtside.home / "workers.sqlite3"), "w1", lambda: NOW).beat()
    past = ("--at", "2026-01-24T12:00Z")
    assert in_report(courtside, demo_file, *past) == []
    asked = courtside("check", CHECK, "--warehouse", str(demo_file), *past, now=NOW)
    assert asked.status == 3
    assert "at 2026-01-24T12:00Z is not known: only the newest heartbeat" in " ".join(asked.out.split())


def test_the_demo_has_no_workers_whatever_runs_on_its_host(courtside: Courtside) -> None:
    BatchWorker(SqliteWorkerStore(courtside.home / "workers.sqlite3"), "w1", lambda: NOW).begin("b1", DAY, PLAYERS)
    checks = courtside("demo", "--json", now=NOW + timedelta(days=300)).document["checks"]
    assert CHECK not in {item["check"] for item in checks}


def test_a_watcher_of_all_checks_is_well_where_there_are_no_workers(courtside: Courtside, demo_file: Path) -> None:
    store = SqliteWorkerStore(courtside.home / "workers.sqlite3")
    names = [check.id for check in (*ALL_CHECKS, heartbeat)]
    assert in_report(courtside, demo_file, *names) == ["ok"]
    BatchWorker(store, "w1", lambda: NOW - timedelta(minutes=20)).begin("b1", DAY, PLAYERS)
    assert in_report(courtside, demo_file, *names) == ["error"]
    store.retire("w1")
    assert in_report(courtside, demo_file, *names) == ["ok"]


def test_a_store_that_cannot_be_read_is_unknown_and_takes_no_other_check_down(
    courtside: Courtside, demo_file: Path
) -> None:
    (courtside.home / "workers.sqlite3").write_text("this is no database, whatever its name says")
    document = courtside("check", "--json", "--warehouse", str(demo_file), now=NOW).document
    (found,) = [item for item in document["checks"] if item["check"] == CHECK]
    assert found["severity"] == "unknown"
    assert "workers.sqlite3 cannot be used" in found["reason"]
    assert len(document["checks"]) > 20
