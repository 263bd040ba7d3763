"""The first look, made by a child process while this one opens the screen.

Opening a console is half a second of computing on one core: the screen, the checks, the queries. A forked child takes the second
half on another core and sends the finished look through a pipe. It is only ever a head start: whatever goes wrong with it, the
console asks for itself.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from checks.model import Scope

if TYPE_CHECKING:
    from checks.facts.fact import Fact
    from checks.policy import Policy
    from checks.progress import Cancelled, Listener
    from console.desk import Desk, Look

LONGEST_SECONDS = 5.0
"""A child that takes longer has no head start to give."""

_CHUNK = 1 << 20


class Headstart:
    """A look on its way from a child process; it can be taken once, for the scope that it was begun for."""

    def __init__(self, scope: Scope, child: int, pipe: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._scope = scope
        self._child = child
        self._pipe: int | None = pipe
        self._monotonic = monotonic

    @classmethod
    def begin(cls, scope: Scope, open_desk: Callable[[], Desk]) -> Headstart | None:
        """Fork a child that looks at `scope`; None where that gains nothing.

        Call it before any thread is started: a fork takes only the thread that forks.
        """
        if not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
            return None
        try:
            reading, writing = os.pipe()
        except OSError:
            return None
        try:
            child = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            return None
        if child:
            os.close(writing)
            return cls(scope, child, reading)
        _be_the_child(scope, open_desk, reading, writing)
        return None

    def take(self, scope: Scope, complete: Callable[[bytes], Look]) -> Look | None:
        """Return the child's look, made whole by `complete`, or None when there is none for `scope`; waits for it."""
        pipe, self._pipe = self._pipe, None
        if pipe is None:
            return None
        try:
            sent = self._read(pipe) if scope == self._scope else b""
        finally:
            os.close(pipe)
            self._end()
        with suppress(Exception):  # unpickling what was cut off or is not a look raises whatever it stumbles over
            return complete(sent) if sent else None
        return None

    def _read(self, pipe: int) -> bytes:
        """Return everything that the child sends, or b"" when it does not come to an end in time."""
        parts: list[bytes] = []
        until = self._monotonic() + LONGEST_SECONDS
        while (left := until - self._monotonic()) > 0:
            if not select.select([pipe], [], [], left)[0]:
                break
            part = os.read(pipe, _CHUNK)
            if not part:
                return b"".join(parts)
            parts.append(part)
        return b""

    def _end(self) -> None:
        """See the child off; one that is still at it is stopped."""
        with suppress(OSError):
            os.kill(self._child, signal.SIGKILL)
        with suppress(OSError):
            os.waitpid(self._child, 0)


class Ahead:
    """Opens desks like the real one's opener, of which the first full look is the child's when it comes."""

    def __init__(self, headstart: Headstart | None, open_desk: Callable[[], Desk], policy: Policy) -> None:
        self._headstart = headstart
        self._open_desk = open_desk
        self._policy = policy

    def __call__(self) -> AheadDesk:
        """Return a desk; the real one is opened when it is needed."""
        return AheadDesk(self._headstart, self._open_desk, self._policy)


class AheadDesk:
    """A desk that takes the head start before it asks for itself."""

    def __init__(self, headstart: Headstart | None, open_desk: Callable[[], Desk], policy: Policy) -> None:
        self.policy = policy
        self._headstart = headstart
        self._open_desk = open_desk
        self._opened: Desk | None = None

    def look(self, scope: Scope, check_ids: Sequence[str] = ()) -> Look:
        """As `Desk.look`."""
        if not check_ids and self._headstart is not None:
            look = self._headstart.take(scope, self._complete)
            if look is not None:
                return look
        return self._desk().look(scope, check_ids)

    def run(self, scope: Scope, check_ids: Sequence[str], on_progress: Listener, cancelled: Cancelled) -> Look:
        """As `Desk.run`."""
        return self._desk().run(scope, check_ids, on_progress, cancelled)

    def _complete(self, sent: bytes) -> Look:
        """Return the look that the child sent, with the questions as they are asked here."""
        from console.desk import Look  # noqa: PLC0415  # after the first frame

        report, loaded = pickle.loads(sent)  # noqa: S301  # from our own child, through a pipe that nobody else holds
        return Look(report, loaded, self._sql)

    def _sql(self, fact: Fact[Any]) -> str:
        return self._desk().warehouse.sql(fact)

    def _desk(self) -> Desk:
        self._opened = self._opened or self._open_desk()
        return self._opened

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._opened is not None:
            self._opened.close()


def _be_the_child(scope: Scope, open_desk: Callable[[], Desk], reading: int, writing: int) -> None:
    """Look, send what was seen, and end without a word: the terminal belongs to the parent."""
    try:
        os.close(reading)
        with open_desk() as desk:
            look = desk.look(scope)
        sent = memoryview(pickle.dumps((look.report, look.loaded), protocol=pickle.HIGHEST_PROTOCOL))
        while sent:
            sent = sent[os.write(writing, sent) :]
    finally:
        os._exit(0)
