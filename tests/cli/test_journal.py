"""`courtside journal`: what was done is listed, and whoever changed the record is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from console.journal import FILE_NAME
from tests.actions.entries import entry, filled, ledger_in
from tests.cli.conftest import Courtside


def tamper(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        connection.execute(statement)


def test_a_whole_record_is_ok_with_the_hash_to_note_down(courtside: Courtside) -> None:
    ledger = filled(courtside.home)
    found = courtside("journal", "verify", width=120)
    assert (found.status, found.err) == (0, "")
    assert found.lines[0].startswith("OK       5 entries are as written in")
    assert "the newest, 5, is of Fri 23 Jan 01:25 EST (2026-01-23T06:25Z)" in found.out
    assert f"hash     {ledger.newest(1)[0].hash}" in found.lines


def test_a_changed_entry_is_named_with_its_time_and_what_differs(courtside: Courtside) -> None:
    filled(courtside.home)
    tamper(courtside.home, "UPDATE action SET entry = replace(entry, 'game 3', 'game 9') WHERE number = 3")
    found = courtside("journal", "verify", width=120)
    said = " ".join(found.out.split())
    assert found.status == 2
    assert found.out.startswith("CRITICAL the record of actions in")
    assert "was changed: entry 3" in said
    assert "its content is not what was written" in said
    assert "found in its place: attempt requeue game 9, of Fri 23 Jan 01:23 EST (2026-01-23T06:23Z), by ann@" in said
    assert "the record holds up to entry 2, of Fri 23 Jan 01:22 EST (2026-01-23T06:22Z)" in said


def test_a_deleted_entry_is_named_with_the_time_up_to_which_the_record_holds(courtside: Courtside) -> None:
    filled(courtside.home)
    tamper(courtside.home, "DELETE FROM action WHERE number = 3")
    found = courtside("journal", "verify", "--json")
    document = found.document
    assert found.status == document["exit_status"] == 2
    assert (document["severity"], document["entries"]) == ("critical", 4)
    assert document["broken"] == {
        "number": 3,
        "what": "it is missing: somebody deleted it",
        "found": None,
        "whole_until": "2026-01-23T06:22:00Z",
    }


def test_a_changed_first_entry_leaves_nothing_that_is_proved(courtside: Courtside) -> None:
    filled(courtside.home)
    tamper(courtside.home, "UPDATE action SET entry = json_set(entry, '$.at', 'never') WHERE number = 1")
    found = courtside("journal", "verify", width=120)
    said = " ".join(found.out.split())
    assert found.status == 2
    assert "of a time that cannot be read" in said
    assert said.endswith("nothing before it is proved")
    assert courtside("journal", "verify", "--json").document["broken"]["found"]["at"] is None


def test_a_whole_record_as_a_document(courtside: Courtside) -> None:
    ledger = filled(courtside.home, 2)
    document = courtside("journal", "verify", "--json").document
    assert (document["command"], document["severity"], document["exit_status"]) == ("journal verify", "ok", 0)
    assert (document["entries"], document["last_hash"], document["broken"]) == (2, ledger.newest(1)[0].hash, None)


@pytest.mark.parametrize("command", ["list", "verify"])
def test_a_journal_that_is_not_there_is_not_an_empty_one(courtside: Courtside, command: str) -> None:
    found = courtside("journal", command)
    assert (found.status, found.out) == (3, "")
    assert "there is no journal" in found.err
    assert not (courtside.home / FILE_NAME).exists()


@pytest.mark.parametrize("command", ["list", "verify"])
def test_a_journal_that_is_broken_cannot_be_read(courtside: Courtside, command: str) -> None:
    (courtside.home / FILE_NAME).write_bytes(b"not a database, whatever its name says" * 100)
    found = courtside("journal", command, "--json")
    assert found.status == 3
    assert found.document["error"]["kind"] == "journal"
    assert "is broken" in found.document["error"]["message"]


def test_nothing_done_yet_is_said(courtside: Courtside) -> None:
    ledger_in(courtside.home).newest(1)
    listed, verified = courtside("journal", "list", width=120), courtside("journal", "verify", width=120)
    assert (listed.status, verified.status) == (0, 0)
    assert listed.out.startswith("nothing was done yet, says")
    assert verified.out.startswith("OK       0 entries are as written in")


def test_the_list_shows_who_did_what_when_and_why_newest_first(courtside: Courtside) -> None:
    filled(courtside.home, 2)
    found = courtside("journal", "list")
    assert found.status == 0
    assert found.lines[:7] == [
        "2        attempt requeue game 2 · Fri 23 Jan 01:22 EST (2026-01-23T06:22Z)",
        "         by       ann@ops-1, from 203.0.113.7, as ann@example.com",
        "         reason   box score arrived late",
        "         before   status=failed",
        "         after    status=pending",
        "         outcome  done",
        "         plan     p1",
    ]
    assert found.lines[8].startswith("1        attempt requeue game 1 · ")


def test_the_list_is_no_longer_than_asked(courtside: Courtside) -> None:
    filled(courtside.home)
    assert [row["number"] for row in courtside("journal", "list", "--limit", "2", "--json").document["entries"]] == [
        5,
        4,
    ]
    assert courtside("journal", "list", "--limit", "0").status == 3


def test_a_listed_entry_as_a_document(courtside: Courtside) -> None:
    (link,) = filled(courtside.home, 1).newest(1)
    document = courtside("journal", "list", "--json").document
    assert document["entries"] == [
        {
            "number": 1,
            "id": "e1",
            "at": "2026-01-23T06:21:00Z",
            "kind": "attempt",
            "action": "requeue",
            "subject": "game 1",
            "actor": {"user": "ann", "host": "ops-1", "origin": "203.0.113.7", "account": "ann@example.com"},
            "plan_id": "p1",
            "reason": "box score arrived late",
            "before": "status=failed",
            "after": "status=pending",
            "outcome": "done",
            "previous": link.previous,
            "hash": link.hash,
        }
    ]


def test_an_entry_that_cannot_be_read_hides_no_other_and_is_not_green(courtside: Courtside) -> None:
    filled(courtside.home, 2)
    tamper(courtside.home, "UPDATE action SET entry = '{}' WHERE number = 2")
    found = courtside("journal", "list")
    assert found.status == 3
    assert found.lines[0].startswith("2        cannot be read any more: ")
    assert "attempt requeue game 1" in found.out
    rows = courtside("journal", "list", "--json").document["entries"]
    assert (rows[0]["number"], rows[0]["action"], rows[1]["action"]) == (2, None, "requeue")


def test_what_somebody_wrote_into_the_file_cannot_command_the_terminal(courtside: Courtside) -> None:
    ledger_in(courtside.home).append(entry(1))
    tamper(courtside.home, r"""UPDATE action SET entry = replace(entry, 'game 1', '\u001b]0;owned\u0007game')""")
    for command in ("list", "verify"):
        assert "\x1b" not in courtside("journal", command).out
