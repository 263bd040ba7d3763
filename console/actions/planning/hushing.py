"""Planning words about findings: acknowledge one for an hour, silence one for at most a day, or withdraw either."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from checks.facts.acknowledgements import ACKNOWLEDGEMENTS, Acknowledgement
from checks.hushes import WITHDRAWN, Hush, HushKind, hushes_in_force
from checks.model import Finding, Scope, Severity
from checks.times import both_zones, format_instant, format_utc
from console.actions.plan import PlanItem, Put
from console.actions.planning.draft import Asked, Draft
from console.words import require_rows
from screens.orders import Order, Verb

if TYPE_CHECKING:
    from console.desk import Desk

TABLE = "nba_orchestration.console_acknowledgements"
ACKNOWLEDGED_FOR = timedelta(minutes=60)
LONGEST = timedelta(hours=24)
"""Of either word; the issue's rules."""

_COST = "one row appended to console_acknowledgements each; verdict and exit status stay as they are, notifications"


def plan_hushing(asked: Asked, desk: Desk) -> Draft:
    """Return what an ACKNOWLEDGE, a SILENCE or a WITHDRAW would do, by the whole report as it is now.

    Raises WarehouseError when what was said before cannot be read.
    """
    order = asked.order
    look = desk.look(Scope.at(asked.now, last=order.last, days=(order.last - order.first).days + 1))
    rows = require_rows(desk, look.loaded, ACKNOWLEDGEMENTS)
    return Draft(tuple(hush_items(asked, look.report.findings, rows)), cost=cost_of(order.verb))


def cost_of(verb: Verb) -> str:
    """Return what applying an order of the verb costs, and what comes of it."""
    return f"{_COST} {'start again' if verb is Verb.WITHDRAW else 'stop'}"


def hush_items(asked: Asked, findings: Sequence[Finding], rows: Sequence[Acknowledgement]) -> Iterator[PlanItem]:
    """Yield one item for each finding that the order names by fingerprint, or that is about a subject that it names.

    `rows` hold the newest word about each finding.
    """
    newest = {row.fingerprint: row for row in rows}
    by_fingerprint = {finding.fingerprint: finding for finding in findings if finding.severity is not Severity.OK}
    for fingerprint in dict.fromkeys(asked.order.fingerprints):
        if fingerprint in by_fingerprint:
            yield _item(asked, by_fingerprint[fingerprint], newest)
        else:
            yield _of_unknown(asked, fingerprint, newest)
    for subject in dict.fromkeys(asked.order.subjects):
        about = [finding for finding in by_fingerprint.values() if finding.subject == subject and finding.is_active]
        for finding in about:
            if finding.fingerprint not in asked.order.fingerprints:
                yield _item(asked, finding, newest)
        if not about:
            yield PlanItem(str(subject), "", "no finding about it is going on")


def _item(asked: Asked, finding: Finding, newest: Mapping[str, Acknowledgement]) -> PlanItem:
    """Return what is done about one finding."""
    row = newest.get(finding.fingerprint)
    name = f"{finding.check} {finding.fingerprint}"
    read = _read(finding.fingerprint, row, is_active=finding.is_active)
    hush = hushes_in_force([row] if row else [], asked.now).by_fingerprint.get(finding.fingerprint)
    refused = _refused(asked, finding, hush)
    if refused:
        return PlanItem(name, "", refused, read=read)
    if asked.order.verb is Verb.WITHDRAW and hush is not None:
        return _withdrawn(asked, name, finding.fingerprint, hush, read)
    kind = HushKind.SILENCED if asked.order.verb is Verb.SILENCE else HushKind.ACKNOWLEDGED
    until = _until(asked.order, asked.now)
    instead = f"; it replaces: {hush.said}" if hush else ""
    would = f"{kind.value} until {both_zones(until)}: {finding.sentence}{instead}"
    named = {"check_id": finding.check, "subject": str(finding.subject)}
    return PlanItem(name, would, step=_put(asked, finding.fingerprint, kind.value, until, named), read=read)


def _of_unknown(asked: Asked, fingerprint: str, newest: Mapping[str, Acknowledgement]) -> PlanItem:
    """Return what is done about a fingerprint that no finding of the report has: a word about it can be withdrawn."""
    row = newest.get(fingerprint)
    read = _read(fingerprint, row, is_active=False)
    hush = hushes_in_force([row] if row else [], asked.now).by_fingerprint.get(fingerprint)
    if asked.order.verb is Verb.WITHDRAW and hush is not None:
        return _withdrawn(asked, fingerprint, fingerprint, hush, read)
    return PlanItem(
        fingerprint, "", "the report has no such finding: `courtside check --json` names them all", read=read
    )


def _withdrawn(asked: Asked, name: str, fingerprint: str, hush: Hush, read: str) -> PlanItem:
    return PlanItem(name, f"withdraw: {hush.said}", step=_put(asked, fingerprint, WITHDRAWN, None, {}), read=read)


def _refused(asked: Asked, finding: Finding, hush: Hush | None) -> str:
    """Return why nothing may be said about a finding, or ""."""
    verb = asked.order.verb
    if verb is Verb.WITHDRAW:
        return "" if hush else "nobody has acknowledged or silenced it, or that has ended"
    if finding.until is not None:
        return f"it is not going on: over since {both_zones(finding.until)}"
    # A silence may follow an acknowledgement, for it says more; the same once more says nothing.
    if hush and (verb is Verb.ACKNOWLEDGE or hush.kind is HushKind.SILENCED):
        return f"already {hush.said}"
    return (_unfit_silence(asked.order) if verb is Verb.SILENCE else "") or _unfit_end(asked.order.until, asked.now)


def _unfit_silence(order: Order) -> str:
    """Return what a silence lacks, or ""."""
    if not order.note.strip():
        return "a reason is required to silence: say why"
    return "" if order.until else "when it ends is missing: say for how long, at most 24 h"


def _unfit_end(until: datetime | None, now: datetime) -> str:
    if until is None:
        return ""
    if until <= now:
        return f"it would have ended already, {format_utc(until)}"
    if until - now > LONGEST:
        return f"{format_utc(until)} is more than 24 h away, longer than a finding may be kept quiet"
    return ""


def _until(order: Order, now: datetime) -> datetime:
    return order.until or now + ACKNOWLEDGED_FOR


def _put(asked: Asked, fingerprint: str, event: str, until: datetime | None, named: Mapping[str, str]) -> Put:
    key = f"{asked.plan_id}-{fingerprint}"
    values = {
        "acknowledgement_id": key,
        "fingerprint": fingerprint,
        **named,
        "event": event,
        "note": asked.order.note.strip() or None,
        "acknowledged_by": asked.by,
        "acknowledged_at": format_instant(asked.now, "microseconds"),
        "expires_at": format_instant(until, "microseconds") if until else None,
    }
    return Put(TABLE, key, values)


def _read(fingerprint: str, row: Acknowledgement | None, *, is_active: bool) -> str:
    """Return what decided: what ends by time alone is not in it, only the word that it is the end of."""
    state = {"fingerprint": fingerprint, "is_active": is_active, "newest": row and row.acknowledgement_id}
    return json.dumps(state, sort_keys=True)
