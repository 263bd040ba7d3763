"""Tries a change again while others change the same table: exponential backoff with full jitter, until the deadline."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from console.warehouse.writing import Contended

T = TypeVar("T")

_CONTENTION = (
    ("too many dml statements outstanding", "too many changes of the table are waiting already"),
    ("due to concurrent update", "others changed the table at the same moment"),
)
"""A part of BigQuery's error text in lower case, and its meaning: https://cloud.google.com/bigquery/docs/dml, "Limitations"."""


def _draw(bound: float) -> float:
    return random.uniform(0.0, bound)  # noqa: S311 - spreads retries, guards nothing


@dataclass(frozen=True, slots=True)
class Backoff:
    """How to wait, in seconds: the n-th wait is drawn from 0 to `first` times 2 to the n-1, at most `longest`."""

    first: float = 0.5
    longest: float = 8.0
    draw: Callable[[float], float] = _draw
    pause: Callable[[float], None] = time.sleep


def contention(text: str) -> str | None:
    """Return in the operator's words which contention an error's text tells of, None when it is something else."""
    return next((words for part, words in _CONTENTION if part in text.lower()), None)


def persist(attempt: Callable[[], T], left: Callable[[], float], backoff: Backoff) -> T | Contended:
    """Return what `attempt` returns, or Contended once the next wait would outlast `left()`, the seconds until the deadline.

    Raises what `attempt` raises for any other reason.
    """
    tries = 0
    while True:
        tries += 1
        try:
            return attempt()
        except Exception as error:
            reason = contention(str(error))
            if reason is None:
                raise
        wait = backoff.draw(min(backoff.longest, backoff.first * 2 ** (tries - 1)))
        if wait >= left():
            return Contended(reason, tries)
        backoff.pause(wait)
