"""`courtside queue drain`: a preview that does nothing, a round, and rounds until the process is asked to stop."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Courtside, Result
from tests.draining.conftest import depot, service, template
from tests.draining.queues import NOW, QUEUE, Depot, pending
from tests.draining.services import ProcessorDouble, Says

__all__ = ["depot", "service", "template"]  # fixtures

PATIENCE = 60.0
"""Seconds to wait for what comes at once on any machine that lives."""


@pytest.fixture
def config(depot: Depot, service: ProcessorDouble) -> Path:
    path = depot.folder / "courtside.toml"
    lines = ["[processors]", f'phase_2 = "{service.address}"']
    place = f'warehouse = "{depot.folder / "warehouse.duckdb"}"\nstate_dir = "{depot.folder / "state"}"\n'
    path.write_text(place + "\n".join(lines), encoding="utf-8")
    return path


def drain(courtside: Courtside, config: Path, *options: str) -> Result:
    return courtside("queue", "drain", *options, "--config", str(config), now=NOW, width=100)


def test_without_apply_each_row_is_said_and_nothing_is_written_or_posted(
    courtside: Courtside, config: Path, depot: Depot, service: ProcessorDouble
) -> None:
    depot.add(QUEUE, [pending("q1"), pending("q2", phase="phase_3"), pending("q3", retry_count=3)])
    before = depot.queued("*")
    shown = drain(courtside, config)
    assert shown.status == 0
    assert "would post processor_q1 2026-01-24, phase_2 · q1" in shown.lines
    assert "would give up processor_q3 2026-01-24, phase_2 · q3" in shown.lines
    assert "would leave processor_q2 2026-01-24, phase_3 · q2" in shown.lines
    assert "the processor of phase_3 has no address: set phase_3 under [processors]" in shown.out
    assert "drainer: never on this host" in shown.out
    assert shown.lines[-1] == "Nothing was written or posted; with --apply it is."
    assert (depot.queued("*"), service.received) == (before, [])
    assert not (depot.folder / "state").exists()


def test_with_apply_it_is_done_and_the_queue_says_when_the_drainer_ran(
    courtside: Courtside, config: Path, depot: Depot, service: ProcessorDouble
) -> None:
    depot.add(QUEUE, [pending()])
    done = drain(courtside, config, "--apply", "--json")
    assert done.status == 0
    assert done.document["applied"] is True
    assert done.document["trouble"] is None
    assert [(row["id"], row["fate"], row["step"]) for row in done.document["rows"]] == [("q1", "dispatched", None)]
    assert done.document["drainer"]["says"] == "1 dispatched"
    assert [received.authorization for received in service.received] == [""]
    listed = courtside("queue", "list", "--config", str(config), now=NOW)
    assert "drainer last ran 0 min ago, 2026-01-25T12:00Z on " in " ".join(listed.out.split())
    assert courtside("queue", "list", "--config", str(config), "--json", now=NOW).document["drainer"]["says"] == (
        "1 dispatched"
    )


def test_a_refused_row_is_status_1(courtside: Courtside, config: Path, depot: Depot, service: ProcessorDouble) -> None:
    service.always = Says(400, "no such table")
    depot.add(QUEUE, [pending()])
    done = drain(courtside, config, "--apply")
    assert done.status == 1
    assert done.lines[0].startswith("1 given up · ")
    assert "refused for good (HTTP 400: no such table)" in done.out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--follow",), "--follow repeats what --apply does"),
        (("--every", "5m"), "--every is the time between two rounds"),
        (("--apply", "--follow", "--json"), "--follow has no end"),
        (("--apply", "--follow", "--every", "5"), "'5' is not a length of time"),
        (("--apply", "--follow", "--every", "5s"), "'5s' does not do here: give a time from 10s to 24h"),
        (("--apply", "--warehouse", "demo"), "the demo is a story of January 2026"),
    ],
)
def test_what_cannot_be_is_refused(courtside: Courtside, config: Path, options: tuple[str, ...], says: str) -> None:
    refused = drain(courtside, config, *options)
    assert refused.status == 3
    assert says in refused.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_follows_until_the_process_is_asked_to_stop(config: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "console", "queue", "drain", "--apply", "--follow", "--every", "24h"]
    environment = {**os.environ, "COURTSIDE_CONFIG": str(config)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            assert select.select([process.stdout], [], [], PATIENCE)[0]
            assert process.stdout.readline().startswith("nothing in the queue · ")
            process.send_signal(number)
            assert process.stdout.read() == "stopped after 1 round\n"
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
