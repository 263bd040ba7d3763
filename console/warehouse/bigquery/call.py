"""One question on its way through the client: until when, on which socket it waits, and what the service has said of it.

The client hides the job that it waits for and has no way to be interrupted. So each question has a call, known to the thread
that asks; the transport looks it up there, and other threads stop the call.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from console.warehouse.bigquery.bounds import Bounds

_CURRENT: ContextVar[Call | None] = ContextVar("call", default=None)


class CallOverError(Exception):
    """The call's time is up or somebody stopped it: nothing more is sent or read for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A query as the service runs it."""

    project: str
    id: str
    location: str | None


def current_call() -> Call | None:
    """Return the call that this thread is busy with."""
    return _CURRENT.get()


def this_call() -> Call:
    """Return the call that this thread is busy with. Raises RuntimeError outside an errand's thread."""
    call = current_call()
    if call is None:
        raise RuntimeError("a question is asked only in an errand's thread")
    return call


class Call:
    """The life of one question. The attributes say what the service told so far; `stop` may come from any thread."""

    def __init__(
        self, bounds: Bounds, seconds: float | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.bounds = bounds
        self.seconds = bounds.deadline if seconds is None else seconds
        self._clock = clock
        self._started = self._last_good = clock()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_stopped = False
        self._is_hung_up = False
        self._abort: threading.Timer | None = None
        self.requests = 0
        self.date = ""
        self.job: Job | None = None
        self.is_done = False
        self.cache_hit = False
        self.bytes_processed: int | None = None
        self.bytes_billed: int | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Make this the call of the thread."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)
            with self._lock:
                if self._abort is not None:
                    self._abort.cancel()

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return self._clock() - self._started

    @property
    def left(self) -> float:
        """Seconds until its deadline, never negative."""
        return max(0.0, self.seconds - self.elapsed)

    @property
    def failing(self) -> float:
        """Seconds since the first request was sent or the service last answered well."""
        return self._clock() - self._last_good

    @property
    def is_over(self) -> bool:
        """True when nothing more may be sent for it."""
        return self._is_stopped or self.left <= 0

    def sending(self) -> None:
        """Count a request that is about to be sent. Raises CallOverError when it is over."""
        self.refuse_when_over()
        if self.requests == 0:
            self._last_good = self._clock()  # importing the client and finding credentials is not the service's failing
        self.requests += 1

    def refuse_when_over(self) -> None:
        """Raise CallOverError when it is over."""
        if self.is_over:
            raise CallOverError

    def hold(self, waiting_on: socket.socket | None) -> None:
        """Remember the socket on which the thread waits, None for none."""
        with self._lock:
            self._socket = waiting_on
            is_hung_up = self._is_hung_up
        if is_hung_up:
            self._hang_up()

    def learn(self, answer: Mapping[str, Any]) -> None:
        """Take in a good answer of the service: which job, whether it is done, what it costs."""
        self._last_good = self._clock()
        reference = answer.get("jobReference")
        if isinstance(reference, Mapping) and reference.get("jobId"):
            self.job = Job(str(reference.get("projectId", "")), str(reference["jobId"]), reference.get("location"))
        status = answer.get("status")
        state = status.get("state") if isinstance(status, Mapping) else None
        self.is_done = self.is_done or answer.get("jobComplete") is True or state == "DONE"
        statistics = answer.get("statistics")
        query = statistics.get("query") if isinstance(statistics, Mapping) else None
        for said in (answer, query if isinstance(query, Mapping) else {}):
            self.cache_hit = self.cache_hit or said.get("cacheHit") is True
            self.bytes_processed = _whole(said.get("totalBytesProcessed"), self.bytes_processed)
            self.bytes_billed = _whole(said.get("totalBytesBilled"), self.bytes_billed)

    @property
    def abandoned(self) -> Job | None:
        """The job that still runs on the server although nobody waits for it."""
        return self.job if self.is_over and not self.is_done else None

    def stop(self) -> None:
        """End it: the thread that waits for the network comes free.

        A first request that is still on its way may finish, within half as long again as `first_answer`: its answer names the
        job, which cannot be cancelled otherwise.
        """
        with self._lock:
            if self._is_stopped:
                return
            self._is_stopped = True
            if self.job is None and self.requests > 0:
                self._abort = threading.Timer(1.5 * self.bounds.first_answer, self._hang_up)
                self._abort.daemon = True
                self._abort.start()
                return
        self._hang_up()

    def _hang_up(self) -> None:
        """Shut the socket: a read that another thread is blocked in returns at once."""
        with self._lock:
            self._is_hung_up = True
            waiting_on, self._socket = self._socket, None
        if waiting_on is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(waiting_on, socket.SHUT_RDWR)  # a TLS socket's own would pull its state away


def _whole(value: object, otherwise: int | None) -> int | None:
    """Return a count that travels as digits in a string, or what is known already when there is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else otherwise
