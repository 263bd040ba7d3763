"""What a host knew last of the lease of several hosts, kept in its journal to go by while that cannot be asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from console.journal import Journal, instant_of, instant_text


@dataclass(frozen=True, slots=True)
class LastLease:
    """Whose the lease was when it was asked for last, `at` a moment, and until when it lasts where it was this host's.

    `unasked_since` is when it first could not be asked for since then, None where it could. All are aware UTC. A host that never
    could ask has neither `at` nor `until`.
    """

    is_ours: bool
    at: datetime | None = None
    until: datetime | None = None
    unasked_since: datetime | None = None


def known_lease(journal: Journal, name: str) -> LastLease | None:
    """Return what was known last of the lease called `name`, None where it never was asked for. Raises JournalError."""
    text = journal.preference(_key(name))
    if not text:
        return None
    try:
        raw = json.loads(text)
        moments = (instant_of(raw[part]) if raw[part] else None for part in ("at", "until", "unasked_since"))
        return LastLease(bool(raw["is_ours"]), *moments)
    except (ValueError, KeyError, TypeError):
        return None  # of another version: as good as not known


def keep_lease(journal: Journal, name: str, known: LastLease) -> None:
    """Keep what is known now. Raises JournalError."""
    moments = {"at": known.at, "until": known.until, "unasked_since": known.unasked_since}
    texts = {part: instant_text(moment) if moment else "" for part, moment in moments.items()}
    journal.prefer(_key(name), json.dumps({"is_ours": known.is_ours, **texts}))


def _key(name: str) -> str:
    return f"lease {name}"
