"""The course of one call: its games tried date by date, under the breaker, and let go of when they are saved or given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.breaker import Breaker, BreakerState
from checks.times import format_minutes, format_utc, minutes_between, require_aware
from console.saving.attempt import Attempt, Broken, InConflict, Written, attempt
from console.saving.breakers import Breakers
from console.saving.conflicts import log_rows, resolved_rows
from console.saving.games import End, Game, GameResult, Processor
from console.saving.queueing import Placed, Queueing
from console.saving.unsaved import GRACE, Unsaved, UnsavedGames

CANCELLED = "the call was cancelled"


@dataclass(slots=True)
class Runner:
    """How one game fares: `unsaved` from its first conflict on, or from an earlier call; `result` once it is decided."""

    game: Game
    unsaved: Unsaved | None = None
    tries: int = 0
    began_at: datetime | None = None
    is_in_conflict: bool = False
    result: GameResult | None = None

    def end(self, end: End, reason: str, at: datetime) -> GameResult:
        """Return the result that decides the game."""
        game = self.game
        self.result = GameResult(game.game_id, game.game_date, end, reason, self.tries, self.began_at, at)
        return self.result


@dataclass(frozen=True, slots=True)
class Course:
    """Tries games of one processor. `clock` returns aware UTC; `cancelled` is asked before each try."""

    processor: Processor
    queueing: Queueing
    breakers: Breakers
    clock: Callable[[], datetime]
    cancelled: Callable[[], bool]
    new_id: Callable[[], str]

    @property
    def unsaved(self) -> UnsavedGames:
        """The games that the journal keeps."""
        return self.queueing.unsaved

    def try_date(self, runners: Sequence[Runner], wait: timedelta) -> None:
        """Try the undecided games of a date, all of whose games are given; `wait` is how long the next round is off.

        When the breaker is or becomes open, or the call is cancelled, the rest is put into the queue.
        """
        is_trial = False
        for runner in _undecided(runners):
            if self.cancelled():
                self.give_up(runners, CANCELLED)
                return
            if not is_trial:
                admission = self.breakers.admit(runner.game.game_date, self._now())
                if not admission.is_admitted:
                    self._give_up_to_breaker(runners, admission.until)
                    return
                is_trial = admission.is_trial
            ended = self._try(runner, wait)
            if is_trial and isinstance(ended, Broken):
                continue  # it tells nothing of the buffer, so the next game is the trial
            breaker = self._judge(runners, ended, is_trial=is_trial)
            if breaker.state is not BreakerState.CLOSED:
                self._give_up_to_breaker(runners, None)
                return
            is_trial = False

    def give_up(self, runners: Sequence[Runner], reason: str, until: datetime | None = None) -> None:
        """Log the conflicts of the undecided games and put these into the queue, for when the buffer has drained.

        A game that was not in conflict is queued for `until`, or for now.
        """
        left = list(_undecided(runners))
        if not left:
            return
        now = self._now()
        games = [self._left(runner, reason, until or now, now) for runner in left]
        self.unsaved.keep(games, log_rows(self.processor, games), now)
        placed = {one.game.id: one for one in self.queueing.place(games, now)}
        for runner, game in zip(left, games, strict=True):
            _end_left(runner, game, placed[game.id], now)

    def _give_up_to_breaker(self, runners: Sequence[Runner], until: datetime | None) -> None:
        day = runners[0].game.game_date
        until = until or self.breakers.open_until(day, self._now())
        what = f"the breaker of {self.processor.name} for {day} is open until {format_utc(until)}"
        self.give_up(runners, what, until)

    def _judge(self, runners: Sequence[Runner], ended: Attempt, *, is_trial: bool) -> Breaker:
        """Tell the breaker how a try ended.

        The share is that of all the date's games of the call, tried yet or not: so the order of the games decides nothing, and
        it opens as soon as what is left to try could not change that.
        """
        day = runners[0].game.game_date
        conflicted = sum(runner.is_in_conflict for runner in runners)
        counts = (int(isinstance(ended, InConflict)), 1) if is_trial else (conflicted, len(runners))
        return self.breakers.after(day, *counts, ended.at)

    def _try(self, runner: Runner, wait: timedelta) -> Attempt:
        now = self._now()
        runner.began_at = runner.began_at or now
        if runner.unsaved is not None:
            self.unsaved.try_again(runner.unsaved, now)
        ended = attempt(runner.game, self.clock)
        runner.tries += 1
        runner.is_in_conflict = isinstance(ended, InConflict)
        match ended:
            case Written(at):
                self._saved(runner, at)
            case InConflict(at, until):
                self._in_conflict(runner, at, until, wait)
            case Broken():
                self._failed(runner, ended)
        return ended

    def _saved(self, runner: Runner, at: datetime) -> None:
        game = runner.unsaved
        if game is None:
            runner.end(End.SAVED, "saved at the first try", at)
            return
        game = replace(game, tries=max(game.tries + 1, runner.tries))
        self.unsaved.forget(game, resolved_rows(self.processor, game, at), at)
        since = game.conflict_at
        waited = f", {format_minutes(minutes_between(since, at))} after its first conflict" if since else ""
        end = End.SAVED_AFTER_WAITING if since else End.SAVED
        runner.end(end, f"saved at try {runner.tries}{waited}", at)

    def _in_conflict(self, runner: Runner, at: datetime, until: datetime, wait: timedelta) -> None:
        before = runner.unsaved
        since = (before.conflict_at if before else None) or at
        runner.unsaved = Unsaved(
            game_id=runner.game.game_id,
            game_date=runner.game.game_date,
            id=before.id if before else self.new_id(),
            conflict_at=since,
            tries=runner.tries,
            tried_at=at,
            reason=f"rows in the streaming buffer are in its way since {format_utc(since)}",
            next_retry_at=until,
            attend_at=at + wait + GRACE,
        )
        self.unsaved.keep([runner.unsaved], (), at)

    def _failed(self, runner: Runner, broken: Broken) -> None:
        if runner.unsaved is not None:
            self.unsaved.forget(runner.unsaved, log_rows(self.processor, [runner.unsaved]), broken.at)
        result = runner.end(End.FAILED, broken.reason, broken.at)
        runner.result = replace(result, error=broken.error, trace=broken.trace)

    def _left(self, runner: Runner, reason: str, until: datetime, now: datetime) -> Unsaved:
        """Return the game as whoever comes next shall find it."""
        game = runner.unsaved
        if game is not None:
            tried = f"rows in the streaming buffer were in its way, {_times(runner.tries)}"
            says = "; ".join(filter(None, (tried if runner.tries else game.reason, reason)))
            return replace(game, reason=says, attend_at=now, is_in_flight=game.is_in_flight and not runner.tries)
        return Unsaved(
            game_id=runner.game.game_id,
            game_date=runner.game.game_date,
            id=self.new_id(),
            conflict_at=None,
            tries=0,
            tried_at=now,
            reason=f"it was not tried: {reason}",
            next_retry_at=until,
            attend_at=now,
        )

    def _now(self) -> datetime:
        return require_aware(self.clock())


def _times(tries: int) -> str:
    return f"at each of {tries} tries" if tries > 1 else "at its one try"


def _undecided(runners: Sequence[Runner]) -> Iterator[Runner]:
    return (runner for runner in runners if runner.result is None)


def _end_left(runner: Runner, game: Unsaved, placed: Placed, now: datetime) -> None:
    result = runner.end(placed.end, f"{game.reason}; {placed.says}", now)
    runner.result = replace(result, next_at=placed.next_at)
