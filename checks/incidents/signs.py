"""What one report says about incidents: which troubles last, which symptoms belong to them, and what could be judged at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from checks.cause_rules import incident_name
from checks.causes import BLIND
from checks.hushes import Hush
from checks.incidents.incident import Incident, Run, State
from checks.keys import cause_key, incident_key
from checks.model import Finding, Report, RootCause
from checks.severity import Severity

_OTHER_SOURCES = ("workers.", "infra.")
"""Beginnings of the ids of checks whose facts stand elsewhere than in the warehouse: without them all else can still be seen."""
_MOST_NAMED = 3
"""Checks that a blindness names; of more it says how many."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One trouble as one report shows it. `is_bad` is False of one that is over: then `ended_at` says since when."""

    key: str
    cause: str
    is_bad: bool
    severity: Severity
    sentence: str
    command: str
    since: datetime | None
    ended_at: datetime | None
    checks: tuple[str, ...]
    signs: tuple[str, ...]
    days: tuple[str, ...]
    symptoms: frozenset[str]
    symptom_checks: frozenset[str]
    hush: Hush | None
    blind: tuple[str, ...] = ()


def signs_of(run: Run) -> dict[str, Sign]:
    """Return the troubles of a run's report by incident key, worst first."""
    blind = [cause for cause in run.report.causes if cause.name == BLIND]
    seen = [cause for cause in run.report.causes if cause.name != BLIND and cause.severity is not Severity.OK]
    signs: dict[str, Sign] = {}
    for sign in (*(_sign(cause, run) for cause in seen), *_blindnesses(blind, run)):
        signs[sign.key] = _of_one_trouble(sign, signs[sign.key]) if sign.key in signs else sign
    return signs


def name_of(cause: RootCause, report: Report) -> str:
    """Return the name of the incident of one of a report's causes, without the environment.

    Blindness has one for each source that cannot be read, whatever the reasons: they differ from run to run, and mean the same.
    """
    if cause.name != BLIND:
        return incident_name(cause)
    return cause_key(BLIND, _source_of(_without_sight(cause, report)))


def names_of_blindness(report: Report) -> dict[str, str]:
    """Return the names of a report's incidents of blindness by the key of each cause: no cause alone tells what they are."""
    return {cause.key: name_of(cause, report) for cause in report.causes if cause.name == BLIND}


def evaluated(report: Report) -> frozenset[str]:
    """Return the checks of a report that could judge; a check that is UNKNOWN, or was not run, says nothing is over."""
    return frozenset(result.check for result in report.results if not result.reason)


def completed(sign: Sign, before: Incident | None, report: Report) -> Sign:
    """Return a sign with what is known of its incident from before and could not be looked at, because those checks were not run.

    So a run of some checks narrows no incident down to what it looked at, and does not make it milder either.
    """
    if before is None or before.state is State.RESOLVED:
        return sign
    checks = _not_run(before.checks, report)
    symptom_checks = _not_run(before.explains_checks, report)
    if not checks and not symptom_checks:
        return sign
    return replace(
        sign,
        severity=max(sign.severity, before.severity),
        checks=(*sign.checks, *checks),
        signs=_together(sign.signs, before.signs) if checks else sign.signs,
        days=_days_together(sign.days, before.days) if checks else sign.days,
        symptoms=sign.symptoms | set(before.explains) if symptom_checks else sign.symptoms,
        symptom_checks=sign.symptom_checks | set(symptom_checks),
    )


def is_explained_unseen(sign: Sign, incidents: Iterable[Incident], report: Report) -> bool:
    """Return whether all of a sign is known to follow from an incident that this report, of other checks, could not show."""
    return any(
        incident.is_live
        and sign.signs
        and set(sign.signs) <= set(incident.explains)
        and _not_run(incident.checks, report)
        for incident in incidents
    )


def seeing_again(incident: Incident, report: Report) -> Incident:
    """Return a blindness without the checks that can see again; any other incident as it is."""
    return _without(incident, evaluated(report)) if incident.cause == BLIND else incident


def apart_from_others(incident: Incident, signs: Mapping[str, Sign]) -> Incident:
    """Return a blindness without the checks that lack another source by now; any other incident as it is."""
    if incident.cause != BLIND:
        return incident
    return _without(incident, {check for sign in signs.values() if sign.key != incident.key for check in sign.blind})


def _without(incident: Incident, checks: Collection[str]) -> Incident:
    return replace(incident, checks=tuple(name for name in incident.checks if name not in checks))


def is_out_of_sight(incident: Incident, report: Report) -> bool:
    """Return whether all that an incident is about lies before the dates that the report covers."""
    return bool(incident.days) and max(incident.days) < report.scope.first.isoformat()


def is_in_sight_of(incident: Incident, report: Report) -> bool:
    """Return whether all checks that an incident stands on could judge: else a report says nothing about it, least an end."""
    return set(incident.checks) <= evaluated(report)


def can_be_judged(incident: Incident, report: Report) -> bool:
    """Return whether a report that does not show an incident means that it is over."""
    if incident.days and max(incident.days) > report.scope.last.isoformat():
        return False
    return is_in_sight_of(incident, report)


def _of_one_trouble(sign: Sign, other: Sign) -> Sign:
    """Return two episodes of one trouble as one sign: what lasts stands for both, else the worse, else what ended last."""

    def weight(item: Sign) -> tuple[Severity, float]:
        return item.severity if item.is_bad else Severity.OK, _end(item)

    first, second = (other, sign) if weight(other) >= weight(sign) else (sign, other)
    return replace(
        first,
        symptoms=first.symptoms | second.symptoms,
        symptom_checks=first.symptom_checks | second.symptom_checks,
    )


def _end(sign: Sign) -> float:
    return sign.ended_at.timestamp() if sign.ended_at else 0.0


def _sign(cause: RootCause, run: Run) -> Sign:
    """Return a cause as a sign: bad for as long as any of its evidence lasts; what it leaves behind is told at its end."""
    is_over = bool(cause.evidence) and not any(finding.is_active for finding in cause.evidence)
    ends = [finding.until for finding in cause.evidence if finding.until is not None]
    return Sign(
        key=incident_key(run.place, incident_name(cause)),
        cause=cause.name,
        is_bad=not is_over,
        severity=cause.severity,
        sentence=cause.sentence,
        command=next((item.command for item in cause.suggestions), "courtside check"),
        since=cause.since,
        ended_at=max(ends) if is_over else None,
        checks=_checks(cause, run.report),
        signs=_fingerprints(cause.evidence),
        days=_days(cause.evidence),
        symptoms=frozenset(_fingerprints(finding for finding in cause.symptoms if finding.is_active)),
        symptom_checks=frozenset(finding.check for finding in cause.symptoms if finding.is_active),
        hush=run.hushes.of_cause(cause),
    )


def _checks(cause: RootCause, report: Report) -> tuple[str, ...]:
    """Return the checks that a cause stands on: those of its evidence, or those that could not judge for its reason."""
    if cause.evidence:
        return tuple(dict.fromkeys(finding.check for finding in cause.evidence))
    return tuple(
        result.check
        for result in report.results
        if result.reason and not result.unreadable and cause.key == cause_key(cause.name, result.reason)
    )


def _blindnesses(causes: list[RootCause], run: Run) -> Iterator[Sign]:
    """Give one sign for each source that cannot be read."""
    by_name: dict[str, list[RootCause]] = defaultdict(list)
    for cause in causes:
        by_name[name_of(cause, run.report)].append(cause)
    for name, found in by_name.items():
        yield _blindness(name, [_without_sight(cause, run.report) for cause in found], run)


def _source_of(checks: tuple[str, ...]) -> str:
    """Return what cannot be read: "" for the warehouse, which is behind whatever a check of its own shares the reason with."""
    for source in _OTHER_SOURCES:
        if checks and all(check.startswith(source) for check in checks):
            return source.rstrip(".")
    return ""


def _without_sight(cause: RootCause, report: Report) -> tuple[str, ...]:
    return tuple(
        result.check
        for result in report.results
        if result.reason and result.unreadable and cause.key == cause_key(BLIND, result.reason)
    )


def _blindness(name: str, found: list[tuple[str, ...]], run: Run) -> Sign:
    """Return the sign of a blindness, of the checks that lack sight for each reason."""
    checks = tuple(check for group in found for check in group)
    return Sign(
        key=incident_key(run.place, name),
        cause=BLIND,
        is_bad=True,
        severity=Severity.UNKNOWN,
        sentence=f"we cannot see: {_unseen(checks, run.report)} cannot be judged: {_reason(found, run.report)}",
        command="courtside doctor",
        since=None,
        ended_at=None,
        checks=checks,
        signs=(),
        days=(),
        symptoms=frozenset(),
        symptom_checks=frozenset(),
        hush=run.hushes.of_incident(name),
        blind=checks,
    )


def _unseen(checks: tuple[str, ...], report: Report) -> str:
    """Return how many of a report's checks cannot be judged; a few are named."""
    if len(checks) <= _MOST_NAMED:
        return ", ".join(checks)
    return f"{len(checks)} of {len(report.results)} checks"


def _reason(found: list[tuple[str, ...]], report: Report) -> str:
    """Return why, by the reason of most of the checks, and how many reasons there are beside it."""
    first = max(found, key=len)[0]
    reason = next(result.reason for result in report.results if result.check == first)
    more = len(found) - 1
    return reason + (f" (and {more} more {'reason' if more == 1 else 'reasons'})" if more else "")


def _not_run(checks: Iterable[str], report: Report) -> tuple[str, ...]:
    run = {result.check for result in report.results}
    return tuple(check for check in checks if check not in run)


def _together(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _days_together(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Return the dates of both, none where one of them belongs to no date."""
    return tuple(sorted({*first, *second})) if first and second else ()


def _fingerprints(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.fingerprint for finding in findings))


def _days(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Return the game dates of evidence, none where some of it belongs to no date."""
    days = [finding.subject.game_date for finding in findings]
    return tuple(sorted({day.isoformat() for day in days if day is not None})) if all(days) else ()
