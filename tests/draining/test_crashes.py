"""The process ends at any step of a round: afterwards no row was posted twice within its backoff, and none is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from checks.times import minutes_between
from console.actions.ledger import Ledger
from tests.draining.queues import NOW, QUEUE, BreakableWarehouse, Depot, pending
from tests.draining.services import ProcessorDouble, Says
from tests.fuse import CrashError, Fuse

ROWS = (
    pending("q1"),
    pending("q2", phase="phase_5"),
    pending("q3", status="retrying", retry_count=1, last_retry_at=NOW - timedelta(hours=9)),
)
STEPS = 48
"""Of a round with these rows: before a transaction of the journal, before its commit and after, around each change and post."""

MOMENTS = (6, 8, 25, 90, 25)
"""Minutes between rounds: after the lease, within the first backoff, after it, after two hours, and once more."""


@pytest.fixture
def full(depot: Depot, service: ProcessorDouble) -> Depot:
    """A depot whose phase 2 has trouble that lasts, and whose phase 5 takes all work over."""
    service.always, service.by_path = Says(500), {"/predict": Says(202)}
    depot.add(QUEUE, ROWS)
    return depot


def round_until(depot: Depot, fuse: Fuse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do a round whose process ends where the fuse burns through."""
    with monkeypatch.context() as patch:
        patch.setattr(BreakableWarehouse, "fuse", fuse)
        try:
            depot.round(fuse=fuse)
        finally:
            depot.desk.close()


def test_a_round_has_so_many_steps(full: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    fuse = Fuse()
    round_until(full, fuse, monkeypatch)
    assert fuse.steps == STEPS


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_wherever_the_process_ends_nothing_is_repeated_at_once_and_nothing_is_lost(
    full: Depot, service: ProcessorDouble, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CrashError):
        round_until(full, Fuse(step), monkeypatch)
    posts = _posts_of_later_rounds(full, service)
    for row, moments in posts.items():
        assert all(minutes_between(one, other) >= 15 for one, other in pairwise(moments)), row
        assert len(moments) <= 3, row
    assert posts.keys() == {"q1", "q2", "q3"}
    assert {status for _, status in full.queued()} <= {"pending", "retrying", "failed_permanent"}
    assert Ledger(full.journal).verify().broken is None


def _posts_of_later_rounds(depot: Depot, service: ProcessorDouble) -> dict[str, list[datetime]]:
    """Return when each row was posted, in the round that ended early and in those after it."""
    posts: dict[str, list[datetime]] = {}
    seen = 0
    for minutes in (*MOMENTS, 0):
        for received in service.received[seen:]:
            table = received.data.get("output_table", "processor_q2")
            posts.setdefault(table.removeprefix("processor_"), []).append(depot.clock.now)
        seen = len(service.received)
        depot.pass_by(minutes)
        if minutes:
            depot.round()
    return posts
