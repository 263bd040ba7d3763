"""Refreshing: each panel at its own pace, in threads that can hold up neither the screen nor quitting.

A refresh that is still running is not started again; one that fails is tried again later and later; one that never comes back is
given up. Threads are daemons, so that a warehouse that hangs cannot keep the process alive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Protocol, runtime_checkable

from textual.message import Message

from checks.model import Scope
from checks.policy import Policy
from screens.ports import Desk, Look
from screens.spending import Budget, Spending

LONGEST_BACKOFF_SECONDS = 300.0
JITTER = 0.1
"""Panels drift apart by a tenth of their cadence, so that they do not all ask at once."""

GIVE_UP_SECONDS = 20.0
"""Above the deadline of the facts themselves (15 s): what has not answered by then hangs elsewhere."""

MANUAL_PATIENCE_SECONDS = 5.0
"""A refresh asked for by hand waits this long for one that is on its way before it starts another."""

MOST_ABANDONED = 3
"""Threads of one feed that may hang at a time; until one comes back no more are sent after them."""


@runtime_checkable
class Metered(Protocol):
    """A desk whose warehouse counts what it is billed for."""

    @property
    def bytes_billed(self) -> int | None:
        """Bytes billed since the console started; None where asking costs nothing."""

    def budget(self) -> Budget | None:
        """Return the day's budget as it stands now; None where there is none."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One refresh of one feed: `ticket` tells it from the others, `epoch` from those before the console moved in time."""

    feed: str
    ticket: int
    epoch: int
    scope: Scope


class Loaded(Message):
    """A refresh came back; `look` is None when it failed, and `reason` says why. `seconds` is how long it took.

    `spending` is what asking has cost by then, None where it costs nothing.
    """

    def __init__(
        self,
        errand: Errand,
        look: Look | None,
        policy: Policy | None,
        reason: str = "",
        *,
        seconds: float = 0.0,
        spending: Spending | None = None,
    ) -> None:
        super().__init__()
        self.errand = errand
        self.look = look
        self.policy = policy
        self.reason = reason
        self.seconds = seconds
        self.spending = spending

    @property
    def feed(self) -> str:
        """The name of the feed."""
        return self.errand.feed

    @property
    def scope(self) -> Scope:
        """What was asked about."""
        return self.errand.scope


@dataclass(slots=True)
class Feed:
    """One thing to refresh: its checks (all when empty), its cadence in seconds, and when it is due next (monotonic).

    `scope_of` makes the feed's own scope of the console's. `again` says that somebody asked for it while it was on its way, and
    `is_asked` that it is due for that reason. `abandoned` are the tickets that were given up.
    """

    name: str
    checks: tuple[str, ...]
    cadence: float
    due_at: float = 0.0
    scope_of: Callable[[Scope], Scope] = lambda scope: scope
    running: Errand | None = None
    started_at: float = 0.0
    failures: int = 0
    again: bool = False
    is_asked: bool = False
    abandoned: frozenset[int] = frozenset()

    def done(self, now: float, jitter: float, *, failed: bool) -> None:
        """Take note that a refresh ended; `jitter` is between -1 and 1."""
        self.failures = self.failures + 1 if failed else 0
        wait = min(self.cadence * 2**self.failures, max(LONGEST_BACKOFF_SECONDS, self.cadence))
        self.is_asked = self.again and not failed
        self.due_at = now if self.is_asked else now + wait * (1 + JITTER * jitter)
        self.running, self.again = None, False

    def is_due(self, now: float, slowness: float | None) -> bool:
        """Return whether to refresh it by itself, waiting `slowness` cadences; None is never, but for what somebody asked for."""
        if self.is_asked or slowness is None:
            return self.is_asked
        return self.due_at + (slowness - 1) * self.cadence <= now


class Refresher:
    """Runs feeds in daemon threads and posts what comes back.

    `slowness` is how many times its cadence a panel waits; None when it is refreshed only by hand.
    """

    def __init__(
        self,
        open_desk: Callable[[], Desk],
        post: Callable[[Loaded], object],
        monotonic: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._open_desk = open_desk
        self._post = post
        self._monotonic = monotonic
        self._jitter = jitter
        self._tickets = 0
        self._epoch = 0
        self.feeds: dict[str, Feed] = {}
        self.slowness: float | None = 1.0

    def add(self, feed: Feed) -> None:
        """Take on a feed."""
        self.feeds[feed.name] = feed

    def remove(self, name: str) -> None:
        """Let go of a feed; what is on its way for it is dropped when it comes."""
        self.feeds.pop(name, None)

    @property
    def is_busy(self) -> bool:
        """True while anything is on its way."""
        return any(feed.running for feed in self.feeds.values())

    def due(self) -> list[Feed]:
        """Return the feeds that should be refreshed now."""
        now = self._monotonic()
        return [
            feed
            for feed in self.feeds.values()
            if not feed.running and feed.is_due(now, self.slowness) and len(feed.abandoned) < MOST_ABANDONED
        ]

    def refresh(self, feeds: Iterable[Feed], scope: Scope, *, by_hand: bool = False) -> None:
        """Start refreshing `feeds`; one that is on its way is not started twice.

        By hand one that is on its way is asked again when it is back, and is given up at once when it has been away for long.
        """
        for feed in feeds:
            if feed.running and not by_hand:
                continue
            if feed.running and self._monotonic() - feed.started_at <= MANUAL_PATIENCE_SECONDS:
                feed.again = True
                continue
            if feed.running:
                feed.abandoned |= {feed.running.ticket}
            self._tickets += 1
            feed.running = Errand(feed.name, self._tickets, self._epoch, feed.scope_of(scope))
            feed.started_at, feed.again = self._monotonic(), False
            Thread(
                target=self._load, args=(feed.running, feed.checks), name=f"refresh {feed.name}", daemon=True
            ).start()

    def moved(self) -> None:
        """Take note that the console looks at another time: what is on its way is about the old one."""
        self._epoch += 1

    def put_off(self, feeds: Iterable[Feed]) -> None:
        """Let feeds wait for a whole cadence, for they were served by another just now."""
        for feed in feeds:
            if not feed.running:
                feed.done(self._monotonic(), self._jitter(), failed=False)

    def give_up(self) -> list[Loaded]:
        """Return a failure for each refresh that does not come back."""
        now = self._monotonic()
        lost = [feed for feed in self.feeds.values() if feed.running and now - feed.started_at > GIVE_UP_SECONDS]
        failures = []
        for feed in lost:
            assert feed.running is not None  # noqa: S101  # only running feeds are in the list
            reason = f"no answer within {GIVE_UP_SECONDS:g} s"
            failures.append(Loaded(feed.running, None, None, reason, seconds=now - feed.started_at))
        return failures

    def ended(self, message: Loaded) -> bool:
        """Take note of what came back, in the thread of the screen; False when it is of no use any more."""
        feed = self.feeds.get(message.feed)
        if feed is None:
            return False
        if feed.running is None or message.errand.ticket != feed.running.ticket:
            feed.abandoned -= {message.errand.ticket}
            return False
        if message.look is None and message.seconds > GIVE_UP_SECONDS:
            feed.abandoned |= {message.errand.ticket}
        if message.errand.epoch != self._epoch:
            feed.again = True
            feed.done(self._monotonic(), self._jitter(), failed=False)
            return False
        feed.done(self._monotonic(), self._jitter(), failed=message.look is None)
        return True

    def _load(self, errand: Errand, checks: Sequence[str]) -> None:
        started = self._monotonic()
        spending = None
        try:
            with self._open_desk() as desk:
                try:
                    look = desk.look(errand.scope, checks)
                finally:
                    spending = _spending(desk)
                policy = desk.policy
        # courtside: ignore[silent_exceptions] whatever goes wrong is said on the panel and tried again
        except Exception as error:  # noqa: BLE001  # see above
            message = Loaded(errand, None, None, str(error) or type(error).__name__, spending=spending)
        else:
            seconds = self._monotonic() - started
            reason = look.report.nothing_read
            message = Loaded(errand, None if reason else look, policy, reason, seconds=seconds, spending=spending)
        self._post(message)


def _spending(desk: Desk) -> Spending | None:
    """Return what asking has cost, also for nothing; None where it costs nothing."""
    if not isinstance(desk, Metered) or (billed := desk.bytes_billed) is None:
        return None
    return Spending(billed, desk.budget())
