"""Saves games' rows for a processor, waiting for the streaming buffer where it is in the way; the function to import."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from checks.policy import Policy
from checks.times import require_aware
from console.saving.breakers import Breakers
from console.saving.course import CANCELLED, Course, Runner
from console.saving.delivery import deliver, is_saved, resolve_older
from console.saving.games import Game, GameResult, Processor, SaveResult
from console.saving.keeping import Keeping, utc_now
from console.saving.queueing import Queueing, results

DEFAULTS = Policy()


def save_games(
    games: Iterable[Game],
    processor: Processor,
    keeping: Keeping,
    *,
    policy: Policy = DEFAULTS,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], object] = time.sleep,
    cancelled: Callable[[], bool] = lambda: False,
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> SaveResult:
    """Save games and return what became of each; what a streaming buffer keeps from being saved is left in the retry queue.

    Each game is tried once, and those in conflict again after 300, 600 and 1,200 s: half an hour and more, in the worst case.
    `sleep` takes seconds. `cancelled` is asked before each try and each wait, and the rest is queued then; `Event.wait` and
    `Event.is_set` of one event end a wait at once. `clock` returns aware UTC.

    A game that fails otherwise is reported as FAILED and neither repeated nor queued. Raises ValueError for a game that is
    given twice, and JournalError: before the first try when the journal cannot be used, later when it no longer can; what was
    saved by then is saved.
    """
    runners = _runners(games)
    queueing = Queueing(keeping, processor)
    breakers = Breakers(keeping.journal, keeping.place, processor.name, policy)
    course = Course(processor, queueing, breakers, clock, cancelled, new_id)
    earlier = _take_up(runners, queueing, require_aware(clock()))
    _run(course, runners, waits(policy), sleep)
    ended = tuple(runner.result for runner in runners if runner.result is not None)
    now = require_aware(clock())
    undelivered, trouble = deliver(keeping, now)
    unresolved = resolve_older([game for game in ended if is_saved(game)], processor, keeping, now)
    return SaveResult(ended, earlier, undelivered, "; ".join(filter(None, (trouble, unresolved))))


def waits(policy: Policy) -> tuple[timedelta, ...]:
    """Return how long to wait before each further try: 300, 600 and 1,200 s by default."""
    first = timedelta(minutes=policy.conflict_first_wait_minutes)
    return tuple(first * 2**number for number in range(policy.conflict_waits))


def _runners(games: Iterable[Game]) -> list[Runner]:
    runners = [Runner(game) for game in games]
    twice = [game_id for game_id, count in Counter(runner.game.game_id for runner in runners).items() if count > 1]
    if twice:
        raise ValueError(f"{', '.join(twice)}: given twice, and would be written twice; give each game once")
    return runners


def _take_up(runners: Sequence[Runner], queueing: Queueing, now: datetime) -> tuple[GameResult, ...]:
    """Put what earlier calls have left into the queue, but for the games of this call, which are tried again instead."""
    left = {game.game_id: game for game in queueing.unsaved.due(now)}
    for runner in runners:
        runner.unsaved = left.pop(runner.game.game_id, None)
    return results(queueing.place_left(list(left.values()), now), now) if left else ()


def _run(
    course: Course, runners: Sequence[Runner], pauses: Sequence[timedelta], sleep: Callable[[float], object]
) -> None:
    """Try in rounds until every game is decided; the games of a date share their breaker."""
    dates = [list(group) for _, group in groupby(sorted(runners, key=_day), _day)]
    for pause in (*pauses, None):
        for date_runners in dates:
            course.try_date(date_runners, pause or timedelta(0))
        if all(runner.result is not None for runner in runners):
            return
        if course.cancelled():
            break
        if pause is not None:
            sleep(pause.total_seconds())
    course.give_up(runners, CANCELLED if course.cancelled() else "")


def _day(runner: Runner) -> date:
    return runner.game.game_date
