"""Keeping a gate's decision: a row on its way to the warehouse and, where the data blocks, a message to the operators.

The one way in which the command line and the server record. `keep` writes both to the journal and is done at once, so that
nothing is lost whatever happens next; `deliver` sends what waits there, which may take long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from console.actions.aftercare import Aftercare, run_due
from console.gates.decisions import TABLE, decision_row
from console.outbox.outbox import Arrival
from console.settings import SettingsError
from console.slack.destination import destination_of
from console.slack.gate_message import gate_message
from console.slack.posting import Posting, keep_summary, post_summary

if TYPE_CHECKING:
    from checks.gates import GateDecision
    from console.actions.opening import Station
    from console.settings import Settings
    from console.slack.destination import Destination
    from console.slack.message import Message


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of recording a decision: why the row has not arrived yet, or "", and what became of the alert.

    `posting` is None where nobody was alerted; then `no_alert` says why.
    """

    waiting: str
    posting: Posting | None = None
    no_alert: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return both, for people."""
        row = f"recorded, on its way to the warehouse: {self.waiting}" if self.waiting else "recorded"
        alert = f"operators: {self.posting.sentence}" if self.posting else self.no_alert
        return tuple(filter(None, (row, alert)))

    def document(self) -> dict[str, object]:
        """Return both as fields of a document."""
        return {"waiting": self.waiting, "alert": (self.posting and self.posting.sentence) or self.no_alert}


@dataclass(frozen=True, slots=True)
class Keeping:
    """A decision that is kept: the key of its row, and the message to the operators with its way; None where nobody is told."""

    key: str
    message: Message | None = None
    destination: Destination | None = None
    no_alert: str = ""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records decisions about the warehouse of a station, under its settings; `environment` holds what Slack needs."""

    station: Station
    settings: Settings
    environment: Mapping[str, str]

    def why_not(self) -> str:
        """Return why nothing may be recorded, or ""."""
        return self.station.why_read_only()

    def keep(self, decision: GateDecision, as_of: datetime, by: str = "") -> Keeping:
        """Keep a decision as of a moment (aware UTC), asked for `by` somebody who is not at this machine's keyboard.

        Raises JournalError and OSError.
        """
        care, station = self._care(), self.station
        here = f"{station.actor.user}@{station.actor.host}"
        row = decision_row(decision, as_of, f"{by} by way of {here}" if by else here, station.now())
        care.outbox.put(station.place, TABLE, [row], station.now())
        if not decision.is_alarm:
            return Keeping(row.key)
        try:
            destination = destination_of(self.settings.slack_channel, self.environment)
        except SettingsError as error:
            return Keeping(row.key, no_alert=f"the operators were not told: {error}")
        message = gate_message(decision, as_of, self.settings.warehouse)
        keep_summary(message, destination, self.settings.state_dir, station.now)
        return Keeping(row.key, message, destination)

    def deliver(self, kept: Keeping) -> Recorded:
        """Deliver what waits, and return what became of a decision that was kept. Raises JournalError and OSError."""
        care, station = self._care(), self.station
        done = run_due(care)
        waiting = ""
        if care.outbox.arrival(station.place, TABLE, kept.key) is not Arrival.DELIVERED:
            waiting = done.delivery_trouble or "`courtside outbox` says how it stands"
        if kept.message is None or kept.destination is None:
            return Recorded(waiting, no_alert=kept.no_alert)
        return Recorded(waiting, post_summary(kept.message, kept.destination, self.settings.state_dir, station.now))

    def _care(self) -> Aftercare:
        return self.station.aftercare()
