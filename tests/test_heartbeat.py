"""Signs of life of what runs by itself, kept and in words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from console.heartbeat import DRAINER, WATCHER, Heartbeat, beat, last_heartbeat, sign_of_life
from console.journal import FILE_NAME, Journal
from tests.builders import at

NOW = at("2026-01-25T12:00")


def test_the_newest_sign_of_life_of_each_warehouse_is_kept_also_after_the_clock_was_put_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path / FILE_NAME, now=lambda: NOW)
    assert last_heartbeat(journal, DRAINER, "prod") is None
    assert last_heartbeat(None, DRAINER, "prod") is None
    beat(journal, DRAINER, "prod", Heartbeat(NOW, "ops-1", "1 dispatched"))
    beat(journal, DRAINER, "prod", Heartbeat(NOW - timedelta(hours=1), "ops-1", "2\x1b[2J left"))
    beat(journal, DRAINER, "test", Heartbeat(NOW, "ops-2", "nothing"))
    assert last_heartbeat(journal, DRAINER, "prod") == Heartbeat(NOW - timedelta(hours=1), "ops-1", "2 left")


def test_drainer_and_watcher_of_one_warehouse_have_a_sign_of_life_each_and_their_own_rhythm(tmp_path: Path) -> None:
    journal = Journal(tmp_path / FILE_NAME, now=lambda: NOW)
    watched = Heartbeat(NOW, "ops-1", "OK", timedelta(minutes=30))
    beat(journal, WATCHER, "prod", watched)
    beat(journal, DRAINER, "prod", Heartbeat(NOW, "ops-1", "1 dispatched"))
    assert last_heartbeat(journal, WATCHER, "prod") == watched


def test_it_says_how_long_ago_or_that_it_never_was() -> None:
    found = Heartbeat(NOW, "ops-1", "1 dispatched")
    assert sign_of_life(DRAINER, None, NOW) == "drainer: never on this host"
    assert sign_of_life(WATCHER, found, NOW + timedelta(minutes=12)) == (
        "watcher last ran 12 min ago, 2026-01-25T12:00Z on ops-1: 1 dispatched"
    )
    assert "at a time that this clock has yet to reach" in sign_of_life(DRAINER, found, NOW - timedelta(hours=1))
