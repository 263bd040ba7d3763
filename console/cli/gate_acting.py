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
    from checks.pipeline import Transition
    from console.gates.recording import Recorder


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


def keep_word(job: Job, transition: Transition, day: date, wished: Wished) -> Answer:
    """Plan to hold or release a hand-over, and do it where that is agreed. Raises RefusedError before anything is done."""
    from checks.model import Subject, SubjectKind

    now = job.frame(None).scope.as_of if job.settings.is_demo else job.shell.now()
    verb = Verb.GATE_HOLD if wished.hold else Verb.GATE_RELEASE
    subject = Subject(SubjectKind.TRANSITION, transition.value, day)
    end = end_of(wished.span, wished.until, now)
    order = Order(verb, (subject,), day, day, wished.reason.strip(), end)
    return carried_out(job, station_of(job), order, Agreement(wished.apply, wished.reason))


def recorder_of(job: Job) -> Recorder:
    """Return what records decisions about the warehouse of a command. Raises RefusedError where nothing may be written."""
    from console.actions.refusal import RefusedError
    from console.gates.recording import Recorder

    recorder = Recorder(station_of(job), job.settings, job.shell.environment)
    if reason := recorder.why_not():
        raise RefusedError(f"the decision is not recorded: {reason}")
    return recorder
