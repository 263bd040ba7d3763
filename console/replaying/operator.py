"""Somebody whom a replay supposes to have been there: they acknowledge as `courtside ack` does, by the same planner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from checks.facts.acknowledgements import Acknowledgement
from checks.hushes import Hushes, hushes_in_force
from checks.incidents.incident import Incident
from checks.model import Report, Severity
from console.actions.entry import Actor
from console.actions.plan import Put
from console.actions.planning.draft import Asked
from console.actions.planning.hushing import hush_items
from console.notify.notice import Notice
from screens.orders import Order, Verb

ANSWERED_AFTER = timedelta(minutes=20)
"""When people on call acknowledge, where a replay is not told: five minutes after the escalation of what is nobody's."""

_ACTOR = Actor("on-call", "replay")


class Operator:
    """Acknowledges each critical incident so long `after` people were first told of it, and again when that hour is over.

    People are told of an opening at once, but for lesser troubles, which the digest names until they become critical.
    """

    def __init__(self, after: timedelta) -> None:
        self._after = after
        self._told: dict[str, datetime] = {}
        self._words: dict[str, Acknowledgement] = {}

    def hears(self, notices: Iterable[Notice], at: datetime) -> None:
        """Note what people are told at a moment (aware UTC)."""
        for notice in notices:
            for part in notice.parts:
                self._told.setdefault(part.id, at)

    def speaks(self, incidents: Iterable[Incident], report: Report, hushes: Hushes) -> Hushes:
        """Return the words in force, `hushes` and this operator's, who knows `incidents` as they were and sees the report."""
        now = report.scope.as_of
        signs = {sign: None for incident in incidents if self._is_due(incident, now) for sign in incident.signs}
        self._acknowledge(tuple(sign for sign in signs if sign not in hushes.by_fingerprint), report)
        own = hushes_in_force(self._words.values(), now)
        return Hushes({**own.by_fingerprint, **hushes.by_fingerprint}, hushes.unread)

    def _is_due(self, incident: Incident, now: datetime) -> bool:
        told = self._told.get(incident.id)
        is_critical = incident.is_live and incident.severity is Severity.CRITICAL
        return is_critical and told is not None and now - told >= self._after

    def _acknowledge(self, fingerprints: tuple[str, ...], report: Report) -> None:
        """Say so of these findings, as far as the planner lets anybody: of what is over, or in hand already, nothing is said."""
        scope = report.scope
        order = Order(Verb.ACKNOWLEDGE, (), scope.first, scope.last, "supposed by this replay", None, fingerprints)
        plan_id = f"replay-{scope.as_of:%Y%m%dT%H%MZ}"
        asked = Asked(order, scope.as_of, _ACTOR, plan_id, lambda: plan_id)
        for item in hush_items(asked, report.findings, tuple(self._words.values())):
            if isinstance(item.step, Put):
                word = _word(item.step)
                self._words[word.fingerprint] = word


def _word(put: Put) -> Acknowledgement:
    """Return the row that a plan would append, as it is read back from the warehouse."""
    values = {name: str(value) for name, value in put.values.items() if value is not None}
    return Acknowledgement(
        acknowledgement_id=put.key,
        fingerprint=values["fingerprint"],
        event=values["event"],
        reason=values.get("note"),
        acknowledged_by=values["acknowledged_by"],
        acknowledged_at=datetime.fromisoformat(values["acknowledged_at"]),
        expires_at=datetime.fromisoformat(values["expires_at"]),
    )
