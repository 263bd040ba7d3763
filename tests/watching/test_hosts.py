"""Several hosts, each with a journal of its own: one has people told, and where it is not known which, it is said."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from checks.model import Severity
from console.notify.notice import Kind
from console.setting_values import SettingsError
from console.warehouse_lease import Asked, Claim, Holding
from console.watching.choice import Choice, choice_of, shown
from console.watching.leadership import Leadership, Role
from console.watching.ping import Ping, Sign
from tests.notify.conftest import receiver
from tests.notify.services import Receiver, Says
from tests.watching.worlds import HALF_AN_HOUR, PLACE, World

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
    return Leadership(world.journal(), f"watch {PLACE}", lambda now: shared.ask(host, now))


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


def test_where_the_warehouse_cannot_be_asked_the_one_that_led_goes_on_to_the_end_of_its_term(tmp_path: Path) -> None:
    shared = Shared()
    a, b = hosts(tmp_path, shared)
    first, second = (world.watcher(leadership=on(world, shared, world.folder.name)) for world in (a, b))
    first.run()
    shared.is_down = True
    a.passes(2 * HALF_AN_HOUR)
    b.passes(2 * HALF_AN_HOUR)
    assert [first.run().role, second.run().role] == [Role.LEADS, Role.WITHHOLDS]
    a.passes(HALF_AN_HOUR)
    outcome = first.run()
    assert (outcome.role, outcome.is_undelivered) == (Role.WITHHOLDS, True)
    assert "it is not known which host leads: the network is down" in outcome.trouble


def test_who_withholds_tells_all_of_it_once_it_leads(tmp_path: Path) -> None:
    shared = Shared()
    shared.is_down = True
    a, _ = hosts(tmp_path, shared)
    watcher = a.watcher(leadership=on(a, shared, "a"))
    watcher.run()
    assert a.people.told == []
    shared.is_down = False
    a.passes(timedelta(minutes=30))
    watcher.run()
    assert [notice.kind for notice in a.people.told] == [Kind.OPENED]


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
