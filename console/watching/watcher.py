"""One run of the watcher, step by step: who leads, what is wrong, who is told, what is kept, and the signs of its own life.

Each step is kept in the journal before the next begins, so that whoever comes after a crash goes on there: incidents and what is
to be told in one transaction, what is sent under keys, the row for the warehouse under the moment of its run. No step waits for
ever: what reads or sends runs in a thread of its own, and is given up when its time is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.hushes import Hushes
from checks.model import Report, Scope, Severity
from console.heartbeat import WATCHER, Heartbeat, beat
from console.journal import Journal, JournalError
from console.outbox.outbox import Outbox
from console.outbox.rows import UnfitRowError
from console.warehouse.protocol import WarehouseError
from console.watching.blind import blind_report
from console.watching.check_runs import TABLE, CheckRun, check_run_row
from console.watching.leadership import Leadership, Role
from console.watching.lines import Log, Weight
from console.watching.ping import Ping, Sign
from console.watching.succession import Left, Succession
from console.watching.telling import Sent, Telling
from console.watching.worker import OverdueError, Worker

MOST_HANGING_RUNS = 3
"""Threads of checks that hang; with so many of them another would hang too."""
SHARE_OF_CHECKS = 0.5
SHARE_OF_SENDING = 0.15
SHARE_OF_AFTERCARE = 0.15
"""Of the interval, that a step may take at most: together less than what lies between two runs with the most jitter."""
LONGEST_CHECKS, LONGEST_STEP = timedelta(minutes=4), timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Seen:
    """A report and what operators have said about its findings."""

    report: Report
    hushes: Hushes


@dataclass(frozen=True, slots=True)
class Means:
    """What a watcher of the warehouse `place` works with.

    `look` runs the checks `ids` at a moment; it raises WarehouseError. `chosen` are those that it was told to run, as
    `checks.facts.watcher_runs` writes them; "" is all of them. `aftercare` delivers rows and runs verifications that are due,
    and returns its trouble or "". `why_not_mirrored` is why runs are not written to the warehouse, or "". `now` is aware.
    `succession` is for several hosts.
    """

    place: str
    ids: Sequence[str]
    every: timedelta
    host: str
    identity: str
    version: str
    journal: Journal
    look: Callable[[Scope], Seen]
    telling: Telling
    leadership: Leadership
    aftercare: Callable[[], str]
    why_not_mirrored: str
    ping: Ping
    log: Log
    now: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False
    chosen: str = ""
    succession: Succession | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `report` is None where another watcher does the work; `trouble` is why the run itself failed, or ""."""

    role: Role
    report: Report | None
    sent: Sent
    trouble: str
    says: str

    @property
    def is_undelivered(self) -> bool:
        """True when somebody who was to be told has not been."""
        return bool(self.sent.waiting or self.sent.refused or self.role is Role.WITHHOLDS)


class Watcher:
    """Runs the checks, once or again and again, for one caller. Its methods never raise for what the world does."""

    def __init__(self, means: Means, checks: Worker[Seen] | None = None) -> None:
        self._means = means
        self._checks = checks or Worker("running the checks", most_stuck=MOST_HANGING_RUNS)
        self._sending: Worker[Sent] = Worker("sending")
        self._aftercare: Worker[str] = Worker("delivering rows and verifying")
        self._role = Role.WITHHOLDS

    def run(self) -> Outcome:
        """Do one run."""
        means = self._means
        began = means.now()
        try:
            standing = means.leadership.ask(began)
            self._role = standing.role
            if standing.role is Role.STANDS_BY:
                means.log("standby", standing.reason)
                return Outcome(standing.role, None, Sent(), "", standing.reason)
            self._pinged(Sign.START, "")
            if means.succession is not None:
                self._warned(means.succession.take_over(began))
            outcome = self._watched(standing.role, standing.reason, began)
        except JournalError as error:
            outcome = Outcome(Role.WITHHOLDS, None, Sent(), str(error), f"the run could not be kept: {error}")
            means.log("failed", outcome.says, Weight.ERROR)
        says = f"{outcome.trouble}; {outcome.says}" if outcome.trouble else outcome.says
        self._pinged(Sign.FAIL if outcome.trouble else Sign.SUCCESS, says)
        return outcome

    def between(self) -> bool:
        """Do what is due between two runs: extend the lease, tell what has waited long enough, try again what did not arrive.

        Return whether a run is due at once, because the watcher that this one stood by for on its host is gone.
        """
        means, now = self._means, self._means.now()
        try:
            if self._role is Role.STANDS_BY:
                return means.leadership.is_vacant(now)
            if means.leadership.still_leads(now) and self._role is Role.LEADS and means.telling.is_due(now):
                self._warned_of_unread(means.telling.catch_up(now))
                self._told()
        except JournalError as error:
            means.log("failed", f"nothing could be told between two runs: {error}", Weight.ERROR)
        return False

    def stop(self) -> None:
        """Let another watcher of this host go on."""
        try:
            self._means.leadership.let_go()
        except JournalError as error:
            self._means.log("failed", f"its lease ends by itself: {error}", Weight.WARNING)

    def _watched(self, role: Role, reason: str, began: datetime) -> Outcome:
        """Run the checks, let the incidents move on, have people told, and keep the run. Raises JournalError."""
        means = self._means
        seen, trouble = self._seen(began)
        verdict = seen.report.verdict
        moved = means.telling.saw(seen.report, seen.hushes, means.now())
        self._warned_of_unread(moved.unread)
        happened = [f"{event.what.value}: {event.incident.key}" for event in moved.events]
        sent = self._told() if role is Role.LEADS else Sent()
        trouble = trouble or (reason if role is Role.WITHHOLDS else "")
        self._keep(seen.report, began, verdict.severity)
        trouble = trouble or sent.trouble or self._cared_for()
        says = f"{verdict.severity.name} {verdict.sentence}"
        means.log(
            "run",
            says,
            Weight.WARNING if trouble else Weight.INFO,
            verdict=verdict.severity.name,
            as_of=seen.report.scope.as_of,
            seconds=round((means.now() - began).total_seconds(), 3),
            happened=happened,
            told=sent.arrived,
            waiting=sent.waiting,
            trouble=trouble or None,
            note=reason or None,
        )
        return Outcome(role, seen.report, sent, trouble, says)

    def _seen(self, began: datetime) -> tuple[Seen, str]:
        """Return the report of a run that begins now, an UNKNOWN one when there is none in time, and what the trouble was."""
        scope = Scope.at(began)
        seconds = _seconds(self._means.every, SHARE_OF_CHECKS, LONGEST_CHECKS)
        try:
            return self._checks.within(seconds, lambda: self._means.look(scope)), ""
        except (WarehouseError, OverdueError, OSError) as error:
            reason = str(error)
        # courtside: ignore[silent_exceptions] a defect must not end the watcher, nor pass for health
        except Exception as error:  # noqa: BLE001  # see above
            reason = f"the run failed: {type(error).__name__}: {error}"
        return Seen(blind_report(scope, self._means.ids, reason), Hushes(unread=reason)), reason

    def _told(self) -> Sent:
        """Send what waits, and leave for other hosts what is about to be sent and what was. Raises JournalError."""
        if not self._leaves():
            return Sent(waiting=1, trouble="another host has taken over the lease, and has people told")
        sent = self._sent()
        self._leaves()
        return sent

    def _leaves(self) -> bool:
        """Leave for other hosts what was told; return False where another of them leads by now.

        Whoever tells because the lease cannot be asked for is not kept from it by whose that once was.
        """
        means = self._means
        if means.succession is None:
            return True
        left, trouble = means.succession.leave(means.now())
        self._warned(trouble)
        return left is not Left.LOST or bool(means.leadership.may_be_twice)

    def _warned_of_unread(self, count: int) -> None:
        if count:
            messages, ones = ("message", "a newer one") if count == 1 else ("messages", "newer ones")
            said = f"{count} waiting {messages} that another version wrote gave way to {ones}, unread"
            self._means.log("unreadable", said, Weight.WARNING)

    def _warned(self, trouble: str) -> None:
        if trouble:
            self._means.log("hosts", trouble, Weight.WARNING)

    def _sent(self) -> Sent:
        seconds = _seconds(self._means.every, SHARE_OF_SENDING, LONGEST_STEP)
        try:
            return self._sending.within(seconds, self._means.telling.send)
        except OverdueError as error:
            return Sent(waiting=1, trouble=str(error))

    def _keep(self, report: Report, began: datetime, severity: Severity) -> None:
        """Keep that the run was, here and, where that is allowed, for the warehouse. Raises JournalError."""
        means = self._means
        ended = means.now()
        beat(
            means.journal,
            WATCHER,
            means.place,
            Heartbeat(ended, means.host, f"{severity.name} {report.verdict.sentence}", means.every, means.chosen),
        )
        if means.why_not_mirrored:
            return
        run = CheckRun(report, began, ended, means.identity, means.host, means.every, means.version, means.chosen)
        try:
            Outbox(means.journal).put(means.place, TABLE, [check_run_row(run)], ended)
        except UnfitRowError as error:
            means.log("unfit", str(error), Weight.ERROR)

    def _cared_for(self) -> str:
        """Deliver rows and run verifications that are due, unless the watcher is to stop; return the trouble, or ""."""
        if self._means.stopping():
            return ""
        seconds = _seconds(self._means.every, SHARE_OF_AFTERCARE, LONGEST_STEP)
        try:
            return self._aftercare.within(seconds, self._means.aftercare)
        except (JournalError, WarehouseError, OverdueError, OSError) as error:
            return str(error)

    def _pinged(self, sign: Sign, says: str) -> None:
        if trouble := self._means.ping(sign, says):
            self._means.log("ping", f"nobody outside knows of this run: {trouble}", Weight.WARNING)


def _seconds(every: timedelta, share: float, longest: timedelta) -> float:
    return min(every * share, longest).total_seconds()
