"""The first look, made by a child process while this one opens the screen.

Opening a console is half a second of computing on one core: the screen, the checks, the queries. A forked child takes the second
half on another core and sends the finished look through a pipe. It is only ever a head start: whatever goes wrong with it, the
console asks for itself.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from checks.facts.fact import Fact
    from checks.loading import Loaded
    from checks.model import Report, Scope
    from checks.policy import Policy
    from checks.progress import Cancelled, Listener
    from console.allocator import Allocator
    from console.desk import Desk
    from console.look import Look
    from console.warehouse.bigquery.cost import Budget

LONGEST_SECONDS = 5.0
"""A child that takes longer has no head start to give."""

NICENESS = 10
"""The child gives way: the screen comes first."""

_CHUNK = 1 << 20
_SIZE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What the child is to look at, and where."""

    scope: Scope
    open_desk: Callable[[], Desk]


class Headstart:
    """A look on its way from a child process; it can be taken once."""

    def __init__(self, child: int, pipe: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._child = child
        self._pipe: int | None = pipe
        self._monotonic = monotonic

    @classmethod
    def begin(cls, plan: Callable[[], Plan | None]) -> Headstart | None:
        """Fork a child that looks where `plan`, called in the child, tells it to; None where that gains nothing.

        Call it before any thread is started: a fork takes only the thread that forks. And early: what this process has loaded
        by then is shared, what it loads later it loads beside the child.
        """
        if not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
            return None
        try:
            reading, writing = os.pipe()
        except OSError:  # courtside: ignore[silent_exceptions] without a head start the console reads for itself
            return None
        _widen(writing)
        try:
            child = os.fork()
        except OSError:  # courtside: ignore[silent_exceptions] as above
            os.close(reading)
            os.close(writing)
            return None
        if child:
            os.close(writing)
            return cls(child, reading)
        _be_the_child(plan, reading, writing)
        return None

    def take(self, scope: Scope, complete: Callable[[Report, Loaded, int], Look]) -> Look | None:
        """Return the child's look, made whole by `complete`, or None when there is none of `scope`; waits for it."""
        pipe, self._pipe = self._pipe, None
        if pipe is None:
            return None
        try:
            # courtside: ignore[silent_exceptions] unpickling what was cut off or is not a look raises whatever it stumbles over
            with suppress(Exception):
                until = self._monotonic() + LONGEST_SECONDS
                loaded: Loaded = self._receive(pipe, until)  # while the child makes the report of it
                report, untold = self._receive(pipe, until)
                return complete(report, loaded, untold) if report.scope == scope else None
        finally:
            os.close(pipe)
            self._end()
        return None

    def _receive(self, pipe: int, until: float) -> Any:  # whatever was pickled
        """Return the next object that the child sends. Raises EOFError when it does not come whole, or not in time."""
        import pickle  # noqa: PLC0415  # after the first frame

        size = int.from_bytes(self._read(pipe, _SIZE_BYTES, until))
        return pickle.loads(self._read(pipe, size, until))  # noqa: S301  # from our own child, through a pipe of its own

    def _read(self, pipe: int, size: int, until: float) -> bytes:
        parts: list[bytes] = []
        while size > 0:
            left = until - self._monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise EOFError
            part = os.read(pipe, min(size, _CHUNK))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _end(self) -> None:
        """See the child off; one that is still at it is stopped."""
        with suppress(OSError):
            os.kill(self._child, signal.SIGKILL)
        with suppress(OSError):
            os.waitpid(self._child, 0)


class Ahead:
    """Opens desks like the real one's opener, of which the first full look is the child's when it comes.

    `meanwhile` is done before the child is waited for. `allocator` is asked to give back what a real desk has left behind; the
    process's own is a matter of the whole process, so that only who owns it passes it.
    """

    def __init__(
        self,
        headstart: Headstart | None,
        open_desk: Callable[[], Desk],
        policy: Callable[[], Policy],
        meanwhile: Callable[[], None] = lambda: None,
        allocator: Allocator | None = None,
    ) -> None:
        self.headstart = headstart
        self.open_desk = open_desk
        self.policy = policy
        self.meanwhile = meanwhile
        self.allocator = allocator

    def __call__(self) -> AheadDesk:
        """Return a desk; the real one is opened when it is needed."""
        return AheadDesk(self)


class AheadDesk:
    """A desk that takes the head start before it asks for itself."""

    def __init__(self, ahead: Ahead) -> None:
        self.policy = ahead.policy()
        self._ahead = ahead
        self._opened: Desk | None = None

    def look(self, scope: Scope, check_ids: Sequence[str] = ()) -> Look:
        """As `Desk.look`."""
        headstart = self._ahead.headstart
        if not check_ids and headstart is not None:
            self._ahead.headstart = None
            self._ahead.meanwhile()
            look = headstart.take(scope, self._complete)
            if look is not None:
                return look
        return self._desk().look(scope, check_ids)

    def run(self, scope: Scope, check_ids: Sequence[str], on_progress: Listener, cancelled: Cancelled) -> Look:
        """As `Desk.run`."""
        return self._desk().run(scope, check_ids, on_progress, cancelled)

    @property
    def bytes_billed(self) -> int | None:
        """As `Desk.bytes_billed`; the child asks nothing that costs."""
        return None if self._opened is None else self._opened.bytes_billed

    def budget(self) -> Budget | None:
        """As `Desk.budget`."""
        return None if self._opened is None else self._opened.budget()

    def _complete(self, report: Report, loaded: Loaded, untold: int) -> Look:
        """Return the look that the child sent, with the questions as they are asked here."""
        from console.look import Look  # noqa: PLC0415  # after the first frame

        return Look(report, loaded, self._sql, untold)

    def _sql(self, fact: Fact[Any]) -> str:
        return self._desk().warehouse.sql(fact)

    def _desk(self) -> Desk:
        if self._opened is None:
            if self._ahead.allocator is not None:
                self._ahead.allocator.limit_pools()  # before the threads that would make some
            self._opened = self._ahead.open_desk()
        return self._opened

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._opened is None:
            return
        self._opened.close()
        if self._ahead.allocator is not None:
            self._ahead.allocator.give_back()


def _widen(pipe: int) -> None:
    """Let the pipe hold all facts, so that the child need not wait for a parent that is painting; Linux can."""
    import fcntl  # noqa: PLC0415  # where there is a fork there is this

    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # more than this user may have: the child waits
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _CHUNK)


def _be_the_child(plan: Callable[[], Plan | None], reading: int, writing: int) -> None:
    """Look, send what was seen, and end without a word: the terminal belongs to the parent."""
    try:
        os.close(reading)
        os.nice(NICENESS)
        found = plan()
        if found is not None:
            _look_and_send(found, writing)
    finally:
        os._exit(0)


def _look_and_send(plan: Plan, writing: int) -> None:
    """Send the facts, and then the report of them: the parent takes in the one while the other is made."""
    with plan.open_desk() as desk:
        look = desk.look(plan.scope, on_loaded=lambda loaded: _send(loaded, writing))
        _send((look.report, look.untold), writing)


def _send(something: object, writing: int) -> None:
    """Write something, with its size before it."""
    import pickle  # noqa: PLC0415  # not in the parent

    pickled = pickle.dumps(something, protocol=pickle.HIGHEST_PROTOCOL)
    sent = memoryview(len(pickled).to_bytes(_SIZE_BYTES) + pickled)
    while sent:
        sent = sent[os.write(writing, sent) :]
