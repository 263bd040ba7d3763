"""`courtside ack` and `courtside silence`: who has what in hand, until when; planned by default, done with --apply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day  # noqa: N812  # the option is called date
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.applying import Agreement, carried_out
from console.cli.arguments import Apply, Date, For, Until, UsageError, end_of
from console.cli.command import Answer, Job, command
from console.cli.station import station_of
from screens.orders import Order, Verb

if TYPE_CHECKING:
    from checks.model import Scope

Named = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FINGERPRINT|CHECK_ID|INCIDENT]...",
        help="Findings of the present report by their fingerprints, all of a check by its id, or incidents as a whole by "
        "the names that `courtside incidents` shows, such as controller_silent or blind.",
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; colleagues read it. A silence requires it.")]


@command
def ack(
    job: Job,
    names: Named = None,
    date: Date = None,
    reason: Reason = "",
    span: For = None,
    until: Until = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take back an acknowledgement or a silence.")] = False,
    apply: Apply = False,
) -> Answer:
    """Acknowledge findings and incidents: for 60 minutes, or as long as --for says, colleagues see who has them in hand.

    One of the worst findings of an incident takes the whole incident in hand, and the plan says which it takes and which not.
    Verdict and exit status of the checks stay as they are: an acknowledged trouble is still a trouble. Only notifications stop.
    Exit status: 0 all of it planned or done, 1 something is refused or not done, 3 refused as a whole.
    """
    if withdraw and (span, until) != (None, None):
        raise UsageError("what is withdrawn ends at once: leave out --for and --until")
    return _said(
        job, Verb.WITHDRAW if withdraw else Verb.ACKNOWLEDGE, names or (), date, reason, (span, until), apply=apply
    )


@command
def silence(
    job: Job,
    names: Named = None,
    date: Date = None,
    reason: Reason = "",
    span: For = None,
    until: Until = None,
    apply: Apply = False,
) -> Answer:
    """Silence findings and incidents: with a reason, for at most 24 hours; colleagues see who did, why and until when.

    Of several findings of an incident each is silenced for itself, and the plan says which incidents are silent with that.
    Verdict and exit status of the checks stay as they are: a silenced trouble is still a trouble. Only notifications stop.
    Exit status: 0 all of it planned or done, 1 something is refused or not done, 3 refused as a whole.
    """
    return _said(job, Verb.SILENCE, names or (), date, reason, (span, until), apply=apply)


def _said(
    job: Job,
    verb: Verb,
    names: Sequence[str],
    day: Day | None,
    reason: str,
    end: tuple[timedelta | None, datetime | None],
    *,
    apply: bool,
) -> Answer:
    if not names:
        raise UsageError(
            "say which findings, by fingerprint or check id (`courtside check --json` has both), or which incidents, by name "
            "(`courtside incidents` shows them)"
        )
    scope = job.frame(None, last=day).scope
    now = scope.as_of if job.settings.is_demo else job.shell.now()
    fingerprints = tuple(dict.fromkeys(found for name in names for found in _fingerprints(job, scope, name)))
    order = Order(verb, (), scope.first, scope.last, reason.strip(), end_of(*end, now), fingerprints)
    return carried_out(job, station_of(job), order, Agreement(apply, reason))


def _fingerprints(job: Job, scope: Scope, name: str) -> Sequence[str]:
    """Return a name as it is, or the fingerprints of the findings of a check. Raises UsageError where it has none."""
    from checks.catalogue import BY_ID
    from checks.model import Severity
    from console.cli.choosing import findings_called

    if name not in BY_ID:
        return (name,)
    report = job.report(scope, [name])
    lasting = [finding for finding in report.findings if finding.is_active and finding.severity is not Severity.OK]
    unknown = [result.check for result in report.results if result.severity is Severity.UNKNOWN]
    if not lasting and unknown:
        raise UsageError(
            f"{name} could not be evaluated, so it has no finding: that it cannot be seen is an incident, which "
            "`courtside incidents` names"
        )
    return [finding.fingerprint for finding in findings_called(name, lasting, unknown)]
