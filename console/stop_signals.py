"""SIGINT, SIGTERM and, where it is asked for, SIGHUP as a wish to stop: what is under way is brought to its end first."""

from __future__ import annotations

import os
import select
import signal
from datetime import timedelta
from types import FrameType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """While it is entered, SIGINT and SIGTERM end nothing but are remembered; only for the main thread of a process.

    `hangup` also remembers that the terminal was closed; where that is ignored, as below nohup, it stays ignored.

    A pipe wakes whoever waits: a `threading.Event` must not be set in a signal handler, which may run while its lock is held.
    """

    def __init__(self, *, hangup: bool = False) -> None:
        self._numbers = (*_SIGNALS, *(_hangup() if hangup else ()))
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._waking, self._wake = os.pipe()
        self._before = {number: signal.signal(number, self._ask) for number in self._numbers}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._waking)
        os.close(self._wake)

    def stopping(self) -> bool:
        """Return whether somebody has asked to stop."""
        return self._asked

    def wait(self, time: timedelta) -> None:
        """Wait, but not longer than until somebody asks to stop."""
        if not self._asked:
            select.select([self._waking], [], [], time.total_seconds())

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if not self._asked:
            self._asked = True
            os.write(self._wake, b"!")


def _hangup() -> tuple[signal.Signals, ...]:
    number = getattr(signal, "SIGHUP", None)  # Windows has none
    return () if number is None or signal.getsignal(number) is signal.SIG_IGN else (number,)
