"""The breaker of one processor, for each date, kept in the journal so that its calls and processes share it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checks.breaker import Breaker, BreakerState
from checks.policy import Policy
from console.journal import Journal, instant_of, instant_text

_FIND = "SELECT state, opened_at, trial_at FROM conflict_breaker WHERE place = ? AND processor = ? AND game_date = ?"
_KEEP = "INSERT OR REPLACE INTO conflict_breaker VALUES (?, ?, ?, ?, ?, ?)"
_CLOSE = "DELETE FROM conflict_breaker WHERE place = ? AND processor = ? AND game_date = ?"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a try may be made, and whether it is the one trial; `until` is when to ask again, aware UTC."""

    is_admitted: bool
    is_trial: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Breakers:
    """The breakers of one processor at one place. Raises JournalError from every method."""

    journal: Journal
    place: str
    processor: str
    policy: Policy

    def admit(self, day: date, now: datetime) -> Admission:
        """Let one try of a date's games through, or not; half-open it is the trial, which nobody else gets."""
        with self.journal.reading() as connection:
            if self._find(connection, day) == Breaker():
                return Admission(is_admitted=True)
        with self.journal.writing() as connection:
            current = self._find(connection, day).at(now, self.policy)
            if not current.allows(now, self.policy):
                return Admission(is_admitted=False, until=self._until(current, now))
            after = current.admit(now, self.policy)
            self._keep(connection, day, after)
        return Admission(is_admitted=True, is_trial=after.trial_at is not None)

    def open_until(self, day: date, now: datetime) -> datetime:
        """Return when to ask a breaker again that lets nothing through now, aware UTC."""
        with self.journal.reading() as connection:
            return self._until(self._find(connection, day).at(now, self.policy), now)

    def _until(self, breaker: Breaker, now: datetime) -> datetime:
        since = breaker.trial_at or breaker.opened_at or now
        return max(now, since + timedelta(minutes=self.policy.conflict_breaker_cooldown_minutes))

    def after(self, day: date, conflicted: int, attempted: int, now: datetime) -> Breaker:
        """Note how tries of a date's distinct games ended, and return the breaker then."""
        with self.journal.reading() as connection:
            before = self._find(connection, day)
        if before.after_attempts(conflicted, attempted, self.policy, now) == before:
            return before
        with self.journal.writing() as connection:
            after = self._find(connection, day).after_attempts(conflicted, attempted, self.policy, now)
            self._keep(connection, day, after)
        return after

    def _key(self, day: date) -> tuple[str, str, str]:
        return self.place, self.processor, day.isoformat()

    def _find(self, connection: sqlite3.Connection, day: date) -> Breaker:
        row = connection.execute(_FIND, self._key(day)).fetchone()
        if row is None:
            return Breaker()
        state, opened_at, trial_at = row
        return Breaker(
            BreakerState(state),
            instant_of(opened_at) if opened_at else None,
            instant_of(trial_at) if trial_at else None,
        )

    def _keep(self, connection: sqlite3.Connection, day: date, breaker: Breaker) -> None:
        if breaker.state is BreakerState.CLOSED:
            connection.execute(_CLOSE, self._key(day))
            return
        opened_at = instant_text(breaker.opened_at) if breaker.opened_at else None
        trial_at = instant_text(breaker.trial_at) if breaker.trial_at else None
        connection.execute(_KEEP, (*self._key(day), breaker.state.value, opened_at, trial_at))
