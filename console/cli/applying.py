"""Plans from the command line: made and kept, shown, and applied with the consent that they need."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from console.cli.command import Answer, Job
from screens.lines import Line

if TYPE_CHECKING:
    from checks.model import Suggestion
    from console.actions.opening import Station
    from console.actions.plan import Plan
    from console.actions.run_state import Run
    from console.actions.running import Hand
    from console.cli.choosing import Meant
    from screens.orders import Consent, Order, Verb


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the operator agrees beforehand: whether to apply at once, why, and how many items they expect."""

    apply: bool = False
    reason: str = ""
    count: int | None = None


def ordered(
    job: Job,
    station: Station,
    verb: Verb,
    meant: Meant,
    agreement: Agreement,
    *,
    note: str = "",
    until: datetime | None = None,
) -> Answer:
    """Plan an order, keep the plan, and apply it if that was agreed to. Raises RefusedError before anything is done."""
    from screens.orders import Order

    scope = job.frame(None).scope
    dates = [subject.game_date for subject in meant.subjects if subject.game_date is not None] or [scope.last]
    order = Order(verb, meant.subjects, min(dates), max(dates), note.strip(), until, meant.fingerprints)
    return carried_out(job, station, order, agreement)


def carried_out(job: Job, station: Station, order: Order, agreement: Agreement) -> Answer:
    """Do as `ordered` with an order that is made already."""
    scope = job.frame(None).scope
    now = scope.as_of if job.settings.is_demo else job.shell.now()
    plan = station.planner(order, now)
    if job.settings.is_demo:  # whose plans are of a January day, and never to be applied
        _refuse_read_only(station, agreement)
        return _planned(job, station, replace(plan, id=""), agreement)
    if not agreement.apply or not plan.eligible:
        trouble = station.keep(plan)
        return _planned(job, station, replace(plan, id="") if trouble else plan, agreement, trouble)
    with station.hand() as hand:
        hand.keep(plan)
        run = applied(job, station, hand, plan, agreement)
    return answer_of(job, station, run)


def applied(job: Job, station: Station, hand: Hand, plan: Plan, agreement: Agreement) -> Run:
    """Apply a plan that is kept, and return how it went; SIGINT stops it between two items. Raises RefusedError."""
    from console.cli.progress import ProgressBar
    from console.stop_signals import StopSignals

    consent = _consent(job, station, plan, agreement)
    with ProgressBar(job.shell.err, len(plan.eligible), job.shell.width) as bar, StopSignals() as signals:

        def told(done: int, total: int) -> None:
            bar.step()
            bar.show(f"{done} of {total}")

        return hand.apply(plan.id, consent, told, signals.stopping)


def answer_of(job: Job, station: Station, run: Run) -> Answer:
    """Verify at once what was done, and return how the plan stands."""
    from console.actions.aftercare import run_due

    care = station.aftercare()
    run_due(care)
    standing = care.verifications.standing_of(run.plan.id)
    goes_on = run.goes_on(station.now())
    follows = _apply_command(job, station, run.plan, "go on with what is left") if goes_on else None
    status = 0 if run.is_complete and len(run.items) == len(run.plan.items) else 1

    def lines(width: int) -> list[Line]:
        from console.cli.plan_page import run_lines  # only for text

        return run_lines(run, standing, follows, width)

    def document() -> dict[str, object]:
        from console.cli.plan_page import plan_fields, run_fields  # only for a document

        return {
            "warehouse": station.place,
            "exit_status": status,
            "plan": plan_fields(run.plan),
            "run": run_fields(run, standing),
            "next": follows and follows.command,
            "note": "",
        }

    return Answer(status, lines, document)


def _planned(job: Job, station: Station, plan: Plan, agreement: Agreement, trouble: str = "") -> Answer:
    """Return the plan, with the command that applies it where it can be applied; `trouble` is why it cannot, or "".

    A plan that is not kept has no id: nobody can apply it.
    """
    hindrance = trouble or station.why_read_only()
    if not plan.eligible:
        hindrance = "nothing would be done" if not agreement.apply else "nothing was done: nothing of it can be"
    follows = None if hindrance else _apply_command(job, station, plan, "apply it, within 10 minutes")
    status = 0 if len(plan.eligible) == len(plan.items) else 1

    def lines(width: int) -> list[Line]:
        from console.cli.plan_page import plan_lines  # only for text

        return plan_lines(plan, follows, hindrance, width)

    def document() -> dict[str, object]:
        from console.cli.plan_page import plan_fields  # only for a document

        return {
            "warehouse": station.place,
            "exit_status": status,
            "plan": plan_fields(plan),
            "run": None,
            "next": follows and follows.command,
            "note": hindrance,
        }

    return Answer(status, lines, document)


def _refuse_read_only(station: Station, agreement: Agreement) -> None:
    from console.actions.refusal import RefusedError

    if agreement.apply and (reason := station.why_read_only()):
        raise RefusedError(f"nothing was done: {reason}")


def _consent(job: Job, station: Station, plan: Plan, agreement: Agreement) -> Consent:
    """Return the consent, the number of items typed where that is asked for. Raises RefusedError where it is lacking."""
    from console.actions.plan import COUNT_TYPED_ABOVE
    from console.actions.refusal import RefusedError
    from screens.orders import Consent

    _refuse_read_only(station, agreement)
    reason = agreement.reason.strip() or plan.order.note
    if not station.is_production:
        return Consent(reason, agreement.count)
    if not reason:
        raise RefusedError("nothing was done: in production a reason is required, give --reason")
    eligible, count = len(plan.eligible), agreement.count
    if eligible > COUNT_TYPED_ABOVE and count is None:
        count = _typed(job, plan)
    return Consent(reason, count)


def _typed(job: Job, plan: Plan) -> int | None:
    """Show the plan and return the number that the operator types. Raises RefusedError where nobody can be asked."""
    from console.actions.refusal import RefusedError
    from console.cli.consent import typed
    from console.cli.page import Palette, write
    from console.cli.plan_page import plan_lines

    eligible, shell = len(plan.eligible), job.shell
    if not shell.has_keyboard:
        raise RefusedError(f"nothing was done: {eligible} items would be, so give --count {eligible} to agree")
    write(plan_lines(plan, None, "", shell.width), shell.err, Palette(enabled=False))
    answer = typed(shell.err, f"{eligible} items would be done in production. Type their number to agree: ")
    return int(answer) if answer.isdecimal() else None


def _apply_command(job: Job, station: Station, plan: Plan, purpose: str) -> Suggestion:
    """Return the exact command that applies a plan from where this one was typed."""
    from checks.model import Suggestion
    from console.actions.plan import COUNT_TYPED_ABOVE

    words = ["courtside", "queue", "apply", plan.id]
    if station.is_production:
        words += [] if plan.order.note else ["--reason", "WHY"]
        words += ["--count", str(len(plan.eligible))] if len(plan.eligible) > COUNT_TYPED_ABOVE else []
    settings = job.settings
    given = (("--warehouse", settings.warehouse, "warehouse"), ("--config", str(settings.config_path), "config"))
    for option, value, name in given:
        words += [option, value] if settings.source_of(name) == "command line" else []
    return Suggestion(shlex.join(words), purpose)
