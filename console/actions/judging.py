"""Judges an applied plan by what was read back: is each thing there as it was ordered, and does any check find it still? Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from checks.facts.retry_queue import QueueRow
from checks.model import Finding, Report, Severity, SubjectKind
from checks.queue_rows import label_of
from checks.times import format_utc
from console.actions.judgement import DoubleRow, ItemJudgement, Judgement, Outcome
from console.actions.plan import Activate, Put, SetStatus
from console.actions.planning.suggested import LATE_SOURCE, maker_of_late_stage
from console.actions.run_state import ItemRun, ItemState, Run
from console.outbox.outbox import Arrival
from console.queue_changes import QueueKey
from screens.clean import for_terminal
from screens.orders import Order, Verb

APPLIED = (ItemState.DONE, ItemState.ATTEMPTED)
"""The items that are verified; of an attempted one the rows tell whether it was done."""

MENDING = (Verb.REQUEUE, Verb.RETRY)
"""What is meant to mend something; of everything else only the state that was ordered is verified."""
_GAME = re.compile(r"[A-Z]{3}@[A-Z]{3}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read back: rows of the queue, the report of the plan's checks, and what became of rows in the outbox.

    `queue_trouble` and `check_trouble` say why the rows, or the report, could not be had; `arrivals` go by table and key.
    """

    rows: tuple[QueueRow, ...] = ()
    report: Report | None = None
    arrivals: Mapping[tuple[str, str], Arrival] = field(default_factory=dict)
    queue_trouble: str = ""
    check_trouble: str = ""


def judge(run: Run, seen: Seen, now: datetime) -> Judgement:
    """Return what became of each applied item, and of all of them together."""
    applied = [item for item in run.items if item.state in APPLIED]
    items = tuple(_judged(run.plan.order, item, seen, now) for item in applied)
    doubles = _doubles(applied, seen.rows)
    if not items:
        return Judgement(Outcome.NOT_FIXED, "nothing was applied, so there is nothing to verify", (), doubles)
    worst = max((item.outcome for item in items), key=lambda outcome: outcome.weight)
    if doubles:
        worst = Outcome.NOT_FIXED
    left = len(run.items) - len(items)
    sentence = _sentence(worst, items, is_mending=run.plan.order.verb in MENDING, is_whole=not left)
    parts = [double.sentence for double in doubles]
    parts.append(f"{sentence} ({left} more were not applied)" if left else sentence)
    return Judgement(worst, "; ".join(parts), items, doubles, left)


def _sentence(worst: Outcome, items: Sequence[ItemJudgement], *, is_mending: bool, is_whole: bool) -> str:
    lead = {
        Outcome.FIXED: "fixed",
        Outcome.DONE: "done as ordered" if is_whole else "what was applied is as ordered",
        Outcome.UNKNOWN: "cannot be said",
        Outcome.NOT_FIXED: "not fixed" if is_mending else "not as ordered",
    }[worst]
    such = [item for item in items if item.outcome is worst] or list(items)
    example = f"{such[0].subject}: {such[0].sentence}"
    return f"{lead}: {example}" if len(items) == 1 else f"{lead}: {len(such)} of {len(items)} items, such as {example}"


def _judged(order: Order, applied: ItemRun, seen: Seen, now: datetime) -> ItemJudgement:
    step = applied.item.step
    if isinstance(step, Put):
        outcome, sentence = _judge_put(step, seen.arrivals.get((step.table, step.key)))
    elif step is None or seen.queue_trouble:
        outcome, sentence = Outcome.UNKNOWN, f"the retry queue cannot be read: {seen.queue_trouble}"
    else:
        row = _row_of(step, seen.rows)
        if row is None:
            outcome, sentence = Outcome.NOT_FIXED, "its row is not in the retry queue"
        elif isinstance(step, SetStatus) and order.verb not in MENDING:
            outcome, sentence = _judge_status(step, row, now)
        else:
            outcome, sentence = _judge_mending(order, step, row, seen)
    return ItemJudgement(applied.number, applied.item.subject, outcome, for_terminal(sentence, 500))


def _judge_put(step: Put, arrival: Arrival | None) -> tuple[Outcome, str]:
    match arrival:
        case Arrival.DELIVERED:
            return Outcome.DONE, f"delivered to {step.table}"
        case Arrival.REFUSED:
            return Outcome.NOT_FIXED, f"{step.table} refuses it: `courtside outbox` says why"
        case Arrival.WAITING:
            return Outcome.NOT_FIXED, f"it still waits in the outbox for {step.table}"
        case None:
            return Outcome.NOT_FIXED, f"it is not in the outbox for {step.table}"


def _row_of(step: Activate | SetStatus, rows: Iterable[QueueRow]) -> QueueRow | None:
    """Return the row that a step wrote, whatever has become of it since."""
    if isinstance(step, SetStatus):
        return next((row for row in rows if row.id == step.seen.id), None)
    mine = step.entry.correlation_id
    id = step.entry.id if step.seen is None else step.seen.id
    found = [row for row in rows if row.id == id or (mine is not None and row.correlation_id == mine)]
    return next((row for row in found if row.correlation_id == mine), next(iter(found), None))


def _judge_status(step: SetStatus, row: QueueRow, now: datetime) -> tuple[Outcome, str]:
    """Judge what was cancelled, resolved or held: by the row alone, for it mends nothing that a check could miss."""
    until = step.next_retry_at
    if until is not None and until <= now:
        return Outcome.DONE, f"its time {format_utc(until)} has come, and the row is {row.status}"
    if row.status != step.status:
        return Outcome.NOT_FIXED, f"the row {row.id} is {row.status} by now, and no longer {step.status}"
    if until is not None and (row.next_retry_at is None or row.next_retry_at < until):
        return Outcome.NOT_FIXED, f"the row {row.id} no longer waits until {format_utc(until)}"
    held = f" until {format_utc(until)}" if until is not None else ""
    return Outcome.DONE, f"the row {row.id} is {row.status}{held}"


def _judge_mending(order: Order, step: Activate | SetStatus, row: QueueRow, seen: Seen) -> tuple[Outcome, str]:
    """Judge what was to run again: by its checks, and by its row, for what still waits to run has mended nothing."""
    whose = _whose(step, row)
    found = (
        []
        if seen.report is None
        else [item for item in seen.report.findings if concerns(item, order, step.key, row.id)]
    )
    if found:
        return Outcome.NOT_FIXED, f"{found[0].check} still finds it ({found[0].sentence}); {whose}"
    if row.is_active:
        return Outcome.NOT_FIXED, f"not yet, {whose}"
    if row.status != "succeeded":  # also where no check names it: of many such rows they count most as further ones
        return Outcome.NOT_FIXED, f"it has not succeeded, {whose}"
    if unknown := _unknown(seen):
        return Outcome.UNKNOWN, f"{unknown}; {whose}"
    return Outcome.FIXED, f"no check finds it any more; {whose}"


def _unknown(seen: Seen) -> str:
    """Return why the checks cannot say that it is gone, or ""."""
    if seen.report is None:
        return f"its checks cannot be run: {seen.check_trouble}"
    blind = [result for result in seen.report.results if result.severity is Severity.UNKNOWN]
    if not seen.report.results:
        return "no check was run"
    return f"{blind[0].check} is unknown: {blind[0].reason or blind[0].findings[0].sentence}" if blind else ""


def _whose(step: Activate | SetStatus, row: QueueRow) -> str:
    """Return where the row stands, and whether it is still the one that the plan wrote."""
    says = f"its row {row.id} is {row.status}"
    if row.status == "pending" and row.next_retry_at is not None:
        says += f", next try {format_utc(row.next_retry_at)}"
    mine = step.entry.correlation_id if isinstance(step, Activate) else None
    if mine is not None and row.correlation_id not in (None, mine):
        says += f", put there anew by {row.correlation_id}"
    return says


def concerns(finding: Finding, order: Order, key: QueueKey, row_id: str) -> bool:
    """Return whether a finding is a trouble about what `key` names, whose row is `row_id`; in doubt it is.

    A finding about a date, or one that was ordered to be mended, counts games by their names: then it is about those only. To a
    processor, which does a whole date, each game of the date belongs. A finding about another row of the queue is that row's, and
    one about a late stage is its maker's, or the game's whose box score is late.
    """
    subject = finding.subject
    is_over = not finding.is_active or finding.severity is Severity.OK
    is_elsewhere = subject.game_date not in (None, key.game_date)
    is_another_row = subject.kind is SubjectKind.QUEUE and finding.key not in ("", row_id)
    if is_over or is_elsewhere or is_another_row:
        return False
    if finding.check == LATE_SOURCE:
        return subject.name == key.game_key if key.game_key else maker_of_late_stage(finding) == key.processor_name
    name = key.game_key or key.processor_name
    if subject.name == name or any(_mentions(text, name, key.game_date) for text in finding.names):
        return True
    if not key.game_key and subject.kind is SubjectKind.GAME:
        return True
    is_ordered = finding.fingerprint in order.fingerprints or subject in order.subjects
    names_games = any(_GAME.search(text) for text in finding.names)
    return (is_ordered or subject.kind is SubjectKind.DATE) and not (key.game_key and names_games)


def _mentions(text: str, name: str, day: date) -> bool:
    days = _DAY.findall(text)
    return name in text and (not days or day.isoformat() in days)


def _doubles(applied: Iterable[ItemRun], rows: Sequence[QueueRow]) -> tuple[DoubleRow, ...]:
    """Return the keys of the plan that have more than one active row."""
    active: dict[QueueKey, list[QueueRow]] = defaultdict(list)
    for row in rows:
        if row.is_active:
            active[_key_of(row)].append(row)
    steps = [item.item.step for item in applied]
    in_queue = [step for step in steps if isinstance(step, Activate | SetStatus)]
    written = [found for step in in_queue if (found := _row_of(step, rows)) is not None]
    # Also by what the rows say of themselves: older deployments do not say which game a row is for.
    keys = dict.fromkeys([*(step.key for step in in_queue), *map(_key_of, written)])
    return tuple(
        DoubleRow(for_terminal(label_of(active[key][0])), tuple(sorted(for_terminal(row.id) for row in active[key])))
        for key in keys
        if len(active[key]) > 1
    )


def _key_of(row: QueueRow) -> QueueKey:
    return QueueKey(row.phase, row.processor_name, row.game_date, row.game_key or "")
