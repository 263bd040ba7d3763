"""`kill -9` at every step of `courtside watch --once`: nobody is told twice, and nobody is not told.

What is sent can only be sent at least once: a process may die after the receiver has taken a notice and before that is noted.
Then it comes once more, under the same `Idempotency-Key`, by which the receiver tells that it is the same. These tests are such
a receiver, and say at which steps it has to be.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from console.notify.sinks.webhook import KEY
from console.warehouse.embedded import EmbeddedWarehouse
from console.watching.leadership import TERM, TERMS_ON_A_HOST
from tests.builders import at
from tests.notify.conftest import receiver
from tests.notify.services import Got, Receiver

__all__ = ["receiver"]  # fixture

ROOT = Path(__file__).parent.parent.parent
NOW = at("2026-01-25T12:00")
MINUTE, HALF_AN_HOUR = timedelta(minutes=1), timedelta(minutes=30)
TAKEN_AND_NOT_NOTED = ("after send", "commit _settle")
"""Before these a notice has been taken by its receiver, and the journal does not say so."""
LEFT = "after write leave"
"""The second time, it stands with the lease that the notice was taken; the first time, that it is about to be sent."""
AT_LEAST = {
    *("commit acquire", "commit move", "commit _claim", "send", *TAKEN_AND_NOT_NOTED),
    *("commit beat", "commit put", "write _send", "after write _send", "commit release"),
}
"""Steps that must be among those of a run, or this would be no test of every step."""


@dataclass
class Hosts:
    """Machines that watch one warehouse, each with a folder of its own in `folder`."""

    process: subprocess.Popen[str]
    folder: Path
    receiver: Receiver
    empty: Path

    def begin(self, name: str, *, several: bool) -> None:
        """Forget everything: a new warehouse in which the controller is silent, and new hosts, of which `several` watch."""
        shutil.rmtree(self.folder / "world", ignore_errors=True)
        self.world = self.folder / "world"
        for host in "ab":
            (self.world / host).mkdir(parents=True)
            (self.world / host / "courtside.toml").write_text(
                f'[notify]\nsinks = ["webhook"]\nwebhook = "{self.receiver.address}/{name}"\ndigest = false\n'
                f"[watch]\nseveral_hosts = {str(several).lower()}\n"
            )
        self.warehouse = self.world / "warehouse.duckdb"
        shutil.copy(self.empty, self.warehouse)
        self.path = f"/{name}"

    def watch(self, host: str, moment: datetime, kill_at: int = 0) -> tuple[int, str]:
        """Run the watcher once in a process; return its status, or the signal below zero, and the step that it died before."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        wish = {"home": str(self.world / host), "warehouse": str(self.warehouse), "kill_at": kill_at}
        self.process.stdin.write(json.dumps({**wish, "moment": moment.isoformat()}) + "\n")
        self.process.stdin.flush()
        ended = json.loads(self.process.stdout.readline())
        return os.waitstatus_to_exitcode(ended["status"]), ended["step"]

    @property
    def taken(self) -> list[Got]:
        """What came whole: a request that ends in its middle is none."""
        mine = [got for got in self.receiver.got if got.path == self.path]
        return [got for got in mine if len(got.body) == int(got.headers["Content-Length"])]

    @property
    def told(self) -> Counter[str]:
        """What people are told by a receiver that takes each key once: how often each kind."""
        known = {got.headers[KEY]: got.document["kind"] for got in self.taken}
        return Counter(known.values())

    @property
    def again(self) -> int:
        """How many notices came that the receiver knew by their key."""
        return len(self.taken) - sum(self.told.values())

    @property
    def rows(self) -> list[tuple[str, int]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            sql = "SELECT run_id, COUNT(*) FROM nba_orchestration.console_check_runs GROUP BY run_id"
            return connection.execute(sql).fetchall()


@pytest.fixture
def hosts(tmp_path: Path, receiver: Receiver) -> Iterator[Hosts]:
    empty = tmp_path / "empty.duckdb"
    EmbeddedWarehouse(empty).apply_schema()
    with duckdb.connect(str(empty)) as connection:
        connection.execute(
            "INSERT INTO nba_orchestration.workflow_decisions (decision_id, decision_time, workflow_name, action) "
            "VALUES ('d', ?, 'betting_lines', 'SKIP')",
            [NOW - timedelta(hours=3)],
        )
    command = [sys.executable, "-m", "tests.watching.dying"]
    with subprocess.Popen(  # noqa: S603 - our own
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Hosts(process, tmp_path, receiver, empty)


def killed_at_every_step(hosts: Hosts, *, several: bool) -> Iterator[tuple[str, ...]]:
    """Give the steps of a first run on host a up to the one before which its process was killed; at last all, after none was."""
    steps: list[str] = []
    for number in range(1, 300):
        hosts.begin(f"step-{number:03}", several=several)
        status, step = hosts.watch("a", NOW, number)
        assert status == (-signal.SIGKILL if step else 2), (number, step)
        steps.append(step)
        yield tuple(steps)
        if not step:
            break
    assert set(steps) >= AT_LEAST


def test_the_next_run_on_this_host_tells_what_was_not_told_and_nothing_twice(hosts: Hosts) -> None:
    for steps in killed_at_every_step(hosts, several=False):
        assert hosts.watch("a", NOW + TERM + MINUTE) == (2, "")
        assert hosts.watch("a", NOW + TERM + 2 * MINUTE) == (2, "")
        assert hosts.told == {"opened": 1}, steps
        assert hosts.again == (steps[-1] in TAKEN_AND_NOT_NOTED), steps
        assert {count for _, count in hosts.rows} == {1}, steps
        assert len(hosts.rows) == 2 + ("commit put" in steps[:-1]), steps


def test_another_host_that_takes_over_tells_what_was_not_told_and_nothing_twice(hosts: Hosts) -> None:
    term = TERMS_ON_A_HOST * HALF_AN_HOUR
    for steps in killed_at_every_step(hosts, several=True):
        was_taken = bool(hosts.taken)
        assert hosts.watch("b", NOW + term) == (2, "")
        assert hosts.told["opened"] == 1, steps
        assert hosts.watch("a", NOW + 2 * term) == (2, "")  # the one that died
        assert hosts.told == {"opened": 1, "escalation": 1}, steps
        assert hosts.again == (was_taken and steps.count(LEFT) < 2), steps
