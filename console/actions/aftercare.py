"""What comes after an action, whoever has the time for it: verifications that are due, and rows that wait to be delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from checks.facts.retry_queue import RETRY_QUEUE
from checks.model import Scope, Severity
from checks.times import to_minute
from console.actions import run_state
from console.actions.entry import ActionEntry, Actor, EntryKind
from console.actions.judgement import Judgement, Outcome
from console.actions.judging import APPLIED, MENDING, Seen, judge
from console.actions.mirror import MirroredLedger
from console.actions.plan import Activate, Put, SetStatus
from console.actions.plan_codec import UnreadablePlanError
from console.actions.run_state import Run
from console.actions.verifying import Claim, Verifications
from console.desk import UnknownCheckError
from console.journal import Journal, JournalError
from console.outbox.outbox import Arrival, Outbox
from console.warehouse.protocol import WarehouseError
from console.warehouse.writing import Writable
from screens.clean import for_terminal

if TYPE_CHECKING:
    from console.desk import Desk

MOST_AT_ONCE = 50
"""Plans that are verified in one go; what is due beyond waits for the next one."""


@dataclass(frozen=True, slots=True)
class Aftercare:
    """What aftercare needs: the journal, the warehouse by its name and a way to open it, who acts, a clock and new ids.

    `place` is the warehouse as plans and the outbox name it. A desk is opened only when there is something to do. With
    `delivers` False nothing is written to the warehouse.
    """

    journal: Journal
    place: str
    open_desk: Callable[[], Desk]
    actor: Actor
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    delivers: bool = True

    @property
    def verifications(self) -> Verifications:
        """The verifications in the journal."""
        return Verifications(self.journal, self.new_id)

    @property
    def outbox(self) -> Outbox:
        """The outbox in the journal."""
        return Outbox(self.journal, new_id=self.new_id)


@dataclass(frozen=True, slots=True)
class Verified:
    """A plan that was verified, which of its rounds that settled, and what it came to."""

    plan_id: str
    rounds: tuple[int, ...]
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Done:
    """What `run_due` came to: plans verified and rows delivered.

    `trouble` says why something that is due could not be verified, `delivery_trouble` why rows could not be delivered, or "".
    """

    verified: tuple[Verified, ...] = ()
    delivered: int = 0
    trouble: str = ""
    delivery_trouble: str = ""

    @property
    def severity(self) -> Severity:
        """The worst of the verifications; UNKNOWN at least when one could not be run."""
        troubled = [Severity.UNKNOWN] if self.trouble else []
        return max([*troubled, *(item.judgement.severity for item in self.verified)], default=Severity.OK)


def run_due(care: Aftercare) -> Done:
    """Deliver what waits in the outbox, then run the verifications that are due. Never raises: troubles are in the answer.

    Safe to call at any time and from several consoles at once; cheap when nothing is due.
    """
    delivered: list[int] = []
    verified: list[Verified] = []
    delivery_trouble = _trouble(lambda: delivered.append(deliver(care))) if care.delivers else ""
    trouble = _trouble(lambda: _verify_due(care, verified))
    return Done(tuple(verified), sum(delivered), trouble, delivery_trouble)


def deliver(care: Aftercare) -> int:
    """Deliver rows of the outbox that are due, and return how many have arrived. Raises JournalError and WarehouseError."""
    if not care.outbox.is_waiting(care.place):
        return 0
    with care.open_desk() as desk:
        if not isinstance(desk.warehouse, Writable):
            raise WarehouseError(f"{care.place} cannot be written to, so what waits in the outbox stays there")
        return care.outbox.deliver(care.place, desk.warehouse.writes, care.now()).delivered


def verify_plan(run: Run, desk: Desk, arrivals: Callable[[str, str], Arrival | None], now: datetime) -> Judgement:
    """Return what has become of an applied plan, read back at `now` (aware UTC).

    `arrivals` says what has become of a row of the outbox, by table and key. What cannot be read makes the judgement UNKNOWN.
    """
    steps = [item.item.step for item in run.items if item.state in APPLIED]
    in_queue = [step for step in steps if isinstance(step, Activate | SetStatus)]
    arrived = {(step.table, step.key): arrivals(step.table, step.key) for step in steps if isinstance(step, Put)}
    known = {place: arrival for place, arrival in arrived.items() if arrival is not None}
    if not in_queue:
        return judge(run, Seen(arrivals=known), now)
    order, days = run.plan.order, [step.key.game_date for step in in_queue]
    # The next whole minute: of the facts that the checks stand on, only those of operators' words and queue have all of this one.
    scope = Scope(to_minute(now) + timedelta(minutes=1), min(order.first, *days), max(order.last, *days))
    report, check_trouble = None, ""
    try:
        rows, queue_trouble = desk.facts(scope, RETRY_QUEUE)[RETRY_QUEUE], ""
    except WarehouseError as error:
        rows, queue_trouble = (), str(error)
    try:
        report = desk.look(scope, run.plan.checks).report if order.verb in MENDING else None
    except (UnknownCheckError, WarehouseError) as error:
        check_trouble = str(error)
    return judge(run, Seen(rows, report, known, queue_trouble, check_trouble), now)


def _verify_due(care: Aftercare, verified: list[Verified]) -> None:
    for _ in range(MOST_AT_ONCE):
        claim = care.verifications.claim(care.place, care.now())
        if claim is None:
            return
        run, trouble = _run_of(care, claim.plan_id)
        if run is None:
            judgement = Judgement(Outcome.UNKNOWN, f"cannot be said: {trouble}")
        else:
            with care.open_desk() as desk:
                judgement = verify_plan(
                    run, desk, lambda table, key: care.outbox.arrival(care.place, table, key), care.now()
                )
        if _settle(care, claim, run, judgement):
            verified.append(Verified(claim.plan_id, claim.rounds, judgement))


def _run_of(care: Aftercare, plan_id: str) -> tuple[Run | None, str]:
    """Return a plan and how far it is, or why that cannot be known."""
    try:
        with care.journal.reading() as connection:
            return run_state.run_of(connection, plan_id), "the plan is no longer in the journal"
    except UnreadablePlanError as error:
        return None, f"the plan cannot be read: {error}"


def _settle(care: Aftercare, claim: Claim, run: Run | None, judgement: Judgement) -> bool:
    """Keep what verifying came to, with its entry in the ledger; False when another console has taken it over meanwhile."""
    now = care.now()
    subjects = [] if run is None else [item.item.subject for item in run.items if item.state in APPLIED]
    entry = ActionEntry(
        id=claim.token,
        at=now,
        kind=EntryKind.VERIFY,
        action="verify" if run is None else run.plan.order.verb.value,
        subject=subjects[0] if len(subjects) == 1 else f"{len(subjects)} items",
        actor=care.actor,
        plan_id=claim.plan_id,
        after="; ".join(f"{item.subject}: {item.outcome.value}, {item.sentence}" for item in judgement.items),
        outcome=judgement.sentence,
    )
    ledger = MirroredLedger(care.journal, care.outbox, care.place)
    with care.journal.writing() as connection:
        if not care.verifications.settle_with(connection, claim, judgement, now):
            return False
        ledger.append_with(connection, entry)
    return True


def _trouble(work: Callable[[], None]) -> str:
    """Do what can be done now and return why the rest cannot, or ""; it stays due, and is done by whoever comes next."""
    try:
        work()
    except (JournalError, WarehouseError, OSError, LookupError, ValueError) as error:
        return for_terminal(str(error), 500)
    return ""
