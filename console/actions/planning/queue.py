"""Plans what changes the retry queue: each subject judged, the most valuable first, at most as many as one run may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks.model import SubjectKind
from console.actions.plan import MOST_ITEMS, Activate, PlanItem, SetStatus
from console.actions.planning.changing import change
from console.actions.planning.draft import Asked, Draft
from console.actions.planning.reading import RUNS_AGAIN, QueueState, read_queue
from console.actions.planning.requeue import requeue
from console.actions.planning.suggested import LATE_SOURCE, checks_of
from console.actions.planning.targets import Target, targets_of
from console.actions.planning.value import REFUSED, Rank, rank
from console.queue_changes import QUEUE
from screens.orders import Verb
from screens.text.amount import counted, megabytes

if TYPE_CHECKING:
    from console.desk import Desk

LEAST_BILLED = 10 << 20
"""Bytes that BigQuery bills for each table that a statement names, at least; BIGQUERY.md, "The service"."""

_QUEUE_CHECKS = ("queue.overdue", "queue.exhausted")
_GAME_CHECKS = ("availability.missing_game", LATE_SOURCE, "reconcile.games")
_PHASE_CHECKS = {
    "phase_3": "reconcile.players",
    "phase_4": "reconcile.features",
    "phase_5": "reconcile.predictions",
}
"""The checks that find what a phase did not produce."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A target, what is done to it, and where it stands among the others."""

    target: Target
    item: PlanItem
    rank: Rank


def plan_queue(asked: Asked, desk: Desk) -> Draft:
    """Return what an order does to the retry queue. Raises WarehouseError when its state cannot be read."""
    state = read_queue(desk, asked.order, asked.now)
    judged = draft_queue(asked, state)
    eligible = sum(item.step is not None for _, item in judged)
    cost = _cost(eligible, is_billed=desk.warehouse.meter is not None)
    return Draft(tuple(item for _, item in judged), _checks(asked, [target for target, _ in judged]), cost)


def draft_queue(asked: Asked, state: QueueState) -> list[tuple[Target, PlanItem]]:
    """Return each target with what is done to it: the most valuable first, what is refused last, as it was ordered. Pure."""
    judged = [
        _Judged(target, item, REFUSED if item.step is None else rank(target, state))
        for target, item in _named(_items(asked, state))
    ]
    ordered = sorted(judged, key=lambda one: one.rank)
    return [(one.target, item) for one, item in zip(ordered, _within_limit(ordered, asked), strict=True)]


def _items(asked: Asked, state: QueueState) -> Iterator[tuple[Target, PlanItem]]:
    """Yield what is done to each thing once, however often and by whatever name it was ordered."""
    again = asked.order.verb is Verb.REQUEUE
    known: set[object] = set()
    taken: dict[object, str] = {}
    for subject in asked.order.subjects:
        for target in targets_of(subject, state, may_be_new=again):
            for item in (requeue(target, state, asked),) if again else change(target, state, asked):
                identity = _identity(target, item)
                if identity not in known:
                    known.add(identity)
                    yield target, _once(target, item, taken, state)


def _identity(target: Target, item: PlanItem) -> object:
    """Return what tells an item from every other: the row that it changes, the key that it makes active, or its name."""
    if isinstance(item.step, SetStatus):
        return item.step.seen.id
    return item.step.key if isinstance(item.step, Activate) else (target.key, item.subject)


def _once(target: Target, item: PlanItem, taken: dict[object, str], state: QueueState) -> PlanItem:
    """Return an item; refused, where its row is one with an earlier item's because the queue cannot tell games apart."""
    key = target.key
    if not isinstance(item.step, Activate) or key is None or state.tells_games_apart:
        return item
    other = taken.setdefault((key.phase, key.processor_name, key.game_date), item.subject)
    if other == item.subject:
        return item
    why = "this queue has no column metadata, so one row stands for all games of the date"
    return replace(item, would="", step=None, refused=f"already in this plan with {other}: {why}")


def _named(items: Iterable[tuple[Target, PlanItem]]) -> Iterator[tuple[Target, PlanItem]]:
    """Yield items of which no two are called the same."""
    used: set[str] = set()
    for target, item in items:
        name = item.subject
        if name in used and target.key is not None:
            name = f"{name} ({target.key.processor_name}, {target.key.phase})"
        used.add(name)
        yield target, replace(item, subject=name)


def _within_limit(ordered: Sequence[_Judged], asked: Asked) -> Iterator[PlanItem]:
    """Yield the items numbered, those beyond what one run may do refused."""
    for number, one in enumerate(ordered):
        if one.item.step is None:
            yield one.item
        elif number < MOST_ITEMS:
            yield _numbered(one.item, number, asked)
        else:
            reason = f"over the limit of {MOST_ITEMS} a run: apply this plan first, then plan the rest"
            yield replace(one.item, would="", step=None, refused=reason)


def _numbered(item: PlanItem, number: int, asked: Asked) -> PlanItem:
    """Return an item whose row says by which plan and which of its items, from 0, it was made active."""
    if not isinstance(item.step, Activate):
        return item
    entry = replace(item.step.entry, correlation_id=f"courtside-{asked.plan_id}-{number}")
    return replace(item, step=replace(item.step, entry=entry))


def _checks(asked: Asked, targets: Sequence[Target]) -> tuple[str, ...]:
    """Return the ids of the checks whose findings can be about the targets."""
    found = [*_QUEUE_CHECKS]
    if asked.order.verb in RUNS_AGAIN:
        games = any(target.is_box_score for target in targets)
        found.extend(_GAME_CHECKS if games or _asks_for_games(asked) else ())
        keys = [target.key for target in targets if target.key is not None]
        phases = {key.phase for key in keys}
        found.extend(check for phase, check in _PHASE_CHECKS.items() if phase in phases)
        found.extend(check for key in keys if not key.game_key for check in checks_of(key.processor_name))
    return tuple(dict.fromkeys(found))


def _asks_for_games(asked: Asked) -> bool:
    return any(subject.kind is SubjectKind.GAME for subject in asked.order.subjects)


def _cost(statements: int, *, is_billed: bool) -> str:
    """Return what applying costs."""
    what = f"{counted(statements, 'statement')} on {QUEUE}"
    if not is_billed or not statements:
        return f"{what}, nothing is billed"
    return f"{what}, at least {megabytes(statements * LEAST_BILLED)} MB billed, and the reading before each batch"
