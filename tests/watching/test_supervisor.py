"""systemd is told that the watcher lives, so that one that hangs is started again."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from console.watching.lines import Log
from console.watching.supervisor import SOCKET, teller
from console.watching.watch import watch
from tests.watching.worlds import HALF_AN_HOUR, START, World


@contextmanager
def supervisor(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as taker:
        taker.bind(address)
        taker.settimeout(10)
        yield taker


@pytest.mark.parametrize("is_abstract", [False, True])
def test_a_supervisor_is_told_where_it_says_that_it_listens(tmp_path: Path, *, is_abstract: bool) -> None:
    name = f"courtside-{tmp_path.name}-{tmp_path.parent.name}" if is_abstract else str(tmp_path / "notify")
    with supervisor(f"\0{name}" if is_abstract else name) as taker:
        teller({SOCKET: f"@{name}" if is_abstract else name}, Log(io.StringIO(), lambda: START))("READY=1")
        assert taker.recv(100) == b"READY=1"


def test_without_one_nothing_is_told_and_one_that_is_gone_ends_nothing(tmp_path: Path) -> None:
    out = io.StringIO()
    teller({}, Log(out, lambda: START))("READY=1")
    assert out.getvalue() == ""
    teller({SOCKET: str(tmp_path / "gone")}, Log(out, lambda: START))("READY=1")
    said = json.loads(out.getvalue())
    assert (said["event"], said["severity"]) == ("supervisor", "WARNING")


def test_it_is_told_when_the_watcher_is_ready_at_each_turn_and_when_it_stops(tmp_path: Path) -> None:
    world, told = World(tmp_path), list[str]()
    world.until = START + timedelta(hours=2)
    watch(world.watcher(), HALF_AN_HOUR, world, world.reading, lambda: 0.0, told.append)
    assert (told[0], told[-1]) == ("READY=1", "STOPPING=1")
    assert set(told[1:-1]) == {"WATCHDOG=1"}
    assert len(told) > 2 * 60, "at least once a minute, for no wait is longer"
