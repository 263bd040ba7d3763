"""Plans and what became of them, as text and as fields of a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from checks.model import Suggestion
from checks.times import both_zones
from console.actions.plan import Plan
from console.actions.run_state import ItemRun, ItemState, Run, RunState
from console.document import Json, day, instant, record, subject
from screens.lines import BLANK, Line, Part, Span, Tone, flow, grid
from screens.orders import Order
from screens.text.amount import counted
from screens.text.report import INDENT, suggestion_lines

_TONES = {
    ItemState.DONE: Tone.OK,
    ItemState.WAITING: Tone.FAINT,
    ItemState.ATTEMPTED: Tone.UNKNOWN,
}


def plan_lines(plan: Plan, next_step: Suggestion | None, hindrance: str, width: int) -> list[Line]:
    """Return a plan row by row, what it costs, and how to apply it, or why it cannot be applied (`hindrance`)."""
    eligible, of = len(plan.eligible), len(plan.items)
    head: list[Part] = [Span(f"{plan.order.verb.value}: {eligible} of {of} would be done", Tone.STRONG), _about(plan)]
    rows = [
        (Span("refused", Tone.WARNING), item.subject, item.refused)
        if item.refused
        else (Span("would", Tone.OK), item.subject, item.would)
        for item in plan.items
    ]
    lines = [*flow(head, width, hang=len(INDENT)), BLANK, *grid(rows, width), BLANK]
    lines.extend(flow([plan.cost], width, first=_label("cost")) if plan.cost else [])
    lines.extend(flow([Span(hindrance, Tone.WARNING)], width, first=_label("note")) if hindrance else [])
    return [*lines, *suggestion_lines([next_step] if next_step else [], width)]


def run_lines(run: Run, standing: str, next_step: Suggestion | None, width: int) -> list[Line]:
    """Return what became of a plan item by item, what was refused already, and how it stands."""
    done, of = run.count(ItemState.DONE), len(run.items)
    tone = Tone.OK if run.is_complete else Tone.ERROR
    head: list[Part] = [Span(f"{run.plan.order.verb.value}: {done} of {of} done", tone), _about(run.plan)]
    rows = [
        (Span(item.state.value, _TONES.get(item.state, Tone.ERROR)), item.item.subject, _said(item))
        for item in run.items
    ]
    refused = [(Span("refused", Tone.WARNING), item.subject, item.refused) for item in run.plan.items if item.refused]
    lines = [*flow(head, width, hang=len(INDENT)), BLANK, *grid([*rows, *refused], width), BLANK]
    if run.stopped:
        lines.extend(flow([Span(run.stopped, Tone.ERROR)], width, first=_label("stopped")))
    lines.extend(flow([standing], width, first=_label("verify")) if standing else [])
    return [*lines, *suggestion_lines([next_step] if next_step else [], width)]


def plans_lines(found: Sequence[tuple[Run, str]], unreadable: Sequence[str], place: str, width: int) -> list[Line]:
    """Return one line or two for each plan: its id, when, what and how it stands."""
    if not found and not unreadable:
        return flow([f"nobody has planned anything for {place} from here"], width)
    lines: list[Line] = []
    for run, standing in found:
        order, state = run.plan.order, run.state
        head: list[Part] = [
            Span(f"{order.verb.value}, {counted(len(run.items), 'item')}", Tone.STRONG),
            f"· {state.value}, {both_zones(run.plan.made_at)}{f' · by {run.by}' if run.by else ''}",
        ]
        lines.extend(flow(head, width, first=Span(f"{run.plan.id} ", Tone.FAINT), hang=len(INDENT)))
        if state is not RunState.PLANNED:
            done = f"{run.count(ItemState.DONE)} of {len(run.items)} done"
            lines.extend(flow(["; ".join(filter(None, (done, run.stopped, standing)))], width, first=INDENT))
    for id in unreadable:
        lines.extend(flow([Span("cannot be read by this version", Tone.UNKNOWN)], width, first=f"{id} "))
    return lines


def plan_fields(plan: Plan) -> Json:
    """Return a plan for a document."""
    return {
        "id": plan.id,
        "order": _order_fields(plan.order),
        "place": plan.place,
        "made_at": instant(plan.made_at),
        "hash": plan.hash,
        "checks": list(plan.checks),
        "cost": plan.cost,
        "eligible": len(plan.eligible),
        "items": [{"subject": item.subject, "would": item.would, "refused": item.refused} for item in plan.items],
    }


def run_fields(run: Run, standing: str) -> Json:
    """Return what became of a plan for a document; items are the eligible ones."""
    return {
        "plan": run.plan.id,
        "state": run.state.value,
        "by": run.by,
        "reason": run.reason,
        "stopped": run.stopped,
        "done": run.count(ItemState.DONE),
        "is_complete": run.is_complete,
        "verification": standing,
        "items": [
            {
                "number": item.number,
                "subject": item.item.subject,
                "would": item.item.would,
                "state": item.state.value,
                "at": instant(item.at),
                "said": item.said,
            }
            for item in run.items
        ],
    }


def _order_fields(order: Order) -> Json:
    return {
        "verb": order.verb.value,
        "subjects": [subject(item) for item in order.subjects],
        "first": day(order.first),
        "last": day(order.last),
        "note": order.note,
        "until": instant(order.until),
        "fingerprints": cast("list[str]", record(order.fingerprints)),
    }


def _about(plan: Plan) -> str:
    named = f"plan {plan.id}" if plan.id else "a plan that is not kept,"
    return f"· {named} on {plan.place}, made {both_zones(plan.made_at)}"


def _said(item: ItemRun) -> str:
    return f"{item.item.would} ({item.said})" if item.said not in ("", "done") else item.item.would


def _label(text: str) -> Span:
    return Span(f"{text:<{len(INDENT)}}", Tone.FAINT)
