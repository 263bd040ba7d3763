"""The tries that this host has made, in the journal: what budgets count, written before each post, with the record of actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.actions.entry import ActionEntry
from console.actions.ledger import Ledger
from console.draining.answers import Answer, Kind
from console.journal import Journal, instant_of, instant_text

_BEGIN = """
    INSERT INTO dispatch (place, phase, item, row_id, at) VALUES (:place, :phase, :item, :row_id, :at) RETURNING number
"""
_END = "UPDATE dispatch SET outcome = ?, quiet_until = ? WHERE number = ?"
_SINCE = "SELECT item, row_id, at, outcome FROM dispatch WHERE place = ? AND at > ? AND outcome != 'unclaimed' ORDER BY number"
_QUIET = "SELECT phase, max(quiet_until) FROM dispatch WHERE place = ? AND quiet_until > ? GROUP BY phase"


class Outcome(StrEnum):
    """What is known of a try; a process that ended while it was under way leaves it unknown."""

    UNKNOWN = ""
    UNCLAIMED = "unclaimed"
    """Nothing was posted, because the row could not be had: this was no try."""
    DISPATCHED = Kind.DISPATCHED.value
    TRANSIENT = Kind.TRANSIENT.value
    PERMANENT = Kind.PERMANENT.value


@dataclass(frozen=True, slots=True)
class Try:
    """One post, or one that may have been made: what was tried (`console.draining.due.item_of`), for which row, and when."""

    item: str
    row_id: str
    at: datetime
    outcome: Outcome = Outcome.UNKNOWN


class Tries:
    """The tries on the queue of the warehouse at `place`. Raises JournalError from every method."""

    def __init__(self, journal: Journal, place: str) -> None:
        self._journal = journal
        self._ledger = Ledger(journal)
        self._place = place

    def begin(self, phase: str, item: str, row_id: str, entry: ActionEntry) -> int:
        """Note that a row is about to be tried at `entry.at`, with the entry of the action, and return the try's number."""
        values = {
            "place": self._place,
            "phase": phase,
            "item": item,
            "row_id": row_id,
            "at": instant_text(entry.at),
        }
        with self._journal.writing() as connection:
            (number,) = connection.execute(_BEGIN, values).fetchone()
            self._ledger.append_with(connection, entry)
            return int(number)

    def end(self, number: int, answer: Answer | None, entry: ActionEntry) -> None:
        """Note what came of a try, None where nothing was posted, with the entry of the action."""
        outcome = Outcome.UNCLAIMED if answer is None else Outcome(answer.kind.value)
        quiet = "" if answer is None or answer.wait is None else instant_text(entry.at + answer.wait)
        with self._journal.writing() as connection:
            connection.execute(_END, (outcome.value, quiet, number))
            self._ledger.append_with(connection, entry)

    def note(self, entry: ActionEntry) -> None:
        """Keep the entry of an action that posts nothing."""
        self._ledger.append(entry)

    def since(self, moment: datetime) -> tuple[Try, ...]:
        """Return the tries after a moment, oldest first, also those that a clock which was put back since calls future."""
        with self._journal.reading() as connection:
            rows = connection.execute(_SINCE, (self._place, instant_text(moment))).fetchall()
        return tuple(Try(item, row_id, instant_of(at), Outcome(outcome)) for item, row_id, at, outcome in rows)

    def quiet_until(self, now: datetime) -> Mapping[str, datetime]:
        """Return by phase until when its processor has asked to be left alone, where that is still to come."""
        with self._journal.reading() as connection:
            rows = connection.execute(_QUIET, (self._place, instant_text(now))).fetchall()
        return {phase: instant_of(until) for phase, until in rows}
