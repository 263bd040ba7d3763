"""`courtside incidents` and `watch --once`: what has not been told stays to be seen, whoever looks and however often."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from checks.model import Scope
from console.desk import open_desk
from console.journal import FILE_NAME, Journal
from console.notify.notice import Kind
from console.notify.outbox import put_notices
from console.settings import Flags, Homes, resolve
from tests.cli.conftest import Courtside
from tests.cli.words import Operator
from tests.notify.conftest import receiver
from tests.notify.notices import notice
from tests.notify.posts import Ear
from tests.notify.services import Receiver, Says

__all__ = ["receiver"]  # a fixture

SECRET = {"COURTSIDE_NOTIFY_SECRET": "s3cret"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ann(courtside: Courtside, demo_file: Path, tmp_path: Path, receiver: Receiver) -> Operator:
    settle(courtside, receiver)
    return Operator(courtside, Path(shutil.copy(demo_file, tmp_path / "week.duckdb")))


def settle(courtside: Courtside, receiver: Receiver, more: str = "") -> None:
    (courtside.home / "courtside.toml").write_text(
        f'[watch]\nping_url = "{receiver.address}/ping"\n'
        f'[notify]\nsinks = ["webhook"]\nwebhook = "{receiver.address}/hook"\ndigest = false\n{more}\n'
    )


def untold(ann: Operator) -> int:
    """Return how many messages the console's header says are not delivered."""
    home = ann.courtside.home
    settings = resolve(Flags(str(ann.file)), {}, Homes(home, ann.courtside.data, home), home / "courtside.toml", {})
    with open_desk(settings, now=lambda: ann.now) as desk:
        return desk.look(Scope.at(ann.now)).untold


def test_a_refused_message_is_seen_in_each_run_until_it_has_arrived(ann: Operator, receiver: Receiver) -> None:
    receiver.always = Says(404)  # the ping's too: nobody outside knows then, which is another matter
    assert ann("watch", "--once", env=SECRET).status == 4
    for _ in range(2):
        ann.now += 5 * MINUTE
        again = ann("watch", "--once", env=SECRET)
        assert again.status == 4
        assert "refuses it (HTTP 404)" in again.out
    assert untold(ann) > 0
    shown = ann("incidents")
    assert "refused, and tried again at least every hour: the webhook refuses it (HTTP 404)" in shown.out.replace(
        "\n", " "
    )
    receiver.always = Says()
    ann.now += 60 * MINUTE
    assert ann("watch", "--once", env=SECRET).status != 4
    assert "refused, and tried again" not in " ".join(ann("incidents").out.split())
    assert untold(ann) == 0
    assert "opened" in [got.document.get("kind") for got in receiver.got[-8:]]


def test_a_run_whose_message_was_refused_is_no_success_for_whoever_watches_the_watcher(
    ann: Operator, receiver: Receiver
) -> None:
    receiver.always = Says(404)
    ann("watch", "--once", env=SECRET)
    receiver.always = Says()
    receiver.got.clear()
    ann("watch", "--once", env=SECRET)
    assert [got.path for got in receiver.got if got.path.startswith("/ping")] == ["/ping/start", "/ping/fail"]


def test_what_another_warehouse_has_untold_is_nothing_of_this_one(ann: Operator) -> None:
    with Journal(_journal(ann), now=lambda: ann.now).writing() as connection:
        put_notices(connection, [notice(Kind.OPENED, place="elsewhere")], [Ear()], ann.now)
    shown = ann("incidents")
    assert (shown.status, "not yet delivered" in shown.out) == (0, False)


def test_what_the_ceiling_holds_back_is_named_and_counts_as_untold(ann: Operator, receiver: Receiver) -> None:
    settle(ann.courtside, receiver, "per_hour = 1")
    ann("watch", "--once", env=SECRET)
    ann.now += 16 * MINUTE  # nobody has taken it in hand, but another message has no room in this hour
    shown = ann("watch", "--once", env=SECRET)
    assert (shown.status, "held back)" in shown.out) == (4, True)
    found = ann.document("incidents")
    assert found["held_back"]
    assert all(item["title"] for item in found["held_back"])
    assert (
        f"held back, to be told when there is room again: {found['held_back'][0]['title'][:20]}" in ann("incidents").out
    )


def _journal(ann: Operator) -> Path:
    ann("watch", "--once", "--checks", "schedule.stale", env=SECRET)
    (found,) = ann.courtside.home.rglob(FILE_NAME)
    return found
