"""What the daily digest says: how things stand, what is open, and what nobody looks at any more. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.incidents.incident import Incident, State
from checks.model import Report
from checks.severity import Severity
from checks.times import both_zones
from console.notify.notice import Kind, Ledger, Notice, Tally
from console.notify.wording import View, as_seen, in_hand, seemed_over

MOST_NAMED = 9
"""Incidents that a digest names, so that with two lines before them and one behind all of it fits into Slack's twelve."""
MOST_LEFT = 3
"""Of them, those that went out of the dates that are looked at."""


def digest(view: View, report: Report, incidents: Sequence[Incident], ledger: Ledger) -> Notice:
    """Return the day's digest: the verdict, what is open, and what has happened since the last one, as the ledger has it."""
    live = sorted((item for item in incidents if item.is_live), key=lambda item: (-item.severity, item.key))
    pausing = [item for item in incidents if item.state is State.RESOLVED and item.flaps]
    left = _left(ledger.tally)
    named = [*(_open(item, view) for item in live), *(f"over for now, but {_comes_and_goes(item)}" for item in pausing)]
    room = MOST_NAMED - len(left)
    more = [f"and {len(named) - room} more: courtside incidents"] if len(named) > room else []
    return Notice(
        kind=Kind.DIGEST,
        place=view.place,
        thread=f"{view.place}|digest",
        incident="",
        severity=report.verdict.severity,
        title=f"daily digest: {report.verdict.severity.name}, {report.verdict.sentence}",
        lines=(
            _counts(len(live), ledger),
            f"as of {both_zones(report.scope.as_of)}",
            *left,
            *(named[:room] or [_nothing_open(report, incidents)]),
            *more,
        ),
        at=view.at,
        is_live=bool(live),
        as_of=view.seen,
    )


def counted_left(tally: Tally, left: Iterable[Incident]) -> Tally:
    """Return a tally with what went out of the dates that are looked at, the worst first; what is not named is counted."""
    ordered = sorted(left, key=lambda incident: -incident.severity)
    named = (*tally.left_named, *(f"{incident.severity.name}: {incident.sentence}" for incident in ordered))
    return Tally(tally.opened, tally.resolved, tally.left + len(ordered), named[:MOST_LEFT])


def _counts(live: int, ledger: Ledger) -> str:
    tally = ledger.tally
    since = "so far: this is the first digest" if ledger.digest is None else "since the last digest"
    left = f"; {tally.left} left the dates unmended" if tally.left else ""
    return f"{live} open, {tally.opened} opened and {tally.resolved} resolved {since}{left}"


def _left(tally: Tally) -> list[str]:
    """Return what nobody looks at any more: it is told here also where nothing else ever told of it but a digest."""
    said = [f"no longer looked at, and not known to be mended: {sentence}" for sentence in tally.left_named]
    more = tally.left - len(said)
    return [*said, *([f"and {more} more that {'is' if more == 1 else 'are'} no longer looked at"] if more else [])]


def _open(incident: Incident, view: View) -> str:
    often = f" ({seemed_over(incident)})" if incident.flaps else ""
    return f"{as_seen(incident, view)}{in_hand(incident)}{often}"


def _comes_and_goes(incident: Incident) -> str:
    return f"{seemed_over(incident)}: {incident.severity.name}: {incident.sentence}"


def _nothing_open(report: Report, incidents: Iterable[Incident]) -> str:
    """Return what a digest says where no incident is open: that all is well only where the last run says so."""
    if report.verdict.severity is Severity.OK:
        return "nothing is open, and the checks are being run"
    new = sum(incident.state is State.NEW for incident in incidents)
    unconfirmed = f"; {new} will be when the next run shows {'it' if new == 1 else 'them'} too" if new else ""
    return f"no incident is open, but the last run was not OK{unconfirmed}: courtside check"
