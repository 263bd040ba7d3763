"""Leases: one holder at a time, until it lets go or its time is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from console.journal import FILE_NAME, Journal
from console.lease import Lease, Leases, identity_of
from tests.builders import at

NOW = at("2026-01-25T12:00")
UNTIL = NOW + timedelta(minutes=5)


@pytest.fixture
def leases(tmp_path: Path) -> Leases:
    return Leases(Journal(tmp_path / FILE_NAME, now=lambda: NOW))


def test_what_one_holds_another_does_not_get(leases: Leases) -> None:
    assert leases.acquire("drain", "ann", UNTIL, NOW)
    assert not leases.acquire("drain", "bob", UNTIL, NOW)
    assert leases.acquire("mirror", "bob", UNTIL, NOW)
    assert leases.current("drain") == Lease("drain", "ann", UNTIL)


def test_who_died_keeps_nobody_out_beyond_the_end(leases: Leases) -> None:
    assert leases.acquire("drain", "ann", UNTIL, NOW)
    assert leases.acquire("drain", "bob", UNTIL + timedelta(minutes=5), UNTIL)
    assert not leases.renew("drain", "ann", UNTIL + timedelta(hours=1))
    assert leases.current("drain") == Lease("drain", "bob", UNTIL + timedelta(minutes=5))


def test_a_holder_may_take_it_again_and_move_its_end(leases: Leases) -> None:
    assert leases.acquire("drain", "ann", UNTIL, NOW)
    assert leases.acquire("drain", "ann", UNTIL, NOW)
    assert leases.renew("drain", "ann", UNTIL + timedelta(hours=1))
    assert not leases.acquire("drain", "bob", UNTIL + timedelta(hours=2), UNTIL)


def test_only_the_holder_lets_go(leases: Leases) -> None:
    assert leases.acquire("drain", "ann", UNTIL, NOW)
    leases.release("drain", "bob")
    assert leases.current("drain") is not None
    leases.release("drain", "ann")
    assert leases.current("drain") is None
    assert not leases.renew("drain", "ann", UNTIL)


def test_of_many_who_want_it_at_once_one_gets_it(leases: Leases) -> None:
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda number: leases.acquire("drain", f"holder {number}", UNTIL, NOW), range(24)))
    assert got.count(True) == 1


def test_a_clock_that_is_set_back_an_hour_keeps_nobody_out_for_that_hour(leases: Leases) -> None:
    back = timedelta(hours=1)
    assert leases.acquire("drain", "ann", UNTIL, NOW)
    assert leases.acquire("drain", "bob", UNTIL - back, NOW - back)


def test_all_who_begin_at_once_know_the_journal_by_one_id(tmp_path: Path) -> None:
    journals = [Journal(tmp_path / FILE_NAME, now=lambda: NOW) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(identity_of, journals))
    assert found == {identity_of(journals[0])}
    assert found != {""}
