"""How watchers of several hosts go on where another stopped: each leaves what it has told with the lease in the warehouse.

It is left before anything is sent, with what is about to be, and again afterwards. So whoever takes over knows all that was
decided, and sends what may not have been sent under the key that it had. Only while the warehouse cannot be written does a host
that takes over tell what is open once more: then it is better to be told twice than not at all. A host that may not write there
reads what others have left, and leaves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING
from uuid import uuid4

from checks.facts.told_states import TOLD_STATES
from checks.model import Scope
from console.journal import Journal
from console.notify.sinks.sink import CanLook
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Writable
from console.warehouse_lease import leave
from console.watching.baton import (
    Baton,
    BatonError,
    adopt,
    baton_of_text,
    gathered,
    note_taken,
    text_of_baton,
    was_taken,
)
from console.watching.worker import OverdueError, Worker

if TYPE_CHECKING:
    from console.desk import Desk
    from console.notify.sinks.sink import Sink


class Left(Enum):
    """What came of leaving what was told."""

    KEPT = "kept"
    LOST = "lost"
    """The lease is another host's by now: it has people told."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the lease called `name` keeps what was told, for the journal `identity`; each may take so many `seconds`."""

    open_desk: Callable[[], Desk]
    name: str
    identity: str
    seconds: float
    is_read_only: bool = False
    reading: Worker[str] = field(default_factory=lambda: Worker("reading what another host has told"))
    writing: Worker[bool] = field(default_factory=lambda: Worker("keeping what was told for other hosts"))

    def read(self, now: datetime) -> str:
        """Return what was left there last, "" where nothing ever was. Raises WarehouseError and OverdueError."""
        return self.reading.within(self.seconds, lambda: self._read(now))

    def write(self, told: str, now: datetime) -> bool:
        """Leave what was told, and return False where another has the lease. Raises WarehouseError and OverdueError."""
        return self.writing.within(self.seconds, lambda: self._write(told, now))

    def _read(self, now: datetime) -> str:
        scope = Scope.at(now)
        with self.open_desk() as desk:
            states = desk.warehouse.load(TOLD_STATES, TOLD_STATES.window(scope), scope.as_of)
        return next((state.told for state in states if state.name == self.name), "")

    def _write(self, told: str, now: datetime) -> bool:
        with self.open_desk() as desk:
            if not isinstance(desk.warehouse, Writable):
                raise WarehouseError(f"{desk.warehouse.name} cannot be written to")
            return leave(desk.warehouse.writes, self.name, self.identity, told, now)


class Succession:
    """One watcher's part in it, on the warehouse `place`, with the sinks that it has.

    Raises JournalError from every method.
    """

    def __init__(self, journal: Journal, place: str, shelf: Shelf, sinks: Sequence[Sink]) -> None:
        self._journal = journal
        self._place = place
        self._shelf = shelf
        self._sinks = {sink.name: sink for sink in sinks}
        self._left = ""

    def take_over(self, now: datetime) -> str:
        """Go on where another host stopped, if one led last; return why it is not known what that one has told, or ""."""
        try:
            text = self._shelf.read(now)
            left = json.loads(text) if text else {"by": self._shelf.identity}
            if left["by"] == self._shelf.identity:
                return ""
            baton = baton_of_text(left["baton"])
            stamp = str(left["stamp"])
        except (WarehouseError, OverdueError, OSError, BatonError, ValueError, KeyError, TypeError) as error:
            return f"what another host has told is not known, so what is open may be told once more: {error}"
        self._look_first(baton)
        with self._journal.writing() as connection:
            if not was_taken(connection, self._shelf.name, stamp):
                adopt(connection, self._place, baton, self._sinks, now)
                note_taken(connection, self._shelf.name, stamp)
        return ""

    def _look_first(self, baton: Baton) -> None:
        for item in baton.waiting:  # it may have been sent: the host that left it had it in hand
            sink = self._sinks.get(item.sink)
            if isinstance(sink, CanLook):
                sink.look_first(item.notice)

    def leave(self, now: datetime) -> tuple[Left, str]:
        """Leave what was told, unless just this was left last; return what came of it, and why it is not known, or ""."""
        if self._shelf.is_read_only:
            return Left.UNKNOWN, ""
        with self._journal.reading() as connection:
            text = text_of_baton(gathered(connection, self._place))
        if text == self._left:
            return Left.KEPT, ""
        left = json.dumps({"by": self._shelf.identity, "stamp": uuid4().hex, "baton": text})
        try:
            is_ours = self._shelf.write(left, now)
        except (WarehouseError, OverdueError, OSError) as error:
            self._left = ""
            return Left.UNKNOWN, f"a host that takes over may tell once more what is told now: {error}"
        self._left = text if is_ours else ""
        return (Left.KEPT if is_ours else Left.LOST), ""
