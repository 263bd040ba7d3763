"""Plans, runs and the journal of actions as the screens show them. Pure."""

from __future__ import annotations

from datetime import datetime

from checks.times import EASTERN
from console.actions.chain import Link
from console.actions.entry import EntryKind
from console.actions.plan import COUNT_TYPED_ABOVE, MOST_ITEMS, Plan
from console.actions.run_state import ItemRun, ItemState, Run
from console.heartbeat import Heartbeat
from screens.ports import LogEntry, Preview, PreviewItem, Result


def preview_of(plan: Plan, hindrance: str, *, is_production: bool) -> Preview:
    """Return a plan as a preview; `hindrance` is why it cannot be applied, or "".

    What was said to give the order is its reason: it is asked for only where there is none.
    """
    eligible = len(plan.eligible)
    note = hindrance or ("" if eligible else "nothing would be done")
    if eligible > MOST_ITEMS:
        note = note or f"{eligible} items are over the limit of {MOST_ITEMS} a run: choose fewer"
    verb = plan.order.verb.value.replace("-", " ").capitalize()
    return Preview(
        title=f"{verb}: {eligible} of {len(plan.items)}",
        items=tuple(PreviewItem(item.subject, item.would, item.refused) for item in plan.items),
        text=f"cost: {plan.cost}" if plan.cost else "",
        available=not note,
        note=note,
        id=plan.id,
        asks_reason=is_production and not plan.order.note.strip(),
        asks_count=eligible if is_production and eligible > COUNT_TYPED_ABOVE else None,
    )


def result_of(title: str, run: Run, standing: str) -> Result:
    """Return how a plan went; `standing` says how it stands and when it is verified next."""
    done = run.count(ItemState.DONE)
    parts = [f"{done} of {len(run.items)} done"]
    if run.stopped:
        parts.append(f"stopped: {run.stopped}")
    if done and standing:
        parts.append(standing)
    return Result(title, tuple(map(_item, run.items)), "; ".join(parts), is_complete=run.is_complete)


def _item(item: ItemRun) -> PreviewItem:
    if item.state is ItemState.DONE:
        return PreviewItem(item.item.subject, item.item.would)
    reason = item.said or ("not begun" if item.state is ItemState.WAITING else item.state.value)
    return PreviewItem(item.item.subject, "", reason)


def log_entry_of(link: Link) -> LogEntry | None:
    """Return one link of the chain as a line of the operations log; None for one that this version cannot read."""
    entry = link.entry
    if entry is None:
        return None
    why = f" ({entry.reason})" if entry.reason else ""
    said = {
        EntryKind.PLAN: f"planned as {entry.plan_id}",
        EntryKind.ATTEMPT: f"begun{why}: {entry.after}",
        EntryKind.OUTCOME: entry.outcome,
        EntryKind.VERIFY: f"verified: {entry.outcome}",
    }[entry.kind]
    return LogEntry(entry.at, entry.actor.user, entry.action, entry.subject, said)


def life_entry(name: str, heartbeat: Heartbeat | None) -> LogEntry | None:
    """Return the last sign of life of what runs by itself as a line of the operations log; None where there was never one."""
    if heartbeat is None:
        return None
    return LogEntry(heartbeat.at, name, "last ran", heartbeat.host, heartbeat.says)


def verification_entry(due_at: datetime, run: Run | None, plan_id: str) -> LogEntry:
    """Return a verification that is to come as a line of the operations log; `due_at` is aware UTC."""
    subject, action = f"plan {plan_id}", "verify"
    if run is not None and run.items:
        more = len(run.items) - 1
        subject = f"{run.items[0].item.subject}{f' and {more} more' if more else ''}"
        action = run.plan.order.verb.value
    local = due_at.astimezone(EASTERN)
    return LogEntry(due_at, "courtside", action, subject, f"verify at {due_at:%H:%M} UTC ({local:%H:%M} ET)")
