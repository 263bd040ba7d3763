"""One watcher: what it runs, whom it tells, what it keeps, and what it does about everything that can go wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from checks.incidents.incident import Rules
from checks.model import Scope, Severity
from checks.times import eastern_date
from console.heartbeat import WATCHER, Heartbeat, last_heartbeat
from console.journal import FILE_NAME, Journal, JournalError
from console.lease import Leases, identity_of
from console.notify.notice import Kind, Manner, Notice
from console.notify.outbox import NoticeOutbox
from console.notify.sinks.sink import SinkError
from console.outbox.outbox import Arrival, Outbox
from console.warehouse.protocol import WarehouseError
from console.watching.check_runs import TABLE
from console.watching.leadership import Role
from console.watching.telling import Telling
from console.watching.watcher import Seen
from tests.notify.posts import Ear
from tests.watching.worlds import DEAD, HALF_AN_HOUR, PLACE, START, Patient, People, World

HOUR = timedelta(hours=1)


def from_one_to_five(moment: datetime) -> Severity:
    """Return the severity of a controller that is dead from 13:00 to 17:00."""
    return Severity.CRITICAL if START + HOUR <= moment < START + 5 * HOUR else Severity.OK


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_an_outage_is_told_when_it_opens_when_nobody_takes_it_in_hand_and_when_it_is_over(world: World) -> None:
    world.severity_at = from_one_to_five
    assert world.watches(world.watcher(), 8 * HOUR) == 16
    assert [notice.kind for notice in world.people.told] == [Kind.OPENED, Kind.ESCALATION, Kind.RESOLVED]
    opened, escalated, over = (notice.at for notice in world.people.told)
    assert opened == START + HOUR
    assert timedelta(minutes=15) <= escalated - opened <= timedelta(minutes=16)  # between two runs
    assert over == START + 5.5 * HOUR


def test_a_day_without_trouble_has_one_digest_at_nine_eastern(world: World) -> None:
    world.watches(world.watcher(manner=Manner()), timedelta(hours=23))
    (digest,) = world.people.told
    assert digest.kind is Kind.DIGEST
    assert START + 2 * HOUR <= digest.at <= START + 2 * HOUR + timedelta(minutes=1)
    assert eastern_date(digest.at) == eastern_date(START)


def test_each_run_leaves_a_sign_of_life_with_its_rhythm(world: World) -> None:
    world.watcher().run()
    beaten = last_heartbeat(world.journal(), WATCHER, PLACE)
    assert beaten == Heartbeat(START, "ops-1", "OK all 2 checks are OK", HALF_AN_HOUR)


def test_each_run_is_a_row_for_the_warehouse_once(world: World) -> None:
    world.mirrors = True
    watcher = world.watcher()
    watcher.run()
    watcher.run()  # in the same minute
    key = f"2026-01-25T12:00Z-{identity_of(world.journal())}"
    assert Outbox(world.journal()).arrival(PLACE, TABLE, key) is Arrival.WAITING
    with world.journal().reading() as connection:
        assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (1,)


def test_where_nothing_may_be_written_no_row_waits_for_ever(world: World) -> None:
    world.watcher().run()
    assert not Outbox(world.journal()).is_waiting(PLACE)


def test_a_warehouse_that_cannot_be_read_is_an_incident_of_its_own_and_resolves_no_other(world: World) -> None:
    world.severity_at = from_one_to_five

    def look(scope: Scope) -> Seen:
        if world.wall >= START + 2 * HOUR:
            raise WarehouseError("the network is down")
        return world.look(scope)

    world.watches(world.watcher(look=look), 4 * HOUR)
    titles = [notice.title for notice in world.people.told if notice.kind is not Kind.ESCALATION]
    assert titles[0].endswith(DEAD)
    assert "we cannot see" in titles[1]
    assert not any(notice.kind is Kind.RESOLVED for notice in world.people.told)
    assert world.lines("run")[-1]["trouble"] == "the network is down"


def test_a_check_that_hangs_makes_its_run_unknown_and_delays_no_other(world: World) -> None:
    checks = Patient()

    def look(scope: Scope) -> Seen:
        if world.wall == START + HALF_AN_HOUR:
            checks.hang()
        return world.look(scope)

    runs = world.watches(world.watcher(look=look, checks=checks), 2 * HOUR)
    checks.release.set()
    assert runs == 4
    assert [line["verdict"] for line in world.lines("run")] == ["OK", "UNKNOWN", "OK", "OK"]
    assert world.lines("run")[1]["trouble"] == "running the checks has not ended within 240 s and was given up"
    assert world.looked[:3] == [START, START + 2 * HALF_AN_HOUR, START + 3 * HALF_AN_HOUR]


def test_with_three_checks_that_hang_no_further_one_is_begun(world: World) -> None:
    checks = Patient()
    begun: list[datetime] = []

    def look(scope: Scope) -> Seen:
        begun.append(world.wall)
        checks.hang()
        return world.look(scope)

    watcher = world.watcher(look=look, checks=checks)
    outcomes = [watcher.run() for _ in range(5)]
    checks.release.set()
    assert len(begun) == 3
    assert [outcome.trouble for outcome in outcomes[3:]] == [
        "running the checks was not begun: 3 before it hang to this moment"
    ] * 2


def test_a_defect_in_a_check_is_unknown_and_no_end(world: World) -> None:
    def look(scope: Scope) -> Seen:
        raise ZeroDivisionError("division by zero")

    outcome = world.watcher(look=look).run()
    assert outcome.report is not None
    assert outcome.report.verdict.severity is Severity.UNKNOWN
    assert "the run failed: ZeroDivisionError: division by zero" in outcome.trouble


def test_of_two_watchers_on_a_host_the_second_stands_by_until_the_first_is_gone(world: World) -> None:
    first, second = world.watcher(), world.watcher()
    assert [first.run().role, second.run().role] == [Role.LEADS, Role.STANDS_BY]
    assert len(world.looked) == 1
    first.stop()
    assert [second.run().role, first.run().role] == [Role.LEADS, Role.STANDS_BY]
    assert "another watcher of this host watches until" in world.lines("standby")[0]["message"]


def test_a_watcher_that_died_is_replaced_within_five_minutes(world: World) -> None:
    world.watcher().run()
    other = world.watcher()
    world.passes(timedelta(minutes=4))
    assert other.run().role is Role.STANDS_BY
    world.passes(timedelta(minutes=1))
    assert other.run().role is Role.LEADS


def test_who_stands_by_runs_soon_after_the_other_died_and_not_only_at_its_next_place(world: World) -> None:
    world.watcher().run()
    world.passes(timedelta(minutes=1))
    world.watches(world.watcher(), timedelta(minutes=10))
    assert world.looked == [START, START + timedelta(minutes=5)]


def test_a_watcher_keeps_its_lease_between_two_runs(world: World) -> None:
    world.watches(world.watcher(), timedelta(minutes=29))  # which lets go at its end
    world.until = None
    watcher, other = world.watcher(), world.watcher()
    watcher.run()
    for _ in range(20):
        world.passes(timedelta(minutes=1))
        watcher.between()
        assert other.run().role is Role.STANDS_BY


def test_two_watchers_for_a_day_tell_each_thing_once(world: World) -> None:
    world.severity_at = from_one_to_five
    alone = World(world.folder / "alone", from_one_to_five)
    alone.folder.mkdir()
    alone.watches(alone.watcher(), 24 * HOUR)
    first, second = world.watcher(), world.watcher()
    for minute in range(0, 24 * 60, 5):
        for watcher in (first, second):
            if minute % 30 == 0:
                watcher.run()
            else:
                watcher.between()
        world.passes(timedelta(minutes=5))
        if minute == 14 * 60:
            first = world.watcher()  # the one that led has died and starts anew
    assert world.people.titles == alone.people.titles


def test_what_is_not_taken_is_tried_again_between_two_runs(world: World) -> None:
    class Fickle(People):
        def send(self, notice: Notice) -> None:
            if world.wall < START + timedelta(minutes=3):
                raise SinkError("it is down", again=True)
            super().send(notice)

    world.people = Fickle()
    world.severity_at = lambda _: Severity.CRITICAL
    watcher = world.watcher()
    outcome = watcher.run()
    assert (outcome.sent.waiting, outcome.is_undelivered, outcome.trouble) == (1, True, "people: it is down")
    for _ in range(10):
        world.passes(timedelta(minutes=1))
        watcher.between()
    assert [notice.kind for notice in world.people.told] == [Kind.OPENED]


def test_a_journal_that_cannot_be_written_tells_nobody_twice_but_says_so(world: World) -> None:
    class Full(Journal):
        def writing(self):  # type: ignore[no-untyped-def]  # noqa: ANN202  # as the journal's
            raise JournalError("the disk is full")

    world.severity_at = lambda _: Severity.CRITICAL
    watcher = world.watcher()
    watcher._means.leadership._leases = Leases(Full(world.folder / FILE_NAME, now=world.now))
    outcome = watcher.run()
    assert (outcome.report, outcome.trouble, world.people.told) == (None, "the disk is full", [])
    assert world.lines("failed")[0]["severity"] == "ERROR"


def test_what_another_version_left_waiting_ends_no_run_and_its_giving_way_is_in_the_log(world: World) -> None:
    world.severity_at = lambda moment: Severity.CRITICAL if moment < START + HALF_AN_HOUR else Severity.OK
    deaf = Ear("people", deaf=SinkError("down", again=True))
    world.watches(world.watcher(telling=telling(world, deaf)), timedelta(minutes=1))
    with world.journal().writing() as connection:
        connection.execute("UPDATE notice SET text = '{}'")
    world.watches(world.watcher(), 3 * HALF_AN_HOUR)
    assert [line["message"] for line in world.lines("unreadable")] == [
        "1 waiting message that another version wrote gave way to a newer one, unread"
    ]
    assert [title.partition(":")[0] for title in world.people.titles] == ["escalation", "resolved"]


def telling(world: World, ear: Ear) -> Telling:
    """Return what tells an ear in place of people."""
    outbox = NoticeOutbox(world.journal(), PLACE, world.now, lambda: 0.5)
    return Telling(world.journal(), PLACE, [ear], outbox, Rules(), Manner(has_digest=False))


def test_who_is_asked_to_stop_ends_after_the_step_that_is_under_way(world: World) -> None:
    def look(scope: Scope) -> Seen:
        world.stopped = True
        return world.look(scope)

    world.severity_at = lambda _: Severity.CRITICAL
    cared: list[str] = []

    def aftercare() -> str:
        cared.append("for what is due")
        return ""

    watcher = world.watcher(look=look, aftercare=aftercare)
    assert world.watches(watcher, 24 * HOUR) == 1
    assert [notice.kind for notice in world.people.told] == [Kind.OPENED]
    assert last_heartbeat(world.journal(), WATCHER, PLACE) is not None
    assert cared == []
    assert Leases(world.journal()).current(f"watch {PLACE}") is None


def test_after_eight_hours_of_sleep_there_is_one_run_at_once_and_people_are_told_once(world: World) -> None:
    world.severity_at = from_one_to_five

    def sleeps(_: timedelta) -> None:
        if world.wall == START + timedelta(minutes=40):
            world.wall += 8 * HOUR

    world.on_wait = sleeps
    world.watches(world.watcher(), 10 * HOUR)
    minutes = [(moment - START) / timedelta(minutes=1) for moment in world.looked]
    assert minutes == [0, 30, 520, 540, 570]
    assert world.people.told == []


def test_a_clock_that_is_put_back_an_hour_during_an_outage_tells_nobody_twice(world: World) -> None:
    world.severity_at = lambda _: Severity.CRITICAL
    set_back: list[bool] = []

    def puts_back(_: timedelta) -> None:
        if world.wall >= START + timedelta(minutes=40) and not set_back:
            set_back.append(True)
            world.wall -= HOUR

    world.on_wait = puts_back
    world.watches(world.watcher(), timedelta(minutes=90))
    assert [notice.kind for notice in world.people.told] == [Kind.OPENED, Kind.ESCALATION]
    assert len(world.looked) == 5  # two and a half hours passed
