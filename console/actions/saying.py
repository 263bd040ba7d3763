"""Plans, runs and the journal of actions as the screens show them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from checks.times import EASTERN, both_zones, format_utc
from console.actions.chain import Link
from console.actions.entry import ActionEntry, EntryKind
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


def rest_of(run: Run, hindrance: str) -> Preview:
    """Return what is left of a run that was stopped as a preview; `hindrance` is why nobody can go on with it, or "".

    Reason and number were given when it was begun.
    """
    left = [item for item in run.items if item.state.is_open]
    note = hindrance or ("" if left else "nothing of it is left")
    done, ended = run.count(ItemState.DONE), len(run.items) - len(left)
    text = f"{done} done already" + (f", {ended - done} not done and not tried again" if ended > done else "")
    verb = run.plan.order.verb.value.replace("-", " ")
    return Preview(
        title=f"Go on with {verb}: {len(left)} of {len(run.items)}",
        items=tuple(PreviewItem(item.item.subject, _rest(item)) for item in left),
        text=f"{text}; {_why_left(run)}",
        available=not note,
        note=note,
        id=run.plan.id,
    )


def planned_again(run: Run, anew: Preview) -> Preview:
    """Return the preview of a new plan for what a run has left whose own plan is too old to go on with."""
    done = f"{run.count(ItemState.DONE)} of {len(run.items)} done"
    why = f"plan {run.plan.id} was stopped at {done} and is older than 10 min, so what is left is planned again:"
    return replace(anew, title=f"Plan again, {anew.title}", text=f"{why} what is done already is refused\n{anew.text}")


def _rest(item: ItemRun) -> str:
    if item.state is ItemState.ATTEMPTED:
        return f"find out whether it was done, and where it was not: {item.item.would}"
    return item.item.would


def _why_left(run: Run) -> str:
    return f"stopped: {run.stopped}" if run.stopped else "under way, or its process has ended without a word"


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


def log_entries_of(links: Iterable[Link]) -> tuple[LogEntry, ...]:
    """Return links of the chain, newest first, as lines of the operations log, without those that this version cannot read.

    Plans that were only looked at are one line, as of the newest: looking does nothing.
    """
    entries = [link.entry for link in links if link.entry is not None]
    begun = {entry.plan_id for entry in entries if entry.kind is not EntryKind.PLAN}
    looked_at = [entry for entry in entries if entry.kind is EntryKind.PLAN and entry.plan_id not in begun]
    done = [_log_entry(entry) for entry in entries if entry not in looked_at]
    return (*([_folded(looked_at)] if looked_at else []), *done)


def _folded(looked_at: Sequence[ActionEntry]) -> LogEntry:
    newest = looked_at[0]
    plans = f"{len(looked_at)} plans" if len(looked_at) > 1 else "1 plan"
    said = f"{plans} looked at and not applied, the newest to {newest.action}"
    details = tuple(
        (format_utc(entry.at), f"{entry.action} {entry.subject}, plan {entry.plan_id}, by {entry.actor.user}")
        for entry in looked_at
    )
    return LogEntry(newest.at, newest.actor.user, "planned", "", said, details=details)


def _log_entry(entry: ActionEntry) -> LogEntry:
    why = f" ({entry.reason})" if entry.reason else ""
    said = {
        EntryKind.PLAN: f"planned as {entry.plan_id}",
        EntryKind.ATTEMPT: f"begun{why}: {entry.after}",
        EntryKind.OUTCOME: entry.outcome,
        EntryKind.VERIFY: f"verified: {entry.outcome}",
    }[entry.kind]
    return LogEntry(entry.at, entry.actor.user, entry.action, entry.subject, said, details=_details(entry))


def _details(entry: ActionEntry) -> tuple[tuple[str, str], ...]:
    """Return the fields of an entry that say something, by their names."""
    actor = entry.actor
    fields = (
        ("at", both_zones(entry.at)),
        ("step", entry.kind.value),
        ("action", entry.action),
        ("subject", entry.subject),
        ("by", f"{actor.user}@{actor.host}"),
        ("from", actor.origin),
        ("account", actor.account),
        ("plan", entry.plan_id),
        ("reason", entry.reason),
        ("found", entry.before),
        ("to be", entry.after),
        ("outcome", entry.outcome),
        ("entry", entry.id),
    )
    return tuple((name, said) for name, said in fields if said)


def left_entry(run: Run, now: datetime) -> LogEntry:
    """Return a run with items left as a line of the operations log, when its last item was begun; `now` is aware UTC."""
    at = max((item.at for item in run.items if item.at is not None), default=run.plan.made_at)
    subject = f"{run.count(ItemState.DONE)} of {len(run.items)} done"
    goes_on = run.goes_on(now)
    said = _why_left(run) + ("" if goes_on else "; its plan is older than 10 min")
    who = run.by.partition("@")[0]
    return LogEntry(at, who, run.plan.order.verb.value, subject, said, run.plan.id, is_too_old=not goes_on)


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
    return LogEntry(
        due_at, "courtside", action, subject, f"verify at {due_at:%H:%M} UTC ({local:%H:%M} ET)", is_to_come=True
    )
