"""What operators have said, read from the console's own tables, which a warehouse may lack.

Where a table does not exist, nobody has said anything; that is no trouble, and is noted. Where it cannot be read, what was said
is not known: a gate that may be held is not open, and nothing is planned over the heads of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from checks.facts.acknowledgements import ACKNOWLEDGEMENTS
from checks.hushes import Hushes, hushes_in_force
from console.warehouse.protocol import WarehouseError

if TYPE_CHECKING:
    from checks.facts.fact import Fact, Facts
    from checks.loading import Loaded
    from checks.model import Scope
    from console.desk import Desk

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Noted:
    """Facts, with a sentence for the operator where a table of words does not exist, or ""."""

    facts: Facts
    note: str


def with_words(desk: Desk, scope: Scope, words: Fact[Any], *needed: Fact[Any]) -> Noted:
    """Return the facts `needed` together with `words`, which are not among them where their table does not exist.

    Raises WarehouseError when one of the needed cannot be had, or the words for another reason than that.
    """
    loaded = desk.load(scope, *needed, words)
    for fact in needed:
        if reason := loaded.reason(fact):
            raise WarehouseError(f"{fact.name}: {reason}")
    return Noted(loaded.facts, _note(desk, loaded, words))


def require_words(desk: Desk, scope: Scope, words: Fact[Row]) -> tuple[Row, ...]:
    """Return the words said, to plan on. Raises WarehouseError also where the table does not exist: nothing could be kept."""
    return require_rows(desk, desk.load(scope, words), words)


def require_rows(desk: Desk, loaded: Loaded, words: Fact[Row]) -> tuple[Row, ...]:
    """Return the words that were loaded. Raises WarehouseError as `require_words`."""
    if note := _note(desk, loaded, words):
        raise WarehouseError(note)
    return loaded.facts[words]


def hushes_at(desk: Desk, scope: Scope) -> Hushes:
    """Return the words about findings and incidents in force at a scope's moment, with the reason where they are not known."""
    loaded = desk.load(scope, ACKNOWLEDGEMENTS)
    if reason := loaded.reason(ACKNOWLEDGEMENTS):
        return Hushes(unread=reason)
    return hushes_in_force(loaded.facts[ACKNOWLEDGEMENTS], scope.as_of)


def _note(desk: Desk, loaded: Loaded, words: Fact[Any]) -> str:
    """Return "", or that the table does not exist. Raises WarehouseError when it does and cannot be read."""
    reason = loaded.reason(words)
    if not reason:
        return ""
    (table,) = desk.warehouse.inspect(words.tables)
    if table.exists:
        raise WarehouseError(f"{words.name}: {reason}")
    return f"{table.name} does not exist, so nobody has said anything: `courtside schema apply` creates it"
