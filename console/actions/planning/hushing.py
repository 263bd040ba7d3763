"""Planning words about findings and incidents: acknowledge one for an hour, silence one for at most a day, or withdraw either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from checks.facts.acknowledgements import ACKNOWLEDGEMENTS, Acknowledgement
from checks.hushes import (
    WITHDRAWN,
    Hush,
    Hushes,
    HushKind,
    hushes_in_force,
    incident_fingerprint,
)
from checks.incidents.incident import Incident, Rules
from checks.incidents.signs import names_of_blindness
from checks.keys import cause_of, fitting
from checks.model import Finding, Report, Scope, Severity
from checks.times import both_zones, format_instant, format_utc
from console.actions.plan import PlanItem, Put
from console.actions.planning.draft import Asked, Draft
from console.actions.planning.incident_words import Whole, called, wholes_kept, wholes_of_report, with_reach
from console.words import require_rows
from screens.orders import Order, Verb

if TYPE_CHECKING:
    from console.desk import Desk

TABLE = "nba_orchestration.console_acknowledgements"
ACKNOWLEDGED_FOR = timedelta(minutes=60)
LONGEST = timedelta(hours=24)
"""Of either word; the issue's rules."""

_KINDS = {Verb.ACKNOWLEDGE: HushKind.ACKNOWLEDGED, Verb.SILENCE: HushKind.SILENCED}
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")
_LONGEST_ROW_KEY, _LONGEST_TITLE = 100, 60
_UNKNOWN = (
    "the report has no such finding, and no incident that lasts is called so: `courtside check --json` names the findings, "
    "`courtside incidents` the incidents"
)
_COST = "one row appended to console_acknowledgements each; verdict and exit status stay as they are, notifications"


@dataclass(frozen=True, slots=True)
class _Named:
    """What a word is about: the `title` of its item, what it goes by, what is wrong, and since when that is over (aware UTC).

    `columns` are those of the row that name it. `is_another` is True of an incident that began after what was said of an earlier
    one by its name: that counts for nothing here.
    """

    title: str
    fingerprint: str
    sentence: str
    until: datetime | None
    columns: Mapping[str, str]
    is_another: bool = False


def plan_hushing(asked: Asked, desk: Desk) -> Draft:
    """Return what an ACKNOWLEDGE, a SILENCE or a WITHDRAW would do, by the whole report as it is now.

    Raises WarehouseError when what was said before cannot be read, and JournalError and OSError when the incidents that runs have
    opened cannot be read: of what no report shows, of what was spoken of as a whole before, and of what is to be withdrawn.
    """
    order = asked.order
    look = desk.look(Scope.at(asked.now, last=order.last, days=(order.last - order.first).days + 1))
    rows = require_rows(desk, look.loaded, ACKNOWLEDGEMENTS)
    return Draft(hushing_items(asked, look.report, rows), cost=cost_of(order.verb))


def hushing_items(asked: Asked, report: Report, rows: Sequence[Acknowledgement]) -> tuple[PlanItem, ...]:
    """Return the items about the findings that an order names, then those about incidents, and what each comes to."""
    order, newest = asked.order, {row.fingerprint: row for row in rows}
    before = replace(hushes_in_force(rows, asked.now), names=names_of_blindness(report))
    wholes, others = _told_apart(asked, report, newest)
    if order.verb is Verb.WITHDRAW:  # of an incident goes every word that is about it
        wholes = _with_what_holds(wholes, asked.incidents())
        signs = [sign for whole in wholes for sign in whole.signs if sign in before.by_fingerprint]
        wholes = [
            whole for whole in wholes if whole.fingerprint in before.by_fingerprint or not set(whole.signs) & set(signs)
        ]
        others = [*others, *signs]
    present = _of_present(asked, wholes, before)
    findings = replace(asked, order=replace(order, fingerprints=tuple(others)))
    items = [
        *hush_items(findings, report.findings, rows),
        *(_item(asked, _of_whole(whole, before, present), newest) for whole in dict.fromkeys(wholes)),
    ]
    return tuple(with_reach(order.verb, items, report, before, _after(asked, items, before)))


def _told_apart(asked: Asked, report: Report, newest: Mapping[str, Acknowledgement]) -> tuple[list[Whole], list[str]]:
    """Return the incidents that an order names, and its other names; only what no report shows is looked for in the journal."""
    findings, shown = {finding.fingerprint for finding in report.findings}, wholes_of_report(report)
    wholes: list[Whole] = []
    others: list[str] = []
    for name in asked.order.fingerprints:
        if name in findings or _FINGERPRINT.fullmatch(name):
            others.append(name)
        elif found := called(name, shown, report) or called(name, wholes_kept(asked.incidents()), report):
            wholes.extend(found)
        else:  # a word about what is no longer known can be withdrawn
            whole = Whole(cause_of(name) or name, "", "")
            others.append(whole.fingerprint if whole.fingerprint in newest else name)
    return wholes, others


def _with_what_holds(wholes: Iterable[Whole], incidents: Iterable[Incident]) -> list[Whole]:
    """Return incidents with what their words were said of, though it is mended by now: such an acknowledgement still holds."""
    said = {item.name: item.word.about for item in incidents if item.word is not None}
    about = {whole: said.get(whole.name, "") for whole in wholes}
    return [
        replace(whole, signs=(*whole.signs, about[whole]))
        if about[whole] not in ("", whole.fingerprint, *whole.signs)
        else whole
        for whole in about
    ]


def _of_present(asked: Asked, wholes: Sequence[Whole], before: Hushes) -> Hushes:
    """Return the words in force without those about earlier incidents; the journal is asked only where one was spoken of."""
    if asked.order.verb is Verb.WITHDRAW or not any(whole.fingerprint in before.by_fingerprint for whole in wholes):
        return before
    begun = {incident_fingerprint(item.name): item.first_seen for item in asked.incidents()}
    return before.of_present(begun, asked.now, Rules().reopens_within)


def _of_whole(whole: Whole, before: Hushes, present: Hushes) -> _Named:
    """Return how a word names an incident; `before` are the words in force, `present` those about incidents that last."""
    sentence, name = f"the incident as a whole: {whole.sentence}", fitting(whole.name, _LONGEST_TITLE)
    columns = {"subject": f"incident {whole.name}"}
    is_another = whole.fingerprint in before.by_fingerprint and whole.fingerprint not in present.by_fingerprint
    return _Named(f"incident {name}", whole.fingerprint, sentence, whole.until, columns, is_another)


def _of_finding(finding: Finding) -> _Named:
    named = {"check_id": finding.check, "subject": str(finding.subject)}
    title = f"{finding.check} {finding.fingerprint}"
    return _Named(title, finding.fingerprint, finding.sentence, finding.until, named)


def _after(asked: Asked, items: Iterable[PlanItem], before: Hushes) -> Hushes:
    """Return the words in force once a plan is done."""
    order, words = asked.order, dict(before.by_fingerprint)
    hush = Hush(
        _KINDS.get(order.verb, HushKind.ACKNOWLEDGED), asked.by, _until(order, asked.now), order.note.strip(), asked.now
    )
    for item in items:
        if isinstance(item.step, Put):
            fingerprint = str(item.step.values["fingerprint"])
            words.pop(fingerprint, None)  # what is said now is the newest
            words.update({} if order.verb is Verb.WITHDRAW else {fingerprint: hush})
    return replace(before, by_fingerprint=words)


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
            yield _item(asked, _of_finding(by_fingerprint[fingerprint]), newest)
        else:
            yield _of_unknown(asked, fingerprint, newest)
    for subject in dict.fromkeys(asked.order.subjects):
        about = [finding for finding in by_fingerprint.values() if finding.subject == subject and finding.is_active]
        for finding in about:
            if finding.fingerprint not in asked.order.fingerprints:
                yield _item(asked, _of_finding(finding), newest)
        if not about:
            yield PlanItem(str(subject), "", "no finding about it is going on")


def _item(asked: Asked, about: _Named, newest: Mapping[str, Acknowledgement]) -> PlanItem:
    """Return what is done about one finding, or one incident."""
    row = newest.get(about.fingerprint)
    read = _read(about.fingerprint, row, is_active=about.until is None)
    hush = hushes_in_force([row] if row else [], asked.now).by_fingerprint.get(about.fingerprint)
    refused = _refused(asked, about, hush)
    if refused:
        return PlanItem(about.title, "", refused, read=read)
    if asked.order.verb is Verb.WITHDRAW and hush is not None:
        return _withdrawn(asked, about.title, about.fingerprint, hush, read)
    kind, until = _KINDS[asked.order.verb], _until(asked.order, asked.now)
    instead = f"; it replaces: {hush.said}" if hush else ""
    would = f"{kind.value} until {both_zones(until)}: {about.sentence}{instead}"
    return PlanItem(
        about.title, would, step=_put(asked, about.fingerprint, kind.value, until, about.columns), read=read
    )


def _of_unknown(asked: Asked, fingerprint: str, newest: Mapping[str, Acknowledgement]) -> PlanItem:
    """Return what is done about a fingerprint that no finding of the report has: a word about it can be withdrawn."""
    row = newest.get(fingerprint)
    read = _read(fingerprint, row, is_active=False)
    hush = hushes_in_force([row] if row else [], asked.now).by_fingerprint.get(fingerprint)
    if asked.order.verb is Verb.WITHDRAW and hush is not None:
        return _withdrawn(asked, fingerprint, fingerprint, hush, read)
    return PlanItem(fingerprint, "", _UNKNOWN, read=read)


def _withdrawn(asked: Asked, name: str, fingerprint: str, hush: Hush, read: str) -> PlanItem:
    return PlanItem(name, f"withdraw: {hush.said}", step=_put(asked, fingerprint, WITHDRAWN, None, {}), read=read)


def _refused(asked: Asked, about: _Named, hush: Hush | None) -> str:
    """Return why nothing may be said about a finding or an incident, or ""."""
    verb = asked.order.verb
    if verb is Verb.WITHDRAW:
        return "" if hush else "nobody has acknowledged or silenced it, or that has ended"
    if about.until is not None:
        return f"it is not going on: over since {both_zones(about.until)}"
    # A silence may follow an acknowledgement, for it says more; the same once more says nothing.
    if hush and not about.is_another and (verb is Verb.ACKNOWLEDGE or hush.kind is HushKind.SILENCED):
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
    key = fitting(f"{asked.plan_id}-{fingerprint}", _LONGEST_ROW_KEY)
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
