"""Incidents that nobody can speak of for now: words are kept in the warehouse, and nothing of it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.catalogue import ALL_CHECKS
from checks.causes import BLIND

if TYPE_CHECKING:
    from checks.incidents.incident import Incident

WORDLESS = "it cannot be acknowledged while the warehouse cannot be read, for what is said is kept there"
_OF_WAREHOUSE = frozenset(check.id for check in ALL_CHECKS)


def is_wordless(incident: Incident) -> bool:
    """Return whether an incident is that no check of the warehouse can judge: then no word about it can be kept either."""
    return incident.name == BLIND and set(incident.checks) >= _OF_WAREHOUSE
