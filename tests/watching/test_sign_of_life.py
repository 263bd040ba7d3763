"""`courtside` says when the watcher last ran, and misses one that ran before: on its own host, and on every other."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from console.journal import FILE_NAME
from tests.cli.conftest import Courtside, data
from tests.cli.words import Operator

__all__ = ["data"]  # fixture


@pytest.fixture
def ann(data: Path, demo_file: Path, tmp_path: Path) -> Operator:
    (tmp_path / "ann").mkdir()
    return Operator(Courtside(tmp_path / "ann", data), Path(shutil.copy(demo_file, tmp_path / "week.duckdb")))


def on_another_host(ann: Operator) -> Operator:
    return Operator(Courtside(ann.courtside.home.parent / "bob", ann.courtside.data), ann.file, ann.now)


def silent(operator: Operator) -> list[str]:
    document = operator.document("check")
    return [found["severity"] for found in document["findings"] if found["check"] == "watcher.silent"]


def test_without_a_watcher_nothing_is_said_of_one(ann: Operator) -> None:
    assert "last ran" not in ann("check").out
    assert ann.document("check")["watcher"] is None
    assert silent(ann) == []
    assert "last ran" not in ann("doctor").out


@pytest.mark.parametrize("elsewhere", [False, True], ids=["on its host", "on another host"])
def test_it_says_when_it_last_ran_and_misses_it_after_two_intervals(ann: Operator, elsewhere: bool) -> None:
    ann("watch", "--once")
    reader = on_another_host(ann) if elsewhere else ann
    reader.now = ann.now + timedelta(minutes=12)
    assert "watcher  last ran 12 min ago, Sun 25 Jan 13:00 EST (2026-01-25T18:00Z) on " in reader("check").out
    assert silent(reader) == []
    reader.now += timedelta(minutes=50)
    assert silent(reader) == ["warning"]
    reader.now += timedelta(hours=1)
    assert silent(reader) == ["critical"]
    assert "nobody watches" in reader("check", "watcher.silent").out


def test_a_warehouse_without_the_table_knows_of_no_watcher_but_the_hosts_own(ann: Operator) -> None:
    ann("watch", "--once")
    ann.drop("console_check_runs")
    ann.now += timedelta(hours=3)
    assert silent(ann) == ["critical"]
    bob = on_another_host(ann)
    bob.now = ann.now
    assert silent(bob) == []
    assert "watcher.silent" not in {result["check"] for result in bob.document("check")["checks"]}


def unseen(operator: Operator) -> str:
    """Return why the report of all checks does not know whether anybody watches."""
    (found,) = [result for result in operator.document("check")["checks"] if result["check"] == "watcher.silent"]
    assert found["severity"] == "unknown"
    return str(found["reason"])


def test_who_asks_whether_anybody_watches_and_nothing_is_known_of_it_is_not_told_that_all_is_well(
    ann: Operator,
) -> None:
    asked = ann("check", "watcher.silent")
    assert asked.status == 3
    assert "no run of a watcher is known" in " ".join(asked.out.split())
    ann("watch", "--once")
    assert ann("check", "watcher.silent").status == 0


def test_a_watcher_all_of_whose_runs_are_of_a_clock_that_was_ahead_is_not_known_to_be_alive(ann: Operator) -> None:
    ann.now += timedelta(days=1)
    ann("watch", "--once")
    ann("watch", "--once", "--checks", "queue.overdue")
    ann.now -= timedelta(days=1)
    assert silent(ann) == ["unknown", "unknown"]
    asked = ann("check", "watcher.silent")
    assert asked.status == 3
    said = " ".join(asked.out.split())
    assert "it is not known whether anybody watches: the last run of the watcher of" in said
    assert "it is not known whether anybody watches queue.overdue: " in said
    assert "Mon 26 Jan 13:00 EST (2026-01-26T18:00Z), which has yet to come" in said
    ann("watch", "--once")
    ann.now += timedelta(hours=3)
    assert sorted(silent(ann)) == ["critical", "unknown"]


def test_a_clock_that_is_a_little_ahead_is_no_trouble(ann: Operator) -> None:
    ann("watch", "--once")
    ann.now -= timedelta(minutes=4)
    assert ann("check", "watcher.silent").status == 0


def test_before_the_first_run_nothing_was_known_of_a_watcher(ann: Operator) -> None:
    ann("watch", "--once")
    past = ("--at", "2026-01-24T12:00Z")
    assert "watcher.silent" not in {result["check"] for result in ann.document("check", *past)["checks"]}
    assert ann("check", "watcher.silent", *past).status == 3


def test_a_watcher_that_is_dead_for_longer_than_the_warehouse_is_asked_for_is_still_missed_on_its_host(
    ann: Operator,
) -> None:
    ann("watch", "--once")
    ann.now += timedelta(days=20)
    assert silent(ann) == ["critical"]
    assert "watcher  last ran 20 d " in ann("check").out
    assert "2026-01-25T18:00Z" in ann("check", "watcher.silent").out


def test_a_watcher_that_is_not_to_run_any_more_is_retired_and_missed_no_longer(ann: Operator) -> None:
    ann("watch", "--once")
    ann("watch", "--once", "--checks", "queue.overdue")
    ann.now += timedelta(days=20)
    assert missed(ann) == ["watcher", "watcher:queue.overdue"]
    assert ann("watch", "--retire", "--checks", "queue.overdue").status == 0
    assert missed(ann) == ["watcher"]
    assert "all checks is forgotten here" in ann("watch", "--retire").out
    assert silent(ann) == []
    again = ann("watch", "--retire")
    assert (again.status, "no such watcher" in again.err) == (3, True)


def test_where_the_table_of_runs_cannot_be_read_nobody_on_another_host_is_told_that_somebody_watches(
    ann: Operator,
) -> None:
    ann("watch", "--once")
    bob = on_another_host(ann)
    with duckdb.connect(str(ann.file)) as connection:
        connection.execute("ALTER TABLE nba_orchestration.console_check_runs RENAME COLUMN every_seconds TO every_s")
    assert "has no column nba_orchestration.console_check_runs.every_seconds" in unseen(bob)
    assert bob("check", "watcher.silent").status == 3
    assert silent(ann) == []


def test_a_journal_that_cannot_be_read_is_no_sign_that_nobody_ever_watched(ann: Operator) -> None:
    ann("watch", "--once")
    ann.drop("console_check_runs")
    (journal,) = ann.courtside.home.rglob(FILE_NAME)
    journal.write_bytes(b"this is no journal" * 100)
    assert "it is not known when a watcher of this host last ran" in unseen(ann)


def test_the_watchers_own_runs_never_find_themselves_missing(ann: Operator) -> None:
    ann("watch", "--once")
    ann.now += timedelta(hours=8)
    ann("watch", "--once")
    assert ann.said("SELECT count(*) FROM nba_orchestration.console_check_runs") == [(2,)]
    assert ann.said(
        "SELECT count(*) FROM nba_orchestration.console_check_runs WHERE CAST(report AS VARCHAR) LIKE '%nobody watches%'"
    ) == [(0,)]


def test_at_shows_what_was_known_of_the_watcher_then(ann: Operator) -> None:
    ann("watch", "--once")
    ann.now += timedelta(hours=3)
    assert "last ran" not in ann("check", "--at", "2026-01-25T17:00Z").out
    assert "last ran 30 min ago" in ann("check", "--at", "2026-01-25T18:30Z").out


def test_doctor_says_it_too(ann: Operator) -> None:
    ann("watch", "--once")
    ann.now += timedelta(minutes=12)
    assert "watcher last ran 12 min ago" in " ".join(ann("doctor").out.split())


def missed(operator: Operator) -> list[str]:
    found = operator.document("check")["findings"]
    return [finding["subject"]["name"] for finding in found if finding["check"] == "watcher.silent"]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["on its host", "on another host"])
def test_of_watchers_of_different_checks_each_is_missed_by_itself(ann: Operator, elsewhere: bool) -> None:
    reader = on_another_host(ann) if elsewhere else ann
    ann("watch", "--once", "--checks", "schedule.stale,queue.overdue")
    ann("watch", "--once", "--checks", "orchestration.gap")  # in the same minute
    for _ in range(3):
        ann.now += timedelta(hours=1)
        ann("watch", "--once", "--checks", "queue.overdue , schedule.stale")
    reader.now = ann.now
    assert ann.said("SELECT count(*) FROM nba_orchestration.console_check_runs") == [(5,)]
    assert missed(reader) == ["watcher:orchestration.gap"]
    found = reader("check")
    assert "of queue.overdue, schedule.stale" in found.out
    assert "nobody watches orchestration.gap: the watcher of " in found.out
    if not elsewhere:
        assert "watcher of orchestration.gap last ran 3 h 00 min ago" in " ".join(reader("doctor").out.split())
