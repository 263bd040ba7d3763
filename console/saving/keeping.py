"""Where a processor's saving keeps what must outlive it: the warehouse with the retry queue, and a journal on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from console.journal import FILE_NAME, Journal
from console.outbox.outbox import Outbox
from console.warehouse.opening import open_warehouse
from console.warehouse.protocol import Warehouse, WarehouseError
from console.warehouse.writing import Writable


class WritableWarehouse(Warehouse, Writable, Protocol):
    """A warehouse that answers facts and can be written to."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """A warehouse, its address as the journal names it, and the journal."""

    warehouse: WritableWarehouse
    place: str
    journal: Journal

    @property
    def outbox(self) -> Outbox:
        """The outbox in the journal."""
        return Outbox(self.journal)


def utc_now() -> datetime:
    """Return the time by this machine's clock, aware UTC."""
    return datetime.now(UTC)


@contextmanager
def keeping(place: str, state_dir: Path, *, now: Callable[[], datetime] = utc_now) -> Iterator[Keeping]:
    """Give the keeping for a warehouse: `bigquery://PROJECT`, or an embedded file's path.

    `state_dir` is made when it is missing. It should outlive the process: what it holds after a crash is what the next
    call puts into the queue. `now` returns aware UTC. Raises WarehouseError for an address that cannot be.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    opened = open_warehouse(place, state_dir)
    try:
        if not isinstance(opened, Writable):
            raise WarehouseError(f"the warehouse {place} cannot be written to")
        yield Keeping(opened, place, Journal(state_dir / FILE_NAME, now=now))
    finally:
        opened.close()
