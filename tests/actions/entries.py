"""Entries of the journal of actions, chains of them, and real journals that hold one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from console.actions.chain import BEGINNING, Link, hash_of
from console.actions.entry import ActionEntry, Actor, EntryKind, canonical_text
from console.actions.ledger import Ledger
from console.journal import FILE_NAME, Journal
from tests.builders import at

NOW = at("2026-01-23T06:20")
ANN = Actor("ann", "ops-1", "203.0.113.7", "ann@example.com")


def entry(number: int = 1, **changes: Any) -> ActionEntry:
    """Return the entry that is made `number` minutes after `NOW`."""
    values: dict[str, Any] = {
        "id": f"e{number}",
        "at": NOW + timedelta(minutes=number),
        "kind": EntryKind.ATTEMPT,
        "action": "requeue",
        "subject": f"game {number}",
        "actor": ANN,
        "plan_id": "p1",
        "reason": "box score arrived late",
        "before": "status=failed",
        "after": "status=pending",
        "outcome": "done",
    }
    return ActionEntry(**{**values, **changes})


def chain(count: int) -> list[Link]:
    """Return the links of that many entries."""
    links: list[Link] = []
    for number in range(1, count + 1):
        previous = links[-1].hash if links else BEGINNING
        text = canonical_text(entry(number))
        links.append(Link(number, text, previous, hash_of(previous, text)))
    return links


def ledger_in(folder: Path) -> Ledger:
    return Ledger(Journal(folder / FILE_NAME, now=lambda: NOW))


def filled(folder: Path, count: int = 5) -> Ledger:
    """Return a ledger of that many entries in a real journal."""
    ledger = ledger_in(folder)
    for number in range(1, count + 1):
        ledger.append(entry(number))
    return ledger
