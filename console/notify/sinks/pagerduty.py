"""PagerDuty: Events API v2. One incident is one `dedup_key`, so nothing that is sent twice pages twice."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from checks.severity import Severity
from checks.times import format_instant
from console.notify.notice import Kind, Notice
from console.notify.sinks.http import Patience, post_json
from screens.clean import for_terminal

ADDRESS = "https://events.pagerduty.com/v2/enqueue"
LONGEST_SUMMARY = 1_024
LONGEST_KEY = 255
"""Both from PagerDuty's documentation, "Send an Alert Event"."""

_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.ERROR: "error",
    Severity.UNKNOWN: "error",  # it may hide anything
    Severity.WARNING: "warning",
    Severity.OK: "info",
}
_PAGES = frozenset({Kind.OPENED, Kind.WORSENED, Kind.ACKNOWLEDGED, Kind.RESOLVED})
"""Reminding and escalating is PagerDuty's own business."""


def event_of(notice: Notice, routing_key: str) -> dict[str, object]:
    """Return the event of a notice: trigger, acknowledge or resolve."""
    action = "trigger" if notice.is_live else "resolve"
    if notice.is_live and notice.kind is Kind.ACKNOWLEDGED:
        action = "acknowledge"
    return {
        "routing_key": routing_key,
        "event_action": action,
        "dedup_key": notice.thread[:LONGEST_KEY],
        "payload": {
            "summary": for_terminal(notice.title, LONGEST_SUMMARY),
            "source": for_terminal(notice.place, 255),
            "severity": _SEVERITIES[notice.severity],
            "timestamp": format_instant(notice.at),
            "component": "courtside",
            "custom_details": {
                "incident": notice.incident,
                "told_because": notice.kind.value,
                "more": [for_terminal(line) for line in notice.lines],
            },
        },
    }


@dataclass(frozen=True, slots=True)
class PagerDutySink:
    """Sends what opens, worsens, is acknowledged or ends to one integration, by its routing key."""

    routing_key: str = field(repr=False)
    address: str = ADDRESS
    patience: Patience = field(default_factory=Patience)

    @property
    def name(self) -> str:
        """The same whichever key replaces another."""
        return "pagerduty"

    def wants(self, notice: Notice) -> bool:
        """Only what is about an incident and changes it."""
        return notice.kind in _PAGES

    def send(self, notice: Notice) -> None:
        """Send it. Raises SinkError."""
        body = json.dumps(event_of(notice, self.routing_key), ensure_ascii=False).encode()
        post_json("PagerDuty", self.address, body, {}, self.patience)
