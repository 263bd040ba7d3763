"""How far a run of checks is: what its owner is told while it runs, and how it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checks.model import CheckResult, FactOutcome


@dataclass(frozen=True, slots=True)
class Progress:
    """One step: a fact that was loaded or could not be, or a check that was judged; `done` of `total` such steps are taken."""

    step: FactOutcome | CheckResult
    done: int
    total: int


Listener = Callable[[Progress], None]
Cancelled = Callable[[], bool]


def unheard(progress: Progress) -> None:
    """Tell nobody."""


def never() -> bool:
    """Return that nobody wants the run to stop."""
    return False
