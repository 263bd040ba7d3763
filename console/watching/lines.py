"""The watcher's log: one JSON object a line, with the names that Google's Cloud Logging reads (`severity`, `time`, `message`)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import TextIO

from checks.times import format_instant
from screens.clean import for_terminal

LONGEST = 500
"""Characters of a text."""


class Weight(Enum):
    """How much a line matters."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class Log:
    """Writes lines to a stream. `now` returns aware UTC; `context` stands in every line."""

    def __init__(self, stream: TextIO, now: Callable[[], datetime], **context: object) -> None:
        self._stream = stream
        self._now = now
        self._context = context

    def __call__(self, event: str, message: str, weight: Weight = Weight.INFO, /, **fields: object) -> None:
        """Write one line; texts are cleaned and cut, what is None is left out. Never raises for a stream that is gone."""
        values = {"time": self._now(), "severity": weight, "event": event, "message": message}
        given = {**values, **self._context, **fields}
        line = json.dumps({name: _plain(value) for name, value in given.items() if value is not None})
        try:
            print(line, file=self._stream, flush=True)
        # courtside: ignore[silent_exceptions] a watcher whose log nobody takes any more still has people told
        except (OSError, ValueError):
            return


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return for_terminal(value, LONGEST)
    return value
