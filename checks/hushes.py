"""Which findings operators have acknowledged or silenced, until when and why. Pure.

An acknowledged trouble is still a trouble: verdict, severities and exit status say what they would say without a word. Only
notifications stop, and whoever looks sees who has it in hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from checks.facts.acknowledgements import Acknowledgement
from checks.model import Finding, RootCause
from checks.times import both_zones

NOBODY = "somebody who left no name"


class HushKind(Enum):
    """What was said; the value is its word in the table `console_acknowledgements`."""

    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"


WITHDRAWN = "withdrawn"
"""The word that takes back either of them."""


@dataclass(frozen=True, slots=True)
class Hush:
    """A word in force: who said it, why ("" without a reason), and until when (aware UTC)."""

    kind: HushKind
    by: str
    until: datetime
    reason: str = ""

    @property
    def said(self) -> str:
        """Return `acknowledged by ann until Fri 23 Jan 02:20 EST (2026-01-23T07:20Z): on it`."""
        why = f": {self.reason}" if self.reason else ""
        return f"{self.kind.value} by {self.by} until {both_zones(self.until)}{why}"


@dataclass(frozen=True, slots=True)
class Hushes:
    """The words in force by fingerprint. `unread` is why they are not known, or "": then nobody counts as having spoken."""

    by_fingerprint: Mapping[str, Hush] = field(default_factory=dict)
    unread: str = ""

    def of_finding(self, finding: Finding) -> Hush | None:
        """Return the word about a finding; what is over needs none."""
        return self.by_fingerprint.get(finding.fingerprint) if finding.is_active else None

    def of_cause(self, cause: RootCause) -> Hush | None:
        """Return the word about a cause: that about its weightiest sign, so that a graver one speaks up again."""
        if cause.until is not None or not cause.evidence:
            return None
        return self.of_finding(cause.evidence[0])


NOTHING_SAID = Hushes()
NOT_ASKED = Hushes(unread="not asked here: `courtside check` shows what operators have said")
"""Of reports that are only the ground of something else."""


def hushes_in_force(rows: Iterable[Acknowledgement], as_of: datetime) -> Hushes:
    """Return the words in force at `as_of` (aware UTC), of rows that hold the newest word of each finding.

    A word without an end, and one that this version does not know, count for nothing.
    """
    kinds = {kind.value: kind for kind in HushKind}
    return Hushes(
        {
            row.fingerprint: Hush(kinds[row.event], row.acknowledged_by or NOBODY, row.expires_at, row.reason or "")
            for row in rows
            if row.event in kinds and row.expires_at is not None and row.expires_at > as_of
        }
    )
