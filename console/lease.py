"""Leases: one at a time does a thing on this host, and whoever dies while doing it keeps nobody out for longer than it said.

A lease is a row of the journal. It ends by itself at its `until`, or earlier when its holder lets go of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from console.journal import Journal, instant_of, instant_text

_FIND = "SELECT holder, until FROM lease WHERE name = ?"
_TAKE = """
    INSERT INTO lease (name, holder, until) VALUES (:name, :holder, :until)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
"""
_LET_GO = "DELETE FROM lease WHERE name = ? AND holder = ?"

_IDENTITY = "watcher_id"
_GIVE_IDENTITY = "INSERT INTO preference (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may do the thing called `name`, and until when (aware UTC)."""

    name: str
    holder: str
    until: datetime


class Leases:
    """The leases of a journal, shared by threads and processes. Raises JournalError from every method.

    A holder is a text that no other run gives itself, such as a random id: two runs of one process are two holders.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def acquire(
        self,
        name: str,
        holder: str,
        until: datetime,
        now: datetime,
        is_gone: Callable[[str], bool] = lambda _: False,
    ) -> bool:
        """Take a lease up to `until` and return whether it is held now: it was free, over at `now`, or the holder's own.

        One that ends later than the one asked for was taken by a clock that has been set back since, as all who take a lease of
        one name take it for as long: it counts as over, or it would keep everybody out for as long as the clock was wrong. So
        does that of a holder of which `is_gone` knows that it has ended.
        """
        with self._journal.writing() as connection:
            current = _found(connection, name)
            is_free = current is None or current.holder == holder or not now < current.until <= until
            if current is not None and not is_free and not is_gone(current.holder):
                return False
            connection.execute(_TAKE, {"name": name, "holder": holder, "until": instant_text(until)})
            return True

    def renew(self, name: str, holder: str, until: datetime) -> bool:
        """Move the end of a lease; return False, and change nothing, when the holder has lost it to another.

        One that is over but that nobody has taken is still the holder's: nobody can have done anything meanwhile.
        """
        with self._journal.writing() as connection:
            current = _found(connection, name)
            if current is None or current.holder != holder:
                return False
            connection.execute(_TAKE, {"name": name, "holder": holder, "until": instant_text(until)})
            return True

    def release(self, name: str, holder: str) -> None:
        """Let go of a lease; one that is another's by now stays that other's."""
        with self._journal.writing() as connection:
            connection.execute(_LET_GO, (name, holder))

    def current(self, name: str) -> Lease | None:
        """Return the lease as it stands, over or not; None when nobody holds it."""
        with self._journal.reading() as connection:
            return _found(connection, name)


def _found(connection: sqlite3.Connection, name: str) -> Lease | None:
    row = connection.execute(_FIND, (name,)).fetchone()
    return None if row is None else Lease(name, row[0], instant_of(row[1]))


def identity_of(journal: Journal) -> str:
    """Return the id of a journal among those of all hosts, which it is given once. Raises JournalError."""
    known = journal.preference(_IDENTITY)
    if known:
        return known
    with journal.writing() as connection:  # of two processes that begin at once both go by what the first one gave it
        connection.execute(_GIVE_IDENTITY, (_IDENTITY, uuid4().hex[:16]))
    return journal.preference(_IDENTITY)
