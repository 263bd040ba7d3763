"""A host that takes over goes on where the other stopped, on BigQuery's double and in a DuckDB file that both share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from checks.model import Severity
from checks.policy import Policy
from console.desk import Desk
from console.incidents.shelf import current_incidents
from console.lease import identity_of
from console.notify.notice import Kind, Manner
from console.slack.threads import SlackThread, keep_threads, threads_of
from console.warehouse.embedded import EmbeddedWarehouse
from console.warehouse.protocol import Warehouse
from console.watching.baton import BatonError, adopt, baton_of_text, gathered, text_of_baton
from console.watching.leadership import GRACE_INTERVALS, Hosts, Leadership, Role
from console.watching.succession import Left, Shelf, Succession
from console.watching.watcher import Outcome, Watcher
from tests.bigquery.conftest import QUICK, Opener, opened
from tests.bigquery_double import BigQueryDouble
from tests.bigquery_double.hand_clock import HandClock
from tests.fuse import Fuse
from tests.watching.worlds import HALF_AN_HOUR, PLACE, START, People, World, crashes

__all__ = ["opened"]  # the fixture

NAME = f"watch {PLACE}"
TERM = 3 * HALF_AN_HOUR
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PATIENCE = 60.0
CALM = Manner(has_digest=False, reminds_every=timedelta(days=9), escalates_after=timedelta(days=9))
"""Tells what happens and urges nobody."""


@pytest.fixture(params=["bigquery", "embedded"])
def open_warehouse(request: pytest.FixtureRequest, tmp_path: Path, opened: Opener) -> Iterator[Callable[[], Warehouse]]:
    if request.param == "bigquery":
        with BigQueryDouble(clock=HandClock(START)) as double:
            yield lambda: opened(double, QUICK)
        return
    EmbeddedWarehouse(tmp_path / "warehouse.duckdb").apply_schema()
    yield lambda: EmbeddedWarehouse(tmp_path / "warehouse.duckdb")


@dataclass
class Cut:
    """The way to the warehouse, `is_cut` for as long as nothing gets through."""

    open_warehouse: Callable[[], Warehouse]
    is_cut: bool = False

    def __call__(self) -> Desk:
        if self.is_cut:
            raise OSError("the network is down")
        return Desk(self.open_warehouse(), Policy())


@dataclass
class Host:
    """A machine with a journal of its own, its way to the warehouse, and the watcher on it."""

    world: World
    way: Cut
    lease: str = NAME
    manner: Manner = CALM
    watcher: Watcher = field(init=False)

    def __post_init__(self) -> None:
        self.world.folder.mkdir()
        self.starts()

    def starts(self, fuse: Fuse | None = None) -> None:
        """Start the watcher, anew where there was one."""
        world, name, lease = self.world, self.world.folder.name, self.lease
        journal = world.journal(fuse)
        identity = identity_of(world.journal())
        asking = Hosts(self.way, lease, identity, name, HALF_AN_HOUR, PATIENCE)
        self.shelf = Shelf(self.way, lease, identity, PATIENCE)
        self.watcher = world.watcher(
            fuse=fuse,
            manner=self.manner,
            host=name,
            leadership=Leadership(journal, lease, asking, GRACE_INTERVALS * HALF_AN_HOUR),
            succession=Succession(journal, PLACE, self.shelf, [world.people]),
        )

    def runs(self, moment: datetime) -> Outcome:
        self.world.wall = moment
        return self.watcher.run()


@dataclass
class TwoHosts:
    """Two hosts that share the people and the warehouse."""

    a: Host
    b: Host
    people: People

    @property
    def kinds(self) -> list[Kind]:
        return [notice.kind for notice in self.people.told]


@pytest.fixture
def two(tmp_path: Path, open_warehouse: Callable[[], Warehouse]) -> TwoHosts:
    people = People()
    a, b = (Host(World(tmp_path / name, critical, people), Cut(open_warehouse)) for name in "ab")
    return TwoHosts(a, b, people)


def critical(_: datetime) -> Severity:
    return Severity.CRITICAL


def until(moment: datetime) -> Callable[[datetime], Severity]:
    """Return the severity of a trouble that ends at a moment."""
    return lambda now: Severity.CRITICAL if now < moment else Severity.OK


def test_who_takes_over_tells_nothing_again_and_tells_the_end_of_what_the_other_told_the_beginning_of(
    two: TwoHosts,
) -> None:
    two.a.world.severity_at = two.b.world.severity_at = until(START + 2 * TERM)
    assert two.a.runs(START).role is Role.LEADS
    assert two.b.runs(START).role is Role.STANDS_BY
    for number in range(5):
        assert two.b.runs(START + TERM + number * HALF_AN_HOUR).role is Role.LEADS
    opened, resolved = two.people.told
    assert (opened.kind, resolved.kind) == (Kind.OPENED, Kind.RESOLVED)
    assert (opened.thread, opened.incident) == (resolved.thread, resolved.incident)


def test_two_hosts_for_a_day_of_which_each_dies_once_tell_what_one_tells(tmp_path: Path, two: TwoHosts) -> None:
    def severity(moment: datetime) -> Severity:
        return Severity.CRITICAL if START + 3 * HOUR <= moment < START + 15 * HOUR else Severity.OK

    alone = World(tmp_path / "alone", severity)
    alone.folder.mkdir()
    only = alone.watcher(manner=Manner())
    two.a.world.severity_at = two.b.world.severity_at = severity
    for host in (two.a, two.b):
        host.manner = Manner()
        host.starts()
    dead = {"a": range(5, 8), "b": range(12, 14)}
    leaders = set()
    for number in range(24):
        moment = alone.wall = START + number * HOUR
        only.run()
        for host in (two.a, two.b):
            name = host.world.folder.name
            if number == dead[name].stop:
                host.starts()
            if number not in dead[name] and host.runs(moment).role is Role.LEADS:
                leaders.add(name)
    assert leaders == {"a", "b"}
    assert two.people.titles == alone.people.titles
    others = [kind for kind in two.kinds if kind is not Kind.REMINDER]
    assert others == [Kind.DIGEST, Kind.OPENED, Kind.ESCALATION, Kind.RESOLVED]


def test_leading_can_go_to_and_fro_and_each_thing_is_told_once(two: TwoHosts) -> None:
    two.a.world.severity_at = two.b.world.severity_at = until(START + 3 * TERM)
    for number, host in enumerate((two.a, two.b, two.a, two.b, two.a)):
        host.starts()
        for run in range(2):
            assert host.runs(START + number * (TERM + MINUTE) + run * MINUTE).role is Role.LEADS
    assert two.kinds == [Kind.OPENED, Kind.RESOLVED]


def test_what_a_host_decided_and_could_not_send_before_it_died_is_sent_by_the_other_under_the_same_key(
    two: TwoHosts,
) -> None:
    two.people.fuse = Fuse(1)
    assert crashes(lambda: two.a.runs(START))
    two.people.fuse = Fuse()
    with two.a.world.journal().reading() as connection:
        (waiting,) = gathered(connection, PLACE).waiting
    two.b.runs(START + TERM)
    assert [notice.key for notice in two.people.told] == [waiting.notice.key]
    two.a.starts()
    two.a.runs(START + 2 * TERM)
    assert two.kinds == [Kind.OPENED]


def test_a_host_that_comes_back_does_not_send_what_waited_when_it_died(two: TwoHosts) -> None:
    two.a.world.severity_at = two.b.world.severity_at = until(START + TERM)
    two.people.fuse = Fuse(1)
    assert crashes(lambda: two.a.runs(START))
    two.people.fuse = Fuse()
    for run in range(2):
        two.b.runs(START + TERM + run * MINUTE)
    told = two.kinds
    two.a.starts()
    two.a.runs(START + 3 * TERM)
    assert two.kinds == told


def test_whoever_dies_at_any_step_and_whoever_takes_over_each_thing_is_told_once(
    tmp_path: Path, open_warehouse: Callable[[], Warehouse]
) -> None:
    for at in range(1, 200):
        people, folder = People(), tmp_path / f"crash-{at:03}"
        folder.mkdir()
        a, b = (Host(World(folder / name, critical, people), Cut(open_warehouse), f"{NAME} {at}") for name in "ab")
        people.fuse = Fuse(at)
        a.starts(people.fuse)
        crashed = crashes(a.watcher.run)
        people.fuse = Fuse()
        assert b.runs(START + TERM).role is Role.LEADS
        assert [notice.kind for notice in people.told] == [Kind.OPENED], at
        a.starts()
        assert a.runs(START + 2 * TERM).role is Role.LEADS
        assert [notice.kind for notice in people.told] == [Kind.OPENED], at
        if not crashed:
            break
    assert at > 10


def test_a_host_that_has_lost_the_lease_while_it_ran_its_checks_tells_nobody(two: TwoHosts) -> None:
    def look(moment: datetime) -> Severity:
        if moment == START:
            two.b.runs(START + TERM)  # a's run takes longer than its term
        return Severity.CRITICAL

    two.a.world.severity_at = look
    outcome = two.a.runs(START)
    assert (outcome.is_undelivered, outcome.trouble) == (
        True,
        "another host has taken over the lease, and has people told",
    )
    assert two.kinds == [Kind.OPENED]
    assert two.people.told[0].at == START + TERM


def test_where_the_state_cannot_be_left_people_are_told_and_it_is_said_that_they_may_be_twice(two: TwoHosts) -> None:
    def look(moment: datetime) -> Severity:
        two.a.way.is_cut = moment == START
        return Severity.CRITICAL

    two.a.world.severity_at = look
    assert not two.a.runs(START).is_undelivered
    assert two.kinds == [Kind.OPENED]
    said = "a host that takes over may tell once more what is told now: the network is down"
    assert [line["message"] for line in two.a.world.lines("hosts")] == [said, said]
    two.b.runs(START + TERM)
    assert two.kinds == [Kind.OPENED, Kind.OPENED]  # at least once is all that is left


def test_what_another_has_left_is_taken_up_once_even_when_nothing_could_be_left_since(two: TwoHosts) -> None:
    def over(_: datetime) -> Severity:
        two.b.way.is_cut = True  # from when the checks are run
        return Severity.OK

    two.a.runs(START)
    two.b.world.severity_at = over
    for number in range(4):
        two.b.way.is_cut = False
        two.b.starts()
        assert two.b.runs(START + TERM + number * HALF_AN_HOUR).role is Role.LEADS
    assert two.kinds == [Kind.OPENED, Kind.RESOLVED]


def test_while_the_warehouse_cannot_be_written_whoever_takes_over_tells_what_is_open_once_more(two: TwoHosts) -> None:
    two.a.runs(START)
    assert two.b.runs(START).role is Role.STANDS_BY
    two.b.way.is_cut = True  # and a is gone
    roles = []
    for number in range(1, 4):
        two.b.starts()
        roles.append(two.b.runs(START + number * HALF_AN_HOUR).role)
    assert roles == [Role.WITHHOLDS, Role.WITHHOLDS, Role.LEADS]
    assert two.kinds == [Kind.OPENED, Kind.OPENED]


def test_a_state_that_this_version_cannot_read_keeps_nobody_from_being_told(two: TwoHosts) -> None:
    two.a.runs(START)
    assert two.a.shelf.write('{"by": "another", "stamp": "1", "baton": "{}"}', START)
    two.b.runs(START + TERM)
    (line,) = two.b.world.lines("hosts")
    assert "what another host has told is not known, so what is open may be told once more" in line["message"]
    assert two.kinds == [Kind.OPENED, Kind.OPENED]


def test_only_the_holder_of_a_lease_can_leave_anything_with_it(two: TwoHosts) -> None:
    two.a.runs(START)
    left = two.b.shelf.read(START)
    assert not two.b.shelf.write("{}", START)
    assert two.b.shelf.read(START) == left


def test_what_has_not_changed_is_not_left_again(two: TwoHosts) -> None:
    two.a.runs(START)
    left = two.a.shelf.read(START)
    succession = Succession(two.a.world.journal(), PLACE, two.a.shelf, [two.people])
    assert succession.leave(START) == (Left.KEPT, "")
    other = two.a.shelf.read(START)
    assert succession.leave(START) == (Left.KEPT, "")
    assert left != other == two.a.shelf.read(START)


def test_a_baton_is_the_same_after_it_was_text_and_brings_the_slack_threads_of_open_incidents(tmp_path: Path) -> None:
    a, b = (World(tmp_path / name, critical) for name in "ab")
    for world in (a, b):
        world.folder.mkdir()
    a.watcher().run()
    with a.journal().writing() as connection:
        (incident,) = current_incidents(connection, PLACE)
        ours = SlackThread("C01", incident.thread, "1769342400.000100", "critical")
        keep_threads(connection, [ours, SlackThread("C01", "another", "1.2", "ok")], START)
        baton = gathered(connection, PLACE)
    assert baton.threads == (ours,)
    assert baton_of_text(text_of_baton(baton)) == baton
    with b.journal().writing() as connection:
        adopt(connection, PLACE, baton, ["people"], START)
        assert gathered(connection, PLACE) == baton
        assert threads_of(connection, [incident.thread]) == (ours,)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"incidents": [1], "ledger": "{}", "waiting": [], "threads": []}'])
def test_what_is_no_baton_is_refused(text: str) -> None:
    with pytest.raises(BatonError, match="no state that this version can read"):
        baton_of_text(text)
