"""The verifications of applied plans, as the journal keeps them: three for each, run by whoever comes when they are due.

Only what a verification has found is ever called fixed. Nothing here reads a clock or asks a warehouse.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from console.actions.judgement import Judgement, Outcome, judgement_of_text, text_of_judgement
from console.actions.plan import Plan
from console.actions.run_state import ItemState
from console.journal import Journal, instant_of, instant_text

AFTER = (timedelta(0), timedelta(minutes=5), timedelta(minutes=30))
"""How long after a plan was applied it is verified; the issue's rule."""
CLAIM_LASTS = timedelta(minutes=5)
"""For how long a console that verifies keeps others from doing the same, should it die."""

_ALL = "SELECT plan, place, round, due_at, settled_at, judgement FROM verification"
_OF_PLAN = f"{_ALL} WHERE plan = ? ORDER BY round"
_PENDING = f"{_ALL} WHERE settled_at IS NULL AND (:place = '' OR place = :place) ORDER BY due_at, plan, round"
_COUNT_DONE = "SELECT count(*) FROM plan_item WHERE plan = ? AND state = ?"
_OUTGROWN = "DELETE FROM verification WHERE plan = ? AND items < ?"
_SCHEDULE = """
    INSERT INTO verification (plan, round, place, items, scheduled_at, due_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (plan, round) DO NOTHING
"""
_PUT_BACK = """
    UPDATE verification SET scheduled_at = :now, due_at = :due_at
    WHERE round = :round AND settled_at IS NULL AND scheduled_at > :now
"""
"""Of a clock that was put back: what was applied in what is the future now was applied by now."""

_FREE = """
    settled_at IS NULL AND due_at <= :now AND (:place = '' OR place = :place)
    AND (claimed_at <= :died OR claimed_at > :ahead)
"""
"""Due, and nobody is at it; a claim from the future is one from before the clock was put back."""
_DUE = f"{_ALL} WHERE {_FREE} ORDER BY due_at, plan, round"
_CLAIM = f"""
    UPDATE verification SET claim = :token, claimed_at = :now
    WHERE {_FREE} AND plan = (SELECT plan FROM verification WHERE {_FREE} ORDER BY due_at, plan LIMIT 1)
    RETURNING plan, round
"""  # noqa: S608 - no value is in it
_SETTLE = """
    UPDATE verification SET settled_at = :now, judgement = :judgement
    WHERE plan = :plan AND claim = :token AND settled_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One verification of a plan: the first, second or third `round`, when it is due, and what it came to.

    Instants are aware UTC; `settled_at` and `judgement` are None until it was run.
    """

    plan_id: str
    place: str
    round: int
    due_at: datetime
    settled_at: datetime | None
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The verifications of one plan that are due together, and are run as one by whoever holds the `token`."""

    plan_id: str
    rounds: tuple[int, ...]
    token: str


class Verifications:
    """The verifications in a journal, shared by threads and processes. Raises JournalError from every method.

    `new_id` gives an id that nobody else ever gives.
    """

    def __init__(self, journal: Journal, new_id: Callable[[], str]) -> None:
        self._journal = journal
        self._new_id = new_id

    def schedule_with(self, connection: sqlite3.Connection, plan: Plan, now: datetime) -> None:
        """Plan the three verifications of a plan that was applied by `now`, in somebody's transaction of the journal.

        They stay as they are when that is repeated; when more items of the plan were applied since, they begin anew.
        """
        (items,) = connection.execute(_COUNT_DONE, (plan.id, ItemState.DONE.value)).fetchone()
        connection.execute(_OUTGROWN, (plan.id, items))
        rows = [
            (plan.id, number, plan.place, items, instant_text(now), instant_text(now + after))
            for number, after in enumerate(AFTER, start=1)
        ]
        connection.executemany(_SCHEDULE, rows)

    def due(self, now: datetime, place: str = "") -> tuple[Scheduled, ...]:
        """Return what is to be run at `now` and nobody is at, of one place or of all, longest due first."""
        with self._journal.writing() as connection:
            _put_back(connection, now)
            return _scheduled(connection.execute(_DUE, _times(now, place)))

    def of_plan(self, plan_id: str) -> tuple[Scheduled, ...]:
        """Return the verifications of a plan, first to last; none when it was not applied."""
        with self._journal.reading() as connection:
            return _scheduled(connection.execute(_OF_PLAN, (plan_id,)))

    def pending(self, place: str = "") -> tuple[Scheduled, ...]:
        """Return what was not run yet, of one place or of all, what is due first before the rest."""
        with self._journal.reading() as connection:
            return _scheduled(connection.execute(_PENDING, {"place": place}))

    def standing_of(self, plan_id: str) -> str:
        """Return how an applied plan stands, as `standing` says it."""
        return standing(self.of_plan(plan_id))

    def claim(self, place: str, now: datetime) -> Claim | None:
        """Take what is due of one plan, so that nobody else runs it; None when nothing is due that nobody is at.

        A claim that is not settled ends after five minutes.
        """
        token = self._new_id()
        with self._journal.writing() as connection:
            _put_back(connection, now)
            rows = connection.execute(_CLAIM, {**_times(now, place), "token": token}).fetchall()
        return Claim(rows[0][0], tuple(sorted(number for _, number in rows)), token) if rows else None

    def settle_with(self, connection: sqlite3.Connection, claim: Claim, judgement: Judgement, now: datetime) -> bool:
        """Keep what verifying came to, in somebody's transaction; return False when another has taken it over meanwhile."""
        values = {
            "plan": claim.plan_id,
            "token": claim.token,
            "judgement": text_of_judgement(judgement),
            "now": instant_text(now),
        }
        return connection.execute(_SETTLE, values).rowcount > 0


def standing(scheduled: Sequence[Scheduled]) -> str:
    """Return how a plan with these verifications stands, by the newest that was run.

    `applied, verification at 07:05 UTC` · `fixed, verified 06:35 UTC, again at 07:05 UTC` · `not fixed: …, verified 06:35 UTC`.
    """
    run = [item for item in scheduled if item.settled_at is not None]
    coming = min((item.due_at for item in scheduled if item.settled_at is None), default=None)
    if not run:
        return "no verification is planned" if coming is None else f"applied, verification at {_clock(coming)}"
    newest = max(run, key=lambda item: item.round)
    again = "" if coming is None else f", again at {_clock(coming)}"
    return f"{_said(newest.judgement)}, verified {_clock(newest.settled_at)}{again}"


def _said(judgement: Judgement | None) -> str:
    if judgement is None:
        return "cannot be said"
    short = {Outcome.FIXED: "fixed", Outcome.DONE: "done as ordered"}.get(judgement.outcome)
    if short is None:
        return judgement.sentence
    if not judgement.left:
        return short
    applied = "what was applied is as ordered" if judgement.outcome is Outcome.DONE else short
    return f"{applied} ({judgement.left} more were not applied)"


def _clock(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%H:%M} UTC"


def _put_back(connection: sqlite3.Connection, now: datetime) -> None:
    values = [
        {"round": number, "now": instant_text(now), "due_at": instant_text(now + after)}
        for number, after in enumerate(AFTER, start=1)
    ]
    connection.executemany(_PUT_BACK, values)


def _times(now: datetime, place: str) -> dict[str, str]:
    died, ahead = instant_text(now - CLAIM_LASTS), instant_text(now + CLAIM_LASTS)
    return {"place": place, "now": instant_text(now), "died": died, "ahead": ahead}


def _scheduled(rows: Iterable[tuple[Any, ...]]) -> tuple[Scheduled, ...]:
    return tuple(
        Scheduled(
            plan,
            place,
            number,
            instant_of(due_at),
            settled_at and instant_of(settled_at),
            judgement_of_text(judgement) if settled_at else None,
        )
        for plan, place, number, due_at, settled_at, judgement in rows
    )
