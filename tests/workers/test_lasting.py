"""How long a worker's trouble lasts: it stays the same trouble, and is told as mended when somebody goes on with the batch."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.model import Finding, Scope, Severity
from checks.policy import Policy
from checks.workers import WorkerBeat, WorkerRecord, WorkerState, heartbeat, worker_findings
from console.workers import BatchWorker, SqliteWorkerStore
from tests.builders import at
from tests.cli.conftest import Courtside, courtside, data

__all__ = ["courtside", "data"]  # fixtures

NOW = at("2026-01-25T12:00")
LONG_AGO, DAY, TOMORROW = date(2026, 1, 10), date(2026, 1, 25), date(2026, 1, 26)
PLAYERS = ("ann", "bob", "cy")
AT_WORK = WorkerBeat("w1", NOW, WorkerState.WORKING, "b1", LONG_AGO, 1, 3)
WITHOUT_WORK = WorkerBeat("w1", NOW, WorkerState.IDLE, "b1", LONG_AGO, 3, 3, every_seconds=60)


def said_of(record: WorkerRecord, *, minutes: float) -> Finding:
    (found,) = worker_findings([record], Policy(), Scope.at(NOW + timedelta(minutes=minutes)))
    return found


@pytest.fixture
def store(courtside: Courtside) -> SqliteWorkerStore:
    return SqliteWorkerStore(courtside.home / "workers.sqlite3")


def process(store: SqliteWorkerStore, *, after: float = 0) -> BatchWorker:
    """Return a new process of the worker, whose clock stands so many minutes after the beginning."""
    return BatchWorker(store, "w1", lambda: NOW + timedelta(minutes=after), every=timedelta(minutes=1))


@pytest.fixture
def happened(courtside: Courtside, demo_file: Path) -> Callable[[float], list[str]]:
    """Return what a watcher's run so many minutes after the beginning says that happened to the worker's incidents."""

    def run(minutes: float) -> list[str]:
        words = ("watch", "--once", "--checks", heartbeat.id, "--warehouse", str(demo_file), "--read-only")
        ran = courtside(*words, now=NOW + timedelta(minutes=minutes))
        said = [item for line in ran.err.splitlines() for item in json.loads(line).get("happened", ())]
        return [item.partition(":")[0] for item in said if "batch_lost" in item or heartbeat.id in item]

    return run


@pytest.mark.parametrize("day", [LONG_AGO, DAY, TOMORROW])
def test_a_lost_batch_of_whichever_date_is_told_as_mended_when_its_worker_has_done_the_rest(
    store: SqliteWorkerStore, happened: Callable[[float], list[str]], day: date
) -> None:
    process(store).begin("b1", day, PLAYERS)
    assert happened(60) + happened(90) == ["opened"]
    again = process(store, after=100)
    again.recover()
    for player in PLAYERS:
        again.done(player)
    again.stop()
    assert happened(120) + happened(150) == ["resolved"]


def test_a_worker_without_work_whose_last_batch_is_old_is_told_as_mended_when_it_beats_again(
    store: SqliteWorkerStore, happened: Callable[[float], list[str]]
) -> None:
    worker = process(store)
    worker.begin("b1", LONG_AGO, ("ann",))
    worker.done("ann")
    assert happened(60) + happened(90) == ["opened"]
    for minutes in (120, 150):
        process(store, after=minutes).beat()
        mended = happened(minutes)
    assert mended == ["resolved"]


def test_a_lost_batch_that_is_looked_at_no_longer_is_told_as_not_known_to_be_mended(
    store: SqliteWorkerStore, happened: Callable[[float], list[str]]
) -> None:
    process(store).begin("b1", DAY, PLAYERS)
    assert happened(60) + happened(90) == ["opened"]
    assert happened(3 * 24 * 60)[0] == "out of the dates that are looked at"


@pytest.mark.parametrize("day", [LONG_AGO, DAY, TOMORROW])
def test_a_silent_worker_is_the_same_trouble_until_its_batch_is_looked_at_no_longer(day: date) -> None:
    stale, lost = (said_of(replace(AT_WORK, game_date=day), minutes=minutes) for minutes in (5, 36 * 60))
    assert (stale.severity, lost.severity) == (Severity.WARNING, Severity.ERROR)
    assert stale.fingerprint == lost.fingerprint
    assert stale.subject.game_date == DAY


def test_a_batch_that_stands_still_is_the_same_trouble_for_as_long_as_its_worker_beats() -> None:
    later = (60, 30 * 60)
    beats = (replace(AT_WORK, progressed_at=NOW, heartbeat_at=NOW + timedelta(minutes=after)) for after in later)
    found = [said_of(beat, minutes=after) for beat, after in zip(beats, later, strict=True)]
    assert [finding.severity for finding in found] == [Severity.ERROR] * 2
    assert found[0].fingerprint == found[1].fingerprint


@pytest.mark.parametrize(
    ("beat", "minutes"),
    [
        (WITHOUT_WORK, 60),
        (replace(AT_WORK, progressed_at=NOW - timedelta(hours=1)), 0),
        (replace(AT_WORK, state=WorkerState.RECOVERED), 0),
        (replace(AT_WORK, heartbeat_at=NOW + timedelta(hours=8)), 0),
    ],
    ids=["without work", "stands still", "restarted", "of the future"],
)
def test_what_is_said_of_a_worker_and_not_of_a_batch_that_it_has_left_belongs_to_no_date(
    beat: WorkerBeat, minutes: float
) -> None:
    assert said_of(beat, minutes=minutes).subject.game_date is None


@pytest.mark.parametrize("beats_until", [0, 89])
def test_a_worker_that_was_down_or_hung_is_restarted_and_its_batch_stands_still_only_when_it_hangs_again(
    store: SqliteWorkerStore, beats_until: int
) -> None:
    clock = [NOW]
    worker = BatchWorker(store, "w1", lambda: clock[0])
    worker.begin("b1", DAY, PLAYERS)
    clock[0] += timedelta(minutes=beats_until)
    worker.beat()
    again = process(store, after=90)
    again.recover()
    (beat,) = store.beats()
    assert isinstance(beat, WorkerBeat)
    found = said_of(beat, minutes=91)
    assert found.severity is Severity.OK
    assert found.sentence == "w1 was restarted and goes on: 0 of 3 predictions of batch b1 are done"
    hangs = said_of(replace(beat, heartbeat_at=NOW + timedelta(minutes=120)), minutes=120)
    assert (hangs.severity, hangs.since) == (Severity.ERROR, NOW + timedelta(minutes=90))


@pytest.mark.parametrize(("pause", "counted_from"), [(14, 5), (15, 20)])
def test_a_worker_that_is_restarted_over_and_over_and_does_nothing_stands_still_since_it_first_was(
    store: SqliteWorkerStore, pause: int, counted_from: int
) -> None:
    process(store).begin("b1", DAY, PLAYERS)
    process(store, after=5).recover()
    process(store, after=5 + pause).recover()
    (beat,) = store.beats()
    assert isinstance(beat, WorkerBeat)
    assert beat.progressed_at == NOW + timedelta(minutes=counted_from)
