"""What comes after an action, on a real journal, a real file and the real engine: read back, checked again, delivered."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from checks.severity import Severity
from console.actions.aftercare import run_due
from console.actions.judgement import Outcome
from console.actions.mirror import TABLE
from console.actions.plan import PlanItem, Put
from console.desk import Desk
from console.journal import FILE_NAME
from console.outbox.rows import OutboxRow
from console.queue_changes import QUEUE
from console.warehouse.protocol import WarehouseError
from screens.orders import Verb
from tests.actions.plans import every_kind, order
from tests.actions.sites import NOW, Site, applied, ids, verify_entries
from tests.actions.worlds import PLACE
from tests.fuse import BreakableJournal, CrashError, Fuse

GAME = "SAS@UTA"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def site(tmp_path: Path, demo_file: Path) -> Site:
    return Site(tmp_path / "ann", Path(shutil.copy(demo_file, tmp_path / "january.duckdb")))


def again(site: Site) -> Site:
    """Return the console as the next one to start finds it."""
    now = site.clock.now
    restarted = Site(site.journal.path.parent, site.file)
    restarted.clock.now = now
    return restarted


def no_desk() -> Desk:
    raise AssertionError("nothing is due, so nothing is opened")


def gone() -> Desk:
    raise WarehouseError("the project cannot be reached")


def test_a_requeued_game_is_fixed_when_its_box_score_is_there_and_not_before(site: Site) -> None:
    site.lose(GAME)
    assert site.requeue(GAME).is_complete
    assert site.verifications.standing_of("p1") == "applied, verification at 18:00 UTC"

    (first,) = run_due(site.care()).verified
    assert (first.rounds, first.judgement.outcome) == ((1,), Outcome.NOT_FIXED)
    assert "reconcile.games still finds it (2026-01-22: box scores lack 1 of 8 games" in first.judgement.sentence
    assert site.verifications.standing_of("p1").startswith("not fixed: SAS@UTA 2026-01-22: reconcile.games still")

    site.bring_back()
    site.clock.now = NOW + 5 * MINUTE
    (second,) = run_due(again(site).care(new_id=ids("b"))).verified
    assert (second.rounds, second.judgement.outcome) == ((2,), Outcome.FIXED)
    assert again(site).verifications.standing_of("p1") == "fixed, verified 18:05 UTC, again at 18:30 UTC"

    site.clock.now = NOW + 45 * MINUTE
    (third,) = run_due(again(site).care(new_id=ids("c"))).verified
    assert third.rounds == (3,)
    assert site.verifications.standing_of("p1") == "fixed, verified 18:45 UTC"
    outcomes = [said.partition(":")[0] for said in verify_entries(site.ledger)]
    assert outcomes == ["not fixed", "fixed", "fixed"]
    assert site.ledger.verify().broken is None


def test_a_row_that_was_written_in_this_very_minute_is_read_back(site: Site) -> None:
    site.clock.now = NOW + timedelta(seconds=30)
    site.requeue(GAME)
    (verified,) = run_due(site.care()).verified
    assert "its row p1-0 is pending" in verified.judgement.sentence


def test_a_check_that_there_is_none_of_any_more_leaves_it_unsaid(site: Site) -> None:
    site.requeue(GAME, checks=("reconcile.gone",))
    site.end_rows()
    done = run_due(site.care())
    assert (done.verified[0].judgement.outcome, done.severity) == (Outcome.UNKNOWN, Severity.UNKNOWN)
    assert "there is no check 'reconcile.gone'" in done.verified[0].judgement.sentence


def test_a_queue_that_cannot_be_read_leaves_it_unsaid(site: Site) -> None:
    site.requeue(GAME)
    site.end_rows()
    site.sql(f"ALTER TABLE {QUEUE} RENAME TO other")
    (verified,) = run_due(site.care()).verified
    assert verified.judgement.outcome is Outcome.UNKNOWN
    assert "the retry queue cannot be read" in verified.judgement.sentence


def test_two_active_rows_are_found_in_the_file(site: Site) -> None:
    site.requeue(GAME)
    site.sql(f"INSERT INTO {QUEUE} SELECT * REPLACE ('twin' AS id) FROM {QUEUE} WHERE id = 'p1-0'")
    done = run_due(site.care())
    assert done.severity is Severity.CRITICAL
    assert done.verified[0].judgement.doubles[0].ids == ("p1-0", "twin")


def test_nothing_due_opens_no_warehouse(site: Site) -> None:
    done = run_due(replace(site.care(), open_desk=no_desk))
    assert (done.verified, done.trouble, done.delivery_trouble, done.severity) == ((), "", "", Severity.OK)


def test_a_warehouse_that_cannot_be_opened_is_said_and_what_is_due_stays_due(site: Site) -> None:
    site.requeue(GAME)
    done = run_due(replace(site.care(), open_desk=gone))
    assert done.trouble == done.delivery_trouble == "the project cannot be reached"
    assert done.severity is Severity.UNKNOWN
    site.clock.now += 5 * MINUTE
    (verified,) = run_due(site.care()).verified
    assert verified.rounds == (1, 2)


def test_a_journal_that_cannot_be_read_is_said(site: Site) -> None:
    site.requeue(GAME)
    site.journal.path.write_bytes(b"no database" * 1000)
    for name in ("-wal", "-shm"):
        Path(f"{site.journal.path}{name}").unlink(missing_ok=True)
    done = run_due(site.care())
    assert "is broken" in done.trouble
    assert "is broken" in done.delivery_trouble


def test_what_was_done_and_verified_reaches_colleagues_once(site: Site) -> None:
    site.requeue(GAME)
    for minutes in (0, 5, 30, 31, 60):
        site.clock.now = NOW + minutes * MINUTE
        run_due(again(site).care(new_id=ids(f"at {minutes}")))
    rows = site.sql(f"SELECT entry_number, event FROM {TABLE} ORDER BY entry_number")
    assert rows == [(1, "plan"), (2, "attempt"), (3, "outcome"), (4, "verify"), (5, "verify"), (6, "verify")]
    assert site.ledger.verify().entries == 6


def test_who_may_write_nothing_verifies_all_the_same_and_delivers_nothing(site: Site) -> None:
    site.requeue(GAME)
    done = run_due(replace(site.care(), delivers=False))
    assert (len(done.verified), done.delivered) == (1, 0)
    assert site.sql(f"SELECT count(*) FROM {TABLE}") == [(0,)]


def test_what_goes_into_the_consoles_own_tables_is_verified_by_its_delivery(site: Site) -> None:
    values = {"action_id": "k", "action": "acknowledge", "performed_at": "2026-01-23T18:00:00Z"}
    items = tuple(PlanItem(key, "put", step=Put(TABLE, key, {**values, "action_id": key})) for key in ("k", "lost"))
    plan = replace(every_kind(), place=PLACE, items=items, order=order(verb=Verb.ACKNOWLEDGE))
    with site.journal.writing() as connection:
        applied(connection, plan)
        site.verifications.schedule_with(connection, plan, NOW)
        site.outbox.put_with(connection, PLACE, TABLE, [OutboxRow("k", values)], NOW)
    (verified,) = run_due(site.care()).verified
    assert [(item.outcome, item.sentence) for item in verified.judgement.items] == [
        (Outcome.DONE, f"delivered to {TABLE}"),
        (Outcome.NOT_FIXED, f"it is not in the outbox for {TABLE}"),
    ]


def test_a_plan_that_is_no_longer_there_is_settled_as_unsaid(site: Site) -> None:
    plan = replace(every_kind(), place=PLACE)
    with site.journal.writing() as connection:
        site.verifications.schedule_with(connection, plan, NOW)
    (verified,) = run_due(site.care()).verified
    assert verified.judgement.sentence == "cannot be said: the plan is no longer in the journal"


def test_a_crash_at_any_step_leaves_each_verification_run_once_and_the_chain_whole(site: Site) -> None:
    site.requeue(GAME, plan_id="p1")
    site.end_rows()
    template = site.journal.path.parent
    for at in range(1, 60):
        folder = template.parent / f"crash-{at}"
        shutil.copytree(template, folder)
        crashed = Site(folder, site.file)
        fuse = Fuse(at)
        with suppress(CrashError):
            run_due(crashed.care(BreakableJournal(folder / FILE_NAME, fuse, lambda: NOW), ids("dead")))
        before = len(verify_entries(crashed.ledger))
        assert before == sum(item.settled_at is not None for item in crashed.verifications.of_plan("p1"))
        crashed.clock.now = NOW + 5 * MINUTE
        run_due(again(crashed).care(new_id=ids("next")))
        settled = [item.judgement for item in crashed.verifications.of_plan("p1")]
        assert [found and found.outcome for found in settled] == [Outcome.FIXED, Outcome.FIXED, None]
        assert len(verify_entries(crashed.ledger)) == before + 1
        assert crashed.ledger.verify().broken is None
        if fuse.steps < at:
            break
    assert at > 12  # delivery and verification are at least four transactions of three steps each


def test_a_crash_while_the_action_ends_keeps_the_verifications_with_it_or_not_at_all(site: Site) -> None:
    plan = replace(every_kind(), place=PLACE)
    for at in range(1, 9):
        folder = site.journal.path.parent.parent / f"ends-{at}"
        folder.mkdir()
        fuse = Fuse(at)
        journal = BreakableJournal(folder / FILE_NAME, fuse, lambda: NOW)
        with suppress(CrashError), journal.writing() as connection:
            applied(connection, plan)
            site.verifications.schedule_with(connection, plan, NOW)
        with journal.reading() as connection:
            (plans,) = connection.execute("SELECT count(*) FROM plan").fetchone()
            (rounds,) = connection.execute("SELECT count(*) FROM verification").fetchone()
        assert rounds == 3 * plans
        if fuse.steps < at:
            break
    assert at == 4


def test_consoles_that_come_at_once_verify_each_plan_once(site: Site) -> None:
    games = ("SAS@UTA", "HOU@PHI", "DEN@WAS")
    for number, game in enumerate(games):
        site.requeue(game, plan_id=f"p{number}")
    gate = threading.Barrier(3)

    def work(name: int) -> int:
        console = again(site)
        gate.wait()
        return len(run_due(console.care(new_id=ids(f"console {name}"))).verified)

    with ThreadPoolExecutor(3) as threads:
        counted = sum(threads.map(work, range(3)))
    assert counted == len(games)
    assert [len(verify_entries(site.ledger, f"p{number}")) for number in range(3)] == [1, 1, 1]
    assert site.ledger.verify().broken is None


def test_whoever_was_overtaken_adds_nothing_to_the_chain(site: Site) -> None:
    site.requeue(GAME)
    slow = site.care(new_id=ids("slow"))

    def overtaken() -> Desk:
        site.clock.now = NOW + 6 * MINUTE
        run_due(again(site).care(new_id=ids("quick")))
        return site.desk()

    done = run_due(replace(slow, open_desk=overtaken, delivers=False))
    assert done.verified == ()
    assert len(verify_entries(site.ledger)) == 1
