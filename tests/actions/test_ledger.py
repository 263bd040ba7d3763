"""The chain in a real journal: whoever edits the file is found, and whatever ends a process leaves one whole chain."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from console.actions.ledger import Ledger
from console.journal import FILE_NAME, RETENTION, FleetingJournal, Journal, JournalError
from screens.ports import LogEntry
from tests.actions.entries import NOW, entry, filled, ledger_in
from tests.fuse import BreakableJournal, CrashError, Fuse

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def tampering(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        yield connection


def tamper(folder: Path, *statements: str) -> None:
    with tampering(folder) as connection:
        for statement in statements:
            connection.execute(statement)


def numbers(ledger: Ledger) -> list[int]:
    return [link.number for link in ledger.newest(1_000)]


def test_entries_come_back_newest_first_and_no_more_than_asked(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 3)
    assert [link.entry for link in ledger.newest(10)] == [entry(3), entry(2), entry(1)]
    assert [link.entry for link in ledger.newest(1)] == [entry(3)]


def test_the_newest_is_the_one_appended_last_even_when_the_clock_stepped_back_an_hour(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 2)
    ledger.append(entry(3, at=NOW - timedelta(hours=1)))
    assert numbers(ledger) == [3, 2, 1]
    assert ledger.verify().broken is None


def test_what_was_done_about_a_plan_is_read_oldest_first(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 2)
    ledger.append(entry(3, plan_id="p2"))
    assert [link.entry for link in ledger.of_plan("p1")] == [entry(1), entry(2)]
    assert ledger.of_plan("p3") == ()


def test_a_ledger_in_memory_is_a_chain_too() -> None:
    ledger = Ledger(FleetingJournal(now=lambda: NOW))
    assert [ledger.append(entry(number)).number for number in (1, 2)] == [1, 2]
    assert ledger.verify().broken is None


def test_a_whole_chain_says_how_many_entries_it_has_and_its_last_hash(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    found = ledger.verify()
    assert (found.entries, found.last, found.broken) == (5, ledger.newest(1)[0], None)


def test_nothing_done_yet_is_whole(tmp_path: Path) -> None:
    found = ledger_in(tmp_path).verify()
    assert (found.entries, found.last, found.broken) == (0, None, None)


def test_the_same_entry_is_kept_once_however_often_it_is_appended(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 2)
    assert ledger.append(entry(1)).number == 1
    assert numbers(ledger) == [2, 1]


def test_an_id_is_one_entry_s_only(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 1)
    with pytest.raises(ValueError, match="another entry has the id e1"):
        ledger.append(entry(1, outcome="failed"))
    assert [link.entry for link in ledger.newest(10)] == [entry(1)]


def test_what_is_kept_is_clean(tmp_path: Path) -> None:
    link = ledger_in(tmp_path).append(entry(1, outcome="\x1b[31mrefused xoxb-1-2"))
    assert link.entry == entry(1, outcome="refused (hidden)")


EDITS = {
    "an edited subject": ("UPDATE action SET entry = replace(entry, 'game 3', 'game 9') WHERE number = 3", 3),
    "an edited time": ("UPDATE action SET entry = json_set(entry, '$.at', '2026-01-01T00:00:00Z') WHERE number = 2", 2),
    "the same value in another form": ("UPDATE action SET entry = json_insert(entry, '$.x', '') WHERE number = 4", 4),
    "a space": ("UPDATE action SET entry = entry || ' ' WHERE number = 5", 5),
    "an edited hash": ("UPDATE action SET hash = replace(hash, substr(hash, 1, 4), 'zzzz') WHERE number = 3", 3),
    "a hash of bytes that are no text": ("UPDATE action SET hash = x'ff00' WHERE number = 3", 3),
    "an edited hash of the one before": ("UPDATE action SET previous = '' WHERE number = 1", 1),
    "an entry deleted at the beginning": ("DELETE FROM action WHERE number = 1", 1),
    "an entry deleted in the middle": ("DELETE FROM action WHERE number = 3", 3),
    "an entry deleted at the end": ("DELETE FROM action WHERE number = 5", 5),
    "all entries deleted": ("DELETE FROM action", 1),
    "all numbers shifted": ("UPDATE action SET number = number + 10", 1),
    "one inserted at the end": (
        "INSERT INTO action SELECT 6, json_set(entry, '$.id', 'new'), hash, hash FROM action WHERE number = 5",
        6,
    ),
    "one inserted before the first": (
        "INSERT INTO action SELECT 0, json_set(entry, '$.id', 'new'), previous, hash FROM action WHERE number = 1",
        0,
    ),
}


@pytest.mark.parametrize(("statement", "number"), EDITS.values(), ids=EDITS)
def test_whoever_edits_the_file_is_found(tmp_path: Path, statement: str, number: int) -> None:
    ledger = filled(tmp_path)
    tamper(tmp_path, statement)
    broken = ledger.verify().broken
    assert broken is not None
    assert broken.number == number


def test_two_entries_that_changed_places_are_found_at_the_first_of_them(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    tamper(
        tmp_path,
        "UPDATE action SET number = -number WHERE number IN (2, 4)",
        "UPDATE action SET number = number + 6 WHERE number < 0",
    )
    broken = ledger.verify().broken
    assert broken is not None
    assert broken.number == 2
    assert broken.link is not None
    assert broken.link.entry == entry(4)


def test_an_entry_inserted_in_the_middle_is_found(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    tamper(
        tmp_path,
        "UPDATE action SET number = -number - 1 WHERE number >= 3",
        "UPDATE action SET number = -number WHERE number < 0",
        "INSERT INTO action SELECT 3, json_set(entry, '$.id', 'new'), hash, hash FROM action WHERE number = 2",
    )
    broken = ledger.verify().broken
    assert broken is not None
    assert broken.number == 3


def test_an_entry_that_is_no_json_any_more_is_found_and_listed(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    tamper(
        tmp_path, "DROP INDEX action_id", "DROP INDEX action_plan", "UPDATE action SET entry = x'ff' WHERE number = 3"
    )
    broken = ledger.verify().broken
    assert broken is not None
    assert broken.number == 3
    assert [link.number for link in ledger.newest(10) if link.entry is None] == [3]


def test_what_was_deleted_at_the_end_is_still_missed_after_more_was_appended(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    tamper(tmp_path, "DELETE FROM action WHERE number >= 4")
    ledger.append(entry(6))
    broken = ledger.verify().broken
    assert broken is not None
    assert (broken.number, broken.what) == (4, "it and the next are missing: somebody deleted them")


def test_an_edit_is_found_after_more_was_appended(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    tamper(tmp_path, "UPDATE action SET hash = x'ff' WHERE number = 5")
    ledger.append(entry(6))
    broken = ledger.verify().broken
    assert broken is not None
    assert broken.number == 5


def test_retention_forgets_no_action_so_that_the_chain_stays_whole(tmp_path: Path) -> None:
    filled(tmp_path)
    later = NOW + RETENTION + timedelta(days=400)
    journal = Journal(tmp_path / FILE_NAME, now=lambda: later)
    journal.note(LogEntry(NOW, "ann", "note", "", ""))
    journal = Journal(tmp_path / FILE_NAME, now=lambda: later)
    journal.note(LogEntry(later, "ann", "note", "", ""))
    assert len(journal.log()) == 1
    found = Ledger(journal).verify()
    assert (found.entries, found.broken) == (5, None)


def test_a_journal_without_the_table_cannot_be_read(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 1)
    tamper(tmp_path, "DROP TABLE action")
    with pytest.raises(JournalError, match="no such table: action"):
        ledger.verify()


@pytest.mark.parametrize(("step", "kept"), [(1, 2), (2, 2), (3, 3)])
def test_a_crash_at_any_step_of_an_append_leaves_one_chain_and_repeating_it_repeats_nothing(
    tmp_path: Path, step: int, kept: int
) -> None:
    ledger = filled(tmp_path, 2)
    with pytest.raises(CrashError):
        Ledger(BreakableJournal(tmp_path / FILE_NAME, Fuse(step), lambda: NOW)).append(entry(3))
    found = ledger.verify()
    assert (found.entries, found.broken) == (kept, None)
    ledger.append(entry(3))
    assert numbers(ledger) == [3, 2, 1]
    assert ledger.verify().broken is None


def test_an_entry_and_what_else_is_written_with_it_are_kept_together_or_not_at_all(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 1)
    journal = Journal(tmp_path / FILE_NAME, now=lambda: NOW)

    def append_and_crash() -> None:
        with journal.writing() as connection:
            ledger.append_with(connection, entry(2))
            raise CrashError

    with pytest.raises(CrashError):
        append_and_crash()
    with journal.writing() as connection:
        ledger.append_with(connection, entry(3))
        ledger.append_with(connection, entry(4))
    assert [link.entry for link in ledger.newest(10)] == [entry(4), entry(3), entry(1)]
    assert ledger.verify().broken is None


CHILD = """
import sys, time
from pathlib import Path
from tests.actions.entries import Journal, Ledger, NOW, entry, FILE_NAME
path, role = Path(sys.argv[1]) / FILE_NAME, sys.argv[2]
ledger = Ledger(Journal(path, now=lambda: NOW))
if role == "appends":
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(100):
        ledger.append(entry(n, id=f"{sys.argv[3]}-{n}"))
else:
    with Journal(path, now=lambda: NOW).writing() as connection:
        ledger.append_with(connection, entry(3))
        print("in the middle", flush=True)
        time.sleep(60)
"""


def child(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 # ours


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_two_hundred_entries_appended_by_two_processes_at_once_are_one_chain(tmp_path: Path) -> None:
    writers = [child(tmp_path, "appends", name) for name in ("a", "b")]
    assert [said(writer) for writer in writers] == ["ready\n", "ready\n"]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
    assert [writer.returncode for writer in writers] == [0, 0]
    ledger = ledger_in(tmp_path)
    found = ledger.verify()
    assert (found.entries, found.broken) == (200, None)
    ids = [link.entry.id for link in ledger.newest(1_000) if link.entry is not None]
    assert sorted(ids) == sorted(f"{name}-{n}" for name in ("a", "b") for n in range(100))


def test_eight_threads_append_to_one_chain(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 0)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: ledger.append(entry(number)), range(40)))
    found = ledger.verify()
    assert (found.entries, found.broken) == (40, None)


def test_a_process_killed_between_writing_and_committing_leaves_the_chain_as_it_was(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 2)
    dying = child(tmp_path, "dies in the middle")
    assert said(dying) == "in the middle\n"
    dying.kill()
    dying.communicate(timeout=60)
    assert numbers(ledger) == [2, 1]
    ledger.append(entry(3))
    found = ledger.verify()
    assert (found.entries, found.broken) == (3, None)
