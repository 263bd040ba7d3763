"""Ways for a process to end at any step of what it keeps in its journal, and of what it writes to a warehouse."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.journal import Journal
from console.warehouse.writing import Change, ChangeOutcome, LoadLimits, LoadOutcome, Writes


class CrashError(BaseException):
    """The process ends here."""


@dataclass
class Fuse:
    """Burns through at the n-th step, 0 never; nothing works after it, as nothing does in a process that was killed."""

    at: int = 0
    steps: int = 0

    def step(self) -> None:
        self.steps += 1
        if 0 < self.at <= self.steps:
            raise CrashError


class BreakableJournal(Journal):
    """A journal whose process may end before a transaction, before it is committed, and after."""

    def __init__(self, path: Path, fuse: Fuse, now: Callable[[], datetime]) -> None:
        super().__init__(path, now=now)
        self._fuse = fuse

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        self._fuse.step()
        with super().writing() as connection:
            yield connection
            self._fuse.step()
        self._fuse.step()


@dataclass
class BreakableWrites:
    """A warehouse on the way to which the process may end: before it is asked, and after it has done what it was asked."""

    writes: Writes
    fuse: Fuse

    @property
    def limits(self) -> LoadLimits:
        return self.writes.limits

    def append(self, job_id: str, table: str, lines: bytes) -> LoadOutcome:
        self.fuse.step()
        outcome = self.writes.append(job_id, table, lines)
        self.fuse.step()
        return outcome

    def outcome(self, job_id: str) -> LoadOutcome | None:
        self.fuse.step()
        outcome = self.writes.outcome(job_id)
        self.fuse.step()
        return outcome

    def change(self, change: Change, now: datetime) -> ChangeOutcome:
        self.fuse.step()
        outcome = self.writes.change(change, now)
        self.fuse.step()
        return outcome
