"""The ledger's copy for colleagues: each entry becomes a row of `nba_orchestration.console_actions`, in the same transaction.

The copy is also what a chain that was computed anew on this machine is found out by: it holds the hashes as they were.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import date

from console.actions.chain import Link
from console.actions.entry import ActionEntry, Actor
from console.actions.ledger import Ledger
from console.journal import Journal
from console.outbox.outbox import Outbox
from console.outbox.rows import OutboxRow
from console.queue_changes import QUEUE
from screens.orders import Verb

TABLE = "nba_orchestration.console_actions"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
_QUEUE_ACTIONS = frozenset(verb.value for verb in Verb if verb.changes_queue)


class MirroredLedger(Ledger):
    """A ledger whose entries go to colleagues too: `append` and `append_with` put a row into the outbox for `place` as well."""

    def __init__(self, journal: Journal, outbox: Outbox, place: str) -> None:
        super().__init__(journal)
        self._outbox = outbox
        self._place = place

    def append_with(self, connection: sqlite3.Connection, entry: ActionEntry) -> Link:
        """Keep an entry and its row together, or neither; one that is kept already is mirrored once all the same."""
        link = super().append_with(connection, entry)
        self._outbox.put_with(connection, self._place, TABLE, [mirror_row(link)], entry.at)
        return link


def mirror_row(link: Link) -> OutboxRow:
    """Return an entry as colleagues see it. Raises ValueError for one that this version cannot read."""
    entry = link.entry
    if entry is None:
        raise ValueError(f"entry {link.number} of the journal cannot be read: see `courtside journal verify`")
    details = {"id": entry.plan_id, "before": entry.before, "after": entry.after}
    values = {
        "action_id": entry.id,
        "action": entry.action,
        "event": entry.kind.value,
        "target_table": QUEUE if entry.action in _QUEUE_ACTIONS else None,
        "target_key": entry.subject,
        "game_date": _game_date(entry.subject),
        "reason": entry.reason or None,
        "plan": {name: text for name, text in details.items() if text} or None,
        "outcome": entry.outcome or None,
        "performed_by": _name(entry.actor),
        "performed_at": entry.at,
        "entry_number": link.number,
        "entry_hash": link.hash,
        "host": entry.actor.host,
    }
    return OutboxRow(f"{link.number} {link.hash}", values)


def _game_date(subject: str) -> date | None:
    """Return the game date that a subject ends with, as `checks.model.Subject` writes it."""
    found = _DAY.search(subject)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _name(actor: Actor) -> str:
    return actor.account or f"{actor.user}@{actor.host}"
