"""What `courtside gate` does besides deciding: keeps the operator's word, and records decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from console.cli.applying import Agreement, carried_out
from console.cli.arguments import UsageError, end_of
from console.cli.command import Answer, Job
from console.cli.station import station_of
from screens.orders import Order, Verb

if TYPE_CHECKING:
    from checks.gates import GateDecision
    from checks.pipeline import Transition
    from console.slack.posting import Posting


@dataclass(frozen=True, slots=True)
class Wished:
    """What was asked for besides the decision, as it was typed."""

    hold: bool = False
    release: bool = False
    reason: str = ""
    span: timedelta | None = None
    until: datetime | None = None
    apply: bool = False
    record: bool = False

    def refuse_contradiction(self, at: datetime | None) -> None:
        """Raise UsageError for what cannot go together; `at` is the moment asked about, None for now."""
        if self.hold + self.release + self.record > 1:
            raise UsageError("--hold, --release and --record are three things: give one of them")
        if (self.hold or self.release) and at is not None:
            raise UsageError("a gate is held or released from now on: leave out --at")
        if not (self.hold or self.release) and (self.reason or self.span or self.until or self.apply):
            raise UsageError("--reason, --for, --until and --apply belong to --hold or --release")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of recording a decision: why the row has not arrived yet, or "", and what became of the alert.

    `posting` is None where nobody was alerted; then `no_alert` says why.
    """

    waiting: str
    posting: Posting | None
    no_alert: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return both, for people."""
        row = f"recorded, on its way to the warehouse: {self.waiting}" if self.waiting else "recorded"
        alert = f"operators: {self.posting.sentence}" if self.posting else self.no_alert
        return tuple(filter(None, (row, alert)))


def keep_word(job: Job, transition: Transition, day: date, wished: Wished) -> Answer:
    """Plan to hold or release a hand-over, and do it where that is agreed. Raises RefusedError before anything is done."""
    from checks.model import Subject, SubjectKind

    now = job.frame(None).scope.as_of if job.settings.is_demo else job.shell.now()
    verb = Verb.GATE_HOLD if wished.hold else Verb.GATE_RELEASE
    subject = Subject(SubjectKind.TRANSITION, transition.value, day)
    end = end_of(wished.span, wished.until, now)
    order = Order(verb, (subject,), day, day, wished.reason.strip(), end)
    return carried_out(job, station_of(job), order, Agreement(wished.apply, wished.reason))


def refuse_read_only(job: Job) -> None:
    """Raise RefusedError where nothing may be written."""
    from console.actions.refusal import RefusedError

    if reason := station_of(job).why_read_only():
        raise RefusedError(f"the decision is not recorded: {reason}")


def record(job: Job, decision: GateDecision, as_of: datetime) -> Recorded:
    """Store a decision as a row, and alert the operators where it is an alarm. Raises JournalError and OSError."""
    from console.actions.aftercare import run_due
    from console.gates.decisions import TABLE, decision_row
    from console.outbox.outbox import Arrival

    station = station_of(job)
    care = station.aftercare()
    row = decision_row(decision, as_of, f"{station.actor.user}@{station.actor.host}", job.shell.now())
    care.outbox.put(station.place, TABLE, [row], job.shell.now())
    done = run_due(care)
    arrived = care.outbox.arrival(station.place, TABLE, row.key)
    waiting = ""
    if arrived is not Arrival.DELIVERED:
        waiting = done.delivery_trouble or "`courtside outbox` says how it stands"
    posting, no_alert = _alert(job, decision, as_of) if decision.is_alarm else (None, "")
    return Recorded(waiting, posting, no_alert)


def _alert(job: Job, decision: GateDecision, as_of: datetime) -> tuple[Posting | None, str]:
    """Tell the operators of a block, and return what became of that, or why nobody was told."""
    from console.settings import SettingsError
    from console.slack.destination import destination_of
    from console.slack.gate_message import gate_message
    from console.slack.posting import post_summary

    settings = job.settings
    try:
        destination = destination_of(settings.slack_channel, job.shell.environment)
    except SettingsError as error:
        return None, f"the operators were not told: {error}"
    message = gate_message(decision, as_of, settings.warehouse)
    return post_summary(message, destination, settings.state_dir, job.shell.now), ""
