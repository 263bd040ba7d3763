"""The chain of actions in the journal: appended to, read, and verified; never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from console.actions.chain import BEGINNING, BrokenLink, Link, hash_of, verify
from console.actions.entry import ActionEntry, canonical_text, cleaned
from console.journal import Journal

_LINK = "SELECT number, CAST(entry AS BLOB), CAST(previous AS BLOB), CAST(hash AS BLOB) FROM action"
# As bytes, because an edited text need not be text any more, and must be read to be named.

_NEWEST = f"{_LINK} ORDER BY number DESC LIMIT ?"
_KEEP = "INSERT INTO action (entry, previous, hash) VALUES (?, ?, ?) RETURNING number"
_HIGHEST_NUMBER = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'action'"


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying came to: how many entries there are, the newest of them, and the first broken link, if any."""

    entries: int
    last: Link | None
    broken: BrokenLink | None


class Ledger:
    """The chain in a journal, shared by threads and processes. Raises JournalError from every method."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def append(self, entry: ActionEntry) -> Link:
        """Keep an entry as the newest, cleaned, and return its link.

        One that is kept already is not kept again, so that whoever repeats an append after a crash repeats nothing. Raises
        ValueError when another entry has its id.
        """
        with self._journal.writing() as connection:
            return self.append_with(connection, entry)

    def append_with(self, connection: sqlite3.Connection, entry: ActionEntry) -> Link:
        """Do as `append` in somebody's transaction of the journal, so that both are kept or neither.

        That transaction is the only writer's. So nobody comes between reading the last hash and writing after it, which would
        make two entries follow the same one.
        """
        entry = cleaned(entry)
        text = canonical_text(entry)
        kept = _links(connection.execute(f"{_LINK} WHERE entry ->> '$.id' = ?", (entry.id,)))
        if kept:
            if kept[0].text != text:
                raise ValueError(f"another entry has the id {entry.id}: give each entry an id of its own")
            return kept[0]
        last = _links(connection.execute(_NEWEST, (1,)))
        previous = last[0].hash if last else BEGINNING
        own = hash_of(previous, text)
        # SQLite gives the number and never one twice: entries deleted at the end leave a gap that the next one does not fill.
        (number,) = connection.execute(_KEEP, (text, previous, own)).fetchone()
        return Link(number, text, previous, own)

    def newest(self, limit: int) -> tuple[Link, ...]:
        """Return the newest links, newest first."""
        with self._journal.reading() as connection:
            return _links(connection.execute(_NEWEST, (limit,)))

    def of_plan(self, plan_id: str) -> tuple[Link, ...]:
        """Return what was done about one plan, oldest first."""
        with self._journal.reading() as connection:
            return _links(connection.execute(f"{_LINK} WHERE entry ->> '$.plan_id' = ? ORDER BY number", (plan_id,)))

    def verify(self) -> Verification:
        """Return whether the chain holds from its first entry to its newest."""
        with self._journal.reading() as connection:
            # First, so that what others append meanwhile is not taken for missing.
            (highest,) = connection.execute(_HIGHEST_NUMBER).fetchone()
            links = _links(connection.execute(f"{_LINK} ORDER BY number"))
        return Verification(len(links), links[-1] if links else None, verify(links, highest))


def _links(rows: Iterable[tuple[Any, ...]]) -> tuple[Link, ...]:
    return tuple(Link(number, *(value.decode(errors="replace") for value in texts)) for number, *texts in rows)
