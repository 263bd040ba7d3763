from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from checks.model import CheckResult, Fault, Finding, Report, Scope, Severity, Subject, SubjectKind, Verdict
from console.journal import FILE_NAME, RETENTION, FleetingJournal, Journal
from screens.ports import LogEntry
from tests.builders import at

NOW = at("2026-01-25T12:00")
GAP = Finding(
    "orchestration.gap", Severity.WARNING, Subject(SubjectKind.CONTROLLER, "controller"), "silent", Fault.PIPELINE
)
GAME = Finding(
    "reconcile.games",
    Severity.ERROR,
    Subject(SubjectKind.GAME, "LAL@DAL", date(2026, 1, 24)),
    "LAL@DAL is missing",
    Fault.DATA,
)


def report(as_of: str, *findings: Finding, unseen: str = "", days: int = 2) -> Report:
    """Return a report of both checks with these findings; the check `unseen` could not be evaluated."""
    results = [
        CheckResult(name, Severity.UNKNOWN, reason="the source failed")
        if name == unseen
        else CheckResult(name, Severity.OK, tuple(f for f in findings if f.check == name))
        for name in (GAP.check, GAME.check)
    ]
    return Report(Scope.at(at(as_of), days=days), Verdict(Severity.OK, f"as of {as_of}", None), (), tuple(results), ())


def clock(moment: datetime = NOW) -> Callable[[], datetime]:
    return lambda: moment


@pytest.fixture(params=["a file", "memory"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    return Journal(tmp_path / FILE_NAME, now=clock()) if request.param == "a file" else FleetingJournal(now=clock())


def remember(journal: Journal, reports: Iterable[Report]) -> None:
    for one in reports:
        journal.remember("demo", one, one.scope.as_of)


def test_of_an_environment_that_was_never_looked_at_there_is_no_report(journal: Journal) -> None:
    assert journal.last_report("demo") is None


def test_the_last_report_comes_back_with_when_it_was_made(journal: Journal) -> None:
    made = report("2026-01-25T01:30", GAP, GAME)
    journal.remember("demo", made, at("2026-01-25T01:31"))
    found = journal.last_report("demo")
    assert found is not None
    assert (found.report, found.saved_at) == (made, at("2026-01-25T01:31"))


def test_each_environment_has_a_last_report_of_its_own(journal: Journal) -> None:
    journal.remember("demo", report("2026-01-25T01:30"), NOW)
    assert journal.last_report("PRODUCTION") is None


def test_a_report_that_was_made_earlier_does_not_replace_a_later_one(journal: Journal) -> None:
    journal.remember("demo", report("2026-01-25T01:30"), NOW)
    journal.remember("demo", report("2026-01-25T01:00"), NOW - timedelta(seconds=1))
    found = journal.last_report("demo")
    assert found is not None
    assert found.report.verdict.sentence == "as of 2026-01-25T01:30"


def test_a_report_of_another_version_of_the_program_is_no_report(tmp_path: Path) -> None:
    journal = Journal(tmp_path / FILE_NAME, now=clock())
    journal.remember("demo", report("2026-01-25T01:30"), NOW)
    with sqlite3.connect(journal.path) as connection:
        connection.execute("""UPDATE report SET report = json_set(report, '$.mood', 'bad')""")
    connection.close()
    assert journal.last_report("demo") is None


# A file of an earlier version


def made_smaller(path: Path) -> None:
    """Take from a journal what files of version 1 lack: tables that came later, and a heartbeat's checks."""
    connection = sqlite3.connect(path)
    for table in ("incident", "notice", "ledger"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("DROP TABLE heartbeat")
    connection.execute("CREATE TABLE heartbeat (name TEXT, place TEXT, at TEXT, PRIMARY KEY (name, place))")
    connection.execute("INSERT INTO heartbeat VALUES ('watcher', 'demo', '2026-01-25T01:00:00Z')")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


def tables_of(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall())
    connection.close()
    return found


def test_a_journal_of_an_earlier_version_is_brought_up_to_this_one_and_loses_nothing(tmp_path: Path) -> None:
    old, new = Journal(tmp_path / "old.db", now=clock()), Journal(tmp_path / "new.db", now=clock())
    for journal in (old, new):
        journal.remember("demo", report("2026-01-25T01:30", GAP), NOW)
        journal.note(LogEntry(NOW, "ann", "requeue", "LAL@DAL", "applied"))
    made_smaller(old.path)
    again = Journal(old.path, now=clock())
    assert again.log() == new.log()
    assert again.sightings("demo") == new.sightings("demo")
    assert again.last_report("demo") == new.last_report("demo")
    assert tables_of(old.path) == tables_of(new.path)


def test_of_many_who_open_a_journal_of_an_earlier_version_at_once_none_fails(tmp_path: Path) -> None:
    Journal(tmp_path / FILE_NAME, now=clock()).note(LogEntry(NOW, "ann", "requeue", "LAL@DAL", "applied"))
    made_smaller(tmp_path / FILE_NAME)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: Journal(tmp_path / FILE_NAME, now=clock()).log(), range(16)))
    assert {len(log) for log in found} == {1}


def test_a_finding_is_first_and_last_seen_at_the_as_of_of_reports(journal: Journal) -> None:
    remember(journal, [report("2026-01-25T01:00", GAP), report("2026-01-25T01:30", GAP)])
    (seen,) = journal.sightings("demo")
    assert (seen.fingerprint, seen.check) == (GAP.fingerprint, "orchestration.gap")
    assert (seen.first_seen, seen.last_seen, seen.ended_at) == (at("2026-01-25T01:00"), at("2026-01-25T01:30"), None)


def test_a_finding_keeps_its_worst_severity_and_its_newest_sentence(journal: Journal) -> None:
    worse = replace(GAP, severity=Severity.CRITICAL, sentence="silent for two hours")
    better = replace(GAP, sentence="hardly silent")
    remember(
        journal,
        [report("2026-01-25T01:00", GAP), report("2026-01-25T01:30", worse), report("2026-01-25T02:00", better)],
    )
    (seen,) = journal.sightings("demo")
    assert (seen.severity, seen.sentence) == ("CRITICAL", "hardly silent")


def test_a_finding_that_a_later_report_no_longer_has_is_over_since_that_report(journal: Journal) -> None:
    remember(journal, [report("2026-01-25T01:00", GAP), report("2026-01-25T01:30")])
    assert journal.sightings("demo")[0].ended_at == at("2026-01-25T01:30")


def test_a_finding_that_says_itself_that_it_is_over_ended_then(journal: Journal) -> None:
    over = replace(GAP, until=at("2026-01-25T01:20"))
    remember(journal, [report("2026-01-25T01:00", GAP), report("2026-01-25T01:30", over)])
    remember(journal, [report("2026-01-25T02:00", over)])
    (seen,) = journal.sightings("demo")
    assert (seen.ended_at, seen.last_seen) == (at("2026-01-25T01:20"), at("2026-01-25T02:00"))


def test_a_finding_is_not_over_because_its_check_could_not_see(journal: Journal) -> None:
    remember(journal, [report("2026-01-25T01:00", GAP), report("2026-01-25T01:30", unseen=GAP.check)])
    assert journal.sightings("demo")[0].ended_at is None


def test_a_finding_is_not_over_because_another_check_alone_was_run(journal: Journal) -> None:
    only = replace(report("2026-01-25T01:30"), results=(CheckResult(GAME.check, Severity.OK),))
    remember(journal, [report("2026-01-25T01:00", GAP), only])
    assert journal.sightings("demo")[0].ended_at is None


def test_a_finding_is_not_over_because_its_game_date_left_the_scope(journal: Journal) -> None:
    remember(journal, [report("2026-01-25T01:00", GAME), report("2026-01-26T12:00", days=1)])
    assert journal.sightings("demo")[0].ended_at is None
    remember(journal, [report("2026-01-26T13:00", days=4)])
    assert journal.sightings("demo")[0].ended_at == at("2026-01-26T13:00")


def test_a_finding_that_comes_back_is_a_sighting_of_its_own(journal: Journal) -> None:
    remember(journal, [report("2026-01-25T01:00", GAP), report("2026-01-25T01:30"), report("2026-01-25T02:00", GAP)])
    newest, oldest = journal.sightings("demo", GAP.fingerprint)
    assert (newest.first_seen, newest.ended_at) == (at("2026-01-25T02:00"), None)
    assert (oldest.first_seen, oldest.ended_at) == (at("2026-01-25T01:00"), at("2026-01-25T01:30"))


def test_a_replay_of_the_past_neither_ends_nor_reopens_anything(journal: Journal) -> None:
    remember(journal, [report("2026-01-25T01:00", GAP), report("2026-01-25T02:00", GAP), report("2026-01-25T03:00")])
    remember(journal, [report("2026-01-25T00:30"), report("2026-01-25T00:45", GAP), report("2026-01-25T02:30", GAP)])
    (seen,) = journal.sightings("demo")
    assert (seen.first_seen, seen.ended_at) == (at("2026-01-25T00:45"), at("2026-01-25T03:00"))


def test_sightings_of_one_finding_are_its_own(journal: Journal) -> None:
    remember(journal, [report("2026-01-25T01:00", GAP, GAME)])
    assert [seen.fingerprint for seen in journal.sightings("demo", GAME.fingerprint)] == [GAME.fingerprint]
    assert len(journal.sightings("demo")) == 2
    assert journal.sightings("PRODUCTION") == ()


def test_the_log_is_read_newest_first_and_no_longer_than_asked(journal: Journal) -> None:
    entries = [LogEntry(at(f"2026-01-25T01:0{n}"), "ann", "requeue", f"game {n}", "preview") for n in range(3)]
    for entry in (entries[1], entries[2], entries[0]):
        journal.note(entry)
    assert journal.log() == (entries[2], entries[1], entries[0])
    assert journal.log(1) == (entries[2],)


def test_words_from_outside_are_cleaned_before_they_are_kept(journal: Journal) -> None:
    hostile = "\x1b]0;title\x07LAL@DAL\ud800" + "x" * 5000
    journal.note(LogEntry(NOW, "ann", "requeue", hostile, "no"))
    remember(journal, [report("2026-01-25T01:00", replace(GAP, sentence=hostile))])
    for words in (journal.log()[0].subject, journal.sightings("demo")[0].sentence):
        assert words.startswith("LAL@DALx")
        assert len(words) <= 1000


def test_a_preference_is_what_was_chosen_last(journal: Journal) -> None:
    assert journal.preference("theme") == ""
    journal.prefer("theme", "light")
    journal.prefer("theme", "contrast")
    assert journal.preference("theme") == "contrast"


def test_what_was_not_touched_for_ninety_days_is_forgotten_and_what_lasts_stays(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    old = Journal(path, now=clock(NOW - RETENTION - timedelta(minutes=1)))
    remember(old, [report("2025-10-20T01:00", GAP, GAME)])
    old.note(LogEntry(NOW - RETENTION - timedelta(minutes=1), "ann", "requeue", "", ""))
    old.note(LogEntry(NOW - RETENTION + timedelta(minutes=1), "bob", "requeue", "", ""))
    remember(Journal(path, now=clock()), [report("2026-01-26T12:00", GAP, days=1)])
    journal = Journal(path, now=clock())
    assert [seen.fingerprint for seen in journal.sightings("demo")] == [GAP.fingerprint]
    assert [entry.actor for entry in journal.log()] == ["bob"]


def test_what_a_place_was_billed_adds_up_for_each_day_alone(journal: Journal) -> None:
    journal.spend(NOW.date(), "nba-prod", 10)
    journal.spend(NOW.date(), "nba-prod", 5)
    journal.spend(NOW.date(), "nba-staging", 7)
    journal.spend(date(2026, 1, 24), "nba-prod", 1)
    assert journal.spent(NOW.date(), "nba-prod") == 15
    assert journal.spent(date(2026, 1, 26), "nba-prod") == 0


def test_no_byte_is_lost_when_eight_threads_are_billed_at_once(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def spend(_: int) -> None:
        Journal(path, now=clock()).spend(NOW.date(), "nba-prod", 1)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(spend, range(40)))
    assert Journal(path, now=clock()).spent(NOW.date(), "nba-prod") == 40


def test_what_was_billed_ninety_days_ago_is_forgotten(tmp_path: Path) -> None:
    old, path = (NOW - RETENTION).date(), tmp_path / FILE_NAME
    Journal(path, now=clock(NOW - RETENTION)).spend(old, "nba-prod", 10)
    journal = Journal(path, now=clock())
    assert journal.spent(old, "nba-prod") == 10
    journal.spend(NOW.date(), "nba-prod", 10)
    assert (journal.spent(old, "nba-prod"), journal.spent(NOW.date(), "nba-prod")) == (0, 10)


def test_eight_threads_use_one_journal_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / FILE_NAME, now=clock())

    def work(number: int) -> None:
        for n in range(5):
            journal.note(LogEntry(NOW, f"thread {number}", "note", str(n), ""))
            journal.remember("demo", report("2026-01-25T01:00", GAP), NOW)
            assert journal.last_report("demo") is not None

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert len(journal.log()) == 40
    assert len(journal.sightings("demo")) == 1


CHILD = """
import sys, time
from pathlib import Path
from datetime import UTC, datetime
from tests.test_journal import GAP, Journal, LogEntry, NOW, report
path, role = Path(sys.argv[1]), sys.argv[2]
calls = 0
def now():
    global calls
    calls += 1
    if role == "dies in the middle" and calls == 1:
        print("in the middle", flush=True)
        time.sleep(60)
    return NOW
journal = Journal(path, now=now)
if role == "writes":
    for n in range(25):
        journal.note(LogEntry(NOW, sys.argv[3], "note", str(n), ""))
else:
    journal.remember("demo", report("2026-01-25T02:00", GAP), datetime.now(UTC))
    print("done", flush=True)
    time.sleep(60)
"""


def child(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, *map(str, arguments)]
    return subprocess.Popen(command, cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE, text=True)  # noqa: S603 # ours


def test_three_processes_make_and_use_one_journal_at_once(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    writers = [child(path, "writes", str(n)) for n in range(3)]
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert len(Journal(path, now=clock()).log()) == 75


@pytest.mark.parametrize(
    ("role", "said", "kept"),
    [
        ("dies in the middle", "in the middle\n", "as of 2026-01-25T01:00"),
        ("dies afterwards", "done\n", "as of 2026-01-25T02:00"),
    ],
)
def test_a_process_killed_while_it_remembers_leaves_the_old_report_or_the_new_one_whole(
    tmp_path: Path, role: str, said: str, kept: str
) -> None:
    path = tmp_path / FILE_NAME
    remember(Journal(path, now=clock()), [report("2026-01-25T01:00", GAP)])
    dying = child(path, role)
    assert dying.stdout is not None
    assert dying.stdout.readline() == said
    dying.kill()
    dying.communicate(timeout=60)
    journal = Journal(path, now=clock())
    found = journal.last_report("demo")
    assert found is not None
    assert found.report.verdict.sentence == kept
    assert journal.sightings("demo")[0].last_seen == found.report.scope.as_of
    journal.note(LogEntry(NOW, "ann", "note", "", ""))
    assert len(journal.log()) == 1


def test_instants_sort_as_text_whatever_their_fractions_and_zones() -> None:
    moments = [at("2026-01-25T01:00"), at("2026-01-25T01:00") + timedelta(microseconds=1), at("2026-01-25T01:01")]
    journal = FleetingJournal(now=clock())
    for moment in moments:
        journal.note(LogEntry(moment.astimezone(UTC), "ann", "note", "", ""))
    assert [entry.at for entry in journal.log()] == moments[::-1]
