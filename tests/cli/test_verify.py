"""`courtside verify` and `courtside outbox`: did it help, what is to come, and what waits to be written."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from console.actions.mirror import TABLE, MirroredLedger
from console.journal import FILE_NAME, Journal
from console.outbox.outbox import Outbox
from console.outbox.rows import OutboxRow
from console.queue_changes import QUEUE
from tests.actions.entries import entry
from tests.actions.sites import NOW, Site
from tests.cli.conftest import Courtside, Result

GAME = "SAS@UTA"


@pytest.fixture
def site(courtside: Courtside, demo_file: Path) -> Site:
    """The console that the command line is of, on a file of its own."""
    file = Path(shutil.copy(demo_file, courtside.home / "january.duckdb"))
    return Site(courtside.home, file, place=str(file))


def verify(courtside: Courtside, site: Site, *arguments: str, minutes: int = 0) -> Result:
    return courtside(
        "verify", "--warehouse", str(site.file), *arguments, now=NOW + timedelta(minutes=minutes), width=160
    )


def outbox(courtside: Courtside, site: Site, *arguments: str) -> Result:
    return courtside("outbox", "--warehouse", str(site.file), *arguments, now=NOW, width=160)


@pytest.mark.parametrize("arguments", [("verify",), ("verify", "--all"), ("outbox",), ("outbox", "--deliver")])
def test_where_nobody_has_done_anything_there_is_nothing_to_say_and_no_journal_is_made(
    courtside: Courtside, arguments: tuple[str, ...]
) -> None:
    found = courtside(*arguments)
    assert (found.status, found.err) == (0, "")
    assert found.out.startswith("OK")
    assert not (courtside.home / FILE_NAME).exists()
    assert courtside(*arguments, "--json").document["exit_status"] == 0


def test_not_fixed_then_fixed_then_nothing_due(courtside: Courtside, site: Site) -> None:
    site.lose(GAME)
    site.requeue(GAME)
    first = verify(courtside, site)
    assert (first.status, first.err) == (1, "")
    assert first.lines[0].startswith("ERROR    not fixed: SAS@UTA 2026-01-22: reconcile.games still finds it")
    assert "to come  plan p1, verification 2 of 3: due Fri 23 Jan 13:05 EST (2026-01-23T18:05Z)" in first.lines

    site.bring_back()
    second = verify(courtside, site, minutes=6)
    assert second.status == 0
    assert second.lines[:2] == [
        "OK       fixed: SAS@UTA 2026-01-22: no check finds it any more; its row p1-0 is succeeded",
        "         plan p1, verification 2 of 3",
    ]
    third = verify(courtside, site, minutes=7)
    assert (third.status, third.lines[0]) == (0, "OK       nothing is due")


def test_all_lists_what_is_to_come_in_both_zones_and_runs_nothing(courtside: Courtside, site: Site) -> None:
    site.requeue(GAME)
    found = verify(courtside, site, "--all", minutes=1)
    assert (found.status, found.lines) == (
        0,
        [
            "to come  plan p1, verification 1 of 3: due since Fri 23 Jan 13:00 EST (2026-01-23T18:00Z)",
            "to come  plan p1, verification 2 of 3: due Fri 23 Jan 13:05 EST (2026-01-23T18:05Z)",
            "to come  plan p1, verification 3 of 3: due Fri 23 Jan 13:30 EST (2026-01-23T18:30Z)",
        ],
    )
    assert len(verify(courtside, site, "--all", "--json").document["pending"]) == 3


def test_what_cannot_be_said_is_3_and_never_fixed(courtside: Courtside, site: Site) -> None:
    site.requeue(GAME)
    site.sql(f"ALTER TABLE {QUEUE} RENAME TO other")
    found = verify(courtside, site)
    assert found.status == 3
    assert found.out.startswith("UNKNOWN  cannot be said: SAS@UTA 2026-01-22: the retry queue cannot be read")
    assert "fixed" not in found.out


def test_two_active_rows_are_2(courtside: Courtside, site: Site) -> None:
    site.requeue(GAME)
    site.sql(f"INSERT INTO {QUEUE} SELECT * REPLACE ('twin' AS id) FROM {QUEUE} WHERE id = 'p1-0'")
    found = verify(courtside, site)
    assert found.status == 2
    assert "SAS@UTA 2026-01-22 has 2 active rows in the retry queue, p1-0 and twin" in found.out


def test_a_verification_as_a_document(courtside: Courtside, site: Site) -> None:
    site.requeue(GAME)
    document = verify(courtside, site, "--json").document
    (verified,) = document["verified"]
    assert (document["command"], document["severity"], document["exit_status"]) == ("verify", "error", 1)
    assert (verified["plan_id"], verified["rounds"], verified["outcome"]) == ("p1", [1], "not_fixed")
    assert verified["items"][0]["subject"] == "SAS@UTA 2026-01-22"
    assert document["pending"] == [
        {"plan_id": "p1", "round": 2, "due_at": "2026-01-23T18:05:00Z"},
        {"plan_id": "p1", "round": 3, "due_at": "2026-01-23T18:30:00Z"},
    ]


def test_what_waits_is_shown_and_delivered_when_asked_for(courtside: Courtside, site: Site) -> None:
    site.requeue(GAME)
    shown = outbox(courtside, site)
    assert (shown.status, shown.err) == (0, "")
    assert f"OK       3 rows wait for {TABLE}" in shown.lines
    assert site.sql(f"SELECT count(*) FROM {TABLE}") == [(0,)]

    done = outbox(courtside, site, "--deliver")
    assert (done.status, done.lines[0]) == (0, "OK       3 rows have arrived")
    assert site.sql(f"SELECT count(*) FROM {TABLE}") == [(3,)]
    assert outbox(courtside, site).lines == ["OK       nothing waits"]


def test_rows_that_no_table_takes_are_said_and_not_taken_for_delivered(courtside: Courtside, site: Site) -> None:
    site.outbox.put(str(site.file), TABLE, [OutboxRow("k", {"no_such_column": 1})], NOW)
    found = outbox(courtside, site, "--deliver", "--json")
    (table,) = found.document["tables"]
    assert (found.status, found.document["severity"], table["refused"]) == (4, "error", 1)
    assert outbox(courtside, site).status == 1


def test_who_may_change_nothing_delivers_nothing_and_verifies_all_the_same(courtside: Courtside, site: Site) -> None:
    site.requeue(GAME)
    read_only = {"COURTSIDE_READ_ONLY": "true"}
    common = ("--warehouse", str(site.file))
    refused = courtside("outbox", "--deliver", *common, env=read_only, now=NOW)
    assert (refused.status, refused.out) == (3, "")
    assert "nothing is delivered: read-only, as the settings say" in refused.err
    assert courtside("verify", *common, env=read_only, now=NOW).status == 1
    assert site.sql(f"SELECT count(*) FROM {TABLE}") == [(0,)]


def test_what_was_put_for_another_warehouse_waits_for_that_one(courtside: Courtside, site: Site) -> None:
    journal = Journal(courtside.home / FILE_NAME, now=lambda: NOW)
    MirroredLedger(journal, Outbox(journal), "elsewhere").append(entry())
    assert outbox(courtside, site, "--deliver").lines == ["OK       0 rows have arrived"]
