"""Several hosts, each with a journal of its own: one has people told, and where it is not known which, it is said."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from checks.incidents.incident import Rules, State
from checks.model import Severity
from console.incidents.shelf import current_incidents
from console.notify.notice import Kind, Manner
from console.notify.outbox import NoticeOutbox
from console.setting_values import SettingsError
from console.warehouse_lease import Asked, Claim, Holding
from console.watching.choice import Choice, choice_of, shown
from console.watching.leadership import Leadership, Role
from console.watching.ping import Ping, Sign
from console.watching.remarked import Remarked
from console.watching.telling import Telling
from console.watching.watcher import Outcome
from tests.notify.conftest import receiver
from tests.notify.services import Receiver, Says
from tests.watching.worlds import HALF_AN_HOUR, PLACE, START, People, World

__all__ = ["receiver"]  # fixture

FILE = Path("/etc/courtside.toml")


class Shared:
    """The lease in the warehouse as all hosts see it; `is_down` while nobody can ask."""

    def __init__(self) -> None:
        self.claim: Claim | None = None
        self.is_down = False

    def ask(self, host: str, now: datetime) -> tuple[Asked, datetime]:
        until = now + 3 * HALF_AN_HOUR
        if self.is_down:
            return Asked(Holding.UNDECIDED, "the network is down"), until
        if self.claim is not None and self.claim.holder != host and now < self.claim.until:
            return Asked(Holding.ANOTHERS), until
        self.claim = Claim("watch", host, host, until)
        return Asked(Holding.OURS), until


def on(world: World, shared: Shared, host: str) -> Leadership:
    return Leadership(world.journal(), f"watch {PLACE}", lambda now: shared.ask(host, now), 2 * HALF_AN_HOUR)


def once(world: World, shared: Shared) -> Outcome:
    """Return what one run of a process of its own comes to, as cron and timers start it."""
    leadership = on(world, shared, world.folder.name)
    outbox = NoticeOutbox(world.journal(), PLACE, world.now, lambda: 0.5)
    people = Remarked(world.people, lambda: leadership.may_be_twice)
    telling = Telling(world.journal(), PLACE, [people], outbox, Rules(), Manner(has_digest=False))
    watcher = world.watcher(leadership=leadership, telling=telling)
    outcome = watcher.run()
    watcher.stop()
    return outcome


def hosts(folder: Path, shared: Shared) -> list[World]:
    worlds = [World(folder / name, lambda _: Severity.CRITICAL) for name in ("a", "b")]
    for world in worlds:
        world.folder.mkdir()
        world.people = worlds[0].people
    return worlds


def test_of_two_hosts_one_tells_and_the_other_takes_over_when_it_is_gone(tmp_path: Path) -> None:
    shared = Shared()
    a, b = hosts(tmp_path, shared)
    first, second = (
        world.watcher(leadership=on(world, shared, world.folder.name), host=world.folder.name) for world in (a, b)
    )
    for _ in range(2):
        assert [first.run().role, second.run().role] == [Role.LEADS, Role.STANDS_BY]
        for world in (a, b):
            world.passes(HALF_AN_HOUR)
    assert [notice.kind for notice in a.people.told].count(Kind.OPENED) == 1
    for _ in range(2):
        b.passes(HALF_AN_HOUR)
    assert second.run().role is Role.LEADS


def of_each_kind(world: World) -> list[Kind]:
    return [notice.kind for notice in world.people.told]


def test_a_host_that_stands_by_asks_for_the_lease_once_an_interval_and_lets_no_other_of_its_host_ask(
    tmp_path: Path,
) -> None:
    """Asking is a MERGE, which BigQuery bills."""
    shared = Shared()
    a, b = hosts(tmp_path, shared)
    on(a, shared, "a").ask(a.now())
    waiting = on(b, shared, "b")
    assert waiting.ask(b.now()).role is Role.STANDS_BY
    for minute in range(1, 30):
        assert not waiting.is_vacant(START + timedelta(minutes=minute)), minute
    other = on(b, shared, "b").ask(START + timedelta(minutes=29))
    assert other.reason.startswith("another watcher of this host watches")


def test_where_the_warehouse_cannot_be_asked_the_one_that_led_last_goes_on_and_says_so_once_its_lease_is_over(
    tmp_path: Path,
) -> None:
    shared = Shared()
    a, _ = hosts(tmp_path, shared)
    a.severity_at = lambda now: Severity.CRITICAL if now > START else Severity.OK
    once(a, shared)
    shared.is_down = True
    a.passes(2 * HALF_AN_HOUR)
    outcome = once(a, shared)
    assert (outcome.role, outcome.is_undelivered) == (Role.LEADS, False)
    assert of_each_kind(a) == [Kind.OPENED]
    a.passes(8 * HALF_AN_HOUR)
    assert once(a, shared).role is Role.LEADS
    first, later = a.people.told
    assert "Another host" not in " ".join(first.lines)
    assert later.lines[-1].startswith("Another host may tell this too: it cannot be found out which one leads (the net")


def test_a_host_that_stood_by_tells_what_is_open_two_intervals_after_the_lease_could_be_asked_for_last(
    tmp_path: Path,
) -> None:
    shared = Shared()
    a, b = hosts(tmp_path, shared)
    b.people = People()
    once(a, shared)
    assert once(b, shared).role is Role.STANDS_BY
    shared.is_down = True
    for _ in range(2):
        b.passes(HALF_AN_HOUR)
        outcome = once(b, shared)
        assert (outcome.role, outcome.is_undelivered) == (Role.WITHHOLDS, True)
        assert "nobody is told from here before 2026-01-25T13:30Z: another host led last" in outcome.trouble
    assert b.people.told == []
    with b.journal().reading() as connection:
        (incident,) = current_incidents(connection, PLACE)
    assert incident.state is State.OPEN
    b.passes(HALF_AN_HOUR)
    assert once(b, shared).role is Role.LEADS
    assert of_each_kind(b) == [Kind.OPENED, Kind.ESCALATION]
    assert all("Another host may tell this too" in notice.lines[-1] for notice in b.people.told)


def test_a_host_that_stood_by_tells_nobody_when_the_lease_can_be_asked_for_again_and_is_anothers(
    tmp_path: Path,
) -> None:
    shared = Shared()
    a, b = hosts(tmp_path, shared)
    b.people = People()
    once(a, shared)
    once(b, shared)
    for is_down in (True, False, True):
        shared.is_down = is_down
        for world in (a, b):
            world.passes(HALF_AN_HOUR)
            once(world, shared)
    assert b.people.told == []


def test_a_host_that_never_could_ask_tells_at_once_and_says_that_another_may_too(tmp_path: Path) -> None:
    shared = Shared()
    shared.is_down = True
    a, _ = hosts(tmp_path, shared)
    outcome = once(a, shared)
    assert (outcome.role, outcome.is_undelivered) == (Role.LEADS, False)
    (told,) = a.people.told
    assert told.lines[-1].startswith("Another host may tell this too")
    shared.is_down = False
    a.passes(HALF_AN_HOUR)
    once(a, shared)
    assert all("Another host" not in " ".join(notice.lines) for notice in a.people.told[1:])


def test_a_notice_with_a_remark_is_still_the_same_to_whoever_knows_it_by_its_key(tmp_path: Path) -> None:
    (a, _), down = hosts(tmp_path, Shared()), Shared()
    down.is_down = True
    once(a, down)
    (told,) = a.people.told
    with a.journal().reading() as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM notice")]
    assert keys == [told.key]


def test_a_ping_that_is_sent_elsewhere_is_not_followed_and_its_address_is_in_no_message(receiver: Receiver) -> None:
    receiver.always = Says(302, {"Location": f"{receiver.address}/other"})
    trouble = Ping(f"{receiver.address}/0b6c-secret")(Sign.FAIL, "x")
    assert "sends us elsewhere" in trouble
    assert "0b6c" not in trouble
    assert [got.path for got in receiver.got] == ["/0b6c-secret/fail"]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"ping": "x"}, "watch.ping in /etc/courtside.toml is not a setting; there are ping_url and several_hosts"),
        ({"several_hosts": "yes"}, "watch.several_hosts (/etc/courtside.toml) must be true or false, not 'yes'"),
        ({"ping_url": "http://hc.example/s3cret"}, "watch.ping_url (/etc/courtside.toml) must be an https:// address"),
        ({"ping_url": "https://ann:s3cret@hc.example"}, "without a user"),
        ({"ping_url": "https://hc.example/?s3cret"}, "without ? or #"),
        ({"ping_url": 3}, "must be an https:// address"),
    ],
)
def test_a_table_that_cannot_be_is_refused_by_name_and_repeats_no_secret(table: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        choice_of(table, FILE)
    assert says in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_the_ping_url_of_the_environment_comes_first_and_neither_is_shown_whole() -> None:
    choice = choice_of({"ping_url": "https://hc.example/s3cret/", "several_hosts": True}, FILE)
    assert choice.pinged({}) == "https://hc.example/s3cret"
    assert choice.pinged({"COURTSIDE_PING_URL": "https://other.example/x"}) == "https://other.example/x"
    assert "s3cret" not in repr(choice) + shown(choice.ping_url)
    assert Choice().pinged({}) == ""
