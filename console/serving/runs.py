"""Runs of the checks for whoever asks: one at a time, joined by others, kept for a short while, and paced by the day's budget."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from checks.times import format_minutes, format_utc
from console.serving.joining import Failure, Joined
from console.warehouse.protocol import WarehouseError
from screens.spending import Spending

if TYPE_CHECKING:
    from checks.policy import Policy
    from console.desk import Desk
    from console.look import Look
    from screens.text.frame import Frame


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the warehouse is asked, in seconds."""

    fresh_seconds: float = 60.0
    """How long a report is given out: reports have minute resolution."""
    again_seconds: float = 10.0
    """How long a failure is given out before the warehouse is asked again."""
    demanded_seconds: float = 30.0
    """From one run that was demanded to the next: on BigQuery each bills at least 260 MB."""
    at_once_seconds: float = 5.0
    """Who demands a run so soon after another began has asked at the same time, also where that one has ended already."""


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` returns aware UTC, `monotonic` seconds that no clock step changes."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Seen:
    """One report with its facts, and when it was begun: `made_at` for people (aware UTC), `began` to count its age from.

    `spending` is what asking had cost by then in this run, None where it costs nothing.
    """

    look: Look
    frame: Frame
    policy: Policy
    made_at: datetime
    began: float
    spending: Spending | None


class TooSoonError(Exception):
    """A run was demanded before the next may begin; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(
            f"the checks were run on demand a moment ago: ask again in {retry_after} s, or GET what they said"
        )


def look_once(open_desk: Callable[[], Desk], frame: Frame, clock: Clock) -> Seen | Failure:
    """Return what all checks say now, or why the warehouse cannot be asked; opens a desk and closes it."""
    made_at, began = clock.now(), clock.monotonic()
    try:
        with open_desk() as desk:
            look = desk.look(frame.scope, words=True)
            billed = desk.bytes_billed
            spending = None if billed is None else Spending(billed, desk.budget())
            policy = desk.policy
    except (WarehouseError, OSError) as error:
        return Failure("warehouse", str(error))
    if reason := look.report.nothing_read:
        return Failure("warehouse", reason)
    return Seen(look, frame, policy, made_at, began, spending)


class Runs:
    """The reports that are given out, and the runs that make them; used from one event loop.

    `known` is the newest report, `trouble` why the last run made none, `billed` the bytes that all runs were billed for, `count`
    how many were begun, `reported` the checks that any report has had.
    """

    def __init__(
        self, look: Callable[[], Seen | Failure], clock: Clock, *, limit_seconds: float, pace: Pace | None = None
    ) -> None:
        self._joined = Joined(
            look, "the run of the checks", limit_seconds=limit_seconds, monotonic=clock.monotonic, note=self._note
        )
        self._clock = clock
        self._pace = pace or Pace()
        self._demanded: float | None = None
        self._tried: float | None = None
        self._overdue: float | None = None
        self.known: Seen | None = None
        self.trouble: Failure | None = None
        self.billed: int | None = None
        self.count = 0
        self.reported: frozenset[str] = frozenset()

    @property
    def running_since(self) -> float | None:
        """When the run that can be joined was begun, None where there is none."""
        return self._joined.running_since

    @property
    def is_stuck(self) -> bool:
        """True where so many runs hang that no other is begun."""
        return self._joined.is_stuck

    def age_seconds(self, seen: Seen) -> float:
        """Return how old a report is."""
        return max(0.0, self._clock.monotonic() - seen.began)

    async def current(self) -> Seen | Failure:
        """Return the report as it is given out: a fresh one, or that of one run; a failure once the warehouse failed."""
        if self._is_due():
            return await self._outcome()
        return self.known if self.known is not None and self._may_stand(self.known) else self._said_trouble()

    async def demanded(self) -> Seen | Failure:
        """Return the report of the run that is under way or began just now, or of a new one. Raises TooSoonError."""
        if self.running_since is None:
            if (just_made := self._just_made()) is not None:
                return just_made
            now = self._clock.monotonic()
            left = 0.0 if self._demanded is None else self._pace.demanded_seconds - (now - self._demanded)
            if left > 0:
                raise TooSoonError(math.ceil(left))
            self._demanded = now
        return await self._outcome()

    def joins(self) -> bool:
        """Return whether a run that is demanded now is one that somebody else began."""
        return self.running_since is not None or self._just_made() is not None

    def freshen(self) -> None:
        """Begin a run where one is due, and wait for nothing; one that hangs is known to, also where nobody waited for it."""
        overdue = self._joined.overdue_since
        if overdue is not None and overdue != self._overdue:
            self._overdue = overdue
            self._note(self._joined.late)
        if self._is_due():
            self._begin()

    def _begin(self) -> None:
        self.count += self.running_since is None and not self.is_stuck
        self._joined.begin()

    async def _outcome(self) -> Seen | Failure:
        self._begin()
        found = await self._joined.outcome()
        if isinstance(found, Seen):
            return found
        if found.kind == "timeout":
            self._note(found)
        return self._said(found)

    def _note(self, found: Seen | Failure) -> None:
        self._tried = self._clock.monotonic()
        if isinstance(found, Failure):
            self.trouble = found
            return
        self.trouble = None
        self.known = found if self.known is None or found.began >= self.known.began else self.known
        self.reported |= {result.check for result in found.look.report.results}
        if found.spending is not None:
            self.billed = (self.billed or 0) + found.spending.billed

    def _is_due(self) -> bool:
        """Return whether a GET has to run the checks, or to join those who do."""
        if self.trouble is not None:
            since = self._clock.monotonic() - (self._tried or 0.0)
            return since >= self._pace.again_seconds
        return self.known is None or not self._may_stand(self.known)

    def _may_stand(self, seen: Seen) -> bool:
        """Return whether a report is fresh; with the day's budget spent it stands until somebody demands another."""
        if self.trouble is not None:
            return False
        slowness = 1.0 if seen.spending is None else seen.spending.slowness(self._clock.now())
        return slowness is None or self.age_seconds(seen) < self._pace.fresh_seconds * slowness

    def _just_made(self) -> Seen | None:
        if self.trouble is None and self.known and self.age_seconds(self.known) < self._pace.at_once_seconds:
            return self.known
        return None

    def _said_trouble(self) -> Failure:
        return self._said(self.trouble or Failure("nothing_known", "nothing is known yet"))

    def _said(self, failure: Failure) -> Failure:
        """Return a failure together with what was last known."""
        if self.known is None:
            return failure
        report = self.known.look.report
        ago = format_minutes(self.age_seconds(self.known) / 60)
        last = f"last known, {ago} ago as of {format_utc(report.scope.as_of)}: "
        return Failure(
            failure.kind, f"{failure.message} ({last}{report.verdict.severity.name} {report.verdict.sentence})"
        )
