"""A clock that a test sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class HandClock:
    """Stands still at `now`, aware, until a test moves it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now
