"""Draining again and again until somebody asks the process to stop; a row that is under way is brought to its end first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from console.stop_signals import StopSignals


def follow(one_round: Callable[[], None], every: timedelta, signals: StopSignals) -> int:
    """Do rounds, `every` so long after the end of the last, until asked to stop; return how many."""
    rounds = 0
    while not signals.stopping():
        one_round()
        rounds += 1
        signals.wait(every)
    return rounds
