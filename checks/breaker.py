"""The circuit breaker for streaming-buffer conflicts, as a pure state machine.

Closed, work flows. Over half of a date's games in conflict open it, and nothing is tried until the buffer has had time to
drain. Then it is half-open and admits one trial: a success closes it, a failure opens it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from checks.policy import Policy
from checks.times import require_aware


class BreakerState(Enum):
    """The states, as `circuit_breaker_state.state` spells them."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


@dataclass(frozen=True, slots=True)
class Breaker:
    """A breaker at one moment. Times are UTC.

    `opened_at` is when it last opened, None while closed; `trial_at` is when the one admitted trial began, None when none is
    under way.
    """

    state: BreakerState = BreakerState.CLOSED
    opened_at: datetime | None = None
    trial_at: datetime | None = None

    def at(self, as_of: datetime, policy: Policy) -> Breaker:
        """Return the breaker as time alone leaves it: half-open once the cooldown since opening has passed.

        A trial that reported nothing for a whole cooldown has failed (its worker died), and opened the breaker at that moment.
        Raises ValueError when `as_of` is naive.
        """
        now = require_aware(as_of)
        cooldown = timedelta(minutes=policy.conflict_breaker_cooldown_minutes)
        current = self
        if current.trial_at is not None and now >= current.trial_at + cooldown:
            current = Breaker(BreakerState.OPEN, current.trial_at + cooldown)
        if current.state is BreakerState.OPEN and current.opened_at is not None and now >= current.opened_at + cooldown:
            current = replace(current, state=BreakerState.HALF_OPEN)
        return current

    def allows(self, as_of: datetime, policy: Policy) -> bool:
        """Return whether work may be attempted: always while closed, and half-open only while no trial is under way."""
        current = self.at(as_of, policy)
        if current.state is BreakerState.HALF_OPEN:
            return current.trial_at is None
        return current.state is BreakerState.CLOSED

    def admit(self, as_of: datetime, policy: Policy) -> Breaker:
        """Return the breaker after an attempt was let through; half-open, that attempt is the trial.

        Raises ValueError when `allows` is False.
        """
        current = self.at(as_of, policy)
        if not current.allows(as_of, policy):
            raise ValueError(f"the breaker is {current.state.value} and admits nothing now")
        if current.state is BreakerState.HALF_OPEN:
            return replace(current, trial_at=require_aware(as_of))
        return current

    def after_attempts(self, conflicted_games: int, attempted_games: int, policy: Policy, as_of: datetime) -> Breaker:
        """Return the breaker after the outcome of attempts on distinct games of one date.

        Closed, it opens when `opens` says so. While a trial is under way the outcome is the trial's: any conflict opens the
        breaker anew, and a clean attempt closes it. Open, or half-open without a trial, the outcome is late news and changes
        nothing.
        Raises ValueError when the counts are impossible.
        """
        over = opens(conflicted_games, attempted_games, policy)
        current = self.at(as_of, policy)
        if current.state is BreakerState.CLOSED:
            return Breaker(BreakerState.OPEN, require_aware(as_of)) if over else current
        if current.trial_at is None or attempted_games == 0:
            return current
        if conflicted_games > 0:
            return Breaker(BreakerState.OPEN, require_aware(as_of))
        return Breaker()


def opens(conflicted_games: int, attempted_games: int, policy: Policy) -> bool:
    """Return whether a closed breaker opens: strictly over the threshold's share, of enough attempted games.

    Raises ValueError when more games are in conflict than were attempted: a ratio over 100 % is a defect of the count.
    """
    if not 0 <= conflicted_games <= attempted_games:
        raise ValueError(f"{conflicted_games} of {attempted_games} games cannot be in conflict")
    if attempted_games == 0 or attempted_games < policy.conflict_breaker_least_games:
        return False
    return 100 * conflicted_games > policy.conflict_breaker_percent * attempted_games
