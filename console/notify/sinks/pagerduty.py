"""PagerDuty: Events API v2. One incident is one `dedup_key`, so nothing that is sent twice pages twice."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from checks.severity import Severity
from checks.times import format_instant
from console.notify.notice import Kind, Notice, Part
from console.notify.sinks.http import Patience, post_json
from screens.clean import for_terminal

ADDRESS = "https://events.pagerduty.com/v2/enqueue"
LONGEST_SUMMARY = 1_024
"""From PagerDuty's documentation, "Send an Alert Event", as is the key's length, `checks.keys.LONGEST_KEY`."""

_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.ERROR: "error",
    Severity.UNKNOWN: "error",  # it may hide anything
    Severity.WARNING: "warning",
    Severity.OK: "info",
}
_PAGES = frozenset({Kind.OPENED, Kind.WORSENED, Kind.ACKNOWLEDGED, Kind.RESOLVED})
"""Reminding and escalating is PagerDuty's own business."""


def events_of(notice: Notice, routing_key: str) -> list[dict[str, object]]:
    """Return the events of a notice, one for each incident that it changes: trigger, acknowledge or resolve."""
    return [_event(part, notice, routing_key) for part in notice.parts if part.kind in _PAGES]


def _event(part: Part, notice: Notice, routing_key: str) -> dict[str, object]:
    action = "trigger" if part.is_live else "resolve"
    if part.is_live and part.kind is Kind.ACKNOWLEDGED:
        action = "acknowledge"
    return {
        "routing_key": routing_key,
        "event_action": action,
        "dedup_key": part.id,
        "payload": {
            "summary": for_terminal(part.title, LONGEST_SUMMARY),
            "source": for_terminal(notice.place, 255),
            "severity": _SEVERITIES[part.severity],
            "timestamp": format_instant(notice.at),
            "component": "courtside",
            "custom_details": {
                "incident": part.id,
                "told_because": part.kind.value,
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
        return any(part.kind in _PAGES for part in notice.parts)

    def send(self, notice: Notice) -> None:
        """Send it, an event after the other; all again after a failure, which their keys make harmless. Raises SinkError."""
        for event in events_of(notice, self.routing_key):
            body = json.dumps(event, ensure_ascii=False).encode()
            post_json("PagerDuty", self.address, body, {}, self.patience)
