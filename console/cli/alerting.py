"""`--alert` of a command that makes a report: the incidents move on by it, and people are told through the watcher's outbox.

An alert is about now and about the dates that the watcher looks at. Other dates, or another threshold, would open and end
incidents that the watcher's next run ends and opens again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError
from console.cli.command import EXIT_NOT_DELIVERED, Answer, Job
from screens.lines import Line, Span, Tone, flow

if TYPE_CHECKING:
    from checks.hushes import Hushes
    from checks.incidents.incident import Event, Incident
    from checks.model import Report, Scope
    from console.journal import Journal
    from console.look import Look
    from console.notify.sinks.sink import Sink
    from console.watching.telling import Sent

_OPTION = typer.Option(
    "--alert",
    help="Also tell whoever is behind the sinks under [notify], of each incident once. Exit status 4 when somebody was to "
    "be told and has not been.",
)
Alerting = Annotated[bool, _OPTION]
AlertingOfReport = Annotated[bool | None, _OPTION]
"""None where it was not given, by which one that stands before a command's name is found."""


@dataclass(frozen=True, slots=True)
class Alerted:
    """What an alert came to: notices by where they are.

    `unconfirmed` are troubles that are told once a second run shows them, `left_to_digest` those, and incidents that began or
    grew, that deserve no message of their own.
    """

    sent: Sent
    unconfirmed: int
    left_to_digest: int

    @property
    def is_delivered(self) -> bool:
        """True when nobody who was to be told has not been."""
        return not (self.sent.waiting or self.sent.refused)

    @property
    def sentence(self) -> str:
        """Return what it came to, for whoever asked."""
        sent = self.sent
        parts = [f"{_notices(sent.arrived)} arrived" if sent.arrived else ""]
        if waiting := sent.waiting - sent.held:
            why = sent.trouble or "another process is sending"
            parts.append(f"{_notices(waiting)} not delivered, the watcher or the next --alert tries again: {why}")
        if sent.refused:
            parts.append(f"{_notices(sent.refused)} refused, to be tried again at least every hour: {sent.trouble}")
        if sent.held:
            parts.append(f"{_notices(sent.held)} held back, to go with the watcher or the next --alert")
        if self.unconfirmed:
            troubles = "1 trouble is" if self.unconfirmed == 1 else f"{self.unconfirmed} troubles are"
            parts.append(f"{troubles} told when the next run shows it too")
        if self.left_to_digest:
            troubles = "1 trouble is" if self.left_to_digest == 1 else f"{self.left_to_digest} troubles are"
            parts.append(f"{troubles} left to the daily digest")
        return "; ".join(filter(None, parts)) or "nothing new to tell"


@dataclass(frozen=True, slots=True)
class Alert:
    """Tells people of what the command of `job` finds, through `sinks`."""

    job: Job
    journal: Journal
    sinks: Sequence[Sink]

    def look(self, scope: Scope, ids: Sequence[str]) -> tuple[Look, Alerted]:
        """Return what `Job.look` does, and what telling of it came to; that nothing can be seen is told as well.

        Raises as `Job.look`, and JournalError.
        """
        from checks.catalogue import ALL_CHECKS  # only to alert
        from checks.hushes import Hushes
        from console.warehouse.protocol import WarehouseError
        from console.watching.blind import blind_report
        from screens.words import hushes_of

        try:
            look = self.job.look(scope, ids)
        except WarehouseError as error:
            unseen = blind_report(scope, tuple(ids) or tuple(check.id for check in ALL_CHECKS), str(error))
            alerted = self.tell(unseen, Hushes(unread=str(error)))
            if alerted.is_delivered:
                raise
            raise WarehouseError(f"{error}; and of this people were not told: {alerted.sentence}") from error
        return look, self.tell(look.report, hushes_of(look))

    def tell(self, report: Report, hushes: Hushes) -> Alerted:
        """Let a report move the incidents on, and send what waits. Only a report of all checks is good for the daily digest.

        Raises JournalError.
        """
        from checks.catalogue import ALL_CHECKS
        from console.watching.opening import telling_of

        settings, now = self.job.settings, self.job.shell.now
        is_whole = {check.id for check in ALL_CHECKS} <= {result.check for result in report.results}
        manner = settings.notify.manner
        manner = replace(manner, has_digest=manner.has_digest and is_whole)
        telling = telling_of(self.job, self.journal, self.sinks, manner)
        moved = telling.saw(report, hushes, now())
        return Alerted(telling.send(), *_unconfirmed(moved.incidents, moved.events))


def alert_of(job: Job, *, wanted: bool, apart: Mapping[str, object]) -> Alert | None:
    """Return the alert that a command is asked for, None where it is not; `apart` are options that make it ask something else.

    Raises UsageError and SettingsError for an alert that cannot be, before anything is asked.
    """
    if not wanted:
        return None
    _refuse(job, apart)
    from console.memory import open_journal  # only to alert
    from console.watching.opening import sinks_for

    journal = open_journal(job.settings.state_dir, now=job.shell.now)
    return Alert(job, journal, sinks_for(job, journal))


def looked(
    job: Job, alert: Alert | None, scope: Scope, ids: Sequence[str] = (), *, words: bool = True
) -> tuple[Look, Alerted | None]:
    """Return the look of a command, and what the alert about it came to. Raises as `Job.look`, and JournalError."""
    return alert.look(scope, ids) if alert else (job.look(scope, ids, words=words), None)


def with_alert(answer: Answer, alerted: Alerted | None) -> Answer:
    """Return an answer that also says what its alert came to; its exit status is 4 where somebody has not been told."""
    if alerted is None:
        return answer
    status = answer.status if alerted.is_delivered else EXIT_NOT_DELIVERED
    first = Span("alert  ", Tone.OK if alerted.is_delivered else Tone.ERROR)

    def lines(width: int) -> list[Line]:
        return [*answer.lines(width), *flow([alerted.sentence], width, first=first)]

    def document() -> dict[str, object]:
        sent = alerted.sent
        counts = {"arrived": sent.arrived, "waiting": sent.waiting - sent.held, "refused": sent.refused}
        alert = {"notices": {**counts, "held_back": sent.held}, "says": alerted.sentence}
        return {**answer.document(), "exit_status": status, "alert": alert}

    return Answer(status, lines, document)


def _refuse(job: Job, apart: Mapping[str, object]) -> None:
    if job.settings.is_demo:
        raise UsageError(
            "--alert on the demo, a story of January 2026, would wake somebody for nothing: name your warehouse with --warehouse"
        )
    if given := next((name for name, value in apart.items() if value is not None), None):
        raise UsageError(
            f"--alert tells of now, of the dates and by the thresholds that the watcher goes by: leave {given} away, "
            "or --alert; an alert about the past wakes somebody for nothing"
        )
    if job.settings.watch.several_hosts:
        raise UsageError(
            "with `several_hosts` under [watch] one host tells people, which `courtside watch --once` finds out: "
            "use that in place of --alert"
        )
    if not job.settings.notify.sinks:
        raise UsageError(
            '--alert has nobody to tell: name sinks under [notify] in the settings, such as sinks = ["slack"]'
        )


def _unconfirmed(incidents: Sequence[Incident], events: Sequence[Event]) -> tuple[int, int]:
    """Return how many troubles the next run has told, when it shows them too, and how many are the daily digest's."""
    from checks.incidents.incident import Happening, State  # only to alert
    from console.notify.wording import is_worth_telling

    begun = (Happening.OPENED, Happening.REOPENED, Happening.WORSENED)
    new = [incident for incident in incidents if incident.state is State.NEW]
    lesser = [*new, *(event.incident for event in events if event.what in begun)]
    return sum(is_worth_telling(incident) for incident in new), sum(not is_worth_telling(item) for item in lesser)


def _notices(count: int) -> str:
    return "1 notice" if count == 1 else f"{count} notices"
