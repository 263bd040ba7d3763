"""What operators have said of findings and incidents: acknowledged, silenced, or either taken back. The console's own table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checks.facts.fact import Fact, Partition


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The newest word about one finding or incident; `event` is acknowledged, silenced or withdrawn, `expires_at` its end.

    `fingerprint` is a finding's, or what `checks.hushes.incident_fingerprint` makes of an incident's name.
    """

    acknowledgement_id: str
    fingerprint: str
    event: str
    reason: str | None
    acknowledged_by: str | None
    acknowledged_at: datetime
    expires_at: datetime | None


ACKNOWLEDGEMENTS = Fact(
    name="acknowledgements",
    row=Acknowledgement,
    tables=("nba_orchestration.console_acknowledgements",),
    partition=Partition.DECISIONS,
    days_before=1,  # no word lasts longer than 24 h, whatever the lookback
)
