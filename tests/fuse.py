"""Ways for a process to end at any step of what it keeps in its journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.journal import Journal


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
