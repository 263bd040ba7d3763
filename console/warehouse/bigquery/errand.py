"""Runs each question in a thread of its own, so that whoever asked is free again at the deadline or when it is cancelled.

What a thread still waits for is nobody's concern then: its socket is shut, and the job that it started on the server is
cancelled by that same thread before it ends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from console.warehouse.bigquery.bounds import Bounds
from console.warehouse.bigquery.call import Call, Job

T = TypeVar("T")


class LateError(Exception):
    """No answer by the deadline."""


class CancelledError(Exception):
    """Somebody asked to stop."""


class Errand(Generic[T]):
    """One piece of work under way; `result` waits for it."""

    def __init__(self, call: Call, work: Callable[[], T], finish: Callable[[Errand[T]], None]) -> None:
        self.call = call
        self._work = work
        self._finish = finish
        self._settled = threading.Event()
        self._lock = threading.Lock()
        self._value: T | None = None
        self._error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def result(self) -> T:
        """Return what the work returned, or raise what it raised. Raises LateError at the deadline, CancelledError."""
        if not self._settled.wait(max(0.0, self.call.left - self.call.bounds.tell)):
            self._settle(error=LateError())
            self.call.stop()
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value] # None only where T allows it

    def cancel(self) -> None:
        """Free whoever waits, and end the work."""
        self._settle(error=CancelledError())
        self.call.stop()

    def _run(self) -> None:
        with self.call.running():
            try:
                value = self._work()
            except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
                self._settle(error=error)
            else:
                self._settle(value)
        self._finish(self)

    def _settle(self, value: T | None = None, error: BaseException | None = None) -> None:
        """Keep the first outcome."""
        with self._lock:
            if not self._settled.is_set():
                self._value, self._error = value, error
                self._settled.set()


class Errands:
    """All errands under way. `abandon` tells the server to stop a job that nobody waits for any more."""

    def __init__(self, bounds: Bounds, abandon: Callable[[Job], None]) -> None:
        self._bounds = bounds
        self._abandon = abandon
        self._lock = threading.Lock()
        self._under_way: set[Errand[object]] = set()

    def start(self, work: Callable[[], T], seconds: float | None = None) -> Errand[T]:
        """Begin `work` in a thread of its own, with a deadline `seconds` from now."""
        errand = Errand(Call(self._bounds, seconds), work, self._finish)
        with self._lock:
            self._under_way.add(errand)  # type: ignore[arg-type] # only its call and thread matter here
            errand.thread.start()
        return errand

    def cancel(self) -> None:
        """Free everybody who waits."""
        with self._lock:
            under_way = tuple(self._under_way)
        for errand in under_way:
            errand.cancel()

    def join(self, seconds: float) -> None:
        """Wait up to `seconds` for the threads to have told the server what to stop."""
        deadline = time.monotonic() + seconds
        with self._lock:
            under_way = tuple(self._under_way)
        for errand in under_way:
            errand.thread.join(max(0.0, deadline - time.monotonic()))

    def _finish(self, errand: Errand[T]) -> None:
        """Run in the errand's thread at its end."""
        try:
            if (job := errand.call.abandoned) is not None:
                with Call(self._bounds, self._bounds.cancel).running():
                    self._abandon(job)
        finally:
            with self._lock:
                self._under_way.discard(errand)
