"""What one report says about incidents: which troubles last, which symptoms belong to them, and what could be judged at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from checks.causes import BLIND
from checks.hushes import Hush
from checks.incidents.incident import Incident, Run, State
from checks.keys import cause_key, incident_key
from checks.model import Finding, Report, RootCause
from checks.severity import Severity


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


def signs_of(run: Run) -> dict[str, Sign]:
    """Return the troubles of a run's report by incident key, worst first."""
    blind = [cause for cause in run.report.causes if cause.name == BLIND]
    seen = [cause for cause in run.report.causes if cause.name != BLIND and cause.severity is not Severity.OK]
    found = [_sign(cause, run) for cause in seen]
    return {sign.key: sign for sign in (*found, *(_blindness(blind, run) if blind else ()))}


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
    if incident.cause != BLIND:
        return incident
    return replace(incident, checks=tuple(name for name in incident.checks if name not in evaluated(report)))


def is_out_of_sight(incident: Incident, report: Report) -> bool:
    """Return whether all that an incident is about lies before the dates that the report covers."""
    return bool(incident.days) and max(incident.days) < report.scope.first.isoformat()


def can_be_judged(incident: Incident, report: Report) -> bool:
    """Return whether a report that does not show an incident means that it is over."""
    if incident.days and max(incident.days) > report.scope.last.isoformat():
        return False
    return set(incident.checks) <= evaluated(report)


def _sign(cause: RootCause, run: Run) -> Sign:
    """Return a cause as a sign: bad for as long as any of its evidence lasts; what it leaves behind is told at its end."""
    is_over = bool(cause.evidence) and not any(finding.is_active for finding in cause.evidence)
    ends = [finding.until for finding in cause.evidence if finding.until is not None]
    return Sign(
        key=incident_key(run.place, cause.key),
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


def _blindness(causes: list[RootCause], run: Run) -> tuple[Sign, ...]:
    """Return one sign for all that cannot be read, whatever the reasons: they differ from run to run, and mean the same."""
    blind = tuple(result.check for result in run.report.results if result.reason and result.unreadable)
    more = len(causes) - 1
    said = causes[0].sentence + (f" (and {more} more {'reason' if more == 1 else 'reasons'})" if more else "")
    sign = Sign(
        key=incident_key(run.place, BLIND),
        cause=BLIND,
        is_bad=True,
        severity=Severity.UNKNOWN,
        sentence=f"we cannot see: {said}",
        command="courtside doctor",
        since=None,
        ended_at=None,
        checks=blind,
        signs=(),
        days=(),
        symptoms=frozenset(),
        symptom_checks=frozenset(),
        hush=None,
    )
    return (sign,)


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
